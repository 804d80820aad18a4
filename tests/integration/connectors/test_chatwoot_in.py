"""What agents do in Chatwoot: webhooks ring, and pulling tells all of it once and in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handoff.connectors.base import (
    AgentJoined,
    AgentMessage,
    AgentOfLiveChat,
    Closed,
    Event,
    Ring,
    Transferred,
    WebhookRefused,
    WebhookRequest,
)
from handoff.connectors.chatwoot import ChatwootConnector
from handoff.connectors.chatwoot_options import ChatwootOptions
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import DESK_URL, Book, message, package
from tests.support.live_chats.base import Webhook
from tests.support.live_chats.chatwoot import SECRET, FakeChatwoot

MAYA, TOM = "Maya Okafor", "Tom Berg"


@pytest.fixture
def fake() -> Iterator[FakeChatwoot]:
    with FakeChatwoot() as chat:
        yield chat
        assert chat.complaints == []


def connector(fake: FakeChatwoot, **changes: Any) -> ChatwootConnector:
    return ChatwootConnector.create("team_chat", ChatwootOptions(**(fake.options() | changes)), DESK_URL)


@pytest.fixture
def chat(fake: FakeChatwoot) -> ChatwootConnector:
    return connector(fake)


@pytest.fixture
def book(fake: FakeChatwoot, chat: ChatwootConnector, rules: HandoffRules) -> Book:
    """An open handoff, of which nothing is new."""
    opened = Book()
    chat.open(package(rules), opened.attempt())
    assert opened.pulled(chat.pull) == []
    return opened


def arrived(webhook: Webhook, at: datetime | None = None, **query: str) -> WebhookRequest:
    headers = {name.lower(): value for name, value in webhook.headers.items()}
    return WebhookRequest(headers, webhook.body, at or datetime.now(UTC), query)


def told(events: list[Event]) -> list[str]:
    """Events in words."""
    words = []
    for event in events:
        assert event.reference == "1"
        match event:
            case AgentJoined(agent=agent):
                words.append(f"{agent.name} joined")
            case AgentMessage(agent=agent, text=text):
                words.append(f"{agent.name}: {text}")
            case Transferred(to=to, agent=agent):
                words.append(f"to {to}" + (f" ({agent.name})" if agent else ""))
            case Closed():
                words.append("closed")
            case _:
                raise AssertionError(event)
    return words


# pulling


def test_an_agent_joins_answers_and_resolves(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.agent_assigns("1", MAYA)
    first = fake.agent_says("1", "Hello Lena")
    fake.agent_notes("1", "She is upset, be kind")
    fake.bot_says("1", "We are open from 9 to 5")
    chat.send(message("Hi Maya"), book.attempt())
    fake.agent_says("1", "I'll refund it")
    fake.agent_closes("1")
    events = book.pulled(chat.pull)
    assert told(events) == [f"{MAYA} joined", f"{MAYA}: Hello Lena", f"{MAYA}: I'll refund it", "closed"]
    said = events[1]
    assert isinstance(said, AgentMessage)
    assert (said.id, said.agent) == (first, AgentOfLiveChat(str(fake.state.person(MAYA).id), MAYA))
    assert said.at is not None
    assert abs(said.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert book.pulled(chat.pull) == []


def test_the_same_cursor_gives_the_same(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.agent_says("1", "Hello")
    assert chat.pull(book.link).events == chat.pull(book.link).events != []
    book.pulled(chat.pull)
    cursor = book.link.cursor
    assert book.pulled(chat.pull) == []
    assert book.link.cursor == cursor, "nothing happened, so there is nothing to store"


def test_more_than_a_page_comes_whole_and_in_order(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    lines = [f"line {number}" for number in range(330)]
    for line in lines:
        fake.agent_says("1", line)
    fake.agent_closes("1")
    assert told(book.pulled(chat.pull)) == [f"{MAYA} joined", *(f"{MAYA}: {line}" for line in lines), "closed"]
    assert book.pulled(chat.pull) == []


def test_a_message_that_was_overtaken_is_not_lost(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    """Chatwoot gives ids when it begins to store: the second may be there before the first."""
    slow = fake.reserve_id()
    fake.agent_says("1", "the quick one")
    assert told(book.pulled(chat.pull)) == [f"{MAYA} joined", f"{MAYA}: the quick one"]
    fake.agent_says("1", "the slow one", id=slow)
    assert told(book.pulled(chat.pull)) == [f"{MAYA}: the slow one"]
    assert book.pulled(chat.pull) == []


def test_the_cursor_stays_short(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    start = fake.state.clock()
    for second in range(300):
        fake.state.clock = lambda second=second: start + second  # type: ignore[misc]
        fake.agent_says("1", f"line {second}")
    assert len(book.pulled(chat.pull)) == 301
    assert len(json.loads(str(book.link.cursor))["seen"]) <= 12


def test_a_quiet_conversation_costs_one_call(
    fake: FakeChatwoot, chat: ChatwootConnector, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.agent_says("1", "Hello")
    book.pulled(chat.pull)
    later = fake.state.clock() + 60
    monkeypatch.setattr("handoff.connectors.chatwoot.time", lambda: later)
    before = len(fake.requests)
    assert book.pulled(chat.pull) == []
    assert len(fake.requests) == before + 1
    fake.agent_says("1", "Still there?")
    assert told(book.pulled(chat.pull)) == [f"{MAYA}: Still there?"]
    assert len(fake.requests) == before + 3


def test_who_answers_without_being_assigned_has_joined_once(
    fake: FakeChatwoot, chat: ChatwootConnector, book: Book
) -> None:
    fake.agent_says("1", "Hello")
    assert told(book.pulled(chat.pull)) == [f"{MAYA} joined", f"{MAYA}: Hello"]
    fake.agent_says("1", "Are you there?")
    assert told(book.pulled(chat.pull)) == [f"{MAYA}: Are you there?"]
    fake.agent_assigns("1", MAYA)
    assert book.pulled(chat.pull) == []


def test_transfers_name_the_team_or_the_agent(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.agent_assigns("1", MAYA)
    assert told(book.pulled(chat.pull)) == [f"{MAYA} joined"]
    fake.agent_says("1", "Tom knows this")
    fake.agent_assigns("1", TOM)
    fake.agent_says("1", "Hello, Tom here", TOM)
    assert told(book.pulled(chat.pull)) == [f"{MAYA}: Tom knows this", f"to {TOM} ({TOM})", f"{TOM}: Hello, Tom here"]
    fake.agent_transfers("1", 5)
    fake.agent_assigns("1", None)
    assert told(book.pulled(chat.pull)) == ["to Sales"]
    fake.agent_assigns("1", MAYA)
    assert told(book.pulled(chat.pull)) == [f"{MAYA} joined"]
    fake.agent_transfers("1", 6)
    fake.agent_assigns("1", TOM)
    assert told(book.pulled(chat.pull)) == [f"to Support ({TOM})"]


def test_given_to_a_team_and_taken_there_at_once(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.agent_transfers("1", 5)
    fake.agent_assigns("1", TOM)
    fake.agent_says("1", "Hello", TOM)
    assert told(book.pulled(chat.pull)) == ["to Sales", f"{TOM} joined", f"{TOM}: Hello"]


def test_the_team_that_we_chose_is_no_transfer(fake: FakeChatwoot, rules: HandoffRules) -> None:
    book, given = Book(), package(rules)
    chat = connector(fake, teams={given["queue"]: 6})
    chat.open(given, book.attempt())
    fake.agent_transfers("1", 5)  # before the first pull
    assert told(book.pulled(chat.pull)) == ["to Sales"]


def test_each_end_is_told_once(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.agent_closes("1")
    assert told(book.pulled(chat.pull)) == ["closed"]
    assert book.pulled(chat.pull) == []
    fake.agent_reopens("1")
    assert book.pulled(chat.pull) == []
    fake.agent_closes("1")
    assert told(book.pulled(chat.pull)) == ["closed"]


def test_a_visitor_who_writes_on_reopens(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.agent_closes("1")
    chat.send(message("One more thing"), book.attempt())
    assert book.pulled(chat.pull) == []


def test_what_is_resolved_while_we_ask_comes_after_the_last_message(
    fake: FakeChatwoot, chat: ChatwootConnector, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.agent_says("1", "Bye")
    read = fake.state.lines_after

    def and_closes(*arguments: Any) -> Any:
        fake.agent_says("1", "One last word")
        fake.agent_closes("1")
        return read(*arguments)

    monkeypatch.setattr(fake.state, "lines_after", and_closes)
    assert told(book.pulled(chat.pull)) == [f"{MAYA} joined", f"{MAYA}: Bye", f"{MAYA}: One last word"]
    monkeypatch.undo()
    assert told(book.pulled(chat.pull)) == ["closed"]


def test_files(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.agent_says("1", "", files=("https://chat.example/a.pdf", "http://chat.example/b.pdf"))
    fake.agent_says("1", "Look", files=("https://chat.example/c.png",))
    events = [event for event in book.pulled(chat.pull) if isinstance(event, AgentMessage)]
    assert [(event.text, event.attachments) for event in events] == [
        ("(A file that cannot be shown here.)", ("https://chat.example/a.pdf",)),
        ("Look", ("https://chat.example/c.png",)),
    ]


def test_deleted_before_it_was_seen(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.agent_says("1", "Oops, wrong window")
    fake.conversation("1").lines[-1].content_attributes["deleted"] = True
    assert book.pulled(chat.pull) == []


def test_a_bot_is_no_agent(
    fake: FakeChatwoot, chat: ChatwootConnector, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.agent_assigns("1", MAYA)
    whole = fake.state.conversation_json

    def of_a_bot(conversation: Any) -> dict[str, Any]:
        known = whole(conversation)
        known["meta"]["assignee_type"] = "AgentBot"
        return known

    monkeypatch.setattr(fake.state, "conversation_json", of_a_bot)
    assert book.pulled(chat.pull) == []


# webhooks


def rings(chat: ChatwootConnector, fake: FakeChatwoot) -> list[Event]:
    """What all webhooks so far ring for."""
    found = [event for webhook in fake.webhooks for event in chat.receive(arrived(webhook))]
    fake.webhooks.clear()
    return found


def test_what_agents_do_rings(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.webhooks.clear()
    fake.agent_says("1", "Hello")
    assert rings(chat, fake) == [Ring("1")]
    fake.agent_assigns("1", MAYA)
    assert rings(chat, fake) == [Ring("1")]
    fake.agent_transfers("1", 5)
    assert rings(chat, fake) == [Ring("1")]
    fake.agent_closes("1")
    assert len(fake.webhooks) == 2  # status changed, and updated
    assert rings(chat, fake) == [Ring("1")]


def test_notes_bots_and_our_own_do_not_ring(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    chat.send(message("Hi"), book.attempt())
    fake.agent_notes("1", "Careful")
    fake.bot_says("1", "We are open")
    fake.state.tell({"event": "contact_updated", "id": 1})
    fake.state.tell({"event": "message_created"})
    assert len(fake.webhooks) >= 6
    assert rings(chat, fake) == []


def test_other_inboxes_and_accounts_do_not_ring(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.webhooks.clear()
    fake.agent_says("1", "Hello")
    [webhook] = fake.webhooks
    for changed in ({"account": {"id": 99}}, {"conversation": {"id": 1, "inbox_id": 99}}):
        fake.state.tell(json.loads(webhook.body) | changed)
    fake.webhooks.popleft()
    assert rings(chat, fake) == []


def test_an_update_that_does_not_say_of_what_rings(fake: FakeChatwoot, chat: ChatwootConnector, book: Book) -> None:
    fake.webhooks.clear()
    fake.agent_assigns("1", MAYA)
    payload = json.loads(fake.webhooks.popleft().body)
    fake.state.tell(payload | {"changed_attributes": None})
    fake.state.tell(payload | {"changed_attributes": [{"priority": {}}]})
    assert rings(chat, fake) == [Ring("1")]


@pytest.fixture
def webhook(fake: FakeChatwoot, book: Book) -> Webhook:
    fake.webhooks.clear()
    fake.agent_says("1", "Hello")
    return fake.webhooks.popleft()


def test_the_delivery_has_an_id(chat: ChatwootConnector, webhook: Webhook) -> None:
    assert chat.delivery_id(arrived(webhook)) == webhook.headers["X-Chatwoot-Delivery"]
    assert chat.delivery_id(WebhookRequest({}, b"", datetime.now(UTC))) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Chatwoot-Signature": "sha256=" + "0" * 64},
        {"X-Chatwoot-Signature": ""},
        {"X-Chatwoot-Signature": "sha256=ü"},
        {"X-Chatwoot-Timestamp": "1700000000"},
        {"X-Chatwoot-Timestamp": ""},
        {"X-Chatwoot-Timestamp": "٣"},
    ],
)
def test_a_wrong_signature_is_refused(chat: ChatwootConnector, webhook: Webhook, headers: dict[str, str]) -> None:
    with pytest.raises(WebhookRefused, match="signature"):
        chat.receive(arrived(replace(webhook, headers=webhook.headers | headers)))


def test_a_changed_body_is_refused_before_it_is_read(chat: ChatwootConnector, webhook: Webhook) -> None:
    with pytest.raises(WebhookRefused, match="signature"):
        chat.receive(arrived(replace(webhook, body=b"{not json")))


@pytest.mark.parametrize(("seconds", "accepted"), [(-290, True), (290, True), (310, False), (-310, False)])
def test_only_for_five_minutes(chat: ChatwootConnector, webhook: Webhook, seconds: int, accepted: bool) -> None:
    sent = datetime.fromtimestamp(int(webhook.headers["X-Chatwoot-Timestamp"]), UTC)
    request = arrived(webhook, sent + timedelta(seconds=seconds))
    if accepted:
        assert chat.receive(request) == [Ring("1")]
    else:
        with pytest.raises(WebhookRefused, match="5 minutes"):
            chat.receive(request)


def test_signed_rubbish_is_refused(
    fake: FakeChatwoot, chat: ChatwootConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    for body in ("[]", "nothing"):
        monkeypatch.setattr("tests.support.live_chats.chatwoot_state.json.dumps", lambda *_, body=body, **__: body)
        fake.state.tell({})
        monkeypatch.undo()
        with pytest.raises(WebhookRefused, match="JSON"):
            chat.receive(arrived(fake.webhooks.popleft()))


def test_unsigned_webhooks_need_the_token_in_the_address(fake: FakeChatwoot, webhook: Webhook) -> None:
    old = connector(fake, unsigned_webhooks=True)
    fake.state.signs = False
    fake.agent_says("1", "Hello")
    unsigned = fake.webhooks.popleft()
    assert "X-Chatwoot-Signature" not in unsigned.headers
    assert old.receive(arrived(unsigned, token=SECRET)) == [Ring("1")]
    for query in ({}, {"token": ""}, {"token": SECRET + "x"}, {"token": "ü"}):
        with pytest.raises(WebhookRefused, match="token"):
            old.receive(arrived(unsigned, **query))
    with pytest.raises(WebhookRefused, match="token"):  # a signature is not what was agreed on
        old.receive(arrived(webhook))
    with pytest.raises(WebhookRefused, match="signature"):
        connector(fake).receive(arrived(unsigned, token=SECRET))


def test_without_a_secret_no_webhook_is_taken(fake: FakeChatwoot, webhook: Webhook) -> None:
    with pytest.raises(WebhookRefused, match="no webhook_secret"):
        connector(fake, webhook_secret=None).receive(arrived(webhook))
