"""The designers' file ``handoff.yml``, read when the first action needs it and kept for the life of the process."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from handoff.domain.rules import HandoffRules
from handoff.rules_file import FILE_NAME, load_rules


@cache
def designer_rules() -> HandoffRules:
    """Return the rules of this installation.

    Raises:
        ConfigurationError: the file is missing or has mistakes.
    """
    root = Path(os.environ.get("HANDOFF_ROOT", Path(__file__).resolve().parent.parent))
    return load_rules(root / FILE_NAME)
