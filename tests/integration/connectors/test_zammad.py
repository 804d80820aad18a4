"""Zammad: a ticket for each handoff, once, without an e-mail to the visitor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from handoff.connectors.base import NotYet, Undeliverable
from handoff.connectors.card import as_text, card_of
from handoff.connectors.zammad import ZammadConnector, ZammadOptions
from handoff.domain.model import Sender
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import CONVERSATION_ID, DESK_URL, HANDOFF_ID, Book, message, package
from tests.support.live_chats.base import Answer, Fault, Seen
from tests.support.live_chats.zammad import GROUPS, PRIORITIES, TOKEN, FakeZammad


@pytest.fixture
def zammad() -> Iterator[FakeZammad]:
    with FakeZammad() as fake:
        yield fake


@pytest.fixture
def connector(zammad: FakeZammad) -> Iterator[ZammadConnector]:
    yield made(zammad)
    assert zammad.complaints == []


def made(zammad: FakeZammad, **changes: Any) -> ZammadConnector:
    return ZammadConnector.create("tickets", ZammadOptions(**(zammad.options() | changes)), DESK_URL)


def opened(connector: ZammadConnector, rules: HandoffRules) -> Book:
    book = Book()
    connector.open(package(rules), book.attempt())
    return book


def anonymous(rules: HandoffRules, **changes: Any) -> dict[str, Any]:
    whole = package(rules)
    return whole | {"visitor": whole["visitor"] | {"email": None} | changes}


def ticket_of(zammad: FakeZammad, book: Book) -> dict[str, Any]:
    return zammad.tickets[int(str(book.link.reference))]


def customer_of(zammad: FakeZammad, book: Book) -> dict[str, Any]:
    return zammad.users[ticket_of(zammad, book)["customer_id"]]


def test_a_handoff_becomes_a_ticket_that_agents_find_and_understand(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules
) -> None:
    whole = package(rules)
    book = opened(connector, rules)
    assert zammad.references() == [book.link.reference]
    ticket, customer = ticket_of(zammad, book), customer_of(zammad, book)
    assert ticket["title"] == whole["summary"]["headline"]
    assert (ticket["group_id"], ticket["tags"]) == (GROUPS["Billing"], ["handoff"])
    assert ticket["note"] == f"Handoff {HANDOFF_ID}"
    assert (customer["firstname"], customer["lastname"]) == ("Lena", "Fischer")
    assert customer["email"] == "lena@example.org"
    assert zammad.seen_by_agents(str(book.link.reference)) == [Seen("package", as_text(card_of(whole)))]
    (article,) = zammad.articles[ticket["id"]]
    assert (article["internal"], article["type"], article["sender"]) == (True, "note", "Agent")


@pytest.mark.parametrize(
    ("level", "priority"), [("low", "1 low"), ("normal", "2 normal"), ("high", "3 high"), ("urgent", "3 high")]
)
def test_urgency_is_the_priority(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules, level: str, priority: str
) -> None:
    book = Book()
    connector.open(package(rules, urgency={"level": level, "reasons": []}), book.attempt())
    assert ticket_of(zammad, book)["priority_id"] == PRIORITIES[priority]


@pytest.mark.parametrize(("queue", "group"), [("sales", "Sales"), ("general", "Users")])
def test_groups_by_id_and_the_one_for_all_others(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules, queue: str, group: str
) -> None:
    book = Book()
    connector.open(package(rules, queue=queue), book.attempt())
    assert ticket_of(zammad, book)["group_id"] == GROUPS[group]


def test_nobody_gets_an_email_of_package_or_messages(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules
) -> None:
    book = opened(connector, rules)
    connector.send(message("Hello?"), book.attempt())
    connector.close("The visitor has gone.", book.attempt())
    zammad.agent_says(str(book.link.reference), "A public note goes to the chat only.")
    assert zammad.mails == []
    zammad.agent_writes(str(book.link.reference), "An e-mail goes both ways.", type="email")
    assert [address for address, _ in zammad.mails] == ["lena@example.org"]


@pytest.mark.parametrize(("name", "names"), [("Lena Fischer", ("Lena", "Fischer")), (None, ("Visitor", ""))])
def test_a_visitor_without_an_address_is_a_customer_whom_nobody_can_mail(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules, name: str | None, names: tuple[str, str]
) -> None:
    book, again = Book(), Book()
    connector.open(anonymous(rules, name=name), book.attempt())
    customer = customer_of(zammad, book)
    assert (customer["firstname"], customer["lastname"]) == names
    assert (customer["email"], customer["login"]) == ("", f"handoff-{CONVERSATION_ID}")
    connector.open(anonymous(rules, name=name) | {"handoff_id": "another"}, again.attempt())
    assert customer_of(zammad, again) == customer
    zammad.agent_writes(str(book.link.reference), "Hello", type="email")
    assert zammad.mails == []


def test_other_choices_of_whose_ticket_it_is(zammad: FakeZammad, rules: HandoffRules) -> None:
    book, shared = Book(), Book()
    made(zammad, customer_email=False).open(package(rules), book.attempt())
    assert (customer_of(zammad, book)["firstname"], customer_of(zammad, book)["email"]) == ("Lena", "")
    made(zammad, anonymous_customer="chat@fernway.example").open(anonymous(rules), shared.attempt())
    assert customer_of(zammad, shared)["email"] == "chat@fernway.example"
    assert zammad.complaints == []


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF, Fault.ERROR, Fault.REFUSED])
def test_a_ticket_is_opened_once(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules, fault: Fault
) -> None:
    book = Book()
    zammad.faults.append(fault)
    with pytest.raises(NotYet):
        connector.open(package(rules), book.attempt())
    connector.open(package(rules), book.attempt(repeated=True))
    connector.open(package(rules), book.attempt(repeated=True))
    assert zammad.references() == [book.link.reference]
    assert [seen.kind for seen in zammad.seen_by_agents(str(book.link.reference))] == ["package"]
    assert book.link.data["group"] == GROUPS["Billing"]


def test_messages_are_the_customers_own_words_in_order(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules
) -> None:
    book = opened(connector, rules)
    texts = ["Hello?", "<script>alert(1)</script> & <b>bold</b>", "two\nlines"]
    for number, text in enumerate(texts):
        connector.send(message(text, id=f"m-{number}", seq=number), book.attempt())
    assert zammad.seen_by_agents(str(book.link.reference))[1:] == [Seen("visitor", text) for text in texts]
    article = zammad.articles[int(str(book.link.reference))][-1]
    assert (article["type"], article["internal"]) == ("note", False)
    assert article["origin_by_id"] == customer_of(zammad, book)["id"]


def test_what_others_wrote_says_whose_it_is(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules
) -> None:
    book = opened(connector, rules)
    connector.send(message("It is resolved.", sender=Sender.SYSTEM), book.attempt())
    assert zammad.seen_by_agents(str(book.link.reference))[1:] == [
        Seen("system", "System (outside Zammad): It is resolved.")
    ]
    assert zammad.articles[int(str(book.link.reference))][-1]["internal"]


@pytest.mark.parametrize("state", ["new", "closed"])
@pytest.mark.parametrize("lost_at", [0, 1])
@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF, Fault.TOO_MANY])
def test_a_message_is_shown_once(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules, state: str, lost_at: int, fault: Fault
) -> None:
    book = opened(connector, rules)
    ticket_of(zammad, book)["state"] = state
    zammad.faults.extend([None] * lost_at + [fault])  # type: ignore[list-item]
    with pytest.raises(NotYet) as raised:
        connector.send(message("Hello?"), book.attempt())
    assert raised.value.retry_after == (1.0 if fault is Fault.TOO_MANY else None)
    connector.send(message("Hello?"), book.attempt(repeated=True))
    connector.send(message("Hello?"), book.attempt(repeated=True))
    connector.send(message("Hello?", id="m-2"), book.attempt(repeated=True))
    texts = [seen.text for seen in zammad.seen_by_agents(str(book.link.reference))]
    assert texts.count("Hello?") == 2  # two messages with the same words, each once
    assert book.kept >= 1


@pytest.mark.parametrize(
    ("before", "after"),
    [("new", "new"), ("open", "open"), ("pending reminder", "open"), ("pending close", "open"), ("closed", "open")],
)
def test_a_message_wakes_a_ticket_that_nobody_looks_at(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules, before: str, after: str
) -> None:
    book = opened(connector, rules)
    ticket_of(zammad, book)["state"] = before
    connector.send(message("Hello?"), book.attempt())
    assert ticket_of(zammad, book)["state"] == after
    assert zammad.seen_by_agents(str(book.link.reference))[1:] == [Seen("visitor", "Hello?")]


@pytest.mark.parametrize("must_fill_in", [False, True])
@pytest.mark.parametrize("lost_at", [0, 1, 2])
def test_a_ticket_is_closed_once(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules, lost_at: int, must_fill_in: bool
) -> None:
    book = opened(connector, rules)
    zammad.must_fill_in = must_fill_in
    zammad.faults.extend([None] * lost_at + [Fault.LOST_ANSWER])  # type: ignore[list-item]
    if lost_at < 2 or must_fill_in:
        with pytest.raises(NotYet):
            connector.close("The visitor has gone.", book.attempt())
    else:
        connector.close("The visitor has gone.", book.attempt())
        zammad.faults.clear()
    connector.close("The visitor has gone.", book.attempt(repeated=True))
    assert zammad.seen_by_agents(str(book.link.reference))[1:] == [Seen("system", "The visitor has gone.")]
    assert ticket_of(zammad, book)["state"] == ("new" if must_fill_in else "closed")


def test_closing_what_an_agent_closed_changes_nothing(
    zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules
) -> None:
    book = opened(connector, rules)
    zammad.agent_closes(str(book.link.reference))
    connector.close("The visitor has gone.", book.attempt())
    assert len(zammad.seen_by_agents(str(book.link.reference))) == 1


def test_refusals_are_for_good_and_keep_the_secret(zammad: FakeZammad, rules: HandoffRules) -> None:
    with pytest.raises(Undeliverable) as raised:
        made(zammad, token="wrong").open(package(rules), Book().attempt())
    assert raised.value.status == 401
    assert "wrong" not in str(raised.value)
    with pytest.raises(Undeliverable, match="'group'") as refused:
        made(zammad, groups={"billing": "Gone"}).open(package(rules), Book().attempt())
    assert refused.value.status == 422
    book = opened(made(zammad), rules)
    ticket_of(zammad, book)["state"] = "merged"
    with pytest.raises(Undeliverable, match="merged"):
        made(zammad).send(message("Hello?"), book.attempt())
    zammad.tickets.clear()
    with pytest.raises(Undeliverable) as gone:
        made(zammad).send(message("Hello?"), book.attempt())
    assert gone.value.status == 404


def test_a_long_headline_is_cut(zammad: FakeZammad, connector: ZammadConnector, rules: HandoffRules) -> None:
    book = Book()
    whole = package(rules)
    connector.open(whole | {"summary": whole["summary"] | {"headline": "word " * 80}}, book.attempt())
    assert ticket_of(zammad, book)["title"].endswith("word…")


def test_options_are_checked_and_hide_secrets(zammad: FakeZammad) -> None:
    with pytest.raises(ValidationError, match="https://"):
        ZammadOptions(url="http://zammad.fernway.example", token=TOKEN, group="Users")
    with pytest.raises(ValidationError, match="group"):
        ZammadOptions(url="https://zammad.fernway.example", token=TOKEN)  # type: ignore[call-arg]
    options = ZammadOptions(**zammad.options())
    assert options.webhook_token is not None
    assert TOKEN not in repr(options)
    assert options.webhook_token.get_secret_value() not in repr(options)


def test_everything_is_well(zammad: FakeZammad, connector: ZammadConnector) -> None:
    found = connector.check()
    assert [finding.what for finding in found if not finding.ok] == []
    assert len(found) == 11
    assert all(request.method == "GET" for request in zammad.requests)


def test_a_missing_right_is_named(zammad: FakeZammad, connector: ZammadConnector) -> None:
    (token,) = made(zammad, token="wrong").check()
    assert not token.ok
    assert "`token`" in token.remedy
    zammad.rights = {"Users": ["read", "create", "change"], "Billing": ["read"]}
    billing, sales = [finding for finding in connector.check() if not finding.ok]
    assert "'Billing'" in billing.remedy
    assert "3" in sales.remedy
    zammad.may.clear()
    agent = connector.check()[-1]
    assert not agent.ok
    assert "ticket.agent" in agent.remedy
    zammad.faults.append(Fault.ERROR)
    (down,) = connector.check()
    assert not down.ok
    assert "500" in down.remedy


@pytest.mark.parametrize("answered", [b"[]", b"{}", b'"hello"', b"null"])
def test_check_tells_another_server_from_zammad(
    zammad: FakeZammad, connector: ZammadConnector, answered: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zammad, "handle", lambda request: Answer(200, answered))
    (finding,) = connector.check()
    assert not finding.ok
    assert "`url`" in finding.remedy


def test_wrong_names_are_named(zammad: FakeZammad) -> None:
    found = made(zammad, priorities={"low": "4 lowest"}, close_state="done").check()
    wrong = [finding for finding in found if not finding.ok]
    assert [finding.what for finding in wrong] == ["Priority '4 lowest' exists", "State 'done' exists"]
    assert "1 low" in wrong[0].remedy
    assert "`close_state`" in wrong[1].remedy
