"""Live updates over a real connection."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from handoff.bootstrap import Services
from handoff.desk import stream
from handoff.domain.model import Agent
from tests.conftest import Clock
from tests.integration.conftest import PASSWORD
from tests.support.desk import AgentBrowser, hand_over, running_desk, visitor_writes

PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Event:
    name: str
    id: int | None
    data: dict[str, Any]


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the service."""
    return sqlite_url


@pytest.fixture
def desk(services: Services) -> Iterator[str]:
    with running_desk(services) as base:
        yield base


@pytest.fixture
def browser(desk: str, sanne: Agent) -> AgentBrowser:
    return AgentBrowser(desk, "sanne", PASSWORD)


class Listener:
    """An open event stream."""

    def __init__(self, browser: AgentBrowser, last_event_id: int | None = None) -> None:
        headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
        self.response = browser.get(
            f"{browser.base}/api/stream", headers=headers, stream=True, timeout=PATIENCE_SECONDS
        )
        assert self.response.status_code == 200
        assert self.response.headers["content-type"].startswith("text/event-stream")
        self._lines = self.response.iter_lines(chunk_size=1, decode_unicode=True)

    def __iter__(self) -> Iterator[Event]:
        fields: dict[str, str] = {}
        for line in self._lines:
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                yield Event(fields["event"], int(fields["id"]) if "id" in fields else None, json.loads(fields["data"]))
                fields = {}

    def until_queue(self) -> list[Event]:
        """One batch: everything up to the next "queue" event."""
        batch = []
        for event in self:
            batch.append(event)
            if event.name == "queue":
                return batch
        raise AssertionError(f"the stream ended after {batch}")

    def next(self, name: str) -> Event:
        """The next event of this name."""
        for event in self:
            if event.name == name:
                return event
        raise AssertionError(f"the stream ended before {name}")


def kinds(batch: list[Event]) -> list[tuple[str, str]]:
    return [(event.data["id"], event.data["kind"]) for event in batch if event.name == "handoff"]


def test_a_new_handoff_arrives_by_itself_at_once(browser: AgentBrowser, services: Services) -> None:
    listener = Listener(browser)
    assert [event.name for event in listener.until_queue()] == ["queue"]
    started = time.monotonic()
    handoff_id = hand_over(services).handoff_id
    batch = listener.until_queue()
    assert kinds(batch) == [(handoff_id, "created")]
    assert time.monotonic() - started < 2.0, "it is polled every 50 ms"


def test_every_step_arrives_once_and_in_order(browser: AgentBrowser, services: Services) -> None:
    listener = Listener(browser)
    listener.until_queue()
    handoff_id = hand_over(services).handoff_id
    address = f"{browser.base}/api/handoffs/{handoff_id}"
    browser.post(f"{address}/claim").raise_for_status()
    visitor_writes(services, "hello?")
    browser.post(f"{address}/reply", json={"text": "Hello.", "client_message_id": "m"}).raise_for_status()
    browser.post(f"{address}/reply", json={"text": "Hello.", "client_message_id": "m"}).raise_for_status()
    browser.post(f"{address}/resolve").raise_for_status()
    seen: list[tuple[str, str]] = []
    while not seen or seen[-1][1] != "resolved":
        seen += kinds(listener.until_queue())
    assert seen == [(handoff_id, kind) for kind in ("created", "claimed", "message", "reply", "resolved")]


def test_who_comes_back_gets_what_was_missed(browser: AgentBrowser, services: Services) -> None:
    first = Listener(browser)
    cursor = first.until_queue()[-1].id
    first.response.close()
    missed = [hand_over(services, f"c{number}").handoff_id for number in range(3)]
    again = Listener(browser, last_event_id=cursor).until_queue()
    assert kinds(again) == [(handoff_id, "created") for handoff_id in missed]
    assert cursor is not None
    assert (again[-1].id or 0) > cursor


@pytest.mark.parametrize("nonsense", [-1, 10**9])
def test_a_cursor_that_makes_no_sense_starts_anew(browser: AgentBrowser, services: Services, nonsense: int) -> None:
    hand_over(services)
    assert [event.name for event in Listener(browser, last_event_id=nonsense).until_queue()] == ["queue"]


def test_who_missed_very_much_is_told_to_fetch_again(
    browser: AgentBrowser, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_MISSED", 2)
    for number in range(3):
        hand_over(services, f"c{number}")
    batch = Listener(browser, last_event_id=0).until_queue()
    assert [event.name for event in batch] == ["queue"]
    assert batch[0].id == services.changes.latest()


def test_an_agent_is_online_while_the_desk_is_open(
    browser: AgentBrowser, services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TICK_SECONDS", 0.1)
    assert not hand_over(services).agents_online
    listener = Listener(browser)
    listener.until_queue()
    assert hand_over(services, "c2").agents_online
    clock.advance(3600)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not hand_over(services, "c3").agents_online:
        assert time.monotonic() < deadline, "the open stream does not keep the agent online"
        time.sleep(0.05)


def test_the_visitor_types_and_has_seen(browser: AgentBrowser, services: Services) -> None:
    listener = Listener(browser)
    listener.until_queue()
    handoff_id = hand_over(services).handoff_id
    listener.until_queue()
    browser.post(f"{browser.base}/api/handoffs/{handoff_id}/claim").raise_for_status()
    claimed = listener.until_queue()
    services.typing_by_visitor("c1", True)
    typing = listener.next("typing")
    assert (typing.data, typing.id) == ({"id": handoff_id, "on": True}, None)
    services.typing_by_visitor("c1", False)
    assert listener.next("typing").data == {"id": handoff_id, "on": False}
    services.seen_by_visitor("c1", 2)
    seen = listener.next("handoff")
    assert (seen.data, seen.id) == ({"id": handoff_id, "kind": "visitor_seen", "seq": 2}, None)
    back = Listener(browser, last_event_id=claimed[-1].id)
    assert [event.name for event in back.until_queue()] == ["queue"], "signals are not repeated"


def test_colleagues_hear_who_comes_and_who_is_away(
    browser: AgentBrowser, desk: str, services: Services, sanne: Agent, jonas: Agent
) -> None:
    listener = Listener(browser)
    listener.until_queue()
    AgentBrowser(desk, "jonas", PASSWORD)
    services.presence.seen(jonas.id)
    came = listener.next("presence")
    assert (came.data, came.id) == ({}, None)
    browser.post(f"{browser.base}/api/me/presence", json={"state": "away"}).raise_for_status()
    assert listener.next("presence").data == {}


def test_a_closed_account_hears_nothing_more(
    desk: str, browser: AgentBrowser, services: Services, jonas: Agent
) -> None:
    listener = Listener(browser)
    listener.until_queue()
    services.agents.create("mila", "Mila Novak", PASSWORD, role="admin")
    admin = AgentBrowser(desk, "mila", PASSWORD)
    (account,) = [a for a in admin.get(f"{desk}/api/admin/agents").json()["agents"] if a["username"] == "sanne"]
    body = {name: account[name] for name in ("display_name", "role", "topics")} | {"active": False}
    admin.put(f"{desk}/api/admin/agents/{account['id']}", json=body).raise_for_status()
    assert [event.name for event in listener if event.name == "handoff"] == []


def test_the_stream_ends_with_the_logout(browser: AgentBrowser) -> None:
    listener = Listener(browser)
    listener.until_queue()
    browser.post(f"{browser.base}/api/logout").raise_for_status()
    assert [event for event in listener if event.name != "presence"] == []


def test_the_stream_ends_when_the_session_does(
    browser: AgentBrowser, services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TICK_SECONDS", 0.1)
    listener = Listener(browser)
    listener.until_queue()
    clock.advance(services.settings.session_hours * 3600 + 1)
    assert [event for event in listener if event.name != "presence"] == []
    assert browser.get(f"{browser.base}/api/stream").status_code == 401


def test_strangers_get_no_stream(desk: str) -> None:
    answer = requests.get(f"{desk}/api/stream", timeout=PATIENCE_SECONDS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")
