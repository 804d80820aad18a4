"""Names: found where people introduce themselves, and a wrong one is worse than none."""

from __future__ import annotations

import pytest

from tests.unit.nlu.entities import found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my name is tom bakker and I need help", "Tom Bakker"),
        ("My name is John. I want a refund", "John"),
        ("I'm Tom Bakker", "Tom Bakker"),
        ("I\u2019m Fatima El Amrani from Utrecht", "Fatima El Amrani"),
        ("hi, this is Lars", "Lars"),
        ("You can call me Bea", "Bea"),
        ("I am Sanne de Vries and my desk is broken", "Sanne de Vries"),
        ("this is Peter Müller-Lüdenscheidt speaking", "Peter Müller-Lüdenscheidt"),
        ("name: Anna Kowalska", "Anna Kowalska"),
        ("mijn naam is Jan van der Berg", "Jan van der Berg"),
        ("my name is O'Brien", "O'Brien"),
    ],
)
def test_names(text: str, value: str) -> None:
    assert found(text) == [("name", value)]


@pytest.mark.parametrize(
    "text",
    [
        "I'm angry",
        "I'm Angry",
        "I'm Sick of this",
        "I am Dutch",
        "THIS IS RIDICULOUS",
        "I'M FURIOUS",
        "this is Unacceptable service",
        "my name is spelled wrong",
        "my name is on the invoice",
        "what is your name",
        "I'm looking for a desk",
        "call me back tomorrow",
        "call me Monday",
        "I'm Marketing Manager",
        "my name is not important",
        "so I'm Still waiting",
    ],
)
def test_no_names(text: str) -> None:
    assert found(text) == []
