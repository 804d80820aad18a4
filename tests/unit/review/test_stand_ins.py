"""No visitor's details get into the training data."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.order_numbers import OrderNumbers
from handoff.review.stand_ins import StandIns

stand_ins = StandIns()


@pytest.mark.parametrize(
    ("typed", "secret"),
    [
        ("mail me at lea.moreau@shop.example please", "moreau"),
        ("my order FW-104233 is late", "104233"),
        ("order 104233 is late", "104233"),
        ("#104233 is late", "104233"),
        ("call +33 6 12 34 56 78", "34 56"),
        ("my name is Lea Moreau and I wait", "Moreau"),
        ("Hi, I'm Tomasz. When do you open?", "Tomasz"),
        ("see https://my-own-shop.example/account?user=lea", "my-own-shop"),
        ("pay NL91 ABNA 0417 1643 00", "0417"),
        ("my card is 4111 1111 1111 1111", "1111"),
        ("my password is hunter2", "hunter2"),
    ],
)
def test_details_are_replaced(typed: str, secret: str) -> None:
    text = stand_ins(typed)
    assert secret not in text
    assert "removed" not in text
    assert stand_ins(typed) == text, "the same each time"


@pytest.mark.parametrize(
    "text",
    [
        "how long does delivery take to the Netherlands",
        "I'm Dutch and I'm angry",
        "is the Rise 549 or 749",
        "from 20 desks 15 % off?",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert stand_ins(text) == text


def test_a_stand_in_has_the_shape_of_what_it_replaces() -> None:
    assert re.fullmatch(r"where is fw 1\d{5}\?", stand_ins("where is fw 104233?"))
    assert re.fullmatch(r"write to \w+@example\.(com|org) now", stand_ins("write to lea@moreau.fr now"))
    shop = StandIns(OrderNumbers("AB", 4))
    assert re.fullmatch(r"AB-7\d{3}", shop("AB-7351"))
    assert shop("AB-7351") != "AB-7351"


def test_known_names_go_wherever_they_stand() -> None:
    text = stand_ins("We sent it, Lea. Ask Moreau's shop, will you", ["Lea Moreau", "Will"])
    assert "Lea" not in text
    assert "Moreau" not in text
    assert "will you" in text, "a name has a capital"


@given(st.from_regex(r"[1-9][0-9]{5}", fullmatch=True))
def test_no_order_number_stays(digits: str) -> None:
    text = stand_ins(f"where is FW-{digits}")
    assert digits not in text
    assert re.fullmatch(r"where is FW-[0-9]{6}", text)


@given(st.text())
def test_any_text_goes_through(text: str) -> None:
    assert isinstance(stand_ins(text), str)
