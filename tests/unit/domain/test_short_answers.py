"""A bare yes or no, however it is spelled, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.short_answers import yes_or_no


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes!", "y", "yep, go ahead", "sure thing", "yes please", "please do", "of course", "yesss", "do it"],
)
def test_yes(text: str) -> None:
    assert yes_or_no(text) is True


@pytest.mark.parametrize(
    "text",
    ["no", "No.", "nope thx", "no thx", "no, thank you very much", "nah I\u2019m good", "not now, thanks", "never mind"]
    + ["no no no", "nooo", "no sorry", "rather not", "skip it"],
)
def test_no(text: str) -> None:
    assert yes_or_no(text) is False


@pytest.mark.parametrize(
    "text",
    ["", "?!", "thanks", "ok thanks", "ok", "sorry", "no problem", "no idea", "yes and no", "no, the other one"]
    + ["no warranty", "yes, FW-104233", "sure is slow", "n0", "noon", "yesterday", "no person please"],
)
def test_neither(text: str) -> None:
    assert yes_or_no(text) is None


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    assert yes_or_no(text) in {True, False, None}
