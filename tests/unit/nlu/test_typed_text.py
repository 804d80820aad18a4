"""What counts of a typed text: nothing that cannot be seen, and no command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.typed_text import is_command, readable
from tests.unit.nlu.any_text import any_text

INVISIBLE = ["\u2060", "\u200b", "\ufeff", "\u00ad", "\ud83d", "\udc4d"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("  hello \n\t there ", "hello there"),
        ("I\u2019m \u2018here\u2019", "I'm 'here'"),
        ("\u2060/restart", "/restart"),
        ("par\u00adcel", "parcel"),
        ("a cut emoji \ud83d here", "a cut emoji here"),
        ("\U0001f44d", "\U0001f44d"),
        ("\u200b\ufeff \u2060", ""),
    ],
)
def test_readable(text: str, seen: str) -> None:
    assert readable(text) == seen


@given(any_text(100))
def test_any_text_becomes_one_that_can_be_encoded_and_stays_as_it_is(text: str) -> None:
    seen = readable(text)
    seen.encode("utf-8")
    assert readable(seen) == seen == seen.strip()
    assert "  " not in seen


@given(st.text("ab /", max_size=20), st.sampled_from(INVISIBLE), st.integers(0, 20))
def test_an_invisible_character_anywhere_changes_nothing(text: str, character: str, place: int) -> None:
    marked = text[:place] + character + text[place:]
    assert readable(marked) == readable(text)
    assert is_command(marked) == is_command(text)


@pytest.mark.parametrize("text", ["/restart", "\u2060/restart", "/greet{}", '/inform {"a":\n"b"}', " /back "])
def test_commands(text: str) -> None:
    assert is_command(text)


@pytest.mark.parametrize(
    "text", ["restart", "/", "/restart now", "please /restart", "/request_human{", "and/or", "", "//restart", "/a/b"]
)
def test_no_commands(text: str) -> None:
    assert not is_command(text)
