"""What became of each test row, and the scores of a whole test set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.nlu_scores import auroc, calibration_error, mean, risk_coverage_area
from bench.nlu_understood import Understood

Scores = dict[str, float | None]


@dataclass(frozen=True)
class Outcome:
    """One test row.

    Attributes:
        expected: its label; None when it is out of scope.
        best: the likeliest label in scope, before abstention; None when the pipeline named none.
        confidence: of ``best``.
        known: the pipeline's own score that it knows this; rows are ordered by it, and its scale is the pipeline's.
        answered: the label that is answered with, or None when the pipeline abstains or says "out of scope".
    """

    expected: str | None
    best: str | None
    confidence: float
    known: float
    answered: str | None

    @property
    def right(self) -> bool:
        """Whether ``best`` is what was expected. Out of scope nothing is right but to say nothing."""
        return self.best is not None and self.best == self.expected


def outcome(
    expected: str | None, message: Understood, label: Callable[[str | None], str | None], oos_label: str | None
) -> Outcome:
    """Judge one message.

    ``known`` is, by what the parse result offers:

    - ``abstention.known``, the value by which the pipeline decides to abstain, if there is one. Where the likeliest
      intent is the out-of-scope intent, it is at most 1 minus that intent's confidence: to be sure that something is
      out of scope is not to know it.
    - else the confidence of the likeliest intent in scope. Where the out-of-scope intent is likelier, that is at most
      1 minus its confidence by itself.

    Args:
        label: label of an intent name; None for the fallback.
        oos_label: label of the out-of-scope intent, if the training data has one.
    """
    ranking = [(label(name), confidence) for name, confidence in message.ranking]
    in_scope = [(name, confidence) for name, confidence in ranking if name is not None and name != oos_label]
    best, confidence = in_scope[0] if in_scope else (None, 0.0)
    known = confidence if message.known is None else message.known
    if message.known is not None and oos_label is not None and ranking and ranking[0][0] == oos_label:
        known = min(known, 1 - ranking[0][1])
    answered = label(message.intent)
    return Outcome(expected, best, confidence, known, None if answered == oos_label else answered)


def scores(outcomes: Sequence[Outcome]) -> Scores:
    """All scores of a test set, each None where it has no rows to stand on.

    - ``accuracy``: share of rows in scope whose likeliest label in scope is right, before abstention.
    - ``oos_auroc``: how well ``known`` tells rows in scope from those out of scope (area under the ROC curve).
    - ``answered_right``: share of rows in scope that are answered, and rightly, at the pipeline's own threshold.
    - ``answered_wrong``: share of answered rows whose answer is wrong; any answer to a row out of scope is.
    - ``oos_answered``: share of rows out of scope that get an answer.
    - ``coverage``: share of all rows that get an answer; ``coverage_in_scope``: the same of rows in scope.
    - ``aurc``: area under the risk-coverage curve over all rows by ``known``, a row out of scope being wrong always.
    - ``ece``: expected calibration error of ``confidence`` over rows in scope.
    """
    in_scope = [row for row in outcomes if row.expected is not None]
    out_of_scope = [row for row in outcomes if row.expected is None]
    answered = [row for row in outcomes if row.answered is not None]
    return {
        "accuracy": mean([row.right for row in in_scope]),
        "oos_auroc": auroc([row.known for row in in_scope], [row.known for row in out_of_scope]),
        "answered_right": mean([row.answered == row.expected for row in in_scope]),
        "answered_wrong": mean([row.answered != row.expected for row in answered]),
        "oos_answered": mean([row.answered is not None for row in out_of_scope]),
        "coverage": mean([row.answered is not None for row in outcomes]),
        "coverage_in_scope": mean([row.answered is not None for row in in_scope]),
        "aurc": risk_coverage_area([row.known for row in outcomes], [not row.right for row in outcomes]),
        "ece": calibration_error([row.confidence for row in in_scope], [row.right for row in in_scope]),
    }
