"""Wordings by which English speakers ask for a person: a verb of contact near a word for somebody who helps.

They complement the sentence vector, which blurs one clause in a long message. None of them decides alone: a trained
model weighs them, and some of them speak against a request ("I spoke to an agent").
"""

from __future__ import annotations

import re

import numpy as np

_PERSON = (
    r"(?:humans?|human being|persons?|people|agents?|reps?|representatives?|some(?:one|body|1)|any(?:one|body)"
    r"|operators?|managers?|supervisors?|advis[eo]rs?|assistants?|staff|team|colleagues?|employees?|dep(?:artmen)?ts?"
    r"|customer (?:service|support|care|relations)|support|service desk|help ?desk|experts?|specialists?|consultants?"
    r"|technicians?|boss|handlers?|officers?|dispatch|front desk|reception|lady|guy|dev(?:eloper)?s?|csr|gm)"
)
_CONTACT = (
    r"(?:talk\w*|speak\w*|chat|discuss|connect|transfer|forward|put me|hand me|patch|escalat\w*|call|phone|ring|contact"
    r"|reach|refer|pass)"
)
_WISH = (
    r"(?:get|give|want|need|prefer|rather|like|have|let|can|could|may|is there|any|please|pls|plz|where|live|real"
    r"|actual)"
)
_AHEAD = r"(?:\W+\w+){0,5}?\W+"

WORDINGS = {
    "contact_person": rf"\b{_CONTACT}{_AHEAD}{_PERSON}\b",
    "wish_person": rf"\b{_WISH}{_AHEAD}{_PERSON}\b",
    "contact_me": r"\b(?:call|phone|ring|contact)\W+(?:me|us)\b|\bcall ?back\b|\bphone call\b",
    "bare_person": rf"^\W*(?:\w+\W+){{0,2}}{_PERSON}(?:\W+\w+){{0,2}}\W*$",
    "person_please": rf"\b{_PERSON}\W+(?:please|pls|plz|now|asap)\b",
    "wish_to_talk": r"\b(?:i|we|i'd|want to|wanna|need to|like to)\W+(?:\w+\W+){0,3}(?:talk|speak|chat|discuss)\b",
    "rather_not": r"\b(?:don'?t|doesn'?t|do not|no|without|not|stop|rather than|instead of)\W+(?:\w+\W+){0,3}?"
    r"(?:talk\w*|speak\w*|call\w*|phone|ring|agents?|humans?|persons?|reps?|people|any(?:one|body))\b",
    "no_bot": r"\b(?:bots?|robots?|machine|automat\w*|ai|chat ?bots?|virtual)\b",
    "told_of": r"\b(?:spoke\w*|talked|called|told|said|promised|was|were|had|rude)\b",
    "thanks": r"\b(?:thanks?|thx|thank you|cheers|ty|great|lovely|star|solved|sorted|fixed)\b",
}
"""Name and pattern, any case. Gaps are counted in words, so that "talk about my order with somebody" is one."""

_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in WORDINGS.values())
LONGEST = 2000  # characters looked at: a request stands near an end of a text, and patterns cost time per character


def wordings(text: str) -> np.ndarray:
    """Which of :data:`WORDINGS` stand in ``text``, float32 [wordings] of 0 and 1."""
    if len(text) > LONGEST:
        text = text[: LONGEST // 2] + " " + text[-LONGEST // 2 :]
    return np.array([pattern.search(text) is not None for pattern in _PATTERNS], dtype=np.float32)
