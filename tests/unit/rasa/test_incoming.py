"""What a visitor's client sends: what cannot be stored is refused where people can correct it, else made good."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handoff.domain.clean_text import is_clean
from handoff.domain.errors import InvalidInput
from handoff.rasa.web.contact import ContactDetails
from handoff.rasa.web.fields import LARGEST_SEQ
from handoff.rasa.web.incoming import TITLE_LIMIT, NewSession, parse_after, parse_incoming, parse_session

HALF = json.loads(r'"\ud83d"')
"""Half of an emoji, as a client can send it."""


def body(**fields: Any) -> dict[str, Any]:
    return {"client_message_id": "1", "text": "hi"} | fields


@pytest.mark.parametrize("field", ["text", "client_message_id", "payload"])
def test_half_a_character_is_refused_and_named(field: str) -> None:
    fields = body(**{field: f"a{HALF}"})
    if field == "payload":
        del fields["text"]
    with pytest.raises(InvalidInput, match=f"'{field}'"):
        parse_incoming(fields)


@pytest.mark.parametrize("bad", [HALF, "\x00"])
def test_what_the_browser_tells_is_made_good(bad: str) -> None:
    page = parse_incoming(body(page={"url": f"https://x/{bad}", "title": f"Shop {bad}", "referrer": bad})).page
    assert page.title == "Shop \ufffd"
    assert all(is_clean(value) for value in (page.url, page.title, page.referrer) if value)
    assert parse_session({"locale": f"en{bad}", "timezone": bad}) == NewSession("en\ufffd", "\ufffd")


def test_cutting_leaves_no_half_of_a_pair() -> None:
    title = parse_incoming(body(page={"title": "x" * (TITLE_LIMIT - 1) + "\ud83d\ude00"})).page.title
    assert title is not None
    assert is_clean(title)
    assert len(title) <= TITLE_LIMIT


@pytest.mark.parametrize(("value", "after"), [(None, 0), ("7", 7), ("9" * 20, LARGEST_SEQ), (10**30, LARGEST_SEQ)])
def test_the_number_to_read_after(value: Any, after: int) -> None:
    assert parse_after(value) == after


@pytest.mark.parametrize("value", ["x", "-1", [1], float("inf"), float("nan"), "9" * 5000])
def test_what_is_no_number(value: Any) -> None:
    with pytest.raises(InvalidInput):
        parse_after(value)


def test_the_page_is_masked_like_a_text() -> None:
    page = parse_incoming(body(page={"url": "https://x/?c=4111111111111111", "title": "pw: hunter2"})).page
    assert "4111" not in str(page)
    assert "hunter2" not in str(page)


def test_what_is_filled_in_before_the_first_word() -> None:
    session = parse_session({"name": " Anna  Bakker ", "email": "anna@Example.com", "phone": "+31 20 555 0134"})
    assert session.contact == ContactDetails("Anna Bakker", "anna@example.com", "+31 20 555 0134")
    assert parse_session(None) == parse_session({}) == NewSession()


@pytest.mark.parametrize("body", [{"company": "x"}, {"locale": 7}, {"email": "anna"}, [], "x"])
def test_a_beginning_that_is_refused(body: Any) -> None:
    with pytest.raises(InvalidInput):
        parse_session(body)
