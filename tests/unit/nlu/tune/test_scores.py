"""Precision, recall, calibration and the headline, against cases computed by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.intent_head import HeldOutPrediction
from handoff.nlu.tune.cases import intent_of, is_faq, judge
from handoff.nlu.tune.intent_scores import FEWEST, FEWEST_FOR_FAQ, intent_scores
from handoff.nlu.tune.reliability import BINS, reliability
from tests.conftest import ROOT
from tests.support.held_out import NO_ANSWER, held_out, report_of


def test_labels_and_intents() -> None:
    assert [intent_of("faq/warranty"), intent_of("greet")] == ["faq", "greet"]
    assert [is_faq("faq/warranty"), is_faq("greet")] == [True, False]


def test_precision_recall_and_f1_by_hand() -> None:
    predictions = [held_out("greet", "greet")] * 3 + [held_out("greet", "deny")] + [held_out("deny", "deny")] * 2
    greet, deny = sorted(intent_scores(judge(predictions, NO_ANSWER)), key=lambda score: score.label != "greet")
    assert (greet.examples, greet.precision, greet.recall) == (4, 1.0, 0.75)
    assert greet.f1 == pytest.approx(2 * 1.0 * 0.75 / 1.75)
    assert (deny.examples, deny.precision, deny.recall) == (2, 2 / 3, 1.0)
    assert deny.f1 == pytest.approx(2 * (2 / 3) / (5 / 3))


def test_an_intent_that_is_never_found_comes_first() -> None:
    first = intent_scores(judge([held_out("greet", "deny"), held_out("deny", "deny")], NO_ANSWER))[0]
    assert (first.label, first.precision, first.recall, first.f1) == ("greet", None, 0.0, 0.0)


@pytest.mark.parametrize(
    ("label", "examples", "missed", "stolen", "flags"),
    [
        ("greet", FEWEST, 0, 0, ()),
        ("greet", FEWEST - 1, 0, 0, ("few_examples",)),
        ("faq/warranty", FEWEST_FOR_FAQ, 0, 0, ()),
        ("faq/warranty", FEWEST_FOR_FAQ - 1, 0, 0, ("few_examples",)),
        ("greet", 100, 30, 0, ()),
        ("greet", 100, 31, 0, ("low_recall",)),
        ("greet", 100, 0, 43, ("low_precision",)),
    ],
)
def test_flags(label: str, examples: int, missed: int, stolen: int, flags: tuple[str, ...]) -> None:
    predictions = [held_out(label, label)] * (examples - missed) + [held_out(label, "deny")] * missed
    predictions += [held_out("deny", label)] * stolen
    score = next(one for one in intent_scores(judge(predictions, NO_ANSWER)) if one.label == label)
    assert score.flags == flags


def test_docs_name_the_fewest_examples() -> None:
    page = (ROOT / "docs/nlu.md").read_text(encoding="utf-8")
    assert f"At least {FEWEST_FOR_FAQ} examples for an FAQ and {FEWEST} for any other intent" in page


def test_calibration_error_by_hand() -> None:
    # two bins: (14/15, 1] holds 0.95 twice, one of them right; (7/15, 8/15] holds 0.5 twice, both right
    predictions = [
        held_out("greet", "greet", confidence=0.95),
        held_out("greet", "deny", confidence=0.95),
        held_out("deny", "deny", confidence=0.5),
        held_out("deny", "deny", confidence=0.5),
    ]
    found = reliability(judge(predictions, NO_ANSWER))
    assert found.error == pytest.approx(0.5 * abs(0.5 - 0.95) + 0.5 * abs(1.0 - 0.5))
    assert [one.examples for one in found.bins] == [0] * 7 + [2] + [0] * 6 + [2]
    assert (found.bins[14].confidence, found.bins[14].right) == (pytest.approx(0.95), 0.5)
    assert (found.bins[0].confidence, found.bins[0].right) == (None, None)


@given(st.lists(st.builds(held_out, st.just("a"), st.sampled_from(["a", "b"]), confidence=st.floats(0, 1)), min_size=1))
def test_every_confidence_is_in_one_bin(predictions: list[HeldOutPrediction]) -> None:
    found = reliability(judge(predictions, NO_ANSWER))
    assert len(found.bins) == BINS
    assert sum(one.examples for one in found.bins) == len(predictions)
    assert 0 <= found.error <= 1


def test_headline_by_hand() -> None:
    report = report_of(
        [
            held_out("faq/warranty", "faq/warranty", 0.9),
            held_out("faq/warranty", "faq/delivery", 0.4),  # the right intent, another answer
            held_out("greet", "out_of_scope", 0.2),
            held_out("out_of_scope", "greet", 0.1),
            held_out("out_of_scope", "out_of_scope", 0.1),
        ]
    )
    head = report.headline
    assert (head.examples, head.in_scope, head.out_of_scope) == (5, 3, 2)
    assert (head.intents, head.labels) == (3, 3)
    assert (head.right_labels, head.right_intents) == (2 / 5, 3 / 5)
    assert (head.taken_for_no_answer, head.out_of_scope_recognised) == (1, 1)
    assert report.chosen.threshold == 0.9
    assert (report.outcome.right, report.outcome.wrong, report.outcome.withheld) == (1, 0, 1)
