"""How people read the names that metrics are broken down by."""

from __future__ import annotations

from handoff.domain.triggers import REASONS

NOTHING_ASKED = "Nothing asked"
UNKNOWN_PAGE = "Unknown page"


def trigger_label(trigger: str) -> str:
    """Why a handoff was made, for example "Asked for a person"."""
    return _sentence(trigger_words(trigger))


def trigger_words(trigger: str) -> str:
    """The same within a sentence: "asked for a person"."""
    known = {kind.value: reason for kind, reason in REASONS.items()}
    return known.get(trigger, trigger.replace("_", " "))


def name_label(name: str) -> str:
    """A topic or queue of handoff.yml."""
    return _sentence(name.replace("_", " "))


def page_label(page: str) -> str:
    """An address without what all addresses begin with."""
    return page.removeprefix("https://").removeprefix("http://")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
