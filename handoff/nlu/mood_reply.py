"""Whether a message is what an answer gets that did not help: "wrong", "??", "that's not it". English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from handoff.nlu.wording_pattern import compile_wordings, joined

# whole messages without their marks, in the notation of handoff.nlu.wording_pattern
_REJECTIONS = (
    "no|nope|nah? wrong|false|incorrect|rubbish|nonsense|useless answer|one|again|number|date?",
    "no|nope? that's|thats|it's|its|this|that|it is|was? so? wrong|false|incorrect|rubbish|nonsense|useless",
    "no|nope? that's|thats|it's|its|this|that|it is|was? not|isn't|isnt|wasn't|wasnt it|right|true|helpful|correct? "
    "what? i? asked|meant|wanted|said?",
    "no|nope? not it|that|this|right|true|helpful|what|the? one|i? asked|meant|again?",
    "no|nope? that|this|it doesn't|doesnt|didn't|didnt|does|did not? help|work|answer me|it|my? question? at? all?",
    "what|huh|eh|seriously|really|and|so",
)
_PLAIN_NO = ("no|nope|nah no|nope?",)


def is_rejection(tokens: Sequence[str], *, asked: bool) -> bool:
    """Whether a message turns down what the assistant just said, and says nothing else.

    Args:
        tokens: of :func:`handoff.nlu.mood_tokens.mood_tokens`.
        asked: the assistant asked something, so that a plain "no" is an answer.
    """
    words = [token for token in tokens if any(character.isalnum() for character in token)]
    if not words:
        return any("?" in token for token in tokens) and all(set(token) <= {"?", "!"} for token in tokens)
    rejects, plain_no = _compiled()
    text = joined(words)
    return rejects.fullmatch(text, 1) is not None or (not asked and plain_no.fullmatch(text, 1) is not None)


@lru_cache(maxsize=1)
def _compiled() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return compile_wordings(_REJECTIONS), compile_wordings(_PLAIN_NO)
