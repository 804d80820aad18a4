"""``handoff.yml`` with some of its values replaced, without touching the file: for what-if and for experiments.

A key is written with dots, as designers read it off the file: ``triggers.frustration.offer_from``. What comes out went
through the same checks as the file itself, so a value that the file could not hold is refused here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handoff.domain.rules import HandoffRules
from handoff.dotted_keys import value_at, with_overrides
from handoff.rules_file import read_file, rules_of

__all__ = ["Overrides", "rules_with", "value_at", "with_overrides"]

Overrides = Mapping[str, Any]
"""Dotted keys of handoff.yml and the values that they have instead."""


def rules_with(path: Path, overrides: Overrides) -> HandoffRules:
    """Return the rules in ``path`` as they would be with ``overrides``.

    Raises:
        ConfigurationError: the file cannot be used, a key is none of it, or a value is wrong; the message names it.
    """
    return rules_of(path, with_overrides(path, read_file(path), overrides))
