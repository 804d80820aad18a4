"""Reads what a visitor said off a message of Rasa: typed words, a button's title, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handoff.domain.typed_text import as_typed
from handoff.rasa.marks import DISPLAY_TEXT

KEY = "offered_choice"
"""Key in the parse result: ``{"title": "The warranty", "payload": "/faq{...}", "by": "place"}``."""

BY = "by"
BY_PLACE = "place"  # "the second one"
BY_TITLE = "title"  # "warranty"


@dataclass(frozen=True)
class Said:
    """``text`` as people read it; ``payload``: it is a button's, pressed or counted off, and not the visitor's own."""

    text: str
    payload: bool


def said(text: str | None, metadata: dict[str, Any] | None, parse_data: dict[str, Any] | None) -> Said:
    """What a visitor's message says. "2" alone says nothing to somebody who does not see the buttons, so the title of
    the one it stands for is added: "2 (The warranty)"."""
    shown = (metadata or {}).get(DISPLAY_TEXT)
    if shown:
        return Said(str(shown), payload=True)
    typed, choice = as_typed(text or ""), (parse_data or {}).get(KEY) or {}
    if choice.get(BY) == BY_PLACE:
        return Said(f"{typed} ({choice.get('title')})", payload=True)
    return Said(typed, payload=False)
