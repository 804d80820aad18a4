"""Handoffs in another live chat: everything gets there and back once, and when it is down somebody else takes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff.bootstrap import Services
from handoff.connectors.base import AgentJoined, AgentOfLiveChat, Attempt, WebhookRequest
from handoff.domain.errors import NotFound
from handoff.domain.model import Agent, HandoffRequest, Message, Owner, Sender
from handoff.persistence.engine import open_engine
from handoff.persistence.glance import Glance
from handoff.service.couriers import FIRST_QUESTION_SECONDS
from handoff.service.delivery import NotYet, Undeliverable, WebhookRefused
from handoff.service.ports import NewMessage
from handoff.service.retry import BREAKER_FAILURES
from handoff.settings import Settings
from handoff.typing_relay import TypingRelay
from tests.conftest import Clock
from tests.integration.conftest import PASSWORD
from tests.integration.test_dispatch import FakeRasa
from tests.integration.test_service import REQUEST, START, said
from tests.support.memory_chat import MAYA, Chat, MemoryBell, MemoryChat, MemoryTickets

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Office:
    """The product with two live chats, one ticket system and one that only notifies."""

    services: Services
    rasa: FakeRasa
    clock: Clock

    def __getitem__(self, name: str) -> MemoryChat:
        found = self.services.live_chat.connectors[name]
        assert isinstance(found, MemoryChat)
        return found

    def hand_over(self, request: HandoffRequest = REQUEST) -> str:
        return self.services.request(request).handoff_id

    def visitor_says(self, *texts: str) -> None:
        for text in texts:
            self.services.record([said(text)], "web")

    def deliver(self) -> None:
        """Let everything that is due now happen."""
        deliveries = self.services.deliveries
        working: list[Callable[[], int]] = [
            replace(self.services.dispatcher(self.rasa), jitter=lambda: 1.0).run_once,
            *(replace(one, jitter=lambda: 1.0).run_once for one in deliveries.to_live_chats()),
            *(one.run_once for one in deliveries.pullers()),
            deliveries.fallback.run_once,
        ]
        while sum(work() for work in working):
            pass

    def later(self, seconds: float) -> None:
        """The same again and again for a while."""
        for _ in range(int(seconds // 5)):
            self.clock.advance(5)
            self.deliver()

    def status(self, handoff_id: str) -> str:
        return self.services.desk.row(handoff_id).status

    def kinds(self, handoff_id: str) -> list[str]:
        return [event.kind for event in self.services.desk.get(handoff_id).events]

    def lines(self, sender: Sender) -> list[Message]:
        with self.services.uow.read() as tx:
            return [message for message in tx.messages.after("c1", 0) if message.sender is sender]


@pytest.fixture
def office(db_url: str, tmp_path: Path, clock: Clock) -> Iterator[Office]:
    here = "tests.support.memory_chat."
    section = {
        "default": "team",
        "queues": {"billing": "tickets", "technical": "desk"},
        "after_hours": "tickets",
        "notify": ["bell"],
        "connectors": {
            "team": {"type": here + "MemoryChat", "fallback": "second", "fallback_after": 60},
            "second": {"type": here + "MemoryChat"},
            "tickets": {"type": here + "MemoryTickets"},
            "bell": {"type": here + "MemoryBell"},
        },
    }
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8")) | {"live_chat": section}
    file = tmp_path / "endpoints.yml"
    file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    environ = {"HANDOFF_VAR": str(tmp_path / "var"), "HANDOFF_DB_URL": db_url, "HANDOFF_ENDPOINTS": str(file)}
    engine = open_engine(db_url)
    services = Services(Settings.load(environ=environ), engine, clock)
    assert isinstance(services.live_chat.connectors["tickets"], MemoryTickets)
    assert isinstance(services.live_chat.connectors["bell"], MemoryBell)
    yield Office(services, FakeRasa(), clock)
    engine.dispose()


def ring(office: Office, *, secret: str = "right", delivery: str = "d1", reference: str | None = None) -> int:
    (known,) = office["team"].chats
    request = WebhookRequest(
        {"x-secret": secret, "x-delivery": delivery}, (reference or known).encode(), datetime.now(UTC)
    )
    return office.services.take_webhook("team", request)


def test_there_and_back(office: Office) -> None:
    handoff_id = office.hand_over()
    office.visitor_says("are you there?", "it is urgent")
    office.deliver()
    chat = office["team"].only()
    assert chat.package["handoff_id"] == handoff_id
    assert chat.got == ["visitor: are you there?", "visitor: it is urgent"]
    office["team"].agent_says("Hello, Maya here.")
    assert ring(office) == 1
    office.deliver()
    assert [text for text, _, _ in office.rasa.shown][1:] == ["Hello, Maya here."]
    assert "Maya Okafor" in office.rasa.shown[0][0], "the visitor hears who joined"
    row = office.services.desk.row(handoff_id)
    assert (row.status, row.agent_name) == ("assigned", "Maya Okafor")
    office["team"].agent_closes()
    ring(office, delivery="d2")
    office.deliver()
    assert office.status(handoff_id) == "resolved"
    assert office.services.state("c1").owner is Owner.ASSISTANT
    assert office.rasa.shown[-1][1], "the assistant takes over again"
    assert chat.closed_because is None, "it was closed there, nobody there needs to be told"


def test_what_a_webhook_lost_is_found_by_asking(office: Office) -> None:
    office.hand_over()
    office.deliver()
    office["team"].agent_says("Nobody rang.")
    office.later(15)
    assert [line.text for line in office.lines(Sender.AGENT)] == ["Nobody rang."]


def test_webhooks_that_come_twice_or_prove_nothing(office: Office) -> None:
    office.hand_over()
    office.deliver()
    office["team"].agent_says("once")
    assert ring(office) == 1
    assert ring(office) == 0, "the same delivery again"
    with pytest.raises(WebhookRefused):
        ring(office, secret="wrong", delivery="d3")
    assert ring(office, reference="unknown", delivery="d4") == 0
    with pytest.raises(NotFound, match="nowhere"):
        office.services.take_webhook("nowhere", WebhookRequest({}, b"", datetime.now(UTC)))
    office.deliver()
    office.later(30)
    assert [line.text for line in office.lines(Sender.AGENT)] == ["once"]


def test_a_webhook_during_the_asking_is_not_lost(office: Office) -> None:
    office.hand_over()
    office.deliver()
    office["team"].agent_says("first")
    ring(office)
    with office.services.uow.write() as tx:
        (link,) = tx.links.take("team", office.clock(), office.clock(), 5)
        tx.links.ring("team", link.reference or "")
        assert tx.links.pulled(link, "0", None)
    with closing(Glance(office.services.engine)) as glance:
        assert glance(office.clock())[1] == {"team"}, "it rang since"


@pytest.mark.parametrize("failure", [NotYet("busy"), ValueError("a defect"), None])
def test_what_an_attempt_noted_is_stored_when_it_ends(
    office: Office, failure: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it ends: the next attempt, and whoever closes what was opened, must know of it."""

    def open_(self: MemoryChat, package: dict[str, Any], attempt: Attempt) -> None:
        attempt.note(f"noted-{package['handoff_id']}", step=1)
        self.chats.setdefault(str(attempt.link.reference), Chat(package))
        with office.services.uow.read() as tx:
            stored = tx.links.find(handoff_id, "team")
        assert stored is not None
        assert stored.data == {}, "a note costs no transaction of its own"
        if failure is not None:
            raise failure

    monkeypatch.setattr(MemoryChat, "open", open_)
    handoff_id = office.hand_over()
    office.deliver()
    with office.services.uow.read() as tx:
        link = tx.links.find(handoff_id, "team")
    assert link is not None
    assert (link.reference, link.data) == (f"noted-{handoff_id}", {"step": 1})


def test_what_happened_during_the_opening_is_heard_of_soon(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule of the live chat gives a new conversation to an agent before anybody here knows its reference."""
    opened = MemoryChat.open

    def open_(self: MemoryChat, package: dict[str, Any], attempt: Attempt) -> None:
        opened(self, package, attempt)
        if self is office["team"]:
            self.agent_says("Hello, I am Maya.")  # and whatever rings now is not known yet

    monkeypatch.setattr(MemoryChat, "open", open_)
    office.hand_over()
    office.deliver()
    office.clock.advance(FIRST_QUESTION_SECONDS)
    office.deliver()
    assert [line.text for line in office.lines(Sender.AGENT)] == ["Hello, I am Maya."]


def test_order_and_once_whatever_fails(office: Office) -> None:
    office["team"].failures = [NotYet("busy"), NotYet("busy"), NotYet("slow down", 3.0), ValueError("a defect")]
    office.hand_over()
    office.visitor_says("one", "two", "three")
    office.later(60)
    assert office["team"].only().got == ["visitor: one", "visitor: two", "visitor: three"]
    assert office["team"].repeated[:2] == [False, True]


def test_a_server_in_trouble_is_left_alone(office: Office) -> None:
    office["team"].always = NotYet("down")
    office.hand_over()
    office.later(30)
    tried = len(office["team"].repeated)
    assert BREAKER_FAILURES <= tried <= BREAKER_FAILURES + 2
    with office.services.uow.read() as tx:
        state = tx.health.of("team")
    assert state.down_since is not None
    assert state.last_error == "down"
    office["team"].always = None
    office.later(15)
    with office.services.uow.read() as tx:
        assert tx.health.of("team").down_since is None
    assert office["team"].only().package


def test_when_it_stays_down_the_next_one_takes_over(office: Office) -> None:
    office["team"].always = NotYet("down")
    handoff_id = office.hand_over()
    office.visitor_says("hello?")
    office.later(75)
    assert office["team"].chats == {}
    second = office["second"].only()
    assert [line["text"] for line in second.package["transcript"]][-1] == "hello?", "with the whole story"
    assert second.got == []
    told = [text for text, _, _ in office.rasa.shown]
    assert len(told) == 1
    assert "another way" in told[0]
    assert "fell_back" in office.kinds(handoff_id)
    office["team"].always = None
    office.visitor_says("still there")
    office.later(120)
    assert office["team"].chats == {}, "it is not opened there again"
    assert second.got == ["visitor: still there"]


def test_what_is_refused_for_good_goes_to_the_fallback_at_once(office: Office) -> None:
    office["team"].failures = [Undeliverable("401 from there", 401)]
    handoff_id = office.hand_over()
    office.deliver()
    assert office["second"].only().package["handoff_id"] == handoff_id
    with office.services.uow.read() as tx:
        (dead,) = tx.outbox.dead_letters(10)
    assert (dead.target, dead.error) == ("connector:team", "401 from there")


def test_a_room_that_is_gone_is_taken_over_by_the_desk_in_the_end(office: Office) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    office["team"].agent_says("I look into it")
    ring(office)
    office.deliver()
    office["team"].always = Undeliverable("404", 404)
    office["second"].always = Undeliverable("404", 404)
    office.visitor_says("and?")
    office.later(15)
    row = office.services.desk.row(handoff_id)
    assert (row.status, row.agent_name) == ("queued", None)
    with office.services.uow.read() as tx:
        record = tx.handoffs.get(handoff_id)
    assert record.connector == "desk"
    assert [line["text"] for line in record.package["transcript"]][-1] != ""
    assert "and?" in [line["text"] for line in record.package["transcript"]]


def test_an_agent_of_the_desk_takes_it_over(office: Office) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    sanne: Agent = office.services.agents.create("sanne", "Sanne de Vries", PASSWORD)
    office.services.claim(handoff_id, sanne.id)
    office.visitor_says("thanks")
    office.deliver()
    chat = office["team"].only()
    assert chat.closed_because is not None
    assert "Sanne de Vries" in chat.closed_because
    assert chat.got == []
    office["team"].agent_says("Too late, but it must not be lost")
    ring(office)
    office.deliver()
    assert [line.name for line in office.lines(Sender.AGENT)] == ["Maya Okafor"]
    assert office.services.desk.row(handoff_id).agent_name == "Sanne de Vries"


def test_the_visitor_cancels(office: Office) -> None:
    office.hand_over()
    office.deliver()
    assert office.services.cancel("c1")
    office.deliver()
    assert office["team"].only().closed_because == "The visitor goes on with the assistant instead."


def test_another_agent_there_takes_it(office: Office) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    office["team"].agent_says("Hello")
    office["team"].agent_says("I take over", AgentOfLiveChat("8", "Tom Berg"))
    ring(office)
    office.deliver()
    assert office.services.desk.row(handoff_id).agent_name == "Tom Berg"
    assert any("Tom Berg" in line.text and "Maya Okafor" in line.text for line in office.lines(Sender.SYSTEM))


def test_joining_without_a_word_and_closing_without_a_word(office: Office) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    ((reference, chat),) = office["team"].chats.items()
    chat.said.append(AgentJoined(reference, MAYA))
    ring(office)
    office.deliver()
    assert office.status(handoff_id) == "assigned"
    office["team"].agent_closes()
    ring(office, delivery="d2")
    office.deliver()
    assert office.status(handoff_id) == "handed_back"
    last = office.lines(Sender.SYSTEM)[-1].text
    assert any(words in last for words in ("without a message", "no message", "without writing")), last


def test_closed_there_before_anybody_took_it(office: Office) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    office["team"].agent_closes()
    ring(office)
    office.deliver()
    assert office.status(handoff_id) == "handed_back"
    assert len(office.rasa.shown) == 1, "nobody is announced who never came"


def test_an_agent_elsewhere_is_never_away(office: Office) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    office["team"].agent_says("Hello")
    ring(office)
    office.deliver()
    office.clock.advance(3600)
    office.services.sweep().run_once()
    assert office.status(handoff_id) == "assigned"


def test_agents_elsewhere_are_no_accounts_of_the_desk(office: Office) -> None:
    office.hand_over()
    office.deliver()
    office["team"].agent_says("Hello")
    ring(office)
    office.deliver()
    assert office.services.agents.count() == 0
    assert office.services.agents_online() == []


def test_who_only_notifies_is_told_once(office: Office) -> None:
    handoff_id = office.hand_over()
    office.visitor_says("hello")
    office.deliver()
    assert list(office["bell"].chats) == [f"bell-{handoff_id}"]
    assert office["bell"].only().got == []


def test_after_hours_goes_to_the_ticket_system(office: Office) -> None:
    office.clock.now = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # a Sunday
    outcome = office.services.request(REQUEST)
    assert outcome.status.value == "scheduled"
    office.services.record(
        [
            said("how long"),
            NewMessage(
                "b1", "c1", Sender.ASSISTANT, "Three days.", START, in_reply_to="m-how long does delivery take?"
            ),
        ],
        "web",
    )
    office.deliver()
    assert office["tickets"].only().got == ["visitor: how long", "assistant: Three days."]
    assert office["team"].chats == {}
    assert not outcome.agents_online, "nobody sits in front of tickets"


def test_a_live_chat_counts_as_attended(office: Office) -> None:
    assert office.services.request(REQUEST).agents_online


def test_typing_is_told_and_never_repeated(office: Office) -> None:
    office.hand_over()
    office.deliver()
    relay = TypingRelay(office.services.uow, office.services.live_chat.connectors)
    relay.run_once()
    office["team"].agent_says("Hello")
    ring(office)
    office.deliver()
    office.services.typing_by_visitor("c1", True)
    office["team"].failures = [NotYet("busy")]
    assert relay.run_once() == 0
    office.services.typing_by_visitor("c1", False)
    assert relay.run_once() == 1
    assert office["team"].typed == [False]


def test_it_comes_back_before_the_first_counterpart_was_closed(office: Office) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    sanne = office.services.agents.create("sanne", "Sanne de Vries", PASSWORD)
    office.services.claim(handoff_id, sanne.id)
    office.services.transfer(handoff_id, sanne.id, queue="sales")
    with office.services.uow.read() as tx:
        link = tx.links.find(handoff_id, "team")
    assert link is not None
    assert link.is_open
    assert link.reference is None, "a new one is to be opened"
    office.deliver()
    assert office["team"].only().closed_because is not None, "the first one was closed all the same"


def test_what_waits_for_a_connector_that_was_taken_out_goes_to_the_desk(office: Office) -> None:
    handoff_id = office.hand_over()
    with_less = office.services.live_chat.chats
    routes = {name: route for name, route in with_less.routes.items() if name != "team"}
    fallback = replace(office.services.deliveries.fallback, chats=replace(with_less, routes=routes, default="desk"))
    assert fallback.run_once() == 1
    with office.services.uow.read() as tx:
        assert tx.handoffs.get(handoff_id).connector == "desk"
    assert fallback.run_once() == 0


def test_messages_with_long_ids_that_begin_alike_all_arrive(office: Office) -> None:
    office.hand_over()
    start = "m" * 250
    lines = [NewMessage(f"{start}{number}", "c1", Sender.VISITOR, f"line {number}", START) for number in range(3)]
    office.services.record(lines, "web")
    office.deliver()
    assert office["team"].only().got == [f"visitor: line {number}" for number in range(3)]
