"""What a visitor did that the shop wanted, such as an order or a booked demo, as the shop or its page told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """Who told: the shop's server, or the page that the visitor has open, which the visitor could have changed."""

    SERVER = "server"
    WIDGET = "widget"


@dataclass(frozen=True)
class Conversion:
    """One conversion.

    Attributes:
        conversation_id: whose it is.
        name: what it was: ``order``, ``demo_booked``.
        reference: the shop's own name of it, so that a repetition is recognised.
        at: when it happened.
        source: who told.
        value: what it is worth, in ``currency``.
        currency: three letters of ISO 4217.
    """

    conversation_id: str
    name: str
    reference: str
    at: datetime
    source: Source
    value: float | None = None
    currency: str | None = None
