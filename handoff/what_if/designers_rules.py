"""What the replay must know of ``data/rules``: after which answers a rule offers a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import yaml

from handoff.domain.errors import ConfigurationError
from handoff.yaml_file import read_yaml


def answers_with_offer(folder: Path, offers: Collection[str]) -> frozenset[str]:
    """The responses that a rule lets an offer of a person follow directly.

    Args:
        folder: with rules in Rasa's format, such as ``data/rules``. One that is not there has none.
        offers: names of the responses that offer a person.

    Raises:
        ConfigurationError: a file there is no YAML.
    """
    found = set()
    for path in sorted(folder.glob("**/*.yml")):
        try:
            content = read_yaml(path)
        except yaml.YAMLError as error:
            raise ConfigurationError(f"{path} is not valid YAML: {error}") from error
        for actions in _actions(content):
            pairs = zip(actions, actions[1:], strict=False)
            found |= {first for first, second in pairs if second in offers and first not in offers}
    return frozenset(found)


def _actions(content: Any) -> Iterator[list[str]]:
    """The actions of each rule in the order of its steps; what the visitor says between two of them parts them."""
    rules = content.get("rules") if isinstance(content, dict) else None
    for rule in rules or []:
        actions: list[str] = []
        for step in rule.get("steps") or []:
            if "intent" in step:
                yield actions
                actions = []
            elif step.get("action"):
                actions.append(str(step["action"]))
        yield actions
