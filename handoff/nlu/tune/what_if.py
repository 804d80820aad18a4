"""What visitors would get at other thresholds: how many answers, how many of them wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from handoff.nlu.risk_curve import RiskCurve
from handoff.nlu.tune.cases import Case

WRONG_ANSWERS = (0.01, 0.02, 0.03, 0.05, 0.06, 0.08, 0.10, 0.15)
"""Values of Abstention's ``wrong_answers`` to compare: from hardly any answer wrong to one in seven."""

STEP = 0.005
"""Between two stops of the slider. With six thousand examples some thirty change sides: few enough to read."""


@dataclass(frozen=True)
class Outcome:
    """What the examples get at one threshold. Shares are from 0 to 1, and 0 of nothing is 0.

    Attributes:
        threshold: from this known score on there is an answer.
        right: examples in scope that get the right answer.
        wrong: examples in scope that get a wrong one.
        withheld: examples in scope that would be answered, but are asked what they mean.
        out_of_scope_answered: examples without an answer that get one all the same.
        out_of_scope_withheld: those that would, but are asked what they mean.
        answered_share: of the examples in scope, those that get an answer, right or wrong.
        wrong_share: of all answers, those that are wrong; any answer to an example out of scope is.
        out_of_scope_share: of the examples out of scope, those that get an answer.
    """

    threshold: float
    right: int
    wrong: int
    withheld: int
    out_of_scope_answered: int
    out_of_scope_withheld: int
    answered_share: float
    wrong_share: float
    out_of_scope_share: float


@dataclass(frozen=True)
class WhatIf:
    """One line of the table: a value of ``wrong_answers``, and what it leads to."""

    wrong_answers: float
    outcome: Outcome


class Outcomes:
    """Counts outcomes at any threshold."""

    def __init__(self, cases: Sequence[Case]) -> None:
        """Keep the known scores that can be compared with a threshold, by what became of them."""
        self.in_scope = sum(case.in_scope for case in cases)
        self.out_of_scope = len(cases) - self.in_scope
        self._right = _known(case for case in cases if case.has_answer and case.right)
        self._wrong = _known(case for case in cases if case.has_answer and case.in_scope and not case.right)
        self._outside = _known(case for case in cases if case.has_answer and not case.in_scope)

    def at(self, threshold: float) -> Outcome:
        """What the examples get when answers begin at ``threshold``."""
        right, wrong, outside = (_from(known, threshold) for known in (self._right, self._wrong, self._outside))
        return Outcome(
            threshold=threshold,
            right=right,
            wrong=wrong,
            withheld=len(self._right) + len(self._wrong) - right - wrong,
            out_of_scope_answered=outside,
            out_of_scope_withheld=len(self._outside) - outside,
            answered_share=_share(right + wrong, self.in_scope),
            wrong_share=_share(wrong + outside, right + wrong + outside),
            out_of_scope_share=_share(outside, self.out_of_scope),
        )


def what_if(outcomes: Outcomes, risk: RiskCurve) -> list[WhatIf]:
    """The outcome for each of ``WRONG_ANSWERS``, at the threshold that Abstention would take."""
    return [WhatIf(wrong_answers, outcomes.at(risk.threshold(wrong_answers))) for wrong_answers in WRONG_ANSWERS]


def stops(outcomes: Outcomes, exact: Iterable[float]) -> list[Outcome]:
    """Outcomes at every ``STEP`` from 0 to 1 and at the ``exact`` thresholds, which rounding would move; ascending."""
    steps = round(1 / STEP)
    return [outcomes.at(threshold) for threshold in sorted({*(step / steps for step in range(steps + 1)), *exact})]


def _known(cases: Iterable[Case]) -> np.ndarray:
    return np.sort(np.array([case.known for case in cases], dtype=float))


def _from(known: np.ndarray, threshold: float) -> int:
    return len(known) - int(np.searchsorted(known, threshold, side="left"))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
