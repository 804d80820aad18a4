"""Order numbers: in every spelling, and no other numbers."""

from __future__ import annotations

import pytest

from tests.unit.nlu.entities import found


@pytest.mark.parametrize(
    "text",
    [
        "FW-104233",
        "fw104233",
        "FW 104233",
        "Fw_104233",
        "#104233",
        "# 104233",
        "#FW-104233",
        "104233",
        "it's 104233",
        "here you go: 104233, thanks",
        "my order 104233 is late",
        "order number: 104233.",
        "(FW-104233)",
        "bestelnummer 104233",
        "\u2060FW-104233",
    ],
)
def test_order_numbers_in_every_spelling(text: str) -> None:
    assert found(text) == [("order_number", "FW-104233")]


@pytest.mark.parametrize(
    "text",
    [
        "we are 104233 people",
        "I want to order 100000 desks",
        "the pin is 123456",
        "FW-10423",
        "FW-1042334",
        "€104233",
        "order of 104233 euro",
        "10969 Berlin",
        "my postcode in Bangalore is 560001",
        "fwd 104233 to somebody",
        "order 104233-22",
    ],
)
def test_other_numbers_are_no_order_numbers(text: str) -> None:
    assert found(text) == []


def test_several_order_numbers() -> None:
    assert found("FW-104233 and the other is 104234") == [("order_number", "FW-104233"), ("order_number", "FW-104234")]
