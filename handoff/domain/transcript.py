"""A conversation as plain text, for people to read and keep."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from handoff.domain.model import Sender
from handoff.domain.opening_words import DAYS, MONTHS
from handoff.domain.timezones import zone_named

_CONTINUED = "  "
"""Before every further line of a message: nobody can write a line that looks like another person's."""

_NO_WRAP = 10**6  # wider than any message


@dataclass(frozen=True)
class Line:
    """One message that the visitor saw. ``name`` is the agent's; ``at`` is aware."""

    sender: Sender
    text: str
    at: datetime
    name: str | None = None


def conversation_text(lines: Sequence[Line], timezone: str | None = None) -> str:
    """``lines`` (oldest first) with a heading for each day and the time before each message.

    Args:
        timezone: IANA name of the reader's zone; UTC when it is None or unknown.
    """
    rows: list[str] = []
    for block in dated_blocks(lines, timezone):
        rows += block
    return "\n".join(rows)


def dated_blocks(
    lines: Sequence[Line], timezone: str | None = None, *, width: int = _NO_WRAP, height: int | None = None
) -> Iterator[list[str]]:
    """The rows of each message; those of a new day begin with its date.

    Args:
        width: longest row in characters; longer words (addresses of pages) are kept whole.
        height: most rows of one message; what is cut off is marked with an ellipsis.
    """
    zone, _ = zone_of(timezone)
    day: date | None = None
    for line in lines:
        local = line.at.astimezone(zone)
        rows = _rows(line, local, width)
        if height is not None and len(rows) > height:
            rows = [*rows[: height - 1], f"{_CONTINUED}\u2026"]
        if local.date() != day:
            heading = [day_words(local.date()), ""]
            rows = [*([] if day is None else [""]), *heading, *rows]
            day = local.date()
        yield rows


def zone_of(timezone: str | None) -> tuple[tzinfo, str]:
    """The zone called ``timezone`` and its name; UTC when there is no such zone (browsers send what they like)."""
    zone = zone_named(timezone)
    return (zone, zone.key) if zone else (UTC, "UTC")


def day_words(day: date) -> str:
    """For example ``Monday 23 November 2026``."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def _rows(line: Line, local: datetime, width: int) -> list[str]:
    who = _who(line)
    start = f"[{local:%H:%M}] {who}: " if who else f"[{local:%H:%M}] "
    written = [row.rstrip() for row in line.text.strip().splitlines()] or [""]
    rows: list[str] = []
    for number, row in enumerate(written):
        first = start if number == 0 else _CONTINUED
        rows += textwrap.wrap(
            row,
            width,
            initial_indent=first,
            subsequent_indent=_CONTINUED,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [first.rstrip()]
    return rows


def _who(line: Line) -> str:
    if line.sender is Sender.VISITOR:
        return "You"
    if line.sender is Sender.AGENT:
        return " ".join((line.name or "Agent").split())
    return "Assistant" if line.sender is Sender.ASSISTANT else ""
