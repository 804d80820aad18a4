"""Conversions as the shop's server and its page send them, checked before anything happens with them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from handoff.domain.conversion import Conversion, Source
from handoff.domain.errors import InvalidInput
from handoff.rasa.web.fields import CONVERSATION_ID, known_fields, string

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
CURRENCY = re.compile(r"[A-Z]{3}")
CONVERSATION_LIMIT = 255  # Rasa's own limit for a sender_id: conversations of other channels have ids of their own
REFERENCE_LIMIT = 200
MOST = 1e12  # of any currency; what is above is a mistake
DETAILS = ("name", "reference", "value", "currency")


def parse_conversion(body: Any, now: datetime) -> Conversion:
    """Read what the shop's server told; ``now`` is when it happened unless ``at`` says another time.

    Raises:
        InvalidInput: a field is missing, unknown or wrong; the message names it.
    """
    fields = known_fields(body, (*DETAILS, "at"))
    conversation_id = string(fields, CONVERSATION_ID, CONVERSATION_LIMIT)
    if not conversation_id:
        raise InvalidInput(f"'{CONVERSATION_ID}' is missing. The widget has it as its property `conversationId`.")
    return _conversion(fields, conversation_id, Source.SERVER, _moment(fields) or now)


def parse_track(body: Any, conversation_id: str, now: datetime) -> Conversion:
    """Read what a visitor's page told of itself; see :func:`parse_conversion`."""
    return _conversion(known_fields(body, DETAILS), conversation_id, Source.WIDGET, now)


def _conversion(fields: dict[str, Any], conversation_id: str, source: Source, at: datetime) -> Conversion:
    name = string(fields, "name", None)
    if not name or not NAME.fullmatch(name):
        raise InvalidInput("'name' says what it was, in at most 64 of a-z, 0-9, _ and -: order, demo_booked.")
    reference = string(fields, "reference", REFERENCE_LIMIT)
    if not reference or not reference.strip():
        raise InvalidInput(
            "'reference' is missing: your own name of it, such as the order number. Repeats have it too."
        )
    value, currency = _value(fields), _currency(fields)
    if (value is None) != (currency is None):
        raise InvalidInput("'value' and 'currency' come together, or not at all.")
    return Conversion(conversation_id, name, reference.strip(), at, source, value, currency)


def _value(fields: dict[str, Any]) -> float | None:
    value = fields.get("value")
    if value is None:
        return None
    # True is an int for Python, and no amount for anybody else
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise InvalidInput("'value' must be a number, neither below zero nor above a million million.")
    return float(value)


def _currency(fields: dict[str, Any]) -> str | None:
    currency = string(fields, "currency", None)
    if currency is not None and not CURRENCY.fullmatch(currency):
        raise InvalidInput("'currency' has three capital letters, as in ISO 4217: EUR.")
    return currency


def _moment(fields: dict[str, Any]) -> datetime | None:
    text = string(fields, "at", None)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("'at' must be a time as in 2026-11-23T21:28:37Z.") from error
    if moment.tzinfo is None:
        raise InvalidInput("'at' lacks its time zone: end it with Z or an offset, as in 2026-11-23T22:28:37+01:00.")
    return moment
