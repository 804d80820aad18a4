"""Arithmetic on moments within the database, which SQLite and PostgreSQL write differently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Interval,
    cast,
    func,
    literal,
    type_coerce,
)

QUARTER_SECONDS = 900
"""Offsets of time zones are whole quarters of an hour, so no quarter lies in two days or hours of any zone."""
_DAY_MILLISECONDS = 86_400_000


def quarter_of(connection: Connection, moment: ColumnElement[Any]) -> ColumnElement[int]:
    """In which quarter of an hour, counted from 1970, ``moment`` lies; :func:`quarter_start` says when that begins."""
    if connection.dialect.name == "sqlite":
        return cast(func.strftime("%s", moment), BigInteger) // QUARTER_SECONDS
    # date_part counts in floating point, twice as fast as extract with its numbers of any size
    seconds: ColumnElement[Any] = func.date_part("epoch", moment)
    return cast(func.floor(seconds / QUARTER_SECONDS), BigInteger)


def quarter_start(quarter: int) -> datetime:
    """The moment at which a quarter of an hour begins."""
    return datetime.fromtimestamp(quarter * QUARTER_SECONDS, UTC)


def within(
    connection: Connection, earlier: ColumnElement[Any], later: ColumnElement[Any], span: timedelta
) -> ColumnElement[bool]:
    """Whether ``later`` comes no more than ``span`` after ``earlier``; not so where it is null.

    On SQLite it counts whole milliseconds, on PostgreSQL microseconds.
    """
    if connection.dialect.name == "sqlite":
        # the difference of two day numbers is good to some 40 microseconds, so that rounding makes it exact
        days = func.julianday(later) - func.julianday(earlier)
        close = func.round(days * _DAY_MILLISECONDS) <= int(span / timedelta(milliseconds=1))
        return later.is_not(None) & close
    until: ColumnElement[Any] = type_coerce(earlier, DateTime) + literal(span, Interval)
    return later.is_not(None) & (type_coerce(later, DateTime) <= until)
