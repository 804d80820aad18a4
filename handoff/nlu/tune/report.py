"""The whole report as one value: everything that the page and the terminal show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from handoff.nlu.intent_head import HeldOutPrediction
from handoff.nlu.risk_curve import RiskCurve
from handoff.nlu.tune.cases import Case, intent_of, judge
from handoff.nlu.tune.confusions import Pair, confusions
from handoff.nlu.tune.duplicates import Example, NearPair, Repeated, alike_by_labels, near_pairs, repeated
from handoff.nlu.tune.intent_scores import IntentScore, intent_scores
from handoff.nlu.tune.readings import Messages
from handoff.nlu.tune.reliability import Reliability, reliability
from handoff.nlu.tune.setup import Chosen
from handoff.nlu.tune.what_if import Outcome, Outcomes, WhatIf, stops, what_if


@dataclass(frozen=True)
class Headline:
    """Attributes:
    examples: held-out examples, ``in_scope`` of which have an answer and ``out_of_scope`` have none.
    intents: how many there are; ``labels`` counts each answer of a retrieval intent.
    right_labels: share of the examples whose label was found.
    right_intents: share whose intent was found.
    calibration_error: expected calibration error of the confidences.
    taken_for_no_answer: examples in scope that were read as having no answer.
    out_of_scope_recognised: examples out of scope that were.
    """

    examples: int
    in_scope: int
    out_of_scope: int
    intents: int
    labels: int
    right_labels: float
    right_intents: float
    calibration_error: float
    taken_for_no_answer: int
    out_of_scope_recognised: int


@dataclass(frozen=True)
class Report:
    """Attributes:
    made_at: when.
    headline: the numbers to remember.
    chosen: the threshold in use, and ``outcome`` at it.
    what_if: outcomes for other values of ``wrong_answers``.
    stops: outcomes at every stop of the page's slider, ascending.
    pairs: what is taken for what.
    intents: scores, the weakest first.
    reliability: whether confidences are true.
    near: nearly equal examples of different intents.
    repeated: sentences written twice under one intent.
    cases: all held-out examples.
    messages: of the file that was given.
    """

    made_at: datetime
    headline: Headline
    chosen: Chosen
    outcome: Outcome
    what_if: list[WhatIf]
    stops: list[Outcome]
    pairs: list[Pair]
    intents: list[IntentScore]
    reliability: Reliability
    near: list[NearPair]
    repeated: list[Repeated]
    cases: list[Case]
    messages: Messages | None = None

    def with_messages(self, messages: Messages) -> Report:
        """The same report with what became of a file of messages."""
        return replace(self, messages=messages)

    def for_programs(self) -> dict[str, Any]:
        """What JSON can hold."""
        whole = asdict(replace(self, cases=[], stops=[]))
        del whole["cases"], whole["stops"]
        return {**whole, "made_at": self.made_at.isoformat()}


def build_report(
    predictions: Sequence[HeldOutPrediction],
    risk: RiskCurve,
    chosen: Chosen,
    *,
    no_answer: Collection[str],
    examples: Sequence[Example],
    vectors: np.ndarray,
    written: Sequence[Example],
    made_at: datetime,
) -> Report:
    """Compute everything.

    Args:
        predictions: of the cross-validation, at least one.
        risk: of the head that was trained on everything.
        chosen: the threshold in use.
        no_answer: labels that mean "we have no answer to this".
        examples: the training examples, with ``vectors`` float32 [examples, dimensions] of length 1.
        written: the examples as the files hold them, repeated ones included.
        made_at: with time zone.
    """
    cases = judge(predictions, no_answer)
    outcomes = Outcomes(cases)
    table = what_if(outcomes, risk)
    near = near_pairs(examples, vectors)
    return Report(
        made_at=made_at,
        headline=_headline(cases),
        chosen=chosen,
        outcome=outcomes.at(chosen.threshold),
        what_if=table,
        stops=stops(outcomes, [chosen.threshold, *(row.outcome.threshold for row in table)]),
        pairs=confusions(cases, chosen.threshold, no_answer=no_answer, alike=alike_by_labels(near)),
        intents=intent_scores(cases),
        reliability=reliability(cases),
        near=near,
        repeated=repeated(written),
        cases=cases,
    )


def _headline(cases: Sequence[Case]) -> Headline:
    labels = {case.label for case in cases}
    in_scope = sum(case.in_scope for case in cases)
    return Headline(
        examples=len(cases),
        in_scope=in_scope,
        out_of_scope=len(cases) - in_scope,
        intents=len({intent_of(label) for label in labels}),
        labels=len(labels),
        right_labels=sum(case.right for case in cases) / len(cases),
        right_intents=sum(case.right_intent for case in cases) / len(cases),
        calibration_error=reliability(cases).error,
        taken_for_no_answer=sum(case.in_scope and not case.has_answer for case in cases),
        out_of_scope_recognised=sum(not case.in_scope and not case.has_answer for case in cases),
    )
