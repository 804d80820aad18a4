"""One training example as a classifier read it that had not seen it, and what a visitor would have got for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from handoff.nlu.intent_head import HeldOutPrediction

OF_RETRIEVAL_INTENT = "/"
"""Stands in the labels of a retrieval intent's answers: ``faq/warranty``. The intent is what comes before it."""

ANSWERED, ASKED, NO_ANSWER, NOTHING = "answered", "asked", "no_answer", "nothing"
"""What a visitor gets: an answer, the question what they mean, that there is no answer, nothing (nothing readable)."""


@dataclass(frozen=True)
class Case:
    """Attributes:
    text: the example.
    label: what it stands under in the training data.
    predicted: the likeliest label.
    confidence: its probability, 0 to 1.
    known: probability that the likeliest answer is right, 0 to 1; this is compared with the threshold.
    in_scope: whether there is an answer to it (its label is none of the ``no_answer_intents``).
    has_answer: whether the predicted label is an answer. If not, no threshold makes it one.
    """

    text: str
    label: str
    predicted: str
    confidence: float
    known: float
    in_scope: bool
    has_answer: bool

    @property
    def right(self) -> bool:
        """Whether the label was found."""
        return self.label == self.predicted

    @property
    def right_intent(self) -> bool:
        """Whether the intent was found, be it with another answer of the same retrieval intent."""
        return intent_of(self.label) == intent_of(self.predicted)

    def outcome(self, threshold: float) -> str:
        """What a visitor gets for it at this threshold: ``answered``, ``asked`` or ``no_answer``."""
        if not self.has_answer:
            return NO_ANSWER
        return ANSWERED if self.known >= threshold else ASKED


def judge(predictions: Iterable[HeldOutPrediction], no_answer: Collection[str]) -> list[Case]:
    """A case for each prediction; ``no_answer`` are the labels that mean "we have no answer to this"."""
    return [
        Case(
            text=one.text,
            label=one.label,
            predicted=one.predicted,
            confidence=one.confidence,
            known=one.known,
            in_scope=one.label not in no_answer,
            has_answer=one.predicted not in no_answer,
        )
        for one in predictions
    ]


def intent_of(label: str) -> str:
    """``faq`` for ``faq/warranty``, ``greet`` for ``greet``."""
    return label.split(OF_RETRIEVAL_INTENT)[0]


def is_faq(label: str) -> bool:
    """Whether the label is one answer of a retrieval intent."""
    return OF_RETRIEVAL_INTENT in label
