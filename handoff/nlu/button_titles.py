"""Which button a message names by its title, or by a clear part of it: "warranty" for "The warranty"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from handoff.nlu.entity_patterns import words
from handoff.nlu.typed_text import readable

LONGEST = 80  # characters; longer messages say something of their own, and comparing words must stay quick
TYPO = 0.84  # difflib's ratio: one letter wrong, missing or too many in a word of six or more
LEAST_FOR_TYPO = 5  # letters; in a shorter word one wrong letter makes another word ("plan", "plane")
LEAST_OF_STEM = 3  # letters: "pay" of "paying"

_WORD = re.compile(r"\w+(?:'\w+)?")
_ENDING = re.compile(r"(?:'s|ings?|ed|es|s)$")
_DOUBLED = re.compile(r"(?:e|([^aeiouy])\1)$")
# Said around a choice; whatever else is not in the title shows that the message is about more.
_AROUND = words(
    "a an the one ones it it's its is that that's thats this i mean meant choose pick take for about my please pls plz "
    "yes yeah yep ok okay sure so then maybe probably thanks thx option topic button um hm oh well"
)
_SAY_LITTLE = _AROUND | words(
    "no not nope and or of on in at to from by with me we you your our us they mine how what which when where who why "
    "whether do does did can could can't cannot be are was were will would there here have has get go want like rather "
    "i'd i'm something anything else thank"
)
"""Nobody names a title by these alone."""


@dataclass(frozen=True, order=True)
class Fit:
    """How well a message fits a title; greater is better.

    Attributes:
        whole: the message has every word of the title that says something.
        exact: it has them letter by letter.
    """

    whole: bool
    exact: bool


def named_titles(text: str, titles: Sequence[str]) -> list[int]:
    """The places of the titles that the message fits best: none, one, or several that it fits equally well."""
    typed = _words_of(text)
    if not typed or len(text) > LONGEST:
        return []
    fits = {place: fit for place, title in enumerate(titles) if (fit := fit_of(typed, _words_of(title))) is not None}
    return [place for place, fit in fits.items() if fit == max(fits.values())]


def fit_of(typed: Sequence[str], title: Sequence[str]) -> Fit | None:
    """How the words of a message fit those of a title; None when they don't."""
    if list(typed) == list(title):
        return Fit(whole=True, exact=True)
    named: set[str] = set()
    exact = True
    for word in typed:
        other = word if word in title else next((other for other in title if _alike(word, other)), None)
        if other is not None:
            named.add(other)
            exact &= other == word
        elif word not in _AROUND:
            return None
    telling = set(title) - _SAY_LITTLE
    return Fit(whole=telling <= named, exact=exact) if named & telling else None


def _words_of(text: str) -> list[str]:
    return _WORD.findall(readable(text).lower())


def _alike(word: str, other: str) -> bool:
    """Whether these are forms of one word, or one with a typo; a digit is never a typo."""
    if any(character.isdigit() for character in word + other) or word[0] != other[0]:
        return False
    if word not in _SAY_LITTLE and _stem(word) == _stem(other):
        return True
    if min(len(word), len(other)) < LEAST_FOR_TYPO or abs(len(word) - len(other)) > 1:
        return False  # two letters more make another word: "person", "personal"
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= TYPO


def _stem(word: str) -> str:
    """``word`` without ending, roughly: "cancelling" and "cancel", "changing" and "change" have the same."""
    for ending in (_ENDING, _DOUBLED):
        shorter = ending.sub(r"\1" if ending is _DOUBLED else "", word)
        word = shorter if len(shorter) >= LEAST_OF_STEM else word
    return word[:-1] + "i" if word.endswith("y") else word
