"""Held-out predictions and a report made of them, small enough to count by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from handoff.nlu.intent_head import HeldOutPrediction
from handoff.nlu.risk_curve import RiskCurve
from handoff.nlu.tune.cases import judge
from handoff.nlu.tune.duplicates import Example
from handoff.nlu.tune.report import Report, build_report
from handoff.nlu.tune.setup import choose

NO_ANSWER = ("out_of_scope",)


def held_out(
    label: str, predicted: str, known: float = 0.5, *, confidence: float = 0.5, text: str = ""
) -> HeldOutPrediction:
    """One prediction; without a text it gets one that names both labels."""
    return HeldOutPrediction(text or f"{label} as {predicted}", label, predicted, confidence, known)


def risk_of(predictions: Sequence[HeldOutPrediction]) -> RiskCurve:
    """The curve that training makes of them."""
    answers = [case for case in judge(predictions, NO_ANSWER) if case.has_answer]
    known = np.array([case.known for case in answers])
    return RiskCurve.of(known, np.array([not case.right for case in answers], dtype=bool), len(predictions))


def report_of(
    predictions: Sequence[HeldOutPrediction], *, wrong_answers: float = 0.06, written: Sequence[Example] = ()
) -> Report:
    """The whole report. Equal texts have equal vectors, all others are at right angles to each other."""
    examples = [Example(one.text, one.label) for one in predictions]
    texts = sorted({example.text for example in examples})
    vectors = np.eye(len(texts), dtype=np.float32)[[texts.index(example.text) for example in examples]]
    risk = risk_of(predictions)
    return build_report(
        predictions,
        risk,
        choose({"wrong_answers": wrong_answers, "threshold": None}, risk),
        no_answer=NO_ANSWER,
        examples=examples,
        vectors=vectors,
        written=written or examples,
        made_at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    )
