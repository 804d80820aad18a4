"""What events of a Matrix room mean, for those that no client sends on purpose."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.connectors.base import AgentJoined, AgentMessage, AgentOfLiveChat, Closed
from handoff.connectors.matrix_events import NO_FILES, Heard, Rules, hear

BOT = "@handoff:chat.test"
MAYA = "@maya:chat.test"
RULES = Rules(BOT, frozenset({"@cleaner:chat.test"}), "//", "https://files.example.org")
AGENT = AgentOfLiveChat(MAYA, "maya")


def heard(*timeline: dict[str, Any]) -> Heard:
    return hear("!room", timeline, RULES, lambda account: account[1:].partition(":")[0])


def member(account: str, now: str, before: str | None = None, sender: str | None = None) -> dict[str, Any]:
    unsigned = {"prev_content": {"membership": before}} if before else {}
    return {
        "type": "m.room.member",
        "event_id": "$1",
        "sender": sender or account,
        "state_key": account,
        "content": {"membership": now},
        "unsigned": unsigned,
    }


def said(content: Any, sender: str = MAYA) -> dict[str, Any]:
    return {"type": "m.room.message", "event_id": "$1", "sender": sender, "origin_server_ts": 0, "content": content}


@pytest.mark.parametrize("now", ["leave", "ban"])
def test_throwing_the_bot_out_ends_it(now: str) -> None:
    found = heard(member(BOT, now, "join", sender=MAYA), said({"msgtype": "m.text", "body": "alone at last"}))
    assert found.events == [Closed("!room", AGENT)]
    assert found.over


def test_the_bots_own_coming_and_going_is_no_news() -> None:
    assert heard(member(BOT, "join"), member(BOT, "leave", "join")) == Heard()


def test_a_join_without_what_was_before() -> None:
    event = member(MAYA, "join")
    del event["unsigned"]
    assert heard(event).events == [AgentJoined("!room", AGENT)]


def test_being_removed_is_leaving() -> None:
    assert heard(member(MAYA, "leave", "join", sender="@admin:chat.test")).departed == AGENT


def test_accounts_that_are_ignored_neither_come_nor_go() -> None:
    account = "@cleaner:chat.test"
    assert heard(member(account, "join"), member(account, "leave", "join")) == Heard()


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"body": "no type"},
        {"msgtype": "m.text"},
        {"msgtype": "m.text", "body": 7},
        {"msgtype": "m.text", "body": "  "},
        {"msgtype": 7, "body": "x"},
        {"msgtype": "m.key.verification.request", "body": "verify me"},
        {"msgtype": "m.text", "body": "* x", "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}},
    ],
)
def test_messages_without_words(content: dict[str, Any]) -> None:
    assert heard(said(content)) == Heard()


@pytest.mark.parametrize(
    "url",
    [
        None,
        "https://evil.example/x",
        "mxc://chat.test/a/b",
        "mxc://chat.test/..",
        "mxc://chat.test/a?b",
        "mxc:///a",
        "mxc://../a",
        7,
    ],
)
def test_what_is_no_address_of_a_file(url: Any) -> None:
    found = heard(said({"msgtype": "m.file", "body": "x.pdf", "url": url}))
    assert found.events == []
    assert found.asides == [("$1", NO_FILES)]


def test_the_name_of_a_file_is_no_path() -> None:
    (event,) = heard(said({"msgtype": "m.file", "body": "../../x?y#z.pdf", "url": "mxc://chat.test:8448/ab"})).events
    assert isinstance(event, AgentMessage)
    assert event.attachments == ("https://files.example.org/chat.test:8448/ab/..%2F..%2Fx%3Fy%23z.pdf",)


def test_half_a_character_and_zeros_are_replaced() -> None:
    (event,) = heard(said({"msgtype": "m.emote", "body": "waves \ud83d \x00"})).events
    assert isinstance(event, AgentMessage)
    assert event.text == "waves \N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"
