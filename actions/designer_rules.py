"""The designers' file ``handoff.yml``, read when the first action needs it and kept for the life of the process."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from rasa_sdk import Tracker

from handoff.domain.rules import HandoffRules
from handoff.rules_file import FILE_NAME, load_rules


@cache
def designer_rules() -> HandoffRules:
    """Return the rules of this installation.

    Raises:
        ConfigurationError: the file is missing or has mistakes.
    """
    root = Path(os.environ.get("HANDOFF_ROOT", Path(__file__).resolve().parent.parent))
    return load_rules(Path(os.environ.get("HANDOFF_RULES", root / FILE_NAME)))


def rules_for(tracker: Tracker) -> HandoffRules:
    """The rules that hold in this conversation: those of its variant, while an experiment runs.

    Raises:
        ConfigurationError: as above.
    """
    written = (event.get("timestamp") for event in reversed(tracker.events) if event["event"] == "user")
    at = next(written, None)
    rules = designer_rules()
    return rules if at is None else rules.for_conversation(tracker.sender_id, datetime.fromtimestamp(at, tz=UTC))
