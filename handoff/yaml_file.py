"""Reads YAML with libyaml where it is there: ten times as fast, which every start and every check notices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """What ``path`` holds; only plain values are made of it.

    Raises:
        OSError: it cannot be read.
        yaml.YAMLError: it is not valid YAML.
    """
    return parse_yaml(path.read_text(encoding="utf-8"))


def parse_yaml(text: str) -> Any:
    """What ``text`` holds; only plain values are made of it.

    Raises:
        yaml.YAMLError: it is not valid YAML.
    """
    return yaml.load(text, Loader=_LOADER)
