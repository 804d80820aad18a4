"""The Rocket.Chat connector, outwards: rooms, packages, messages and their end arrive once, in order and readable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from handoff.connectors.base import Link, NotYet, Undeliverable
from handoff.connectors.rocketchat import RocketchatConnector
from handoff.connectors.rocketchat_options import RocketchatOptions
from handoff.domain.model import Sender
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import CONVERSATION_ID, DESK_URL, HANDOFF_ID, Book, message, package
from tests.support.live_chats.base import Fault, Seen
from tests.support.live_chats.rocketchat import ACCOUNT_ID, TOKEN, WEBHOOK_TOKEN, FakeRocketchat

STEPS_OF_OPENING = ("me", "livechat/visitor", "livechat/room", "livechat/room.saveInfo", "livechat/message")


@pytest.fixture
def fake() -> Iterator[FakeRocketchat]:
    with FakeRocketchat() as running:
        yield running
    assert running.complaints == []


def connect(fake: FakeRocketchat, **changes: Any) -> RocketchatConnector:
    return RocketchatConnector.create("team", RocketchatOptions(**(fake.options() | changes)), DESK_URL)


@pytest.fixture
def connector(fake: FakeRocketchat) -> RocketchatConnector:
    return connect(fake)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def opened(fake: FakeRocketchat, connector: RocketchatConnector, book: Book, rules: HandoffRules) -> str:
    """The id of a room with its package."""
    connector.open(package(rules), book.attempt())
    assert book.link.reference is not None
    return book.link.reference


def visitors_lines(fake: FakeRocketchat, room: str) -> list[str]:
    return [seen.text for seen in fake.seen_by_agents(room) if seen.kind == "visitor"]


def calls(fake: FakeRocketchat) -> list[str]:
    return [request.path.removeprefix("/api/v1/") for request in fake.requests]


# --- open


def test_a_handoff_becomes_a_room_that_agents_understand(
    fake: FakeRocketchat, opened: str, book: Book, rules: HandoffRules
) -> None:
    assert fake.references() == [opened]
    made = package(rules)
    (card,) = fake.seen_by_agents(opened)
    assert card.kind == "package"
    for shown in (
        made["summary"]["headline"],
        made["summary"]["text"],
        "lena@example.org",
        "+49 30 1234567",
        "de-DE",
        "Europe/Berlin",
        "FW-104233",
        "https://fernway.example/returns",
        "I returned my desk <b>three weeks</b> ago and want my money back! This is ridiculous & unfair.",
        "Assistant: A refund takes five working days.",
        f"{DESK_URL}/desk/handoffs/{HANDOFF_ID}",
        *made["urgency"]["reasons"],
    ):
        assert shown in card.text
    room = fake.rooms[opened]
    assert room.department == "dep-billing"
    assert room.info["topic"].startswith(made["summary"]["headline"][:20])
    assert room.info["tags"] == ["handoff", made["topic"]]
    assert room.visitor["name"] == "Lena Fischer"
    assert book.kept == len(fake.requests) - 1


def test_urgency_is_a_priority_where_one_is_set(fake: FakeRocketchat, rules: HandoffRules) -> None:
    levels = {"urgent": "prio-urgent", "normal": None}
    for number, (level, priority) in enumerate(levels.items()):
        book = Book(Link(f"handoff-{number}", CONVERSATION_ID))
        connect(fake).open(package(rules, urgency={"level": level, "reasons": []}), book.attempt())
        assert fake.rooms[str(book.link.reference)].info.get("priorityId") == priority


def test_a_queue_without_department_and_a_visitor_without_name(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, rules: HandoffRules
) -> None:
    nobody = package(rules)["visitor"] | {"name": None, "email": None, "phone": None}
    connector.open(package(rules, queue="support", visitor=nobody), book.attempt())
    room = fake.rooms[str(book.link.reference)]
    assert room.department is None
    assert set(room.visitor) == {"_id", "token", "username"}


def test_rocketchat_has_no_address_to_send_the_package_to(fake: FakeRocketchat, opened: str) -> None:
    (record,) = fake.visitors.values()
    assert set(record) == {"_id", "token", "username", "name", "department"}
    assert record is fake.rooms[opened].visitor


@pytest.mark.parametrize("same", ["email", "phone"])
def test_what_visitors_type_leads_into_nobody_elses_room(
    fake: FakeRocketchat, connector: RocketchatConnector, rules: HandoffRules, same: str
) -> None:
    first, second = Book(Link("one", CONVERSATION_ID)), Book(Link("two", CONVERSATION_ID))
    known = dict.fromkeys(("email", "phone")) | {same: "+49 30 1234567" if same == "phone" else "lena@example.org"}
    for book in (first, second):
        connector.open(package(rules, visitor=package(rules)["visitor"] | known), book.attempt())
    connector.send(message("the first", "m-1"), first.attempt())
    connector.send(message("the second", "m-2"), second.attempt())
    assert visitors_lines(fake, str(first.link.reference)) == ["the first"]
    assert visitors_lines(fake, str(second.link.reference)) == ["the second"]


def test_the_visitors_token_does_not_follow_from_what_is_public(fake: FakeRocketchat, rules: HandoffRules) -> None:
    tokens = set()
    for secret in (WEBHOOK_TOKEN, "another-secret-of-enough-characters"):
        connect(fake, webhook_token=secret).open(package(rules), Book().attempt())
        tokens |= set(fake.visitors)
    assert len(tokens) == 2
    assert HANDOFF_ID not in tokens


@pytest.mark.parametrize("step", range(len(STEPS_OF_OPENING)), ids=STEPS_OF_OPENING)
@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF, Fault.ERROR, Fault.REFUSED, Fault.TOO_MANY])
def test_a_room_is_opened_once(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, rules: HandoffRules, step: int, fault: Fault
) -> None:
    fault_at(fake, step, fault)
    with pytest.raises(NotYet):
        connector.open(package(rules), book.attempt())
    connector.open(package(rules), book.attempt(repeated=True))
    assert fake.references() == [book.link.reference]
    assert [seen.kind for seen in fake.seen_by_agents(str(book.link.reference))] == ["package"]
    assert len(fake.visitors) == 1
    connector.open(package(rules), book.attempt(repeated=True))  # and a crash after the last step
    assert [seen.kind for seen in fake.seen_by_agents(str(book.link.reference))] == ["package"]


def test_a_long_package_is_cut_between_lines_and_arrives_once(
    fake: FakeRocketchat, book: Book, rules: HandoffRules
) -> None:
    fake.character_limit = 600
    connector = connect(fake, message_limit=600)
    line = {
        "at": "2026-11-23T12:00:00.000Z",
        "from": "visitor",
        "text": "Where is my desk? 🪑 @all *please* look. " * 4,
    }
    made = package(rules, transcript=[line] * 6)
    fault_at(fake, len(STEPS_OF_OPENING), Fault.LOST_ANSWER)  # the second part
    with pytest.raises(NotYet):
        connector.open(made, book.attempt())
    connector.open(made, book.attempt(repeated=True))
    parts = fake.seen_by_agents(str(book.link.reference))
    assert [seen.kind for seen in parts] == ["package"] * len(parts)
    assert f"(1 of {len(parts)})" in parts[0].text
    assert f"({len(parts)} of {len(parts)})" in parts[-1].text
    assert parts[-1].text.endswith(f"{DESK_URL}/desk/handoffs/{HANDOFF_ID}")
    assert sum(seen.text.count("Where is my desk?") for seen in parts) == 24


def test_nobody_online_is_not_yet(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, rules: HandoffRules
) -> None:
    fake.anyone_online = False
    with pytest.raises(NotYet, match="no-agent-online"):
        connector.open(package(rules), book.attempt())
    fake.anyone_online = True
    connector.open(package(rules), book.attempt(repeated=True))
    assert len(fake.references()) == 1


def test_too_many_visitors_wait_as_long_as_rocketchat_says(
    fake: FakeRocketchat, connector: RocketchatConnector, rules: HandoffRules
) -> None:
    fake.visitor_calls_left = 5
    for number in range(5):
        connector.open(package(rules), Book(Link(f"handoff-{number}", CONVERSATION_ID)).attempt())
    with pytest.raises(NotYet) as refused:
        connector.open(package(rules), Book().attempt())
    assert refused.value.retry_after == 42
    fault_at(fake, 0, Fault.TOO_MANY)
    with pytest.raises(NotYet) as refused:
        connector.open(package(rules), Book().attempt())
    assert refused.value.retry_after == 1


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda fake: fake.departments.clear(), "400 .*error-invalid-department"),
        (lambda fake: fake.permissions.discard("view-l-room"), "403 .*error-unauthorized"),
        (lambda fake: fake.roles.clear(), "403 .*unauthorized"),
        (lambda fake: setattr(fake, "character_limit", 100), "400 .*message-length-exceeds"),
        (lambda fake: setattr(fake, "enabled", False), "400 .*omnichannel-is-disabled"),
    ],
)
def test_a_refusal_is_for_good(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, rules: HandoffRules, break_it: Any, says: str
) -> None:
    break_it(fake)
    with pytest.raises(Undeliverable, match=says):
        connector.open(package(rules), book.attempt())


def test_a_wrong_account_is_for_good_and_keeps_its_secret(
    fake: FakeRocketchat, book: Book, rules: HandoffRules
) -> None:
    wrong = connect(fake, token="not-the-right-token")
    with pytest.raises(Undeliverable, match="401") as refused:
        wrong.open(package(rules), book.attempt())
    assert refused.value.status == 401
    assert "not-the-right-token" not in str(refused.value)
    assert fake.references() == []


def test_another_server_at_the_address_is_no_success(fake: FakeRocketchat, book: Book, rules: HandoffRules) -> None:
    with pytest.raises(Undeliverable, match="404"):
        connect(fake, url=f"{fake.url}/chat").open(package(rules), book.attempt())
    assert fake.complaints.pop() == "no such path: /chat/api/v1/me"
    assert fake.complaints == []


# --- send


def test_messages_arrive_in_order_as_they_were_typed(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str
) -> None:
    before = len(fake.requests)
    texts = ["Hello?", "It is FW_104_233, see https://fernway.example/a_b?c=d#e", "1 < 2 & 3 > 2", "line\n\nline"]
    for number, text in enumerate(texts):
        connector.send(message(text, f"m-{number}"), book.attempt())
    assert visitors_lines(fake, opened) == texts
    assert calls(fake)[before:] == ["livechat/message"] * 4  # nobody looks before a first attempt


def test_what_others_wrote_says_so(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str
) -> None:
    said = replace(message("I take over here.", "m-1", sender=Sender.AGENT), name="Sanne de Vries")
    connector.send(said, book.attempt())
    connector.send(message("Nobody has answered for 10 minutes.", "m-2", sender=Sender.SYSTEM), book.attempt())
    assert visitors_lines(fake, opened) == [
        "[Agent Sanne de Vries, not the visitor:] I take over here.",
        "[System, not the visitor:] Nobody has answered for 10 minutes.",
    ]


@pytest.mark.parametrize("doubles", [False, True])
@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF, Fault.ERROR, Fault.REFUSED])
def test_a_message_arrives_once(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str, fault: Fault, doubles: bool
) -> None:
    fake.doubles_known_ids = doubles
    fault_at(fake, 0, fault)
    with pytest.raises(NotYet):
        connector.send(message("Are you there?"), book.attempt())
    for number in range(250):  # the lookup has to turn pages
        fake.agent_says(opened, f"line {number}")
    connector.send(message("Are you there?"), book.attempt(repeated=True))
    connector.send(message("Are you there?"), book.attempt(repeated=True))
    assert visitors_lines(fake, opened) == ["Are you there?"]


def test_an_attempt_that_arrives_after_it_was_given_up_is_no_failure(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str
) -> None:
    connector.send(message("Are you there?"), book.attempt())
    connector.send(message("Are you there?"), book.attempt())  # not said to be a repetition: the id is refused
    assert visitors_lines(fake, opened) == ["Are you there?"]


def test_a_long_message_is_cut(fake: FakeRocketchat, book: Book, opened: str) -> None:
    fake.character_limit = 500
    text = " ".join(f"word{number}" for number in range(300))
    connect(fake, message_limit=500).send(message(text), book.attempt())
    lines = visitors_lines(fake, opened)
    assert len(lines) > 4
    assert "".join(lines) == text


def test_the_same_handoff_in_a_second_room_gets_everything_again(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str, rules: HandoffRules
) -> None:
    connector.close("Somebody else has it.", book.attempt())
    again = Book()
    connector.open(package(rules), again.attempt())
    assert again.link.reference not in (None, opened)
    assert [seen.kind for seen in fake.seen_by_agents(str(again.link.reference))] == ["package"]


def test_a_closed_room_takes_no_message(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str
) -> None:
    fake.agent_closes(opened)
    with pytest.raises(Undeliverable, match="room-closed"):
        connector.send(message("One more thing"), book.attempt())


def test_without_a_room_there_is_nothing_to_write_to(connector: RocketchatConnector, book: Book) -> None:
    with pytest.raises(Undeliverable, match="no room"):
        connector.send(message("Hello?"), book.attempt())


def test_a_visitor_whom_the_widget_took_over_goes_on(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str
) -> None:
    fake.widget_takes_over(fake.rooms[opened].token)
    connector.send(message("Still me"), book.attempt())
    assert visitors_lines(fake, opened) == ["Still me"]
    assert book.pulled(connector.pull) == []  # and our own words are still our own


# --- close


def test_a_room_is_closed_with_the_reason(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str
) -> None:
    connector.close("Solved on the desk.", book.attempt())
    assert not fake.rooms[opened].open
    assert fake.seen_by_agents(opened)[-1] == Seen("system", "Solved on the desk.")


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.ERROR])
def test_a_room_is_closed_once(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str, fault: Fault
) -> None:
    fault_at(fake, 0, fault)
    with pytest.raises(NotYet):
        connector.close("Solved.", book.attempt())
    connector.close("Solved.", book.attempt(repeated=True))
    connector.close("Solved.", book.attempt(repeated=True))
    assert [seen.text for seen in fake.seen_by_agents(opened) if seen.kind == "system"] == ["Solved."]


@pytest.mark.parametrize(
    "break_it",
    [
        lambda fake: fake.permissions.discard("close-livechat-room"),
        lambda fake: fake.roles.clear(),
        lambda fake: setattr(fake, "tags_before_closing", True),
    ],
)
def test_where_the_account_may_not_close_the_visitor_does(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str, break_it: Any
) -> None:
    break_it(fake)
    connector.close("Solved.", book.attempt())
    assert not fake.rooms[opened].open
    assert book.kept == len(fake.requests) - 2  # each call but the first of open and of close


@pytest.mark.parametrize("gone", [False, True])
def test_closing_what_is_over_changes_nothing(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, opened: str, gone: bool
) -> None:
    fake.agent_closes(opened)
    fake.rooms[opened].removed = gone
    seen = fake.seen_by_agents(opened)
    connector.close("Solved.", book.attempt())
    assert fake.seen_by_agents(opened) == seen


def test_a_room_whose_id_got_lost_is_closed_too(
    fake: FakeRocketchat, connector: RocketchatConnector, book: Book, rules: HandoffRules
) -> None:
    connector.close("Somebody else has it.", book.attempt())  # nothing was opened: nothing is made
    assert fake.references() == []
    fault_at(fake, STEPS_OF_OPENING.index("livechat/room"), Fault.LOST_ANSWER)
    with pytest.raises(NotYet):
        connector.open(package(rules), book.attempt())
    assert book.link.reference is None
    connector.close("Somebody else has it.", book.attempt())
    assert [room.open for room in fake.rooms.values()] == [False]


# --- options and check


@pytest.mark.parametrize(
    "wrong",
    [{"url": "chat.fernway.example"}, {"webhook_token": "short"}, {"priorities": {"soon": "x"}}, {"colour": "blue"}],
)
def test_options_are_checked_and_hide_secrets(fake: FakeRocketchat, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        RocketchatOptions(**(fake.options() | wrong))
    assert TOKEN not in str(refused.value)
    assert TOKEN not in repr(RocketchatOptions(**fake.options()))
    assert WEBHOOK_TOKEN not in repr(RocketchatOptions(**fake.options()))


def test_all_is_well(fake: FakeRocketchat, connector: RocketchatConnector) -> None:
    findings = connector.check()
    assert len(findings) >= 8
    assert [finding for finding in findings if not finding.ok or finding.remedy] == []
    assert fake.references() == []
    assert fake.visitors == {}


@pytest.mark.parametrize(
    ("break_it", "what", "remedy"),
    [
        (lambda fake: fake.permissions.discard("view-l-room"), "describe rooms", "view-l-room"),
        (lambda fake: fake.permissions.discard("close-livechat-room"), "close rooms", "close-livechat-room"),
        (lambda fake: fake.roles.clear(), "rooms of others", "livechat-manager"),
        (lambda fake: setattr(fake, "enabled", False), "Omnichannel is on", "Omnichannel enabled"),
        (lambda fake: fake.departments.pop("dep-billing"), "queue billing", "dep-billing"),
        (lambda fake: fake.priorities.pop("prio-high"), "priorities", "prio-urgent"),
        (lambda fake: setattr(fake, "character_limit", 800), "message_limit", "800"),
    ],
)
def test_what_is_missing_is_named(
    fake: FakeRocketchat, connector: RocketchatConnector, break_it: Any, what: str, remedy: str
) -> None:
    break_it(fake)
    missing = [finding for finding in connector.check() if not finding.ok]
    assert any(what in finding.what and remedy in finding.remedy for finding in missing)


def test_check_names_a_wrong_account_and_a_server_that_is_down(fake: FakeRocketchat) -> None:
    (wrong,) = [one for one in connect(fake, account_id=f"{ACCOUNT_ID}x", priorities={}).check() if not one.ok]
    assert "personal access token" in wrong.remedy
    fake.faults.extend([Fault.REFUSED, Fault.REFUSED, Fault.REFUSED])
    assert [one.ok for one in connect(fake).check()] == [False, False, False]


def fault_at(fake: FakeRocketchat, step: int, fault: Fault) -> None:
    """The request number ``step`` from now on fails; those before it do not."""
    answered = fake.handle
    left = step

    def handle(request: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            fake.faults.append(fault)
            fake.handle = answered  # type: ignore[method-assign]
        return answered(request)

    if step == 0:
        fake.faults.append(fault)
    else:
        fake.handle = handle  # type: ignore[method-assign]
