"""Puts new entries into YAML files and leaves every other byte as it is.

ruamel.yaml keeps comments and quotes when it writes a file back, but not the layout of lists that go over several
lines, such as those of ``handoff.yml``. So it only finds the place here: the new lines are put in as text, and what the
file then holds is compared with what it should hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError as RuamelError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml import YAMLError

from handoff.domain.errors import Conflict
from handoff.yaml_file import parse_yaml

LINE_LENGTH = 120  # of a list in brackets; a longer line is continued on the next
LITERAL = "|"
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,'/&()-]*[A-Za-z0-9)]")
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


class NotEditable(Conflict):
    """A file is written in a way in which nothing can be put in by machine."""

    code = "not_editable"


def add_examples(text: str, intent: str, examples: Sequence[str]) -> str:
    """``text`` of an NLU file with ``examples`` at the end of the first block of ``intent``, which is its main one.

    Raises:
        NotEditable: the file has no block of this intent that is written as ``examples: |``.
    """
    items = _items(text, "nlu")
    places = [
        place for place, item in enumerate(items) if _is_literal(_value(item, "examples")) and _says(item, intent)
    ]
    if not places:
        raise NotEditable(f"There is no block `- intent: {intent}` with `examples: |` to add to. Add one by hand.")
    item = items[places[0]]
    block = _value(item, "examples")
    assert block is not None, "only items with examples were taken"
    lines = text.splitlines(keepends=True)
    last = _last_line(lines, block.start_mark.line, _column(lines, _key(item, "examples").start_mark.line, item))
    indent = " " * _indent(lines[last])
    added = [f"{indent}- {example}" for example in examples]

    def expected(content: Any) -> None:
        content["nlu"][places[0]]["examples"] = _as_block(content["nlu"][places[0]]["examples"], examples)

    return _checked(text, _insert(lines, last, added), expected)


def add_intent(text: str, intent: str, examples: Sequence[str]) -> str:
    """``text`` of an NLU file with a new intent at its end.

    Raises:
        NotEditable: ``nlu:`` is no list over several lines.
    """
    items = _items(text, "nlu")
    lines = text.splitlines(keepends=True)
    dash = lines[items[-1].start_mark.line].index("-")
    last = _last_line(lines, items[-1].start_mark.line, dash)
    margin = " " * dash
    added = ["", f"{margin}- intent: {intent}", f"{margin}  examples: |"]
    added += [f"{margin}    - {example}" for example in examples]

    def expected(content: Any) -> None:
        content["nlu"].append({"intent": intent, "examples": _as_block("", examples)})

    return _checked(text, _insert(lines, last, added), expected)


def add_response(text: str, name: str, answer: str) -> str:
    """``text`` of a file with responses with a new one at its end.

    Raises:
        NotEditable: ``responses:`` does not hold names over several lines.
    """
    keys = _keys(text, "responses")
    lines = text.splitlines(keepends=True)
    margin = keys[-1].start_mark.column
    last = _last_line(lines, keys[-1].start_mark.line, margin, list_follows=True)
    pad = " " * margin
    added = ["", f"{pad}{name}:", f"{pad}- text: {_quoted(answer)}"]

    def expected(content: Any) -> None:
        content["responses"][name] = [{"text": answer}]

    return _checked(text, _insert(lines, last, added), expected)


def add_to_topic(text: str, topic: str, intent: str) -> str:
    """``text`` of handoff.yml with ``intent`` at the end of the intents of ``topic``.

    Raises:
        NotEditable: the topic is not there, or its intents are no list.
    """
    node = _value(_value(_root(text), "topics"), topic)
    listed = _value(node, "intents")

    def expected(content: Any) -> None:
        content["topics"][topic].setdefault("intents", []).append(intent)

    if not isinstance(listed, SequenceNode) or not listed.value:
        raise NotEditable(f"handoff.yml, topics.{topic}.intents: is not a list with intents. Add `{intent}` by hand.")
    if listed.flow_style:
        return _checked(text, _into_brackets(text, listed, intent), expected)
    lines = text.splitlines(keepends=True)
    last = listed.value[-1].start_mark.line
    margin = lines[last][: lines[last].index("-")]
    return _checked(text, _insert(lines, last, [f"{margin}- {intent}"]), expected)


def add_readable(text: str, intent: str, label: str) -> str:
    """``text`` of handoff.yml with ``label`` for ``intent`` under ``readable``, behind its neighbours of the same kind.

    Raises:
        NotEditable: there is no such section over several lines.
    """
    keys = _keys(text, "readable")
    kind = intent.split("/")[0] + "/"
    place = max((index for index, key in enumerate(keys) if key.value.startswith(kind)), default=len(keys) - 1)
    lines = text.splitlines(keepends=True)
    margin = keys[place].start_mark.column
    last = _last_line(lines, keys[place].start_mark.line, margin)
    added = [f"{' ' * margin}{intent}: {label if _is_plain(label) else _quoted(label)}"]

    def expected(content: Any) -> None:
        content["readable"][intent] = label

    return _checked(text, _insert(lines, last, added), expected)


# --- places


def _root(text: str) -> Node | None:
    try:
        found: Node | None = YAML().compose(text)
    except RuamelError as error:
        raise NotEditable(f"It is not valid YAML: {error}") from error
    return found


def _value(node: Node | None, key: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _key(node: Node, key: str) -> Node:
    return next(name for name, _ in node.value if name.value == key)


def _items(text: str, key: str) -> list[Node]:
    found = _value(_root(text), key)
    if not isinstance(found, SequenceNode) or found.flow_style or not found.value:
        raise NotEditable(f"`{key}:` is not a list over several lines. Add it by hand.")
    return list(found.value)


def _keys(text: str, key: str) -> list[Node]:
    found = _value(_root(text), key)
    if not isinstance(found, MappingNode) or found.flow_style or not found.value:
        raise NotEditable(f"`{key}:` does not hold names over several lines. Add it by hand.")
    return [name for name, _ in found.value]


def _is_literal(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and node.style == LITERAL and bool(node.value.strip())


def _says(item: Node, intent: str) -> bool:
    found = _value(item, "intent")
    return found is not None and found.value == intent


def _column(lines: Sequence[str], line: int, item: Node) -> int:
    """Column of the key of a block; what is further in belongs to it."""
    return int(item.start_mark.column) if line == item.start_mark.line else _indent(lines[line])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _last_line(lines: Sequence[str], first: int, margin: int, *, list_follows: bool = False) -> int:
    """The last line that belongs to what begins in line ``first`` at column ``margin``: those that are further in, and
    where ``list_follows`` the dashes of a list right below its key."""
    last = first
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if not line.strip():
            continue
        inside = _indent(line) > margin
        item = list_follows and _indent(line) == margin and line.lstrip().startswith("- ")
        if not (inside or item):
            break
        last = number
    return last


def _into_brackets(text: str, listed: SequenceNode, intent: str) -> str:
    """A list in brackets grows by a word, on its last line or, where that is full, on one more."""
    end = listed.value[-1].end_mark.index
    start_of_line = text.rfind("\n", 0, end) + 1
    line = text[start_of_line : text.find("\n", end)]
    if len(line) + len(f", {intent}") <= LINE_LENGTH:
        return f"{text[:end]}, {intent}{text[end:]}"
    first = text.rfind("\n", 0, listed.start_mark.index) + 1
    key_indent = _indent(text[first:])
    margin = _indent(line) if start_of_line > first else key_indent + 2
    return f"{text[:end]},\n{' ' * margin}{intent}{text[end:]}"


# --- texts


def _insert(lines: Sequence[str], after: int, added: Sequence[str]) -> str:
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    head = list(lines[: after + 1])
    if not head[-1].endswith("\n"):
        head[-1] += newline
    return "".join([*head, *(line + newline for line in added), *lines[after + 1 :]])


def _as_block(before: str, examples: Sequence[str]) -> str:
    if before and not before.endswith("\n"):
        before += "\n"
    return before + "".join(f"- {example}\n" for example in examples)


def _quoted(text: str) -> str:
    """In double quotes; what JSON escapes, YAML reads in the same way."""
    return json.dumps(text, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and text.lower() not in _NOT_TEXT


def _checked(before: str, after: str, change: Callable[[Any], None]) -> str:
    """``after``, if it holds what ``before`` does with the ``change``."""
    wanted = deepcopy(_load(before))
    change(wanted)
    if _plainly(_load(after)) != _plainly(wanted):
        raise NotEditable("It is written in a way in which nothing can be put in by machine. Edit it by hand.")
    return after


def _load(text: str) -> Any:
    try:
        return parse_yaml(text)
    except YAMLError as error:
        raise NotEditable(f"It is not valid YAML: {error}") from error


def _plainly(content: Any) -> Any:
    """The same without the empty lines at the end of blocks, which mean nothing."""
    if isinstance(content, dict):
        return {key: _plainly(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_plainly(value) for value in content]
    return content.rstrip("\n") if isinstance(content, str) else content
