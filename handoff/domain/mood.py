"""Whether a visitor sounds frustrated: by intent, or by wording inside a message with another intent."""

from __future__ import annotations

import re
from collections.abc import Iterable

from handoff.domain.model import Sender, TriggerKind, Turn
from handoff.domain.rules import HandoffRules


def sounds_frustrated(turns: Iterable[Turn], rules: HandoffRules) -> bool:
    """Whether any of the visitor's turns does (``triggers.frustration`` of handoff.yml)."""
    wording = _wording(rules.frustration_phrases)
    return any(
        rules.trigger_of(turn.intent) is TriggerKind.FRUSTRATION
        or (wording is not None and wording.search(turn.text.replace("\u2019", "'")) is not None)
        for turn in turns
        if turn.sender is Sender.VISITOR and not turn.payload
    )


def _wording(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    if not phrases:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")(?!\w)", re.IGNORECASE)
