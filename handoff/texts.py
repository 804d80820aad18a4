"""Sentences for visitors that do not come from Rasa's own turn: read from ``data/responses``, where designers edit."""

from __future__ import annotations

import zlib
from pathlib import Path

import yaml

from handoff.domain.errors import ConfigurationError

REQUIRED = (
    "utter_agent_joined",
    "utter_agent_resolved",
    "utter_handed_back",
    "utter_internal_error",
    "utter_not_stored",
)
"""Responses that the desk and the channel send; ``handoff check`` and the start of the desk insist on them."""


class ResponseTexts:
    """The responses of ``data/responses`` by name. See :class:`handoff.service.ports.Texts`."""

    def __init__(self, folder: Path) -> None:
        """Read every file in ``folder``.

        Raises:
            ConfigurationError: a file is no YAML, or one of :data:`REQUIRED` is missing or has no text.
        """
        self._variants: dict[str, list[str]] = {}
        for path in sorted(folder.glob("**/*.yml")):
            try:
                content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            except yaml.YAMLError as error:
                raise ConfigurationError(f"{path} is not valid YAML: {error}") from error
            for name, variants in (content.get("responses") or {}).items():
                self._variants[name] = [v["text"] for v in variants or [] if v.get("text") and not v.get("channel")]
        missing = [name for name in REQUIRED if not self._variants.get(name)]
        if missing:
            raise ConfigurationError(f"{folder} has no text for {', '.join(missing)}; visitors would hear nothing.")

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
                f"The response {name} uses {{{error}}}; it can use {', '.join(sorted(values))}."
            ) from error
