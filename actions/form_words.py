"""What the words of a message say while a form waits for an answer, seen apart from NLU's label."""

from __future__ import annotations

import re

from actions.form_remarks import refuses_plainly

_REFUSAL = re.compile(
    r"\b(?:(?:don'?t|do not|didn'?t|haven'?t|have not|can'?t|cannot|can not|couldn'?t|won'?t|never)\s+(?:\w+\s+)?"
    r"(?:have|had|got|get|find|found|know|knew|remember|recall|see|want|share|give|received?)"
    r"|no idea|no clue|not sure|(?:have|got) (?:no|none)|rather not|prefer not|lost it|deleted it|not? (?:at hand|here)"
    r"|without (?:it|one|that)|skip (?:it|this|that))\b",
    re.IGNORECASE,
)
# "actually I want to return it": what the form was opened for no longer holds.
_CHANGED_MIND = re.compile(
    r"\b(?:actually|instead|rather|on second thoughts?|chang(?:e|ed|ing) my mind|i meant?)\b", re.IGNORECASE
)
# A question mark, or a word that opens a question, also after "and" or "hi".
_QUESTION = re.compile(
    r"\?|^\W*(?:(?:and|but|so|ok|okay|well|wait|hi|hello|hey)\W+)*(?:what|how|why|when|where|who|whose|which|can|could|do"
    r"|does|did|is|are|would|should)\b",
    re.IGNORECASE,
)


def refuses(text: str) -> bool:
    """Whether ``text`` says, among other things, that the visitor has no value to give or does not want to give it.

    Only for messages that are no request of their own: "I can't find my account settings" says so too.
    """
    return refuses_plainly(text) or bool(_REFUSAL.search(text.replace("\u2019", "'")))


def changes_mind(text: str) -> bool:
    """Whether ``text`` takes back what was wanted before."""
    return bool(_CHANGED_MIND.search(text))


def asks(text: str) -> bool:
    """Whether ``text`` looks like a question."""
    return bool(_QUESTION.search(text))
