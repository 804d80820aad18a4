"""The report in a terminal."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.nlu.tune.duplicates import Example
from handoff.nlu.tune.readings import Message, Messages
from handoff.nlu.tune.terminal import COLUMNS, render_text
from tests.support.held_out import held_out, report_of

PREDICTIONS = [
    *[held_out("greet", "greet", 0.9, text=f"hello {number}") for number in range(8)],
    held_out("greet", "deny", 0.95, text="nope " * 60),
    held_out("deny", "deny", 0.4, text="no"),
    held_out("out_of_scope", "greet", 0.2, text="早上好，" * 40),
]


def columns(line: str) -> int:
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in line)
    return len(line) + wide - sum(unicodedata.combining(sign) > 0 for sign in line)


def test_it_says_the_numbers_and_what_is_confused() -> None:
    text = render_text(report_of(PREDICTIONS, wrong_answers=0.15))
    assert "11 examples, 3 intents" in text
    assert "(wrong_answers: 0.15 in config.yml)" in text
    assert "0.15" in text
    assert "<- in use" in text
    assert "greet taken for deny (1)" in text
    assert "few examples" in text


def test_long_and_wide_sentences_stay_within_the_columns() -> None:
    lines = render_text(report_of(PREDICTIONS)).splitlines()
    assert max(map(columns, lines)) <= COLUMNS
    assert any(line.endswith("…") for line in lines)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300), st.text(min_size=1, max_size=80))
def test_nothing_in_a_sentence_commands_the_terminal(text: str, label: str) -> None:
    report = report_of([held_out("greet", "deny", text=f"\x1b[2J{text}"), held_out("deny", label, text=text)])
    report = report.with_messages(
        Messages("log.csv", [Message(text, None, label, 0.5, 0.5, "asked", None)], 0, 0, 0, 0)
    )
    for line in render_text(report).split("\n"):
        assert all(sign.isprintable() or sign == "\u00a0" for sign in line), ascii(line)
        assert columns(line) <= COLUMNS


def test_duplicates_and_messages() -> None:
    written = [Example("hi", "greet"), Example("Hi!", "greet")]
    report = report_of([held_out("greet", "greet", text="bye"), held_out("deny", "deny", text="Bye")], written=written)
    rows = [Message("guarantee?", "faq/warranty", "greet", 0.7, 0.6, "answered", False)]
    rows += [Message("", None, None, 0.0, 0.0, "nothing", None)]
    text = render_text(report.with_messages(Messages("log.csv", rows, 1, 1, 0, 1)))
    assert "Nearly equal under different intents: 1 pair" in text
    assert '2x  "hi" is greet' in text
    assert "log.csv: 1 of 2 messages would be answered" in text
    assert "0 of 1 with an intent were read rightly; 1 would get a wrong answer" in text
    assert "is faq/warranty" in text


def test_everything_right_is_said_in_a_line() -> None:
    predictions = [held_out("faq/warranty", "faq/warranty", 0.9, text=f"text {number}") for number in range(20)]
    text = render_text(report_of(predictions))
    assert "Every example was read as what it is." in text
    assert "No intent needs attention." in text


def test_programs_get_json() -> None:
    data = json.loads(json.dumps(report_of(PREDICTIONS).for_programs()))
    assert data["headline"]["examples"] == 11
    assert data["made_at"] == "2026-11-23T10:00:00+00:00"
    assert data["pairs"][0]["mistakes"][0]["outcome"] in {"answered", "asked", "no_answer"}
    assert data["chosen"]["wrong_answers"] == 0.06
    assert [row["wrong_answers"] for row in data["what_if"]] == [0.01, 0.02, 0.03, 0.05, 0.06, 0.08, 0.1, 0.15]
    assert "cases" not in data
