"""Handoffs into Chatwoot: what agents see, each thing once whatever was lost, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from handoff.connectors.base import Attempt, Link, NotYet, Undeliverable
from handoff.connectors.chatwoot import ChatwootConnector
from handoff.connectors.chatwoot_options import ChatwootOptions
from handoff.domain.model import Sender
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import (
    CONVERSATION_ID,
    DESK_URL,
    HANDOFF_ID,
    Book,
    message,
    package,
)
from tests.support.live_chats.base import Fault
from tests.support.live_chats.chatwoot import BOT_TOKEN, SECRET, TOKEN, FakeChatwoot

CALLS_OF_OPEN = 4
LAST_WORDS = "I returned my desk <b>three weeks</b> ago and want my money back! This is ridiculous & unfair."
EARLIER = "an earlier handoff"


@pytest.fixture
def fake() -> Iterator[FakeChatwoot]:
    with FakeChatwoot() as chat:
        yield chat
        assert chat.complaints == []


def connector(fake: FakeChatwoot, **changes: Any) -> ChatwootConnector:
    options = ChatwootOptions(**(fake.options() | changes))
    return ChatwootConnector.create("team_chat", options, DESK_URL)


def kinds(fake: FakeChatwoot, reference: str) -> list[str]:
    return [seen.kind for seen in fake.seen_by_agents(reference)]


def test_a_handoff_shows_everything_that_is_known(fake: FakeChatwoot, rules: HandoffRules) -> None:
    book, given = Book(), package(rules)
    connector(fake, teams={given["queue"]: 6}).open(given, book.attempt())

    assert fake.references() == [book.link.reference]
    conversation = fake.conversation(str(book.link.reference))
    assert (conversation.status, conversation.team) == ("open", 6)
    assert conversation.priority == {"low": "low", "normal": "medium"}.get(
        given["urgency"]["level"], given["urgency"]["level"]
    )
    contact = conversation.contact
    assert contact.identifier == CONVERSATION_ID
    assert (contact.name, contact.email, contact.phone_number) == ("Lena Fischer", "lena@example.org", "+49301234567")
    known = conversation.custom_attributes
    assert (known["handoff_id"], known["conversation_id"], known["order_number"]) == (
        HANDOFF_ID,
        CONVERSATION_ID,
        "FW-104233",
    )
    assert {"trigger", "topic", "queue", "urgency", "page", "desk"} <= known.keys()
    assert conversation.additional_attributes == {
        "referer": "https://fernway.example/returns",
        "browser_language": "de",
    }
    note, words = fake.seen_by_agents(str(book.link.reference))
    assert (note.kind, words.kind, words.text) == ("package", "system", LAST_WORDS)
    for fact in (
        given["summary"]["headline"],
        given["summary"]["text"],
        "Needs a decision by a person",
        "lena@example.org",
        "+49 30 1234567",
        "de-DE",
        "Europe/Berlin",
        "once with a person",
        "Returns – https://fernway.example/returns",
        "FW-104233",
        "A refund takes five working days.",
        LAST_WORDS,
        f"{DESK_URL}/desk/handoffs/{HANDOFF_ID}",
    ):
        assert fact in note.text, f"agents do not see {fact}"
    assert [(line.message_type, line.private) for line in conversation.lines] == [
        ("outgoing", True),
        ("incoming", False),
    ]


def test_traffic_is_small_and_each_call_renews_the_lease(fake: FakeChatwoot, rules: HandoffRules) -> None:
    book = Book()
    chat = connector(fake)
    chat.open(package(rules), book.attempt())
    assert len(fake.requests) == CALLS_OF_OPEN
    assert book.kept == CALLS_OF_OPEN - 1  # all but the first
    chat.send(message("Hello?"), book.attempt())
    assert len(fake.requests) == CALLS_OF_OPEN + 1


def test_an_anonymous_visitor_with_a_phone_that_chatwoot_refuses(fake: FakeChatwoot, rules: HandoffRules) -> None:
    book, given = Book(), package(rules)
    given["visitor"] |= {"name": None, "email": "not an address", "phone": "030 / 12 34 567"}
    connector(fake).open(given, book.attempt())
    contact = fake.conversation(str(book.link.reference)).contact
    assert (contact.name, contact.email, contact.phone_number) == (f"Visitor {CONVERSATION_ID[:6]}", None, None)
    assert "030 / 12 34 567" in fake.seen_by_agents(str(book.link.reference))[0].text


def test_typing_somebody_elses_address_does_not_make_a_visitor_them(fake: FakeChatwoot, rules: HandoffRules) -> None:
    theirs = fake.state.add_contact({"identifier": "crm-1", "name": "The real Lena", "email": "LENA@example.org"})
    book = Book()
    connector(fake).open(package(rules), book.attempt())
    contact = fake.conversation(str(book.link.reference)).contact
    assert contact is not theirs
    assert (contact.identifier, contact.email) == (CONVERSATION_ID, None)
    assert contact.custom_attributes == {"email": "lena@example.org", "phone_number": "+49301234567"}


def test_messages_come_in_order_and_others_words_are_notes(fake: FakeChatwoot, rules: HandoffRules) -> None:
    book, chat = Book(), connector(fake)
    chat.open(package(rules), book.attempt())
    chat.send(message("First *one*", "m-1"), book.attempt())
    chat.send(message("Second\n# one", "m-2"), book.attempt())
    chat.send(message("Sanne answers", "m-3", sender=Sender.AGENT), book.attempt())
    chat.send(message("It is five o'clock", "m-4", sender=Sender.SYSTEM), book.attempt())
    reference = str(book.link.reference)
    seen = fake.seen_by_agents(reference)[2:]
    assert [line.kind for line in seen] == ["visitor", "visitor", "system", "system"]
    assert [line.text for line in seen[:2]] == ["First *one*", "Second\n# one"]
    assert "An agent answered the visitor outside Chatwoot" in seen[2].text
    assert "Sanne answers" in seen[2].text
    lines = fake.conversation(reference).lines[2:]
    assert [(line.message_type, line.private) for line in lines] == [
        ("incoming", False),
        ("incoming", False),
        ("outgoing", True),
        ("outgoing", True),
    ]
    assert [line.content_attributes for line in lines] == [{"handoff_message_id": f"m-{n}"} for n in (1, 2, 3, 4)]


def test_a_message_whose_answer_was_lost_is_not_written_twice(fake: FakeChatwoot, rules: HandoffRules) -> None:
    book, chat = Book(), connector(fake)
    chat.open(package(rules), book.attempt())
    reference = str(book.link.reference)
    fake.faults.append(Fault.LOST_ANSWER)
    with pytest.raises(NotYet):
        chat.send(message("Only once", "m-1"), book.attempt())
    for number in range(250):  # the repetition has three pages to look through
        fake.agent_says(reference, f"line {number}")
    before = len(fake.requests)
    chat.send(message("Only once", "m-1"), book.attempt(repeated=True))
    assert [seen.text for seen in fake.seen_by_agents(reference) if seen.kind == "visitor"] == ["Only once"]
    assert len(fake.requests) == before + 1  # found on the first page, and nothing read after it

    fake.faults.append(Fault.ERROR)
    with pytest.raises(NotYet):
        chat.send(message("Not there yet", "m-2"), book.attempt())
    kept = book.kept
    chat.send(message("Not there yet", "m-2"), book.attempt(repeated=True))
    assert [seen.text for seen in fake.seen_by_agents(reference) if seen.kind == "visitor"][-1] == "Not there yet"
    assert book.kept > kept + 2  # one for each page


@dataclass(frozen=True)
class Scene:
    """A Chatwoot, what was there before, and what must be there after."""

    role: str = "administrator"
    bot: bool = False
    lock: bool = False
    reopens: bool = True
    old: bool = False
    taken: bool = False

    def build(self) -> FakeChatwoot:
        fake = FakeChatwoot(role=self.role, bot=self.bot, lock=self.lock)
        fake.routes.reopens = self.reopens
        fake.routes.takes_message = not self.old
        if self.taken:
            fake.state.add_contact({"name": "Somebody", "email": "lena@example.org"})
        if self.lock:
            contact = fake.state.add_contact({"identifier": CONVERSATION_ID, "name": "Lena"})
            fake.state.add_source(contact)
            before = {"custom_attributes": {"handoff_id": EARLIER, "vip": "yes"}}
            earlier = fake.state.add_conversation(contact, "resolved", before)
            fake.state.add_line(earlier, "Bye!", "outgoing", fake.state.person("Maya Okafor").sender())
        return fake


SCENES = {
    "plain": Scene(),
    "an agent's token": Scene(role="agent"),
    "a bot in the inbox": Scene(bot=True),
    "an e-mail that is taken": Scene(taken=True),
    "locked to one conversation": Scene(lock=True),
    "locked, an agent's token": Scene(lock=True, role="agent"),
    "locked, words do not reopen": Scene(lock=True, role="agent", reopens=False),
    "locked, with a bot": Scene(lock=True, bot=True),
    "a version that makes no message with a conversation": Scene(old=True),
    "that version, locked": Scene(old=True, lock=True),
}


def as_it_must_be(fake: FakeChatwoot, book: Book, scene: Scene) -> None:
    assert fake.complaints == []
    assert fake.references() == ["1"] == [book.link.reference]
    conversation = fake.conversation("1")
    assert [seen.kind for seen in fake.seen_by_agents("1") if seen.kind != "agent"] == ["package", "system"]
    assert conversation.status == "open"
    assert conversation.assignee is None, "the owner of the token did not take it"
    assert conversation.custom_attributes["handoff_id"] == HANDOFF_ID
    assert conversation.priority is not None
    assert conversation.bot_handoffs == (1 if scene.bot else 0)
    assert conversation.custom_attributes.get("vip") == ("yes" if scene.lock else None)
    assert len(fake.state.contacts) == (2 if scene.taken else 1)


LOSSES = [(name, Fault.LOST_ANSWER) for name in SCENES] + [
    (name, fault) for name in ("plain", "locked, words do not reopen") for fault in (Fault.HALF, Fault.ERROR)
]


@pytest.mark.parametrize(("name", "fault"), LOSSES)
def test_whatever_is_lost_a_handoff_is_there_once(name: str, fault: Fault, rules: HandoffRules) -> None:
    scene = SCENES[name]
    with scene.build() as fake:
        book = Book()
        connector(fake).open(package(rules), book.attempt())
        as_it_must_be(fake, book, scene)
        calls = len(fake.requests)
    assert calls >= CALLS_OF_OPEN
    for step in range(calls):
        with scene.build() as fake:
            book, chat = Book(), connector(fake)
            fake.faults.extend([None] * step + [fault])  # type: ignore[list-item]
            try:
                chat.open(package(rules), book.attempt())
            except NotYet:
                chat.open(package(rules), book.attempt(repeated=True))
            else:
                # half of an empty body is the whole: nothing was lost
                assert fault is Fault.HALF
            as_it_must_be(fake, book, scene)
            chat.open(package(rules), book.attempt(repeated=True))  # and again, after all was done
            as_it_must_be(fake, book, scene)


@pytest.mark.parametrize("name", SCENES)
def test_a_crash_before_anything_was_written_down(name: str, rules: HandoffRules) -> None:
    """Every note to ourselves is lost, at each of the places where one is made: nothing is there twice all the same."""

    class Crash(Exception):
        pass

    scene = SCENES[name]
    crashes, crashed = 0, True
    while crashed:
        with scene.build() as fake:
            book, chat = Book(), connector(fake)
            links: list[Link] = []

            def save(link: Link, links: list[Link] = links, survived: int = crashes, book: Book = book) -> None:
                links.append(link)
                if len(links) > survived:
                    raise Crash
                book.link = link

            with suppress(Crash):
                chat.open(package(rules), Attempt(book.link, save=save))
            crashed = len(links) > crashes  # else what was noted for the end of the attempt is what gets lost
            chat.open(package(rules), book.attempt(repeated=True))
            as_it_must_be(fake, book, scene)
        crashes += 1


def test_an_earlier_conversation_brings_none_of_its_old_answers(rules: HandoffRules) -> None:
    with SCENES["locked to one conversation"].build() as fake:
        book, chat = Book(), connector(fake)
        chat.open(package(rules), book.attempt())
        assert book.pulled(chat.pull) == []


def test_a_second_handoff_of_a_conversation_gets_its_own(fake: FakeChatwoot, rules: HandoffRules) -> None:
    chat, first, second = connector(fake), Book(), Book(Link("another-handoff", CONVERSATION_ID))
    chat.open(package(rules), first.attempt())
    chat.close("The visitor left.", first.attempt())
    chat.open(package(rules, handoff_id="another-handoff"), second.attempt())
    assert fake.references() == [first.link.reference, second.link.reference] == ["1", "2"]
    assert len(fake.state.contacts) == 1
    assert kinds(fake, "2") == ["package", "system"]


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF, Fault.ERROR])
def test_closing_says_why_once_and_resolves(fake: FakeChatwoot, rules: HandoffRules, fault: Fault) -> None:
    for step in range(2):
        book, chat = Book(Link(f"handoff-{step}", f"conversation-{step}")), connector(fake)
        mine = package(rules, handoff_id=f"handoff-{step}", conversation_id=f"conversation-{step}")
        mine["visitor"] |= {"email": None, "phone": None}
        chat.open(mine, book.attempt())
        fake.faults.extend([None] * step + [fault])  # type: ignore[list-item]
        with pytest.raises(NotYet):
            chat.close("Sanne de Vries has it on the desk.", book.attempt())
        chat.close("Sanne de Vries has it on the desk.", book.attempt(repeated=True))
        reference = str(book.link.reference)
        assert kinds(fake, reference) == ["package", "system", "system"]
        assert "Closed outside Chatwoot. Sanne de Vries" in fake.seen_by_agents(reference)[-1].text.replace("*", "")
        assert fake.conversation(reference).status == "resolved"
        assert book.pulled(chat.pull) == []  # what we closed ourselves is no news


def test_closing_what_never_got_there(fake: FakeChatwoot, rules: HandoffRules) -> None:
    chat, book = connector(fake), Book()
    chat.close("The visitor left.", book.attempt())
    assert {request.method for request in fake.requests} == {"GET"}, "it looked, and had nothing to do"
    fake.faults.extend([None, Fault.LOST_ANSWER])  # type: ignore[list-item]
    with pytest.raises(NotYet):
        chat.open(package(rules), book.attempt())
    assert book.link.reference is None
    chat.close("The visitor left.", book.attempt())  # the conversation is there, only nobody heard of it
    assert fake.conversation("1").status == "resolved"


def test_the_visitor_types(fake: FakeChatwoot, rules: HandoffRules) -> None:
    book, chat = Book(), connector(fake)
    chat.typing(book.link, True)  # nothing is there yet
    chat.open(package(rules), book.attempt())
    for on in (True, False):
        chat.typing(book.link, on)
    assert fake.conversation("1").typing == ["on", "off"]


Call = Callable[[ChatwootConnector, Book, HandoffRules], object]
CALLS: dict[str, Call] = {
    "open": lambda chat, book, rules: chat.open(package(rules, handoff_id="h2"), Book().attempt()),
    "send": lambda chat, book, rules: chat.send(message("Hello"), book.attempt()),
    "close": lambda chat, book, rules: chat.close("Over.", book.attempt()),
    "pull": lambda chat, book, rules: chat.pull(book.link),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_what_passes_is_tried_again(fake: FakeChatwoot, rules: HandoffRules, call: Call) -> None:
    book, chat = Book(), connector(fake)
    chat.open(package(rules), book.attempt())
    fake.faults.append(Fault.TOO_MANY)
    with pytest.raises(NotYet) as busy:
        call(chat, book, rules)
    assert busy.value.retry_after == 1.0
    fake.faults.append(Fault.REFUSED)
    with pytest.raises(NotYet):
        call(chat, book, rules)


@pytest.mark.parametrize("name", ["send", "close", "pull"])
def test_a_deleted_conversation_is_undeliverable(fake: FakeChatwoot, rules: HandoffRules, name: str) -> None:
    book, chat = Book(), connector(fake)
    chat.open(package(rules), book.attempt())
    fake.delete(str(book.link.reference))
    with pytest.raises(Undeliverable) as gone:
        CALLS[name](chat, book, rules)
    assert gone.value.status == 404


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_wrong_token_is_undeliverable_and_stays_secret(fake: FakeChatwoot, rules: HandoffRules, call: Call) -> None:
    book = Book()
    connector(fake).open(package(rules), book.attempt())
    with pytest.raises(Undeliverable) as refused:
        call(connector(fake, token="stale-token-123"), book, rules)
    assert refused.value.status == 401
    assert "`token` must be the access token of a person" in str(refused.value)
    assert "stale-token-123" not in str(refused.value)


def test_a_bots_token_makes_no_contacts_and_the_error_says_so(fake: FakeChatwoot, rules: HandoffRules) -> None:
    with pytest.raises(Undeliverable, match="agent bot can neither make contacts nor read"):
        connector(fake, token=BOT_TOKEN).open(package(rules), Book().attempt())


def test_a_wrong_bot_token_is_named(fake: FakeChatwoot, rules: HandoffRules) -> None:
    with pytest.raises(Undeliverable, match="`bot_token` must be"):
        connector(fake, bot_token="other").open(package(rules), Book().attempt())


def test_a_wrong_inbox_is_undeliverable(fake: FakeChatwoot, rules: HandoffRules) -> None:
    with pytest.raises(Undeliverable) as refused:
        connector(fake, inbox_id=99).open(package(rules), Book().attempt())
    assert refused.value.status == 404


def test_what_chatwoot_finds_invalid_is_undeliverable(fake: FakeChatwoot, rules: HandoffRules) -> None:
    book, chat = Book(), connector(fake)
    chat.open(package(rules), book.attempt())
    fake.routes.inbox["channel_type"] = "Channel::WebWidget"
    with pytest.raises(Undeliverable) as refused:
        chat.send(message("Hello"), book.attempt())
    assert refused.value.status == 422


def test_a_priority_that_is_refused_keeps_nobody_waiting(
    fake: FakeChatwoot, rules: HandoffRules, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    book, chat = Book(), connector(fake)

    def refuse(self: object, reference: str, priority: str) -> None:
        raise Undeliverable("404 from an old version", 404)

    monkeypatch.setattr("handoff.connectors.chatwoot_api.ChatwootApi.set_priority", refuse)
    chat.open(package(rules), book.attempt())
    assert kinds(fake, "1") == ["package", "system"]
    assert "404 from an old version" in caplog.text


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"url": "chat.example"}, "must be the address"),
        ({"url": "https://me:pw@chat.example"}, "must not hold a login"),
        ({"token": " "}, "must not be empty"),
        ({"unsigned_webhooks": True, "webhook_secret": None}, "needs a webhook_secret"),
        ({"unsigned_webhooks": True, "webhook_secret": "short"}, "at least 16 characters"),
        ({"inbox_id": 0}, "inbox_id"),
        ({"tokn": "x"}, "tokn"),
    ],
)
def test_wrong_options_are_named_without_secrets(changes: dict[str, Any], part: str) -> None:
    keys = {"url": "https://chat.example", "account_id": 1, "inbox_id": 2, "token": TOKEN, "webhook_secret": SECRET}
    with pytest.raises(ValidationError) as wrong:
        ChatwootOptions(**(keys | changes))
    assert part in str(wrong.value)
    assert TOKEN not in str(wrong.value)
    assert SECRET not in str(wrong.value)
    assert TOKEN not in repr(ChatwootOptions(**keys))
