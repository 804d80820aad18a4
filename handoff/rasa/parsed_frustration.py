"""Reads the frustration of a message off Rasa's parse data: ``{"frustration": {"score": 0.8, "signals": [...]}}``."""

from __future__ import annotations

from typing import Any

KEY = "frustration"


def frustration_score(parse_data: dict[str, Any] | None) -> float | None:
    """The score, 0 (calm) to 1; None where nobody scored the message (a button, a story, an old conversation)."""
    score = _found(parse_data).get("score")
    return None if score is None else float(score)


def frustration_signals(parse_data: dict[str, Any] | None) -> tuple[str, ...]:
    """What the score was made of, for example ``("negative_wording", "shouting")``."""
    return tuple(_found(parse_data).get("signals") or ())


def _found(parse_data: dict[str, Any] | None) -> dict[str, Any]:
    return (parse_data or {}).get(KEY) or {}
