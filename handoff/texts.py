"""Sentences for visitors that do not come from Rasa's own turn: read from ``data/responses``, where designers edit."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import yaml

from handoff.domain.errors import ConfigurationError
from handoff.yaml_file import read_yaml

ALWAYS = frozenset({"team", "email"})
"""What every line about a handoff can name; {email} is empty unless the response's name ends in ``_known``."""

_AGENT = ALWAYS | {"agent_name"}
_OPENS = ALWAYS | {"opens_at"}

REQUIRED: Mapping[str, frozenset[str]] = {
    # failures, said without a handoff at hand
    "utter_internal_error": frozenset(),
    "utter_not_stored": frozenset(),
    # waiting
    "utter_still_waiting": ALWAYS | {"position"},
    "utter_still_waiting_known": ALWAYS | {"position"},
    "utter_nobody_online_yet": ALWAYS,
    "utter_nobody_online_yet_known": ALWAYS,
    "utter_handoff_missed": ALWAYS,
    "utter_handoff_missed_known": ALWAYS,
    "utter_follow_up_saved": ALWAYS,
    "utter_handoff_cancelled": ALWAYS,
    "utter_queue_opened": ALWAYS,
    "utter_queue_closed": _OPENS,
    "utter_moved_to_team": ALWAYS,
    # agents
    "utter_agent_joined": _AGENT,
    "utter_agent_joined_after_transfer": _AGENT,
    "utter_agent_resolved": _AGENT,
    "utter_handed_back": _AGENT,
    "utter_agent_left_requeued": _AGENT,
    "utter_agent_left_scheduled": _AGENT | _OPENS,
    "utter_transferred_team": _AGENT,
    "utter_transferred_team_closed": _AGENT | _OPENS,
    "utter_transferred_agent": _AGENT | {"new_agent_name"},
    # live chats
    "utter_live_chat_down": ALWAYS,
    "utter_live_chat_down_closed": _OPENS,
    "utter_closed_unanswered": _AGENT,
}
"""Responses that the desk and the channel send, with the values that each can use; ``handoff check`` and the start of
the desk insist on them."""


class ResponseTexts:
    """The responses of ``data/responses`` by name. See :class:`handoff.service.ports.Texts`."""

    def __init__(self, folder: Path) -> None:
        """Read every file in ``folder``.

        Raises:
            ConfigurationError: a file is no YAML, or one of :data:`REQUIRED` is missing, has no text, or uses a value
                that it cannot have.
        """
        self._variants: dict[str, list[str]] = {}
        for path in sorted(folder.glob("**/*.yml")):
            try:
                content = read_yaml(path) or {}
            except yaml.YAMLError as error:
                raise ConfigurationError(f"{path} is not valid YAML: {error}") from error
            for name, variants in (content.get("responses") or {}).items():
                self._variants[name] = [v["text"] for v in variants or [] if _sendable(v)]
        missing = [name for name in REQUIRED if not self._variants.get(name)]
        if missing:
            raise ConfigurationError(f"{folder} has no text for {', '.join(missing)}; visitors would hear nothing.")
        wrong = [problem for name in REQUIRED for problem in _misused(name, self._variants[name])]
        if wrong:
            # better now than when a visitor waits for the line
            raise ConfigurationError(f"{folder}: {' '.join(wrong)}")

    def text(self, name: str, pick: str, **values: str) -> str:
        """The response ``name`` with ``values`` filled in; ``pick`` chooses the variant, the same each time.

        Raises:
            ConfigurationError: the response does not exist or names a value that is not given.
        """
        variants = self._variants.get(name)
        if not variants:
            raise ConfigurationError(f"data/responses has no response {name}.")
        chosen = variants[zlib.crc32(pick.encode()) % len(variants)]
        try:
            return chosen.format(**values).strip()
        except (KeyError, IndexError, ValueError) as error:
            raise ConfigurationError(
                f"The response {name} uses {{{error}}}; it can use {_listed(frozenset(values))}."
            ) from error


def _sendable(variant: Mapping[str, object]) -> bool:
    """Whether the desk can use a variant: those for one channel or one slot value are Rasa's."""
    return bool(variant.get("text")) and not variant.get("channel") and not variant.get("condition")


def _misused(name: str, variants: list[str]) -> list[str]:
    """What is wrong with the values that the variants of a required response use."""
    problems = []
    for text in variants:
        try:
            used = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
        except ValueError as error:
            problems.append(f"The response {name} cannot be filled in ({error}): {text}")
            continue
        problems += [
            f"The response {name} uses {{{value}}}; it can use {_listed(REQUIRED[name])}."
            for value in sorted(used - REQUIRED[name])
        ]
    return problems


def _listed(values: frozenset[str]) -> str:
    return ", ".join(f"{{{value}}}" for value in sorted(values)) or "no values"
