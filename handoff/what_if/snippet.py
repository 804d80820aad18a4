"""What to copy into handoff.yml and config.yml to make a what-if real. Nothing is written by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

INDENT = "  "
WIDE = 10_000  # a list stays on its line


def rules_snippet(changes: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """The keys of handoff.yml that change, nested as in the file, each with the value that it has now."""
    tree: dict[str, Any] = {}
    for key in changes:
        place = tree
        *parents, last = key.split(".")
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = key
    return "\n".join(_lines(tree, changes, before, 0))


def abstention_snippet(threshold: float) -> str:
    """The setting of config.yml; it holds from the next training on."""
    return f"  - name: handoff.nlu.abstention.Abstention\n    threshold: {threshold:g}"


def _lines(tree: Mapping[str, Any], changes: Mapping[str, Any], before: Mapping[str, Any], depth: int) -> list[str]:
    lines = []
    for name, inner in tree.items():
        if isinstance(inner, dict):
            lines += [f"{INDENT * depth}{name}:", *_lines(inner, changes, before, depth + 1)]
        else:
            was = "" if isinstance(before.get(inner), list) else f"  # now {_written(before.get(inner))}"
            lines.append(f"{INDENT * depth}{name}: {_written(changes[inner])}{was}")
    return lines


def _written(value: Any) -> str:
    """One value as YAML writes it on one line."""
    text: str = yaml.safe_dump(value, default_flow_style=True, width=WIDE, allow_unicode=True)
    return text.removesuffix("...\n").strip()
