"""What is measured of the trained assistant."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import yaml

from bench.csv_table import read_table
from bench.nlu_project import (
    HARD_TOPICS,
    SMALL_TALK,
    VALIDATION,
    Asked,
    frustration,
    halves,
    intents,
    measurements,
    request_human,
    unanswerable,
)
from bench.nlu_understood import Understood
from tests.conftest import ROOT

HARD = min(HARD_TOPICS)


def asked(topic: str, final: str | None, ranking: Sequence[tuple[str, float]] = (), **cells: str) -> Asked:
    return Asked({"topic": topic, **cells}, Understood(final, tuple(ranking)))


def test_requests_for_a_person() -> None:
    part = [
        asked("polite", "request_human", [("request_human", 0.9)], label="1"),
        asked("polite", "greet", [("greet", 0.6), ("request_human", 0.3)], label="1"),
        asked(HARD, "request_human", [("request_human", 0.5)], label="0"),
        asked("delivery", "track_order", [("track_order", 0.9)], label="0"),
    ]
    assert request_human(part) == [
        {
            "positive_rows": 2,
            "negative_rows": 2,
            "auroc": pytest.approx(3 / 4),
            "recall_at_1_percent": pytest.approx(1 / 2),
            "hard_rows": 1,
            "hard_auroc": pytest.approx(1 / 2),
            "hard_recall_at_1_percent": pytest.approx(1 / 2),
        }
    ]


def test_answers_to_what_has_none() -> None:
    finals = ["nlu_fallback", "out_of_scope", None, "complaint", "track_order", "faq/warranty", "greet", "faq/discount"]
    part = [asked("t", final, kind="near" if number % 2 else "far") for number, final in enumerate(finals)]
    everything, far, near = unanswerable(part, {"complaint"})
    assert everything == {"kind": "all", "rows": 8, "any_intent": 5 / 8, "answered": 4 / 8, "fixed_answer": 3 / 8}
    assert far == {"kind": "far", "rows": 4, "any_intent": 2 / 4, "answered": 2 / 4, "fixed_answer": 1 / 4}
    assert near == {"kind": "near", "rows": 4, "any_intent": 3 / 4, "answered": 2 / 4, "fixed_answer": 2 / 4}


def test_intents_with_abstention() -> None:
    part = [
        asked("t", "faq/warranty", [("faq/warranty", 0.9)], intent="faq/warranty"),
        asked("t", "nlu_fallback", [("greet", 0.4)], intent="greet"),
        asked("t", "out_of_scope", [("out_of_scope", 0.8), ("greet", 0.1)], intent="out_of_scope"),
    ]
    (row,) = intents(part)
    assert row["rows"] == 3
    assert (row["accuracy"], row["answered_right"], row["oos_answered"], row["oos_auroc"]) == (1.0, 0.5, 0.0, 1.0)


def test_frustration() -> None:
    part = [
        Asked({"topic": "t", "label": label}, Understood("greet", (), frustration=score))
        for label, score in (("1", 0.9), ("1", 0.2), ("0", 0.3), ("0", 0.1))
    ]
    assert frustration(part)[0]["auroc"] == pytest.approx(3 / 4)
    silent = [Asked(row.cells, Understood("greet", ())) for row in part]
    assert frustration(silent) == [{"positive_rows": 2, "negative_rows": 2, "auroc": None, "recall_at_1_percent": None}]


def test_halves_go_by_topic_in_alphabetical_order() -> None:
    part = [asked(topic, "greet") for topic in ("c", "a", "b", "a", "e", "d")]
    parts = {name: [row.cells["topic"] for row in some] for name, some in halves(part)}
    assert parts == {
        "all": ["c", "a", "b", "a", "e", "d"],
        "development": ["a", "b", "a"],
        "final": ["c", "e", "d"],
    }


def test_every_validation_file_has_what_is_read_from_it() -> None:
    assert {file.stem for file in VALIDATION.glob("*.csv")} == set(measurements())
    for name, measurement in measurements().items():
        assert read_table(VALIDATION / f"{name}.csv", ("text", measurement.column, "topic"))


def test_hard_topics_are_negatives_only() -> None:
    rows = [record.cells for record in read_table(VALIDATION / "requests_human.csv", ("text", "label", "topic"))]
    assert {row["topic"] for row in rows} >= HARD_TOPICS
    assert {row["label"] for row in rows if row["topic"] in HARD_TOPICS} == {"0"}


def test_intents_that_are_named_here_exist() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert {*SMALL_TALK, "request_human", "out_of_scope", "faq"} <= set(domain["intents"])
