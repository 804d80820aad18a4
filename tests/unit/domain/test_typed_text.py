from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.typed_text import as_typed, neutralise


@given(st.text())
def test_typed_text_is_never_a_command_and_reads_as_typed(text: str) -> None:
    safe = neutralise(text)
    assert not safe.strip().startswith("/")
    assert as_typed(safe) == text.strip() or text.strip().startswith("\u2060")
