"""The Rocket.Chat connector, inwards: webhooks ring, and pulling tells each thing once, in order, without a gap."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from handoff.connectors.base import (
    AgentJoined,
    AgentMessage,
    AgentOfLiveChat,
    Closed,
    Event,
    NotYet,
    Ring,
    Transferred,
    WebhookRefused,
    WebhookRequest,
)
from handoff.connectors.rocketchat import ASK_ROOM_AFTER, RocketchatConnector
from handoff.connectors.rocketchat_api import PAGE
from handoff.connectors.rocketchat_events import OVERLAP
from handoff.connectors.rocketchat_options import RocketchatOptions
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import NOON, Book, message, package
from tests.support.live_chats.base import Fault, Webhook
from tests.support.live_chats.rocketchat import FakeRocketchat

MAYA = AgentOfLiveChat("id-maya.okafor", "Maya Okafor")
TOM = AgentOfLiveChat("id-tom.berg", "Tom Berg")


class Seconds:
    """Unix time under control."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def fake() -> Iterator[FakeRocketchat]:
    with FakeRocketchat() as running:
        yield running
    assert running.complaints == []


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def connector(fake: FakeRocketchat, seconds: Seconds) -> RocketchatConnector:
    return RocketchatConnector("team", RocketchatOptions(**fake.options()), seconds)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def room(fake: FakeRocketchat, connector: RocketchatConnector, book: Book, rules: HandoffRules) -> str:
    """The id of an open room with its package."""
    connector.open(package(rules), book.attempt())
    return str(book.link.reference)


def request_of(webhook: Webhook, **headers: str) -> WebhookRequest:
    lower = {name.lower(): value for name, value in webhook.headers.items()}
    return WebhookRequest(lower | headers, webhook.body, NOON)


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, AgentMessage)]


def rings(fake: FakeRocketchat, connector: RocketchatConnector) -> list[Event]:
    found = [event for webhook in fake.webhooks for event in connector.receive(request_of(webhook))]
    fake.webhooks.clear()
    return found


# --- pull


def test_a_conversation_comes_back_in_order(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    connector.send(message("Hello?"), book.attempt())
    first = fake.agent_says(room, "Hello Lena, I am *Maya*.")
    second = fake.agent_says(room, "Your refund is on its way.")
    fake.agent_closes(room)
    events = book.pulled(connector.pull)
    assert [type(event) for event in events] == [AgentJoined, AgentMessage, AgentMessage, Closed]
    joined, hello, news, closed = events
    assert joined == AgentJoined(room, MAYA)
    assert isinstance(hello, AgentMessage)
    assert isinstance(news, AgentMessage)
    assert (hello.id, news.id) == (first, second)
    assert (hello.agent, hello.text, hello.reference) == (MAYA, "Hello Lena, I am *Maya*.", room)
    assert hello.at is not None
    assert timedelta(0) < hello.at - NOON < timedelta(seconds=1)
    assert closed == Closed(room, MAYA)
    assert book.pulled(connector.pull) == []


def test_nothing_of_ours_and_of_bots_comes_back(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    connector.send(message("Hello?"), book.attempt())
    fake.bot_says(room, "Thank you for waiting!")
    connector.close("Somebody else has it.", book.attempt())
    assert book.pulled(connector.pull) == []


def test_our_closing_as_the_visitor_does_not_come_back(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    fake.tags_before_closing = True
    connector.close("Somebody else has it.", book.attempt())
    assert not fake.rooms[room].open
    assert book.pulled(connector.pull) == []


def test_our_closing_as_the_visitor_in_older_versions_does_not_come_back(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    ours = {"_id": book.link.data["visitor_id"], "username": "guest-1"}
    fake._write(fake.rooms[room], ours, "Closed by visitor", t="livechat-close")  # without the visitor's token
    assert book.pulled(connector.pull) == []


def test_what_an_agent_of_the_accounts_name_writes_comes_back(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    person = {"_id": fake.options()["account_id"], "username": "handoff", "name": "Lea Vos"}
    fake._write(fake.rooms[room], person, "I help out today.")
    assert texts(book.pulled(connector.pull)) == ["I help out today."]


def test_transfers(fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str) -> None:
    fake.agent_forwards(room, to="dep-sales")
    fake.agent_forwards(room, to="Tom Berg")
    person = {"_id": TOM.id, "username": "tom.berg", "name": "Tom Berg"}
    back = {"transferredBy": person, "scope": "queue"}
    fake._write(fake.rooms[room], person, "", t="livechat_transfer_history", transferData=back)
    assert book.pulled(connector.pull) == [
        AgentJoined(room, MAYA),
        Transferred(room, "Sales"),
        AgentJoined(room, MAYA),
        AgentJoined(room, TOM),
        Transferred(room, "Tom Berg", TOM),
        Transferred(room, "the queue"),
    ]


def test_files_and_agents_without_a_name(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    place = fake.rooms[room]
    nameless = {"_id": "id-x", "username": "x.y"}
    upload = {"publicFilePath": f"{fake.url}/file-upload/1/label.pdf?token=j"}
    fake._write(place, nameless, "", attachments=[{"description": "Your label"}], fileUpload=upload)
    several = [{"publicFilePath": "https://files.example/a.png"}, {"publicFilePath": "http://evil.example/b.png"}]
    fake._write(place, nameless, "", filesUpload=several)
    fake._write(place, nameless, "", blocks=[{}])
    fake._write(place, nameless, "was removed", t="rm")
    events = [event for event in book.pulled(connector.pull) if isinstance(event, AgentMessage)]
    assert [(event.agent.name, event.text, event.attachments) for event in events] == [
        ("x.y", "Your label", (f"{fake.url}/file-upload/1/label.pdf?token=j",)),
        ("x.y", "", ("https://files.example/a.png",)),
    ]


@pytest.mark.parametrize("count", [1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE])
@pytest.mark.parametrize("frozen", [False, True])
def test_no_gap_and_no_repeat_whatever_the_pages(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str, count: int, frozen: bool
) -> None:
    fake.agent_says(room, "before")
    book.pulled(connector.pull)
    fake.frozen = frozen  # all in one millisecond
    said = [f"line {number}" for number in range(count)]
    for text in said:
        fake.agent_says(room, text)
    assert texts(book.pulled(connector.pull)) == said
    assert book.pulled(connector.pull) == []


def test_messages_of_one_millisecond_in_two_pulls(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    fake.frozen = True
    for text in ("one", "two", "three"):
        fake.agent_says(room, text)
        assert texts(book.pulled(connector.pull)) == [text]


def test_a_message_that_appears_late_is_told(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    fake.agent_says(room, "written later, stored first")
    book.pulled(connector.pull)
    for seconds_earlier, told in ((OVERLAP.total_seconds() - 1, True), (OVERLAP.total_seconds() + 1, False)):
        place = fake.rooms[room]
        fake.agent_says(room, f"{seconds_earlier} s earlier")
        late = place.messages.pop()
        moment = fake.now - timedelta(seconds=seconds_earlier)
        late["ts"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        place.messages.insert(0, late)
        assert bool(texts(book.pulled(connector.pull))) is told


def test_the_cursor_stays_small(fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str) -> None:
    for number in range(50):
        fake.now += OVERLAP
        fake.agent_says(room, f"line {number}")
        book.pulled(connector.pull)
    assert len(str(book.link.cursor)) < 300
    before = len(fake.requests)
    book.pulled(connector.pull)
    assert len(fake.requests) == before + 1


def test_a_pull_that_fails_moves_nothing(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    fake.agent_says(room, "Hello Lena")
    for fault in (Fault.ERROR, Fault.HALF, Fault.LOST_ANSWER, Fault.TOO_MANY):
        fake.faults.append(fault)
        with pytest.raises(NotYet):
            book.pulled(connector.pull)
    assert texts(book.pulled(connector.pull)) == ["Hello Lena"]


def test_without_a_room_there_is_nothing_to_read(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book
) -> None:
    assert book.pulled(connector.pull) == []
    assert fake.requests == []


def test_rocketchat_closes_what_rests_for_long(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    fake.closes_by_itself(room)
    assert book.pulled(connector.pull) == [Closed(room)]


def test_an_end_without_a_message_is_found_by_asking_the_room(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str, seconds: Seconds
) -> None:
    assert book.pulled(connector.pull) == []
    fake.agent_says(room, "Bye!")
    fake.closes_by_itself(room, silently=True)
    assert texts(book.pulled(connector.pull)) == ["Bye!"]
    seconds.now += ASK_ROOM_AFTER
    assert book.pulled(connector.pull) == [Closed(room)]
    seconds.now += ASK_ROOM_AFTER
    assert book.pulled(connector.pull) == []
    fake._write(fake.rooms[room], {"_id": MAYA.id, "username": "maya.okafor"}, "late", t="livechat-close")
    assert book.pulled(connector.pull) == []


def test_what_is_said_while_the_room_is_asked_comes_before_its_end(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str, seconds: Seconds
) -> None:
    book.pulled(connector.pull)
    seconds.now += ASK_ROOM_AFTER
    answered = fake.handle

    def handle(request: Any) -> Any:
        if request.path.endswith("/livechat/room"):
            fake.agent_says(room, "Bye!")
            fake.agent_closes(room)
        return answered(request)

    fake.handle = handle  # type: ignore[method-assign]
    fake.agent_says(room, "One moment.")
    events = book.pulled(connector.pull)
    assert [type(event) for event in events] == [AgentJoined, AgentMessage, AgentMessage, Closed]
    assert texts(events) == ["One moment.", "Bye!"]
    assert book.pulled(connector.pull) == []


def test_an_open_room_is_asked_seldom(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str, seconds: Seconds
) -> None:
    before = len(fake.requests)
    for _ in range(20):
        assert book.pulled(connector.pull) == []
        seconds.now += ASK_ROOM_AFTER / 10
    asked = [request for request in fake.requests[before:] if request.path.endswith("/livechat/room")]
    assert len(asked) == 1
    assert all("rid" in request.query for request in asked)  # without, it would make a room


def test_a_removed_room_is_closed(fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str) -> None:
    fake.rooms[room].removed = True
    assert book.pulled(connector.pull) == [Closed(room)]
    assert book.pulled(connector.pull) == []


# --- webhooks


def test_webhooks_ring_for_what_agents_do(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    fake.webhooks.clear()
    for act in (
        lambda: fake.agent_says(room, "Hello Lena"),
        lambda: fake.agent_forwards(room, to="Tom Berg"),
        lambda: fake.agent_closes(room, "Tom Berg"),
    ):
        act()
        found = rings(fake, connector)
        assert found
        assert set(found) == {Ring(room)}


def test_webhooks_of_our_own_words_and_of_bots_ring_for_nothing(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, room: str
) -> None:
    connector.send(message("Hello?"), book.attempt())
    fake.bot_says(room, "Thank you for waiting!")
    assert len(fake.webhooks) == 3  # package, message, bot
    assert rings(fake, connector) == []


@pytest.mark.parametrize("token", ["", "3f5a9c1e7b2d4861", "\udcff", None])
def test_a_webhook_without_the_token_is_refused_unread(
    fake: FakeRocketchat, connector: RocketchatConnector, room: str, token: str | None
) -> None:
    fake.agent_says(room, "Hello Lena")
    good = request_of(fake.webhooks.pop())
    headers = {name: value for name, value in good.headers.items() if name != "x-rocketchat-livechat-token"}
    headers |= {} if token is None else {"x-rocketchat-livechat-token": token}
    for body in (good.body, b"no JSON at all"):
        with pytest.raises(WebhookRefused, match="X-RocketChat-Livechat-Token"):
            connector.receive(WebhookRequest(headers, body, NOON))
    assert connector.receive(good) == [Ring(room)]
    assert connector.delivery_id(good) is None


def test_odd_webhooks(fake: FakeRocketchat, connector: RocketchatConnector, room: str) -> None:
    fake.agent_says(room, "Hello Lena")
    good = request_of(fake.webhooks.pop())
    body = json.loads(good.body)
    for odd in ([], {"type": "LivechatSession"}, body | {"type": "LeadCapture"}, body | {"messages": None}):
        assert connector.receive(WebhookRequest(good.headers, json.dumps(odd).encode(), NOON)) == []
    with pytest.raises(WebhookRefused, match="not JSON"):
        connector.receive(WebhookRequest(good.headers, b"{", NOON))
