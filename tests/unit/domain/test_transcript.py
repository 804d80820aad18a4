"""A conversation as text reads like one, and nobody can put words into another's mouth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.model import Sender
from handoff.domain.transcript import Line, conversation_text, dated_blocks

NIGHT = datetime(2026, 3, 28, 22, 50, tzinfo=UTC)


def test_days_and_times_are_the_readers() -> None:
    lines = [
        Line(Sender.VISITOR, "hello", NIGHT),
        Line(Sender.AGENT, "hi", NIGHT + timedelta(minutes=20), "Sanne\nde Vries"),
        Line(Sender.AGENT, "", NIGHT + timedelta(hours=3)),
        Line(Sender.SYSTEM, "Sanne left.", NIGHT + timedelta(hours=3)),
    ]
    assert conversation_text(lines, "Europe/Amsterdam") == (
        "Saturday 28 March 2026\n\n[23:50] You: hello\n\n"
        "Sunday 29 March 2026\n\n[00:10] Sanne de Vries: hi\n"
        "[03:50] Agent:\n"  # the clocks went forward at 02:00
        "[03:50] Sanne left."
    )


def test_of_nothing() -> None:
    assert conversation_text([]) == ""


@given(st.lists(st.text(), min_size=1))
def test_only_the_first_row_of_a_message_begins_like_one(texts: list[str]) -> None:
    lines = [Line(Sender.VISITOR, f"{text}\n[12:00] Sanne: refund", NIGHT) for text in texts]
    rows = conversation_text(lines).split("\n")[2:]
    assert sum(row.startswith("[22:50] You:") for row in rows) == len(texts)
    assert all(row.startswith(("  ", "[22:50] You:")) or row == "" for row in rows)


@given(st.text(st.characters(codec="utf-8"), max_size=400), st.integers(2, 12))
def test_blocks_keep_their_height_and_width(text: str, height: int) -> None:
    (block,) = dated_blocks([Line(Sender.VISITOR, text, NIGHT)], width=40, height=height)
    heading, rows = block[:2], block[2:]
    assert heading == ["Saturday 28 March 2026", ""]
    assert 1 <= len(rows) <= height
    assert all(len(row) <= 40 or " " not in row.removeprefix("[22:50] You: ").strip() for row in rows)
