"""Ratings, seen marks and typing as a client sends them."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.domain.errors import InvalidInput, TooLong
from handoff.rasa.web.feedback import COMMENT_LIMIT, Rating, parse_rating, parse_seen, parse_typing
from handoff.rasa.web.fields import LARGEST_SEQ


@pytest.mark.parametrize(
    ("fields", "rating"),
    [
        ({"score": 5}, Rating("h1", 5, None)),
        ({"score": 1, "comment": " slow "}, Rating("h1", 1, "slow")),
        ({"score": 3, "comment": ""}, Rating("h1", 3, None)),
        ({"score": 3, "skip": False}, Rating("h1", 3, None)),
        ({"skip": True}, Rating("h1", None, None)),
        ({"score": None, "skip": True}, Rating("h1", None, None)),
    ],
)
def test_a_rating(fields: dict[str, Any], rating: Rating) -> None:
    assert parse_rating({"handoff_id": "h1"} | fields) == rating


def test_a_visit_is_rated_by_its_number() -> None:
    assert parse_rating({"visit_id": 7, "score": 5}) == Rating(7, 5, None)
    assert parse_rating({"visit_id": 7, "handoff_id": None, "skip": True}) == Rating(7, None, None)


@pytest.mark.parametrize(
    "subject", [{}, {"handoff_id": "h1", "visit_id": 7}, {"visit_id": "7"}, {"visit_id": 0}, {"visit_id": True}]
)
def test_one_thing_is_rated(subject: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="visit_id"):
        parse_rating(subject | {"score": 5})


@pytest.mark.parametrize("score", [0, 6, 2.5, "5", True, [5], None])
def test_what_is_no_score(score: Any) -> None:
    with pytest.raises(InvalidInput, match="from 1 to 5"):
        parse_rating({"handoff_id": "h1", "score": score})


@pytest.mark.parametrize(
    "fields",
    [
        {"handoff_id": None, "score": 5},
        {"handoff_id": 7, "score": 5},
        {"handoff_id": "h" * 65, "score": 5},
        {"score": 5, "skip": True},
        {"comment": "x", "skip": True},
        {"skip": "yes"},
        {"score": 5, "stars": 5},
        {"score": 5, "comment": 5},
        {"score": 5, "comment": "a\x00b"},
    ],
)
def test_a_rating_that_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        parse_rating({"handoff_id": "h1"} | fields)


def test_a_comment_has_a_limit_and_keeps_no_card_number() -> None:
    assert parse_rating({"handoff_id": "h1", "score": 5, "comment": "x" * COMMENT_LIMIT}).score == 5
    with pytest.raises(TooLong):
        parse_rating({"handoff_id": "h1", "score": 5, "comment": "x" * (COMMENT_LIMIT + 1)})
    assert "4111" not in str(parse_rating({"handoff_id": "h1", "score": 2, "comment": "my card 4111111111111111"}))


def test_seen_and_typing() -> None:
    assert parse_seen({"seq": 17}) == 17
    assert parse_typing({"on": False}) is False


@pytest.mark.parametrize(
    "body", [None, {}, {"seq": "1"}, {"seq": -1}, {"seq": LARGEST_SEQ + 1}, {"seq": True}, {"seq": 1, "x": 1}]
)
def test_what_was_not_seen(body: Any) -> None:
    with pytest.raises(InvalidInput):
        parse_seen(body)


@pytest.mark.parametrize("body", [None, {}, {"on": 1}, {"on": "true"}, {"on": True, "text": "secret"}])
def test_what_is_not_typing(body: Any) -> None:
    with pytest.raises(InvalidInput):
        parse_typing(body)
