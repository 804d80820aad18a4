"""Conversions as a shop's server and its pages send them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from handoff.domain.conversion import Conversion, Source
from handoff.domain.errors import InvalidInput
from handoff.rasa.web.conversion import parse_conversion, parse_track

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LEAST = {"name": "order", "reference": "1001"}
FULL = LEAST | {"conversation_id": "c1", "value": 549.95, "currency": "EUR", "at": "2026-11-23T10:30:00+01:00"}


def test_what_a_server_tells() -> None:
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert parse_conversion(FULL, NOW) == Conversion("c1", "order", "1001", at, Source.SERVER, 549.95, "EUR")
    assert parse_conversion(FULL | {"at": "2026-11-23T09:30:00Z"}, NOW).at == at
    assert parse_conversion(LEAST | {"conversation_id": "c1"}, NOW).at == NOW


def test_what_a_page_tells() -> None:
    assert parse_track(LEAST, "c1", NOW) == Conversion("c1", "order", "1001", NOW, Source.WIDGET)
    assert parse_track(LEAST | {"value": 0, "currency": "EUR"}, "c1", NOW).value == 0.0
    with pytest.raises(InvalidInput, match="Unknown field: at"):
        parse_track(FULL, "c1", NOW)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("conversation_id", [None, "", 7, "c" * 256, "a\x00"]),
        ("name", [None, "", 7, "An order", "_order", "o" * 65, "order\n"]),
        ("reference", [None, "", " ", 1001, "1" * 201, "\ud83d"]),
        ("value", ["549", True, -1, 1e13, float("nan"), float("inf"), [1], 10**400]),
        ("currency", ["eur", "EURO", "€", 7, "EU", ""]),
        ("at", ["yesterday", "2026-11-23T10:30:00", 1_795_000_000, "", "2026-13-01T00:00:00Z"]),
    ],
)
def test_what_is_wrong_is_named(field: str, wrong: list[Any]) -> None:
    for value in wrong:
        with pytest.raises(InvalidInput, match=f"'{field}'"):
            parse_conversion(FULL | {field: value}, NOW)


@pytest.mark.parametrize("missing", ["value", "currency"])
def test_a_value_has_a_currency(missing: str) -> None:
    with pytest.raises(InvalidInput, match="'value' and 'currency' come together"):
        parse_conversion({key: value for key, value in FULL.items() if key != missing}, NOW)


@pytest.mark.parametrize("body", [None, [], "order", {"stars": 5}])
def test_what_is_no_conversion(body: Any) -> None:
    with pytest.raises(InvalidInput):
        parse_conversion(body, NOW)
