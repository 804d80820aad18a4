"""Values in a file of nested keys, by keys that are written with dots: ``triggers.frustration.offer_from``."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from handoff.domain.errors import ConfigurationError


def with_overrides(path: Path, content: Any, overrides: Mapping[str, Any]) -> Any:
    """A copy of what the file holds, with ``overrides`` in it.

    Args:
        path: of the file, for the message.
        content: what the file holds, as YAML reads it.
        overrides: dotted keys and values. Each key must be in the file: a new one would be a misspelt one.

    Raises:
        ConfigurationError: the file has no such key; the message says what it has in that place.
    """
    changed = copy.deepcopy(content)
    for key, value in overrides.items():
        *parents, last = key.split(".")
        place = changed
        for depth, name in enumerate(parents):
            _check_has(path, place, name, key, parents[:depth])
            place = place[name]
        _check_has(path, place, last, key, parents)
        place[last] = copy.deepcopy(value)
    return changed


def value_at(content: Any, key: str) -> Any:
    """What the file holds under a dotted key; None when it holds nothing there."""
    for name in key.split("."):
        if not isinstance(content, dict) or name not in content:
            return None
        content = content[name]
    return content


def _check_has(path: Path, place: Any, name: str, key: str, parents: list[str]) -> None:
    if isinstance(place, dict) and name in place:
        return
    where = ".".join(parents) or "the file"
    if not isinstance(place, dict) or not place:
        raise ConfigurationError(f"{path}: {key}: there is no such key, since {where} has none of its own.")
    known = [str(one) for one in place]
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"It has: {', '.join(known)}."
    raise ConfigurationError(f"{path}: {key}: there is no '{name}' in {where}. {hint}")
