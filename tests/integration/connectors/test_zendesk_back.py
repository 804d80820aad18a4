"""Zendesk, the way back: what agents do there is told once, in order; webhooks prove where they come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from handoff.connectors import zendesk_audits
from handoff.connectors.base import (
    AgentJoined,
    AgentMessage,
    Closed,
    Ring,
    Transferred,
    WebhookRefused,
    WebhookRequest,
)
from handoff.connectors.zendesk import ZendeskConnector, ZendeskOptions
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import DESK_URL, NOON, Book, message, package
from tests.support.live_chats.base import Fault, Webhook
from tests.support.live_chats.zendesk import GROUPS, FakeZendesk


@pytest.fixture
def zendesk() -> Iterator[FakeZendesk]:
    with FakeZendesk() as fake:
        yield fake


@pytest.fixture
def connector(zendesk: FakeZendesk) -> Iterator[ZendeskConnector]:
    yield ZendeskConnector.create("tickets", ZendeskOptions(**zendesk.options()), DESK_URL)
    assert zendesk.complaints == []


@pytest.fixture
def book(connector: ZendeskConnector, rules: HandoffRules) -> Book:
    made = Book()
    connector.open(package(rules), made.attempt())
    return made


def arrived(webhook: Webhook, at: datetime | None = None) -> WebhookRequest:
    headers = {name.lower(): value for name, value in webhook.headers.items()}
    return WebhookRequest(headers, webhook.body, at or datetime.now(UTC))


def test_an_answer_comes_back_with_its_author(zendesk: FakeZendesk, connector: ZendeskConnector, book: Book) -> None:
    ticket = str(book.link.reference)
    assert book.pulled(connector.pull) == []
    id = zendesk.agent_says(ticket, "It left&nbsp;today.")
    zendesk.agent_says(ticket, "Anything else?")
    joined, first, second = book.pulled(connector.pull)
    assert isinstance(joined, AgentJoined)
    assert isinstance(first, AgentMessage)
    assert isinstance(second, AgentMessage)
    assert (joined.reference, joined.agent.name) == (ticket, "Maya Okafor")
    assert (first.id, first.text, first.agent) == (id, "It left today.", joined.agent)
    assert first.at is not None
    assert first.at.tzinfo is not None
    assert second.text == "Anything else?"
    assert book.pulled(connector.pull) == []


def test_visitors_see_the_alias(zendesk: FakeZendesk, connector: ZendeskConnector, book: Book) -> None:
    zendesk.users[zendesk.agent("Maya Okafor")]["alias"] = "Maya"
    zendesk.agent_says(str(book.link.reference), "Hello")
    assert [event.agent.name for event in book.pulled(connector.pull)] == ["Maya", "Maya"]  # type: ignore[attr-defined]


def test_notes_the_visitors_words_and_our_own_are_no_answers(
    zendesk: FakeZendesk, connector: ZendeskConnector, book: Book
) -> None:
    ticket = str(book.link.reference)
    connector.send(message("Hello?"), book.attempt())
    zendesk.agent_notes(ticket, "Careful, this one is angry.")
    zendesk.visitor_mails(ticket, "I wrote an e-mail too.")
    stranger = zendesk._user("Copied in", "cc@example.org")
    zendesk.update(ticket, stranger, [zendesk._comment("Me too", True, stranger)])
    assert book.pulled(connector.pull) == []


def test_what_an_agent_wrote_as_a_visitor_is_no_answer(
    zendesk: FakeZendesk, connector: ZendeskConnector, book: Book
) -> None:
    ticket = str(book.link.reference)
    zendesk.users[zendesk.tickets[int(ticket)]["requester_id"]]["role"] = "agent"
    zendesk.visitor_mails(ticket, "I try out the chat.")
    assert book.pulled(connector.pull) == []


def test_files_and_answers_of_agents_who_left(zendesk: FakeZendesk, connector: ZendeskConnector, book: Book) -> None:
    ticket = str(book.link.reference)
    zendesk.agent_says(ticket, "")
    files = [{"content_url": "https://fernway.zendesk.com/a.pdf"}, {"content_url": "http://insecure.example/b.pdf"}]
    zendesk.audits[int(ticket)][-1]["events"][0]["attachments"] = files
    zendesk.agent_says(ticket, "Bye")
    del zendesk.users[zendesk.agent("Maya Okafor")]
    messages = [event for event in book.pulled(connector.pull) if isinstance(event, AgentMessage)]
    assert [(said.text, said.attachments, said.agent.name) for said in messages] == [
        ("", ("https://fernway.zendesk.com/a.pdf",), "Agent"),
        ("Bye", (), "Agent"),
    ]


def test_closed_is_told_once_and_again_only_after_it_was_open(
    zendesk: FakeZendesk, connector: ZendeskConnector, book: Book
) -> None:
    ticket = str(book.link.reference)
    zendesk.agent_says(ticket, "Done.")
    zendesk.agent_closes(ticket)
    *_, said, closed = book.pulled(connector.pull)
    assert isinstance(said, AgentMessage)
    assert isinstance(closed, Closed)
    assert closed.agent == said.agent
    zendesk.agent_sets(ticket, "status", "closed", rule=True)  # what Zendesk does days later
    assert book.pulled(connector.pull) == []
    zendesk.agent_sets(ticket, "status", "open")
    zendesk.agent_sets(ticket, "status", "solved", rule=True)
    assert book.pulled(connector.pull) == [Closed(ticket)]


def test_transfers_to_agents_and_groups(zendesk: FakeZendesk, connector: ZendeskConnector, book: Book) -> None:
    ticket = str(book.link.reference)
    ben = zendesk.agent("Ben Sato")
    zendesk.agent_sets(ticket, "assignee_id", zendesk.agent("Maya Okafor"))
    zendesk.agent_sets(ticket, "assignee_id", ben)
    zendesk.agent_sets(ticket, "group_id", GROUPS["Sales"])
    both = [
        zendesk._change(int(ticket), "assignee_id", zendesk.agent("Maya Okafor")),
        zendesk._change(int(ticket), "group_id", GROUPS["Support"]),
    ]
    zendesk.update(ticket, ben, [zendesk._comment("Maya knows more.", True, ben), *both])
    joined, to_ben, to_sales, said, to_both = book.pulled(connector.pull)
    assert isinstance(joined, AgentJoined)
    assert isinstance(to_ben, Transferred)
    assert (to_ben.to, to_ben.agent and to_ben.agent.id) == ("Ben Sato", str(ben))
    assert to_sales == Transferred(ticket, "Sales")
    assert isinstance(said, AgentMessage)
    assert to_both == Transferred(ticket, "Support", joined.agent)


def test_a_trigger_that_assigns_our_ticket_is_told(
    zendesk: FakeZendesk, connector: ZendeskConnector, book: Book
) -> None:
    ticket = int(str(book.link.reference))
    change = zendesk._change(ticket, "assignee_id", zendesk.agent("Maya Okafor")) | {"via": {"channel": "rule"}}
    zendesk.audits[ticket][0]["events"].append(change)
    (joined,) = book.pulled(connector.pull)
    assert isinstance(joined, AgentJoined)
    zendesk.agent_sets(str(ticket), "assignee_id", None)
    assert book.pulled(connector.pull) == []


def test_no_gap_and_no_repeat_over_many_pages(
    zendesk: FakeZendesk, connector: ZendeskConnector, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zendesk_audits, "MOST_PAGES", 2)
    ticket, told, said = str(book.link.reference), [], []
    for round in range(4):
        for number in range(round * 2):
            said.append(f"{round}.{number}")
            zendesk.agent_says(ticket, said[-1])
        told += book.pulled(connector.pull)
    for _ in range(4):
        told += book.pulled(connector.pull)
    assert [event.text for event in told if isinstance(event, AgentMessage)] == said
    again = dataclasses.replace(book.link, cursor=None)
    assert connector.pull(again).events == connector.pull(again).events


def test_a_pull_that_fails_moves_nothing(zendesk: FakeZendesk, connector: ZendeskConnector, book: Book) -> None:
    zendesk.agent_says(str(book.link.reference), "Hello")
    zendesk.faults.extend([None, Fault.HALF])  # type: ignore[list-item]
    with pytest.raises(Exception, match="got no answer"):
        book.pulled(connector.pull)
    assert len(book.pulled(connector.pull)) == 2


def test_webhooks_ring(zendesk: FakeZendesk, connector: ZendeskConnector, book: Book) -> None:
    ticket = str(book.link.reference)
    zendesk.webhooks.clear()
    zendesk.agent_says(ticket, "Hello")
    webhook = arrived(zendesk.webhooks.popleft())
    assert connector.receive(webhook) == [Ring(ticket)]
    own = zendesk.webhook({"type": "zen:event-type:ticket.comment_added", "detail": {"id": "12"}})
    assert connector.receive(arrived(own)) == [Ring("12")]
    assert connector.receive(arrived(zendesk.webhook({"type": "zen:event-type:user.created"}))) == []
    assert connector.receive(arrived(zendesk.webhook({"ticket_id": "../users"}))) == []


def test_a_copy_has_the_same_id_and_another_webhook_has_not(zendesk: FakeZendesk, connector: ZendeskConnector) -> None:
    first, copy = arrived(zendesk.webhook({"ticket_id": "1"}, NOON)), arrived(zendesk.webhook({"ticket_id": "1"}, NOON))
    other = arrived(zendesk.webhook({"ticket_id": "2"}, NOON))
    assert connector.delivery_id(first) == connector.delivery_id(copy)
    assert connector.delivery_id(first) != connector.delivery_id(other)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-zendesk-webhook-signature", "AAAA"),
        ("x-zendesk-webhook-signature", "ü"),
        ("x-zendesk-webhook-signature-timestamp", "2026-11-23T12:00:01Z"),
        ("x-zendesk-webhook-signature-timestamp", ""),
    ],
)
def test_a_webhook_that_was_tampered_with_is_refused(
    zendesk: FakeZendesk, connector: ZendeskConnector, name: str, value: str
) -> None:
    good = arrived(zendesk.webhook({"ticket_id": "1"}, NOON), NOON)
    assert connector.receive(good) == [Ring("1")]
    with pytest.raises(WebhookRefused, match="signature"):
        connector.receive(dataclasses.replace(good, headers={**good.headers, name: value}))
    with pytest.raises(WebhookRefused, match="signature"):
        connector.receive(dataclasses.replace(good, body=good.body + b" "))
    with pytest.raises(WebhookRefused, match="signature"):
        connector.receive(arrived(zendesk.webhook({"ticket_id": "1"}, NOON, "other"), NOON))


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_a_webhook_out_of_time_is_refused(zendesk: FakeZendesk, connector: ZendeskConnector, late: timedelta) -> None:
    webhook = zendesk.webhook({"ticket_id": "1"}, NOON)
    assert connector.receive(arrived(webhook, NOON + late / 2)) == [Ring("1")]
    with pytest.raises(WebhookRefused, match="too old"):
        connector.receive(arrived(webhook, NOON + late))


def test_without_a_secret_no_webhook_is_trusted(zendesk: FakeZendesk) -> None:
    options = {name: value for name, value in zendesk.options().items() if name != "webhook_secret"}
    connector = ZendeskConnector.create("tickets", ZendeskOptions(**options), DESK_URL)
    with pytest.raises(WebhookRefused, match="webhook_secret"):
        connector.receive(arrived(zendesk.webhook({"ticket_id": "1"})))
