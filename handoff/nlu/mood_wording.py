"""Wording that gives frustration away whatever it is about: "I already told you", "thanks for nothing". English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from handoff.nlu.wording_pattern import compile_wordings, joined

SAID_BEFORE = "said_before"
SARCASM = "sarcasm"

_I = "i|we|i've|we've|ive"
_TOLD = "told|said|explained|mentioned|answered|asked|wrote|written|typed|described|repeated"
_DID = f"{_TOLD}|sent|given|tried|done|filled"
_TO_YOU = "you|that|this|it|them|him|her|everything|all|the|my|your|to|number|details"
_PRAISE = "great|brilliant|wonderful|lovely|fantastic|perfect|excellent|marvellous|awesome"

# in the notation of handoff.nlu.wording_pattern
_PATTERNS = {
    SAID_BEFORE: (
        f"{_I} have? already|just|now|again {_DID}",
        f"{_I} already|just have {_DID}",
        f"{_I} have? {_DID} {_TO_YOU}? {_TO_YOU}? {_TO_YOU}? already|before|twice|again",
        f"{_I} have? {_DID} {_TO_YOU}? {_TO_YOU}? {_TO_YOU}? 0|two|three|four|five|six|several|many times",
        f"already {_TOLD} you",
        "as|like i|we already|just? said|told|wrote|explained|mentioned",
        f"you|you've have? already|just {_TOLD}|sent me|us|that|this|it",
        "you keep|kept asking|saying|sending|repeating|telling|giving",
        "stop|quit asking|saying|repeating|telling me|us|the|this|that|for",
        "stop|quit sending|giving me|us? the|this|that|these|those|links|articles",
        "not|isn't|isnt|wasn't|wasnt what i|we asked|said|meant|wanted",
        "not|isn't|isnt|wasn't|wasnt my question",
        "how many times do|must|should|have|more|will|did|now",
        "read what i|we wrote|said|typed|asked|sent",
        "read|reread my|the message|messages|question|mail|email|text again|first|properly|before",
        "third|fourth|fifth|sixth time i|we|you|now|already|today|this",
        "0 rd|th time i|we|you|now|already|today|this",
        "for the second|third|fourth|fifth|last time",
    ),
    SARCASM: (
        "thanks|thank|thx|cheers you|u|a? so|lot? much? for nothing|wasting|ruining|losing|ignoring",
        f"{_PRAISE} ,|.|! another|more link|article|form|bot|delay|error|excuse|survey|update|button|page|robot|"
        "waiting|ticket|hour",
        f"{_PRAISE} ,|.|! still no|nothing|not",
        "very|so|really|super|truly helpful|useful|clever|funny .|,|... not",
        "some|big|great help|service|support you|this|that are|is",
        "so much for your|the|customer|service|support|quality|express|premium",
        "what a joke|circus|farce|shambles|surprise",
        "yeah|sure right , because|very",
        "# not|fail|epicfail|joke",
    ),
}


def wording_signals(tokens: Sequence[str]) -> Iterator[str]:
    """Names of the signals in a message, each once.

    Args:
        tokens: of :func:`handoff.nlu.mood_tokens.mood_tokens`.
    """
    text = joined(tokens)
    for name, pattern in _compiled().items():
        if pattern.search(text):
            yield name


@lru_cache(maxsize=1)
def _compiled() -> dict[str, re.Pattern[str]]:
    return {name: compile_wordings(lines) for name, lines in _PATTERNS.items()}
