"""How a message is written, as a few numbers that hold for any subject: polarity, insistence, negation, emojis.

None of them looks at capitals: shouting is a signal of its own (:mod:`handoff.nlu.mood_signals`), and what is shouted
in a good mood must not count as frustration. The length, durations ("3 hours"), courtesy and the form of a question
were tried as well; the sentence vector and the n-grams hold them already.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handoff.nlu import mood_lexicon as lexicon

_KINDS = (
    lexicon.NEGATIVE,
    lexicon.TROUBLE,
    lexicon.POSITIVE,
    lexicon.INSISTENCE,
    lexicon.YOU,
    lexicon.NEGATION,
    lexicon.SOUR,
    lexicon.SWEET,
)
_KIND_OF = {word: kind for kind, words in enumerate(_KINDS) for word in words}
_QUESTIONS = len(_KINDS)

STYLES = len(_KINDS) + 1
"""How many numbers :func:`style` returns."""


def style(tokens: Sequence[str]) -> np.ndarray:
    """How many tokens of each kind there are, as ``log(1 + count)``, float32 [STYLES]; runs with a "?" come last.

    Args:
        tokens: of :func:`handoff.nlu.mood_tokens.mood_tokens`.
    """
    counts = [0] * STYLES
    for token in tokens:
        kind = _KIND_OF.get(token)
        if kind is not None:
            counts[kind] += 1
        elif "?" in token:
            counts[_QUESTIONS] += 1
    result: np.ndarray = np.log1p(np.array(counts, dtype=np.float32))
    return result
