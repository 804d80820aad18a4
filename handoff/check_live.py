"""Calls every configured live chat, harmlessly, and says what works and which right is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handoff.connectors.base import Finding
from handoff.live_chat_file import load_live_chat
from handoff.rules_file import load_rules
from handoff.settings import Settings


@dataclass(frozen=True)
class LiveFinding:
    """What was found at one connector."""

    connector: str
    finding: Finding

    def line(self) -> str:
        """One line for people."""
        found = self.finding
        mark = "works" if found.ok else "FAILS"
        return f"{self.connector}: {mark}: {found.what}{'. ' + found.remedy if found.remedy else ''}"


def check_live(settings: Settings, environ: dict[str, str]) -> Iterator[LiveFinding]:
    """Yield each finding as it is made.

    Raises:
        ConfigurationError: the files are wrong already.
    """
    rules = load_rules(settings.rules_file)
    setup = load_live_chat(settings.endpoints_file, environ, rules.queues, settings.desk_link)
    for name, connector in setup.connectors.items():
        for finding in connector.check():
            yield LiveFinding(name, finding)
