"""The matrix connector against a real homeserver: what agents get to see, once, and what stands in the way of it.

What every connector must do is in conformance.py; here is what rooms, invitations and limits of Matrix add.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import ValidationError

from handoff.connectors.base import Finding, NotYet, Undeliverable
from handoff.connectors.matrix import MatrixConnector
from handoff.connectors.matrix_api import pause_in_body
from handoff.connectors.matrix_options import MatrixOptions
from handoff.domain.model import Sender
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import DESK_URL, Book, message, package
from tests.integration.connectors.live_chat_fixtures import homeserver
from tests.support.live_chats.base import Fault
from tests.support.live_chats.matrix import CLIENT, LiveMatrix
from tests.support.synapse import ROOMLESS, Synapse

__all__ = ["homeserver"]

ELSEWHERE = "@sam:elsewhere.test"  # a server that ours may not talk to
REASON = "The visitor went on with the assistant."


@pytest.fixture
def live(homeserver: Synapse) -> Iterator[LiveMatrix]:
    with LiveMatrix(homeserver) as found:
        yield found
        assert found.complaints == []


@pytest.fixture
def made(rules: HandoffRules) -> dict[str, Any]:
    """A package whose handoff no other test has: an alias is taken on the whole server."""
    return package(rules, handoff_id=str(uuid.uuid4()))


@pytest.fixture
def book(made: dict[str, Any]) -> Book:
    book = Book()
    book.link = replace(book.link, handoff_id=made["handoff_id"])
    return book


def connector(live: LiveMatrix, **more: Any) -> MatrixConnector:
    return MatrixConnector.create("team_chat", MatrixOptions.model_validate(live.options() | more), DESK_URL)


def opened(live: LiveMatrix, made: dict[str, Any], book: Book, **more: Any) -> tuple[MatrixConnector, str]:
    """A connector that has opened the handoff, and the room."""
    found = connector(live, **more)
    found.open(made, book.attempt())
    assert book.link.reference is not None
    return found, book.link.reference


def contents(live: LiveMatrix, room: str, kind: str) -> list[dict[str, Any]]:
    """Of messages that we sent, by their kind."""
    found = [event["content"] for event in live.events(room) if event["sender"] == live.bot.id]
    return [content for content in found if content.get("org.handoff", {}).get("kind") == kind]


def state(live: LiveMatrix, room: str, kind: str) -> Any:
    (event,) = live.state(room, kind)
    return event["content"]


# --- the room


def test_the_room_is_private_readable_for_the_bot_and_named(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    _, room = opened(live, made, book)
    assert state(live, room, "m.room.name")["name"].startswith("URGENT: Lena Fischer")
    assert state(live, room, "m.room.topic")["topic"].startswith("Asked about when a refund arrives")
    assert state(live, room, "m.room.join_rules")["join_rule"] == "invite"
    assert state(live, room, "m.room.guest_access")["guest_access"] == "forbidden"
    assert state(live, room, "m.room.create")["m.federate"] is False
    assert live.state(room, "m.room.encryption") == []


def test_what_a_visitor_typed_is_text_in_the_html(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    _, room = opened(live, made, book)
    (content,) = contents(live, room, "package")
    assert (
        "my desk &lt;b&gt;three weeks&lt;/b&gt; ago and want my money back! This is ridiculous &amp; unfair."
        in (content["formatted_body"])
    )
    assert "<b>three" not in content["formatted_body"]
    assert "my desk <b>three weeks</b> ago" in content["body"]
    assert content["m.mentions"] == {}


def test_agents_are_invited_by_queue_after_the_package(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    maya, jonas = live.person("Maya Okafor").id, live.person("Jonas Weber").id
    _, room = opened(live, made, book, invite={"default": [maya], "billing": [jonas]})
    assert live.membership(room, jonas) == "invite"
    assert live.membership(room, maya) is None
    told = [event["type"] for event in live.events(room) if event["sender"] == live.bot.id][-2:]
    assert told == ["m.room.message", "m.room.member"]


def test_one_agent_who_cannot_be_invited_spoils_nothing(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    maya = live.person("Maya Okafor").id
    _, room = opened(live, made, book, invite={"default": [ELSEWHERE, maya]})
    assert live.membership(room, maya) == "invite"
    assert state(live, room, "m.room.create")["m.federate"] is True
    assert [line.text for line in live.seen_by_agents(room) if line.kind == "system"] == [
        f"I could not invite {ELSEWHERE}. Please do, if they should be here."
    ]


def test_a_handoff_that_nobody_can_be_invited_to_fails(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    with pytest.raises(Undeliverable):
        opened(live, made, book, invite={"default": [ELSEWHERE]})


def test_an_invitation_without_an_answer_is_not_missed(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    maya, jonas = live.person("Maya Okafor").id, live.person("Jonas Weber").id
    found = connector(live, invite={"default": [maya, jonas]})
    live.faults.extend([None, None, None, Fault.LOST_ANSWER])  # type: ignore[list-item]  # whoami, room, package
    found.open(made, book.attempt())
    (room,) = live.references()
    assert live.membership(room, maya) == live.membership(room, jonas) == "invite"
    assert [line.kind for line in live.seen_by_agents(room)] == ["package"]


def test_whoever_declined_is_not_invited_again(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    found, room = opened(live, made, book)
    live.leaves(room)
    found.open(made, book.attempt(repeated=True))
    assert live.membership(room, live.person("Maya Okafor").id) == "leave"


def test_a_conversation_too_long_for_one_event_comes_in_several(
    live: LiveMatrix, made: dict[str, Any], book: Book
) -> None:
    lines = [f"{number}: " + "<&ü\U0001f600" * 200 for number in range(100)]
    made["transcript"] = [{"at": made["created_at"], "from": "visitor", "text": line} for line in lines]
    _, room = opened(live, made, book)
    parts = contents(live, room, "package")
    assert len(parts) > 2
    whole = "\n".join(part["body"] for part in parts)
    places = [whole.find(f"Visitor: {line}") for line in lines]
    assert -1 not in places
    assert places == sorted(places)


def test_the_room_is_found_by_its_alias_when_its_making_was_not_answered(
    live: LiveMatrix, made: dict[str, Any], book: Book
) -> None:
    found = connector(live)
    live.faults.extend([None, Fault.LOST_ANSWER])  # type: ignore[list-item]  # whoami is answered
    with pytest.raises(NotYet):
        found.open(made, book.attempt())
    assert book.link.reference is None
    found.open(made, book.attempt())  # even by one who does not know of the first attempt: M_ROOM_IN_USE
    assert live.references() == [book.link.reference]


def test_an_alias_of_a_room_without_the_bot_is_taken_away(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    found, first = opened(live, made, book)
    live.synapse.call("POST", f"{CLIENT}/rooms/{quote(first)}/leave", live.bot, json={})
    book.link = replace(book.link, reference=None)
    found.open(made, book.attempt(repeated=True))
    assert book.link.reference not in (None, first)
    assert [line.kind for line in live.seen_by_agents(str(book.link.reference))] == ["package"]


# --- messages


def test_words_of_visitors_ring_and_those_of_others_do_not(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    found, room = opened(live, made, book)
    found.send(message("Is @room there? <b>Hello</b>", id="m-1"), book.attempt())
    by_agent = replace(message("I have it.", id="m-2", sender=Sender.AGENT), name="Sanne de Vries")
    found.send(by_agent, book.attempt())
    found.send(message("The visitor left an address.", id="m-3", sender=Sender.SYSTEM), book.attempt())
    sent = contents(live, room, "visitor") + contents(live, room, "agent") + contents(live, room, "system")
    assert [(content["msgtype"], content["body"]) for content in sent] == [
        ("m.text", "Is @room there? <b>Hello</b>"),
        ("m.notice", "Sanne de Vries (agent, elsewhere): I have it."),
        ("m.notice", "System: The visitor left an address."),
    ]
    assert all(content["m.mentions"] == {} for content in sent)
    assert all("formatted_body" not in content for content in sent)


def test_the_server_drops_a_repetition_that_nobody_announced(
    live: LiveMatrix, made: dict[str, Any], book: Book
) -> None:
    found, room = opened(live, made, book)
    for _ in range(2):
        found.send(message("Hello?"), book.attempt())
    assert [line.text for line in live.seen_by_agents(room) if line.kind == "visitor"] == ["Hello?"]


def test_a_repetition_with_another_token_is_looked_up(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    """Transactions are a device's: with a new token, as after a day, the server does not know them any more."""
    found, room = opened(live, made, book)
    found.send(message("Hello?"), book.attempt())
    other = connector(live, token=_token_without_device(live))
    other.send(message("Hello?"), book.attempt(repeated=True))
    assert [line.text for line in live.seen_by_agents(room) if line.kind == "visitor"] == ["Hello?"]


def test_a_long_message_comes_in_pieces(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    found, room = opened(live, made, book)
    text = "\U0001f600 and <more>\n" * 1800
    found.send(message(text), book.attempt())
    found.send(message(text), book.attempt(repeated=True))
    pieces = [line.text for line in live.seen_by_agents(room) if line.kind == "visitor"]
    assert len(pieces) == 3
    assert "".join(pieces) == text


def test_typing_is_shown(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    found, room = opened(live, made, book)
    live.joins(room)
    since = _sync(live)["next_batch"]
    for on in (True, False):
        found.typing(book.link, on)
        said = _sync(live, since=since)
        since = said["next_batch"]
        events = said["rooms"]["join"][room]["ephemeral"]["events"]
        assert [event["content"]["user_ids"] for event in events] == [[live.bot.id] if on else []]


# --- limits and refusals


@pytest.mark.parametrize("header", [True, False])
def test_a_limit_says_how_long_to_wait(live: LiveMatrix, made: dict[str, Any], book: Book, header: bool) -> None:
    found, _ = opened(live, made, book)
    live.passes_retry_after = header
    live.limit(per_second=1, burst=1)  # per_second is a whole number there
    with pytest.raises(NotYet) as caught:
        _send_much(found, book)
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 20


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"retry_after_ms": "soon"}', b'{"retry_after_ms": true}'])
def test_a_limit_that_does_not_say_it(body: bytes) -> None:
    assert pause_in_body(body) is None


def test_a_room_that_the_bot_is_out_of_takes_nothing(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    found, room = opened(live, made, book)
    live.synapse.call("POST", f"{CLIENT}/rooms/{quote(room)}/leave", live.bot, json={})
    with pytest.raises(Undeliverable) as caught:
        found.send(message("Hello?"), book.attempt())
    assert caught.value.status == 403
    found.close(REASON, book.attempt())


def test_without_a_room_there_is_nothing_to_send_to(live: LiveMatrix, book: Book) -> None:
    with pytest.raises(Undeliverable):
        connector(live).send(message("Hello?"), book.attempt())
    connector(live).close(REASON, book.attempt())


# --- the end


def test_closing_says_why_takes_invitations_back_and_leaves(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    maya, jonas = live.person("Maya Okafor").id, live.person("Jonas Weber").id
    found, room = opened(live, made, book, invite={"default": [maya, jonas]})
    live.joins(room)
    found.close(REASON, book.attempt())
    assert live.seen_by_agents(room)[-1].text.startswith(REASON)
    assert live.membership(room, live.bot.id) == live.membership(room, jonas) == "leave"
    assert live.membership(room, maya) == "join"
    book.link = replace(book.link, reference=None)
    found.open(made, book.attempt(repeated=True))  # the alias is free
    assert len(live.references()) == 2


# --- check and options


def missing(found: list[Finding]) -> list[str]:
    return [finding.what for finding in found if not finding.ok]


def test_check_names_accounts_that_do_not_exist(live: LiveMatrix) -> None:
    maya = live.person("Maya Okafor").id
    found = connector(live, invite={"default": [maya, "@nobody:chat.test"], "sales": ["@nobody:chat.test"]}).check()
    assert missing(found) == ["@nobody:chat.test exists (default, sales)"]
    assert "encryption" in found[-2].what


def test_check_wants_a_token_of_a_device(live: LiveMatrix) -> None:
    assert missing(connector(live, token=_token_without_device(live)).check()) == ["The token belongs to a device"]


def test_check_says_when_the_account_may_not_make_rooms(live: LiveMatrix, made: dict[str, Any], book: Book) -> None:
    other = live.synapse.register(f"{ROOMLESS}{uuid.uuid4().hex}", "Handoff")
    found = connector(live, token=other.token)
    assert missing(found.check()) == ["The bot may make rooms, as far as that is known without making one"]
    with pytest.raises(Undeliverable):
        found.open(made, book.attempt())


def test_check_of_what_is_no_homeserver(live: LiveMatrix) -> None:
    (finding,) = connector(live, url=f"{live.url}/nowhere").check()
    assert not finding.ok
    assert "url" in finding.remedy
    live.complaints.clear()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"invite": {"sales": ["@maya:example.org"]}}, "default"),
        ({"invite": {"default": ["maya"]}}, "@maya:example.org"),
        ({"invite": {"default": []}}, "at least 1"),
        ({"url": "http://chat.example.org"}, "https"),
        ({"media_url": "chat.example.org"}, "address"),
        ({"note_prefix": ""}, "at least 1"),
        ({"rooms": {}}, "rooms"),
    ],
)
def test_options_that_cannot_work(changes: dict[str, Any], said: str) -> None:
    good = {"url": "https://chat.example.org", "token": "syt_secret", "invite": {"default": ["@maya:example.org"]}}
    MatrixOptions.model_validate(good)
    with pytest.raises(ValidationError) as caught:
        MatrixOptions.model_validate(good | changes)
    assert said in str(caught.value)
    assert "syt_secret" not in str(caught.value)


def _sync(live: LiveMatrix, **params: str) -> Any:
    return live.synapse.call("GET", f"{CLIENT}/sync", live.person("Maya Okafor"), params={"timeout": "0", **params})


def _send_much(found: MatrixConnector, book: Book) -> None:
    for number in range(50):
        found.send(message("Hello?", id=f"m-{number}"), book.attempt())


def _token_without_device(live: LiveMatrix) -> str:
    path = f"/_synapse/admin/v1/users/{quote(live.bot.id)}/login"
    return str(live.synapse.call("POST", path, live.synapse.admin, json={})["access_token"])
