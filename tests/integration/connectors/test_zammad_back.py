"""Zammad, the way back: what agents do there is told once, in order; webhooks prove where they come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from handoff.connectors.base import (
    AgentJoined,
    AgentMessage,
    Closed,
    Event,
    Ring,
    Transferred,
    WebhookRefused,
    WebhookRequest,
)
from handoff.connectors.zammad import ZammadConnector, ZammadOptions
from handoff.connectors.zammad_text import said_in
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import DESK_URL, NOON, Book, message, package
from tests.support.live_chats.base import Fault, Webhook
from tests.support.live_chats.zammad import GROUPS, FakeZammad


@pytest.fixture
def zammad() -> Iterator[FakeZammad]:
    with FakeZammad() as fake:
        yield fake


@pytest.fixture
def connector(zammad: FakeZammad) -> Iterator[ZammadConnector]:
    yield ZammadConnector.create("tickets", ZammadOptions(**zammad.options()), DESK_URL)
    assert zammad.complaints == []


@pytest.fixture
def book(connector: ZammadConnector, rules: HandoffRules) -> Book:
    made = Book()
    connector.open(package(rules), made.attempt())
    return made


def arrived(webhook: Webhook) -> WebhookRequest:
    headers = {name.lower(): value for name, value in webhook.headers.items()}
    return WebhookRequest(headers, webhook.body, NOON)


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, AgentMessage)]


def test_an_answer_comes_back_with_its_author(zammad: FakeZammad, connector: ZammadConnector, book: Book) -> None:
    ticket = str(book.link.reference)
    assert book.pulled(connector.pull) == []
    id = zammad.agent_says(ticket, "It left today: 2 < 3 & so on.\nAnything else?")
    joined, said = book.pulled(connector.pull)
    assert isinstance(joined, AgentJoined)
    assert isinstance(said, AgentMessage)
    assert (joined.reference, joined.agent.name) == (ticket, "Maya Okafor")
    assert (said.id, said.agent) == (id, joined.agent)
    assert said.text == "It left today: 2 < 3 & so on.\nAnything else?"
    assert said.at is not None
    assert said.at.tzinfo is not None
    assert book.pulled(connector.pull) == []


def test_what_is_no_answer(zammad: FakeZammad, connector: ZammadConnector, book: Book) -> None:
    ticket = str(book.link.reference)
    connector.send(message("Hello?"), book.attempt())
    zammad.agent_notes(ticket, "Careful, this one is angry.")
    zammad.agent_writes(ticket, "I wrote an e-mail too.", sender="Customer", type="email", internal=False)
    zammad.agent_writes(ticket, "Thanks for your inquiry", sender="System", type="email")
    zammad.agent_writes(ticket, "Called, nobody there.", type="phone")
    zammad.tickets[int(ticket)]["owner_id"] = 1
    assert book.pulled(connector.pull) == []


def test_an_email_comes_without_signature_and_quotation(
    zammad: FakeZammad, connector: ZammadConnector, book: Book
) -> None:
    body = (
        '<p>Dear <b>Lena</b>,</p>\n<p>see <a href="https://fernway.example/r/1">the label</a> or '
        '<a href="https://fernway.example">https://fernway.example/</a>.</p><ul><li>one</li><li>two</li></ul>'
        '<div data-signature="true"><br/>--<br>Fernway<img src="x"></div>'
        '<blockquote type="cite"><div>What you wrote<br/></div></blockquote><script>alert(1)</script><div>Bye</div>'
    )
    files = [{"id": 1, "filename": "label.pdf"}]
    zammad.agent_writes(str(book.link.reference), body, type="email", attachments=files)
    assert texts(book.pulled(connector.pull)) == [
        "Dear Lena,\nsee the label (https://fernway.example/r/1) or https://fernway.example/.\n- one\n- two\nBye\n"
        "(Attached, but not shown in the chat: label.pdf)"
    ]
    assert said_in({"body": " <b>as it is</b> ", "content_type": "text/plain"}) == "<b>as it is</b>"
    assert said_in({"body": "a<br><br><br><br>b", "content_type": "text/html"}) == "a\n\nb"


def test_closed_is_told_once_after_the_last_word(zammad: FakeZammad, connector: ZammadConnector, book: Book) -> None:
    ticket = str(book.link.reference)
    zammad.agent_says(ticket, "Done.")
    zammad.agent_closes(ticket)
    _, said, closed = book.pulled(connector.pull)
    assert isinstance(said, AgentMessage)
    assert closed == Closed(ticket)
    assert book.pulled(connector.pull) == []
    zammad.agent_sets(ticket, state="open")
    assert book.pulled(connector.pull) == []
    zammad.agent_sets(ticket, state="merged")
    assert book.pulled(connector.pull) == [Closed(ticket)]


def test_transfers_to_agents_and_groups(zammad: FakeZammad, connector: ZammadConnector, book: Book) -> None:
    ticket = str(book.link.reference)
    told: list[Event] = []
    for changes in (
        {"owner_id": zammad.agent("Maya Okafor")},
        {"owner_id": zammad.agent("Ben Sato")},
        {"group_id": GROUPS["Sales"], "owner_id": 1},
        {"group_id": GROUPS["Users"], "owner_id": zammad.agent("Maya Okafor")},
    ):
        zammad.agent_sets(ticket, **changes)
        told += book.pulled(connector.pull)
    joined, to_ben, to_sales, to_both = told
    assert isinstance(joined, AgentJoined)
    assert isinstance(to_ben, Transferred)
    assert (to_ben.to, to_ben.agent and to_ben.agent.id) == ("Ben Sato", str(zammad.agent("Ben Sato")))
    assert to_sales == Transferred(ticket, "Sales")
    assert to_both == Transferred(ticket, "Users", joined.agent)


def test_a_move_before_the_first_look_is_told(zammad: FakeZammad, connector: ZammadConnector, book: Book) -> None:
    zammad.agent_sets(str(book.link.reference), group_id=GROUPS["Sales"])
    assert book.pulled(connector.pull) == [Transferred(str(book.link.reference), "Sales")]


def test_no_gap_and_no_repeat(zammad: FakeZammad, connector: ZammadConnector, book: Book) -> None:
    ticket, told, said = str(book.link.reference), [], []
    for round in range(4):
        for number in range(round):
            said.append(f"{round}.{number}")
            zammad.agent_says(ticket, said[-1], agent=["Maya Okafor", "Ben Sato"][number % 2])
            zammad.agent_notes(ticket, "note")
        told += texts(book.pulled(connector.pull))
    assert told == said
    again = dataclasses.replace(book.link, cursor=None)
    assert connector.pull(again).events == connector.pull(again).events


@pytest.mark.parametrize("calls_before", [0, 1, 2])
def test_a_pull_that_fails_moves_nothing(
    zammad: FakeZammad, connector: ZammadConnector, book: Book, calls_before: int
) -> None:
    zammad.agent_says(str(book.link.reference), "Hello")
    zammad.faults.extend([None] * calls_before + [Fault.HALF])  # type: ignore[list-item]
    with pytest.raises(Exception, match="got no answer"):
        book.pulled(connector.pull)
    assert len(book.pulled(connector.pull)) == 2


def test_webhooks_ring_but_not_for_our_own_articles(zammad: FakeZammad, connector: ZammadConnector, book: Book) -> None:
    ticket = str(book.link.reference)
    connector.send(message("Hello?"), book.attempt())
    assert [connector.receive(arrived(webhook)) for webhook in zammad.webhooks] == [[], []]
    zammad.webhooks.clear()
    zammad.agent_says(ticket, "Hello")
    zammad.agent_closes(ticket)
    assert [connector.receive(arrived(webhook)) for webhook in zammad.webhooks] == [[Ring(ticket)]] * 2
    for other in ({}, [], {"ticket": None}, {"ticket": {"id": "../users"}}):
        assert connector.receive(arrived(zammad.webhook(other))) == []


def test_a_repetition_has_the_same_id(zammad: FakeZammad, connector: ZammadConnector) -> None:
    first, other = zammad.webhook({"ticket": {"id": 1}}), zammad.webhook({"ticket": {"id": 1}})
    assert connector.delivery_id(arrived(first)) == first.headers["X-Zammad-Delivery"]
    assert connector.delivery_id(arrived(first)) != connector.delivery_id(arrived(other))


def test_a_webhook_that_was_tampered_with_is_refused(zammad: FakeZammad, connector: ZammadConnector) -> None:
    good = arrived(zammad.webhook({"ticket": {"id": 1}, "article": {}}))
    assert connector.receive(good) == [Ring("1")]
    for signature in ("", "sha1=00", "ü", good.headers["x-hub-signature"].removeprefix("sha1=")):
        with pytest.raises(WebhookRefused, match="signature"):
            connector.receive(dataclasses.replace(good, headers={**good.headers, "x-hub-signature": signature}))
    with pytest.raises(WebhookRefused, match="signature"):
        connector.receive(dataclasses.replace(good, body=good.body + b" "))
    with pytest.raises(WebhookRefused, match="signature"):
        connector.receive(arrived(zammad.webhook({"ticket": {"id": 1}}, "other")))


def test_without_a_token_no_webhook_is_trusted(zammad: FakeZammad) -> None:
    options = {name: value for name, value in zammad.options().items() if name != "webhook_token"}
    connector = ZammadConnector.create("tickets", ZammadOptions(**options), DESK_URL)
    with pytest.raises(WebhookRefused, match="webhook_token"):
        connector.receive(arrived(zammad.webhook({"ticket": {"id": 1}})))
