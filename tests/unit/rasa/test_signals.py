"""What the desk's process may tell visitors' pages, and who is believed to be it."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.domain.errors import InvalidInput
from handoff.rasa.web.signals import MOST_CONVERSATIONS, NotTheDesk, Signal, check_token, parse_signal
from handoff.rasa.web.socket import LARGEST_PACKET

TYPING = {"from": "agent", "on": True}


@pytest.mark.parametrize("given", [None, "", "wrong", "secret ", "\u00fc", "\ud83d"])
def test_only_the_secret_opens(given: str | None) -> None:
    check_token("secret", "secret")
    with pytest.raises(NotTheDesk) as refused:
        check_token(given, "secret")
    assert refused.value.http_status == 403
    assert "secret" not in str(refused.value)


def test_no_secret_at_all_opens_nothing() -> None:
    with pytest.raises(NotTheDesk):
        check_token("", "")


def test_signals() -> None:
    assert parse_signal({"conversation_ids": ["a", "b", "a"], "event": "state", "data": {}}) == Signal(
        ("a", "b"), "state", None
    )
    assert parse_signal({"conversation_ids": ["a"], "event": "typing", "data": TYPING}) == Signal(
        ("a",), "typing", TYPING
    )


@pytest.mark.parametrize(
    "change",
    [
        {"event": "message"},
        {"event": None},
        {"conversation_ids": "a"},
        {"conversation_ids": [7]},
        {"conversation_ids": [""]},
        {"conversation_ids": ["x" * 65]},
        {"conversation_ids": ["x"] * (MOST_CONVERSATIONS + 1)},
        {"data": {"from": "agent"}},
        {"data": {"from": "assistant", "on": True}},
        {"data": [1]},
        {"text": "hello"},
    ],
)
def test_what_pages_are_not_told(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        parse_signal({"conversation_ids": ["a"], "event": "typing", "data": TYPING} | change)


def test_what_fits_into_one_request() -> None:
    ours = len('"0123456789abcdef0123456789abcdef", ')
    assert MOST_CONVERSATIONS * ours < LARGEST_PACKET
