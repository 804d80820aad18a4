"""The matrix connector against a real homeserver: what agents do in a room comes back once, in order, and no more."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from handoff.connectors import matrix_timeline
from handoff.connectors.base import AgentJoined, AgentMessage, Closed, Event, WebhookRefused, WebhookRequest
from handoff.connectors.matrix import MatrixConnector
from handoff.connectors.matrix_events import CORRECTED, NO_FILES, UNKNOWN_COMMAND, UNREADABLE
from handoff.connectors.matrix_options import MatrixOptions
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import DESK_URL, Book, package
from tests.integration.connectors.live_chat_fixtures import homeserver
from tests.support.live_chats.base import Fault
from tests.support.live_chats.matrix import LiveMatrix
from tests.support.synapse import Synapse

__all__ = ["homeserver"]

PAGE = 10  # events at once, in place of the 100 that would take seconds to write
MORE_THAN_TWO_PAGES = 35
JONAS = "Jonas Weber"
FILE = "mxc://chat.test/aBc-1_2"


@dataclass
class Room:
    """An open handoff, and both sides of it."""

    live: LiveMatrix
    connector: MatrixConnector
    book: Book

    @property
    def id(self) -> str:
        assert self.book.link.reference is not None
        return self.book.link.reference

    def pulled(self) -> list[Event]:
        return self.book.pulled(self.connector.pull)

    def heard(self) -> list[str]:
        """Texts for the visitor since the last time."""
        return [event.text for event in self.pulled() if isinstance(event, AgentMessage)]

    def told(self) -> list[str]:
        """What we said to agents."""
        return [line.text for line in self.live.seen_by_agents(self.id) if line.kind == "system"]


@pytest.fixture
def live(homeserver: Synapse) -> Iterator[LiveMatrix]:
    with LiveMatrix(homeserver) as found:
        yield found
        assert found.complaints == []


@pytest.fixture
def room(live: LiveMatrix, rules: HandoffRules) -> Room:
    return opened(live, rules)


def opened(live: LiveMatrix, rules: HandoffRules, **more: Any) -> Room:
    made = package(rules, handoff_id=str(uuid.uuid4()))
    book = Book()
    book.link = replace(book.link, handoff_id=made["handoff_id"])
    connector = MatrixConnector.create("team_chat", MatrixOptions.model_validate(live.options() | more), DESK_URL)
    connector.open(made, book.attempt())
    return Room(live, connector, book)


def reply(text: str, to: str) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": text, "m.relates_to": {"m.in_reply_to": {"event_id": to}}}


def edit(text: str, of: str) -> dict[str, Any]:
    new = {"msgtype": "m.text", "body": text}
    return {
        "msgtype": "m.text",
        "body": f"* {text}",
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": of},
    }


# --- order and completeness


def test_an_agent_comes_and_writes(room: Room) -> None:
    assert room.pulled() == []
    id = room.live.agent_says(room.id, "Hello Lena,\nI am on it. <3")
    joined, said = room.pulled()
    assert isinstance(joined, AgentJoined)
    assert isinstance(said, AgentMessage)
    assert joined.agent == said.agent
    assert (said.agent.id, said.agent.name) == (room.live.person("Maya Okafor").id, "Maya Okafor")
    assert (said.reference, said.id, said.text) == (room.id, id, "Hello Lena,\nI am on it. <3")
    assert said.at is not None
    assert abs(said.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert room.pulled() == []


@pytest.mark.parametrize("looked_before", [True, False])
def test_more_than_the_server_gives_at_once(room: Room, looked_before: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_timeline, "PAGE", PAGE)
    if looked_before:
        room.live.agent_says(room.id, "Hello")
        assert room.heard() == ["Hello"]
    texts = [f"Line {number}" for number in range(MORE_THAN_TWO_PAGES)]
    ids = [room.live.agent_says(room.id, text) for text in texts]
    found = [event for event in room.pulled() if isinstance(event, AgentMessage)]
    assert [event.text for event in found] == texts
    assert [event.id for event in found] == ids
    pages = [request for request in room.live.requests if request.path.endswith("/messages")]
    assert len(pages) > 2
    assert room.heard() == []


def test_the_same_cursor_gives_the_same_again_in_another_process(room: Room) -> None:
    room.live.agent_says(room.id, "One")
    room.pulled()
    room.live.agent_says(room.id, "Two")
    before = room.book.link
    first = room.connector.pull(before)
    room.live.agent_says(room.id, "Three")
    other = opened_again(room)
    again = other.connector.pull(before)
    texts = [event.text for event in again.events if isinstance(event, AgentMessage)]
    assert [*texts, *_rest(other, again.cursor)] == ["Two", "Three"]
    assert list(again.events)[: len(first.events)] == list(first.events)


def test_a_lost_answer_loses_nothing(room: Room) -> None:
    room.live.agent_says(room.id, "One")
    for fault in (Fault.LOST_ANSWER, Fault.HALF, Fault.ERROR):
        room.live.faults.append(fault)
        with pytest.raises(Exception, match="team_chat: GET"):
            room.pulled()
    assert room.heard() == ["One"]


def test_several_agents_and_a_new_name(room: Room) -> None:
    room.live.agent_says(room.id, "I am here.")
    room.live.agent_says(room.id, "Me too.", JONAS)
    person = room.live.person(JONAS)
    path = f"/state/m.room.member/{quote(person.id)}"
    room.live.acts(room.id, "PUT", path, JONAS, json={"membership": "join", "displayname": "Jonas W."})
    room.live.agent_says(room.id, "Renamed.", JONAS)
    found = room.pulled()
    assert [event.agent.id for event in found if isinstance(event, AgentJoined)] == [
        room.live.person("Maya Okafor").id,
        person.id,
    ]
    last = found[-1]
    assert isinstance(last, AgentMessage)
    assert last.agent.name == "Jonas W."


def test_another_room_is_another_handoff(room: Room, rules: HandoffRules) -> None:
    other = opened(room.live, rules)
    room.live.agent_says(room.id, "For the first.")
    room.live.agent_says(other.id, "For the second.")
    assert other.heard() == ["For the second."]
    assert room.heard() == ["For the first."]


# --- what is not for the visitor


def test_what_stays_among_agents(room: Room) -> None:
    room.live.agent_notes(room.id, "Angry one, be careful.")
    room.live.agent_says(room.id, "/as Element sends a line that begins with two slashes")
    room.live.sends(room.id, {"msgtype": "m.notice", "body": "From another bot"})
    said = room.live.agent_says(room.id, "Hello")
    reaction = {"m.relates_to": {"rel_type": "m.annotation", "event_id": said, "key": "👍"}}
    room.live.sends(room.id, reaction, kind="m.reaction")
    assert room.heard() == ["Hello"]


def test_another_prefix_and_accounts_that_are_no_agents(live: LiveMatrix, rules: HandoffRules) -> None:
    room = opened(live, rules, note_prefix="note:", ignore=[live.person(JONAS).id])
    live.agent_says(room.id, "note: not for her")
    live.agent_says(room.id, "//is for her")
    live.agent_says(room.id, "Spam removed.", JONAS)
    found = room.pulled()
    assert [event.text for event in found if isinstance(event, AgentMessage)] == ["//is for her"]
    assert [event.agent.name for event in found if isinstance(event, AgentJoined)] == ["Maya Okafor"]


def test_what_a_reply_quotes_is_left_out(room: Room) -> None:
    note = room.live.agent_says(room.id, "// She is angry.")
    text = "> <@maya:chat.test> // She is angry.\n> really\n\nWe are sorry."
    room.live.sends(room.id, reply(text, note))
    room.live.sends(room.id, reply("Without a quotation.", note))
    room.live.agent_says(room.id, "> this is meant")
    assert room.heard() == ["We are sorry.", "Without a quotation.", "> this is meant"]


def test_corrections_and_what_was_taken_back(room: Room) -> None:
    said = room.live.agent_says(room.id, "Tomorow")
    assert room.heard() == ["Tomorow"]
    room.live.sends(room.id, edit("Tomorrow", said))
    note = room.live.agent_says(room.id, "// hm")
    room.live.sends(room.id, edit("// hmm", note))
    wrong = room.live.agent_says(room.id, "Wrong window")
    room.live.acts(room.id, "PUT", f"/redact/{wrong}/redaction-1", json={})
    assert room.heard() == [f"{CORRECTED}Tomorrow"]


def test_what_cannot_be_passed_on_is_said_once(room: Room) -> None:
    room.live.sends(room.id, {"msgtype": "m.image", "body": "desk.png", "url": FILE})
    room.live.sends(room.id, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}, kind="m.room.encrypted")
    room.live.agent_says(room.id, "!done")
    before = room.book.link
    assert room.heard() == []
    assert room.told() == [NO_FILES, UNREADABLE, UNKNOWN_COMMAND]
    room.book.link = before
    assert room.heard() == []
    assert len(room.told()) == 3


def test_files_where_visitors_can_get_them(live: LiveMatrix, rules: HandoffRules) -> None:
    room = opened(live, rules, media_url="https://files.example.org/")
    live.sends(room.id, {"msgtype": "m.file", "body": "your invoice.pdf", "url": FILE})
    live.sends(room.id, {"msgtype": "m.image", "body": "Here it is", "filename": "desk.png", "url": FILE})
    live.sends(room.id, {"msgtype": "m.file", "body": "x", "url": "mxc://chat.test/../../etc"})
    found = [event for event in room.pulled() if isinstance(event, AgentMessage)]
    assert [(event.text, event.attachments) for event in found] == [
        ("", ("https://files.example.org/chat.test/aBc-1_2/your%20invoice.pdf",)),
        ("Here it is", ("https://files.example.org/chat.test/aBc-1_2/desk.png",)),
    ]
    assert room.told() == [NO_FILES]


# --- the end


@pytest.mark.parametrize("command", ["!resolve", "!handback", " !Resolve "])
def test_an_agent_ends_it(room: Room, command: str) -> None:
    room.live.agent_says(room.id, "Done.")
    room.live.agent_says(room.id, command)
    room.live.agent_says(room.id, "Phew, what a day.")
    before = room.book.link
    joined, said, closed = room.pulled()
    assert isinstance(joined, AgentJoined)
    assert isinstance(said, AgentMessage)
    assert said.text == "Done."
    assert isinstance(closed, Closed)
    assert closed.agent == said.agent
    assert room.live.membership(room.id, room.live.bot.id) == "leave"
    assert len(room.told()) == 1
    room.book.link = before  # the process ended before this was written down
    assert room.pulled() == [joined, said, closed]
    assert len(room.told()) == 1


def test_the_bots_leaving_comes_again_after_a_fault(room: Room) -> None:
    room.live.agent_closes(room.id)
    before = room.book.link
    for step in range(1, 4):
        room.live.faults.extend([*[None] * step, Fault.LOST_ANSWER])  # type: ignore[list-item]
        with pytest.raises(Exception, match="team_chat"):
            room.pulled()
        room.live.faults.clear()
    room.book.link = before
    assert [type(event) for event in room.pulled()] == [AgentJoined, Closed]
    assert room.live.membership(room.id, room.live.bot.id) == "leave"
    assert len(room.told()) == 1


def test_the_last_agent_who_leaves_ends_it(room: Room) -> None:
    room.live.agent_says(room.id, "I am here.")
    room.live.joins(room.id, JONAS)
    room.pulled()
    room.live.leaves(room.id)
    assert room.pulled() == []
    room.live.agent_says(room.id, "I take over.", JONAS)
    room.live.leaves(room.id, JONAS)
    said, closed = room.pulled()
    assert isinstance(said, AgentMessage)
    assert isinstance(closed, Closed)
    assert closed.agent == said.agent
    assert room.live.membership(room.id, room.live.bot.id) == "leave"


def test_declining_is_no_end(room: Room) -> None:
    room.live.leaves(room.id)
    assert room.pulled() == []
    assert room.live.membership(room.id, room.live.bot.id) == "join"


def test_our_own_end_is_no_news(room: Room) -> None:
    room.live.agent_says(room.id, "Hello")
    room.pulled()
    room.connector.close("The desk has it.", room.book.attempt())
    assert room.pulled() == []


def test_there_are_no_webhooks(room: Room) -> None:
    with pytest.raises(WebhookRefused):
        room.connector.receive(WebhookRequest({}, b"{}", datetime.now(UTC)))


def opened_again(room: Room) -> Room:
    """The same room, seen by a connector that has just been made."""
    options = MatrixOptions.model_validate(room.live.options())
    return Room(room.live, MatrixConnector.create("team_chat", options, DESK_URL), Book(room.book.link))


def _rest(room: Room, cursor: str | None) -> list[str]:
    room.book.link = replace(room.book.link, cursor=cursor)
    return room.heard()
