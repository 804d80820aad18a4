from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.clean_text import is_clean, scrub

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=50)
"""Also halves of surrogate pairs, which hypothesis leaves out by itself."""


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Shop \ud83d", "Shop \ufffd"),
        ("\ude00 Shop", "\ufffd Shop"),
        ("a\x00b", "a\ufffdb"),
        ("\ud83d\ude00", "\N{GRINNING FACE}"),
        ("Fernway \N{GRINNING FACE} – Größe", "Fernway \N{GRINNING FACE} – Größe"),
    ],
)
def test_what_cannot_be_stored_is_replaced(sent: str, kept: str) -> None:
    assert scrub(sent) == kept


@given(ANY_TEXT)
def test_a_scrubbed_text_can_be_stored_and_a_clean_one_stays(text: str) -> None:
    assert is_clean(scrub(text))
    assert json.dumps(scrub(text), ensure_ascii=False).encode()
    if is_clean(text):
        assert scrub(text) == text
