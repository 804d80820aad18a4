"""How long something took, in words that people say."""

from __future__ import annotations

MINUTE, HOUR, DAY = 60, 3600, 86_400
# a step later, since "90 min" says more than "2 h" and "36 h" more than "2 days"
MINUTES_FROM, HOURS_FROM, DAYS_FROM = 100, 100 * MINUTE, 48 * HOUR


def in_words(seconds: float) -> str:
    """For example "40 s", "14 min", "3 h" or "2 days", rounded."""
    if seconds < MINUTES_FROM:
        return f"{seconds:.0f} s"
    if seconds < HOURS_FROM:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < DAYS_FROM:
        return f"{seconds / HOUR:.0f} h"
    return f"{seconds / DAY:.0f} days"
