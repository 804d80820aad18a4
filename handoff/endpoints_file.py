"""Reads our sections of ``endpoints.yml`` as they are written: nested, every value a string, variables filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from handoff.domain.errors import ConfigurationError

_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Section:
    """One section.

    Attributes:
        values: mappings, lists and strings; keys without a value are left out.
        variables: places ("connectors.chat.token") whose value is one variable and nothing else.
        problems: variables that are not set, one line for each place.
    """

    values: dict[str, Any]
    variables: frozenset[str]
    problems: tuple[str, ...]


@dataclass
class _Reader:
    environ: Mapping[str, str]
    variables: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def read(self, node: yaml.Node, place: str) -> Any:
        if isinstance(node, yaml.MappingNode):
            pairs = ((str(key.value), value) for key, value in node.value)
            read = {key: self.read(value, f"{place}.{key}" if place else key) for key, value in pairs}
            return {key: value for key, value in read.items() if value is not None}
        if isinstance(node, yaml.SequenceNode):
            items = (self.read(item, f"{place}[{number}]") for number, item in enumerate(node.value))
            return [item for item in items if item is not None]
        if node.tag == "tag:yaml.org,2002:null" or node.value == "":
            return None
        return self._expand(str(node.value), place)

    def _expand(self, text: str, place: str) -> str:
        for name in _VARIABLE.findall(text):
            if not self.environ.get(name):
                self.problems.append(f"{place}: the variable {name} is not set; set it where the program starts")
        if _VARIABLE.fullmatch(text):
            self.variables.add(place)
        return _VARIABLE.sub(lambda found: self.environ.get(found[1], ""), text)


def read_section(path: Path, name: str, environ: Mapping[str, str], hint: str) -> Section | None:
    """Return the section ``name`` of the file, or None when it has none.

    ``hint`` says which keys it has, for whoever wrote something else.

    Nodes and not values are read: Rasa changes PyYAML's loaders for the whole process so that they expand variables,
    and it must be seen here whether a secret is a variable.

    Raises:
        ConfigurationError: the file cannot be read, is no YAML, or the section does not hold keys.
    """
    try:
        document = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror}); restore it.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(document, yaml.MappingNode):
        return None
    node = next((value for key, value in document.value if key.value == name), None)
    if node is None or node.tag == "tag:yaml.org,2002:null":
        return None
    if not isinstance(node, yaml.MappingNode):
        raise mistakes(path, name, [f"the section must hold keys: {hint}"])
    reader = _Reader(environ)
    values = reader.read(node, "")
    return Section(values, frozenset(reader.variables), tuple(reader.problems))


def mistakes(path: Path, section: str, problems: list[str]) -> ConfigurationError:
    """The error that names every mistake in a section."""
    lines = "\n".join(f"  {section}.{problem}" for problem in problems)
    return ConfigurationError(f"{path} has mistakes in its section '{section}':\n{lines}")
