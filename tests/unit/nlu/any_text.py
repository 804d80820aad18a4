"""Wild input: any characters at all, and often those that make trouble."""

from __future__ import annotations

from hypothesis import strategies as st

TROUBLE = "\ud83d\udc4d\x00\u2060\ufffd/\u00ad \n"  # both halves of an emoji among them: JSON may hold one alone
_CHARACTERS = st.one_of(st.sampled_from(TROUBLE), st.characters(exclude_categories=()))


def any_text(max_size: int) -> st.SearchStrategy[str]:
    """Texts of ``max_size`` characters at most. ``st.text`` would melt both kinds into one, and trouble became rare."""
    return st.lists(_CHARACTERS, max_size=max_size).map("".join)
