"""Zendesk: a ticket for each handoff, once, without an e-mail to the visitor, and agents' answers back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from handoff.connectors.base import NotYet, Undeliverable
from handoff.connectors.card import as_text, card_of
from handoff.connectors.zendesk import ZendeskConnector, ZendeskOptions
from handoff.connectors.zendesk_text import html_of
from handoff.domain.model import Sender
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import CONVERSATION_ID, DESK_URL, HANDOFF_ID, Book, message, package
from tests.support.live_chats.base import Answer, Fault, Seen
from tests.support.live_chats.zendesk import EMAIL, GROUPS, ME, TOKEN, FakeZendesk


@pytest.fixture
def zendesk() -> Iterator[FakeZendesk]:
    with FakeZendesk() as fake:
        yield fake


@pytest.fixture
def connector(zendesk: FakeZendesk) -> Iterator[ZendeskConnector]:
    yield made(zendesk)
    assert zendesk.complaints == []


def made(zendesk: FakeZendesk, **changes: Any) -> ZendeskConnector:
    return ZendeskConnector.create("tickets", ZendeskOptions(**(zendesk.options() | changes)), DESK_URL)


def anonymous(rules: HandoffRules, **changes: Any) -> dict[str, Any]:
    whole = package(rules)
    return whole | {"visitor": whole["visitor"] | {"email": None} | changes}


def opened(connector: ZendeskConnector, rules: HandoffRules) -> Book:
    book = Book()
    connector.open(package(rules), book.attempt())
    return book


def ticket_of(zendesk: FakeZendesk, book: Book) -> dict[str, Any]:
    return zendesk.tickets[int(str(book.link.reference))]


def test_a_handoff_becomes_a_ticket_that_agents_find_and_understand(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules
) -> None:
    whole = package(rules)
    book = opened(connector, rules)
    assert zendesk.references() == [book.link.reference]
    ticket = ticket_of(zendesk, book)
    assert ticket["subject"] == whole["summary"]["headline"]
    assert ticket["priority"] == whole["urgency"]["level"]
    assert (ticket["external_id"], ticket["tags"]) == (HANDOFF_ID, ["handoff"])
    assert ticket["group_id"] == GROUPS["Billing"]
    requester = zendesk.users[ticket["requester_id"]]
    assert (requester["name"], requester["email"]) == ("Lena Fischer", "lena@example.org")
    assert zendesk.seen_by_agents(str(book.link.reference)) == [Seen("package", as_text(card_of(whole)))]
    assert "<b>three weeks</b>" in zendesk.seen_by_agents(str(book.link.reference))[0].text


def test_nobody_gets_an_email_of_package_or_messages(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules
) -> None:
    book = opened(connector, rules)
    connector.send(message("Hello?"), book.attempt())
    connector.close("The visitor has gone.", book.attempt())
    assert zendesk.mails == []
    zendesk.agent_says(str(book.link.reference), "Here I am.")
    assert zendesk.mails == [("lena@example.org", "Here I am.")]


@pytest.mark.parametrize("queue", ["sales", "general"])
def test_groups_by_name_and_queues_without_one(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules, queue: str
) -> None:
    book = Book()
    connector.open(package(rules, queue=queue), book.attempt())
    assert ticket_of(zendesk, book)["group_id"] == {"sales": GROUPS["Sales"], "general": None}[queue]


def test_a_group_that_is_gone_costs_no_handoff(zendesk: FakeZendesk, rules: HandoffRules) -> None:
    book = Book()
    made(zendesk, groups={"billing": "Gone"}).open(package(rules), book.attempt())
    assert ticket_of(zendesk, book)["group_id"] is None


@pytest.mark.parametrize("name", ["Lena Fischer", None])
def test_a_visitor_without_an_address_is_a_person_whom_nobody_can_mail(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules, name: str | None
) -> None:
    book = Book()
    connector.open(anonymous(rules, name=name), book.attempt())
    requester = zendesk.users[ticket_of(zendesk, book)["requester_id"]]
    assert (requester["name"], requester["email"]) == (name or "Visitor", None)
    assert requester["external_id"] == f"handoff-{CONVERSATION_ID}"
    zendesk.agent_says(str(book.link.reference), "Here I am.")
    assert zendesk.mails == []


def test_filing_without_the_address_is_a_choice(zendesk: FakeZendesk, rules: HandoffRules) -> None:
    book = Book()
    made(zendesk, requester_email=False).open(package(rules), book.attempt())
    requester = zendesk.users[ticket_of(zendesk, book)["requester_id"]]
    assert (requester["name"], requester["email"]) == ("Lena Fischer", None)


@pytest.mark.parametrize("lost_at", [0, 1])
@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF, Fault.ERROR, Fault.REFUSED])
@pytest.mark.parametrize("unlisted", [False, True])
def test_a_ticket_is_opened_once(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules, lost_at: int, fault: Fault, unlisted: bool
) -> None:
    book = Book()
    zendesk.unlisted = unlisted
    zendesk.faults.extend([None] * lost_at + [fault])  # type: ignore[list-item]
    with pytest.raises(NotYet):
        connector.open(anonymous(rules), book.attempt())
    zendesk.faults.clear()
    connector.open(anonymous(rules), book.attempt(repeated=True))
    connector.open(anonymous(rules), book.attempt(repeated=True))
    assert zendesk.references() == [book.link.reference]
    assert len([user for user in zendesk.users.values() if user["role"] == "end-user"]) == 1
    assert [seen.kind for seen in zendesk.seen_by_agents(str(book.link.reference))] == ["package"]
    assert book.link.data["requester"] == ticket_of(zendesk, book)["requester_id"]
    assert book.kept >= 1


def test_a_ticket_is_found_when_zendesk_has_forgotten_the_key(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules
) -> None:
    book = Book()
    zendesk.faults.append(Fault.LOST_ANSWER)
    with pytest.raises(NotYet):
        connector.open(package(rules), book.attempt())
    zendesk.keys.clear()
    connector.open(package(rules), book.attempt(repeated=True))
    assert zendesk.references() == [book.link.reference]


def test_messages_are_the_visitors_own_words_in_order(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules
) -> None:
    book = opened(connector, rules)
    texts = ["**Hello?**", "<script>alert(1)</script> & {{ticket.requester.email}}", "two\nlines"]
    for number, text in enumerate(texts):
        connector.send(message(text, id=f"m-{number}", seq=number), book.attempt())
    seen = zendesk.seen_by_agents(str(book.link.reference))
    assert seen[1:] == [Seen("visitor", text) for text in texts]
    assert b"{{" not in zendesk.requests[-2].body


def test_what_others_wrote_says_whose_it_is(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules
) -> None:
    book = opened(connector, rules)
    connector.send(message("It is resolved.", sender=Sender.SYSTEM), book.attempt())
    assert zendesk.seen_by_agents(str(book.link.reference))[1:] == [
        Seen("system", "System (outside Zendesk): It is resolved.")
    ]


@pytest.mark.parametrize("lost_at", [0, 1])
@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF, Fault.TOO_MANY])
def test_a_message_is_shown_once(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules, lost_at: int, fault: Fault
) -> None:
    book = opened(connector, rules)
    for number in range(4):  # more than a page of audits before it
        connector.send(message("Before", id=f"before-{number}"), book.attempt())
    zendesk.faults.extend([None] * lost_at + [fault])  # type: ignore[list-item]
    with pytest.raises(NotYet) as raised:
        connector.send(message("Hello?"), book.attempt())
    assert raised.value.retry_after == (1.0 if fault is Fault.TOO_MANY else None)
    zendesk.faults.clear()
    connector.send(message("Hello?"), book.attempt(repeated=True))
    connector.send(message("Hello?"), book.attempt(repeated=True))
    connector.send(message("Hello?", id="m-2"), book.attempt(repeated=True))
    texts = [seen.text for seen in zendesk.seen_by_agents(str(book.link.reference))]
    assert texts.count("Hello?") == 2  # two messages with the same words, each once


@pytest.mark.parametrize("status", ["new", "open", "pending", "hold", "solved"])
def test_a_message_wakes_a_ticket_that_nobody_looks_at(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules, status: str
) -> None:
    book = opened(connector, rules)
    ticket_of(zendesk, book)["status"] = status
    connector.send(message("Hello?"), book.attempt())
    assert ticket_of(zendesk, book)["status"] == ("new" if status == "new" else "open")


@pytest.mark.parametrize("lost_at", [0, 1, 2])
def test_a_ticket_is_closed_once(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules, lost_at: int
) -> None:
    book = opened(connector, rules)
    zendesk.faults.extend([None] * lost_at + [Fault.LOST_ANSWER])  # type: ignore[list-item]
    with pytest.raises(NotYet):
        connector.close("The visitor has gone.", book.attempt())
    connector.close("The visitor has gone.", book.attempt(repeated=True))
    assert (ticket_of(zendesk, book)["status"], ticket_of(zendesk, book)["assignee_id"]) == ("solved", ME)
    assert zendesk.seen_by_agents(str(book.link.reference))[1:] == [Seen("system", "The visitor has gone.")]
    assert book.pulled(connector.pull) == []  # what we did ourselves is no news


def test_closing_what_an_agent_solved_changes_nothing(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules
) -> None:
    book = opened(connector, rules)
    zendesk.agent_closes(str(book.link.reference))
    connector.close("The visitor has gone.", book.attempt())
    assert len(zendesk.seen_by_agents(str(book.link.reference))) == 1


def test_where_zendesk_does_not_let_us_solve_the_note_stands_alone(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules
) -> None:
    book = opened(connector, rules)
    zendesk.must_fill_in = True
    zendesk.faults.extend([None, None, None, Fault.LOST_ANSWER])  # type: ignore[list-item]
    with pytest.raises(NotYet):
        connector.close("The visitor has gone.", book.attempt())
    connector.close("The visitor has gone.", book.attempt(repeated=True))
    assert ticket_of(zendesk, book)["status"] == "new"
    assert zendesk.seen_by_agents(str(book.link.reference))[1:] == [Seen("system", "The visitor has gone.")]


def test_refusals_are_for_good_and_keep_the_secret(zendesk: FakeZendesk, rules: HandoffRules) -> None:
    wrong = made(zendesk, api_token="wrong")
    with pytest.raises(Undeliverable) as raised:
        wrong.open(package(rules), Book().attempt())
    assert raised.value.status == 401
    assert "wrong" not in str(raised.value)
    book = opened(made(zendesk), rules)
    ticket_of(zendesk, book)["status"] = "closed"
    with pytest.raises(Undeliverable, match="closed prevents") as refused:
        made(zendesk).send(message("Hello?"), book.attempt())
    assert refused.value.status == 422
    zendesk.tickets.clear()
    with pytest.raises(Undeliverable) as gone:
        made(zendesk).send(message("Hello?"), book.attempt())
    assert gone.value.status == 404


def test_a_package_that_is_too_long_is_cut_and_says_where_the_rest_is(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules
) -> None:
    whole = package(rules)
    line = {"at": whole["created_at"], "from": "visitor", "text": "<ü{>" * 100}
    book = Book()
    connector.open(whole | {"transcript": [line] * 200}, book.attempt())
    text = zendesk.seen_by_agents(str(book.link.reference))[0].text
    assert text.startswith(whole["summary"]["headline"])
    assert text.endswith(f"all of it is on the desk: {whole['links']['desk']})")
    assert html_of("a{{b}}") == "a&#123;&#123;b}}"


def test_options_are_checked_and_hide_secrets(zendesk: FakeZendesk) -> None:
    with pytest.raises(ValidationError, match="https://"):
        ZendeskOptions(url="http://fernway.zendesk.com", email=EMAIL, api_token=TOKEN)
    with pytest.raises(ValidationError, match="tokken"):
        ZendeskOptions(url="https://fernway.zendesk.com", email=EMAIL, api_token=TOKEN, tokken="x")
    options = ZendeskOptions(**zendesk.options())
    assert TOKEN not in repr(options)
    assert options.webhook_secret is not None
    assert options.webhook_secret.get_secret_value() not in repr(options)


def test_everything_is_well(zendesk: FakeZendesk, connector: ZendeskConnector) -> None:
    found = connector.check()
    assert [finding.what for finding in found if not finding.ok] == []
    assert len(found) == 7
    assert all(request.method == "GET" for request in zendesk.requests)


@pytest.mark.parametrize(
    ("me", "remedy"),
    [
        ({"id": None}, "api_token"),
        ({"role": "end-user"}, "Make the account"),
        ({"role_type": 1}, "light agent"),
        ({"ticket_restriction": "assigned"}, "'assigned'"),
    ],
)
def test_a_missing_right_is_named(
    zendesk: FakeZendesk, connector: ZendeskConnector, me: dict[str, Any], remedy: str
) -> None:
    zendesk.users[ME] |= me
    wrong = [finding for finding in connector.check() if not finding.ok]
    assert len(wrong) == 1
    assert remedy in wrong[0].remedy


def test_check_names_token_server_and_group(zendesk: FakeZendesk, connector: ZendeskConnector) -> None:
    (token,) = made(zendesk, api_token="wrong").check()
    assert not token.ok
    assert "`api_token`" in token.remedy
    group = made(zendesk, groups={"support": "Sup", "billing": 7}).check()
    assert [finding.ok for finding in group[-2:]] == [False, False]
    assert "'Sup'" in group[-2].remedy
    zendesk.faults.append(Fault.ERROR)
    (down,) = connector.check()
    assert not down.ok
    assert "500" in down.remedy


@pytest.mark.parametrize("answered", [b"[]", b"{}", b'{"user": []}', b"null"])
def test_check_tells_another_server_from_zendesk(
    zendesk: FakeZendesk, connector: ZendeskConnector, answered: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zendesk, "handle", lambda request: Answer(200, answered))
    (finding,) = connector.check()
    assert not finding.ok
    assert "`url`" in finding.remedy


def test_requests_hold_nothing_that_zendesk_does_not_know(
    zendesk: FakeZendesk, connector: ZendeskConnector, rules: HandoffRules
) -> None:
    opened(connector, rules)
    (request,) = zendesk.requests
    assert request.headers["idempotency-key"] == HANDOFF_ID
    assert json.loads(request.body)["ticket"]["comment"]["public"] is False
