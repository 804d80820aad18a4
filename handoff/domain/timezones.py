"""Time zones by name, as browsers and ``handoff.yml`` give them."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

NAME = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}")
"""How the tz database writes names: America/Argentina/Buenos_Aires is as deep as it goes. A visitor's page sends the
name, so whatever else could be a path to a file is turned away before it is looked for."""


def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone of the tz database called ``name``, or None when there is none or ``name`` is empty."""
    if not name or NAME.fullmatch(name) is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone; a file that holds no zone; a folder such as "Europe"
        return None
