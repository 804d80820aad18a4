"""The life of a handoff on real databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from handoff.bootstrap import Services
from handoff.domain.errors import (
    AlreadyClaimed,
    ChannelCannotShow,
    Empty,
    HandoffError,
    IllegalTransition,
    InvalidInput,
    NotAssignedToYou,
    NotFound,
    TooLong,
)
from handoff.domain.model import Agent, HandoffOutcome, HandoffRequest, Owner, Sender, Visitor
from handoff.service.ports import NewMessage
from tests.conftest import Clock
from tests.unit.domain.talk import ORDER_STORY, START, visitor

ASKED = visitor("a person please", "request_human")
REQUEST = HandoffRequest("c1", "web", (*ORDER_STORY[:-1], ASKED), fields={"order_number": "FW-104233"})


def said(text: str, *, conversation: str = "c1", client_id: str | None = None) -> NewMessage:
    return NewMessage(f"m-{text}", conversation, Sender.VISITOR, text, START, client_message_id=client_id)


def handed_over(services: Services, agent: Agent) -> HandoffOutcome:
    outcome = services.request(REQUEST)
    services.claim(outcome.handoff_id, agent.id)
    return outcome


def outbox(services: Services) -> list[tuple[str, str]]:
    """(kind, target) of what waits."""
    with services.uow.read() as tx:
        rows = tx.connection.exec_driver_sql("SELECT kind, target FROM outbox WHERE status = 'pending' ORDER BY id")
        return [tuple(row) for row in rows]


def test_a_request_makes_one_handoff_and_nothing_is_sent_to_the_desk(services: Services) -> None:
    outcome = services.request(REQUEST)
    assert outcome.created
    assert services.state("c1").owner is Owner.HUMAN
    assert outbox(services) == []
    row = services.desk.row(outcome.handoff_id)
    assert (row.status, row.queue, row.page_url) == ("queued", "support", None)
    assert services.desk.get(outcome.handoff_id).package["fields"] == {"order_number": "FW-104233"}


def test_the_same_turn_processed_again_gives_the_same_handoff(services: Services) -> None:
    first, again = services.request(REQUEST), services.request(REQUEST)
    assert again.handoff_id == first.handoff_id
    assert again.created, "the visitor has not been answered yet, so it counts as made by this turn"
    assert len(services.desk.list()) == 1


def test_a_second_trigger_raises_urgency_and_makes_no_second_handoff(services: Services) -> None:
    first = services.request(REQUEST)
    angry = visitor("this is ridiculous, my lawyer will write", "legal_question", frustration=0.8)
    second = services.request(replace(REQUEST, turns=(*REQUEST.turns, angry)))
    assert (second.handoff_id, second.created) == (first.handoff_id, False)
    row = services.desk.row(first.handoff_id)
    assert row.urgency_level == "urgent"
    assert "legal question" in row.urgency_reasons


def test_twenty_requests_at_once_make_one_handoff(services: Services) -> None:
    services.record([said("hello")], "web")
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: services.request(REQUEST), range(20)))
    assert len({outcome.handoff_id for outcome in outcomes}) == 1
    assert len(services.desk.list()) == 1


def test_online_means_recently_seen_and_for_this_topic(services: Services, jonas: Agent, clock: Clock) -> None:
    services.presence.seen(jonas.id)
    assert not services.request(REQUEST).agents_online, "Jonas looks after sales only"
    sale = HandoffRequest("c2", "web", (visitor("50 desks?", "custom_pricing"),))
    assert services.request(sale).agents_online
    clock.advance(61)
    assert not services.request(replace(sale, conversation_id="c3")).agents_online


def test_messages_reach_the_agent_once_and_in_order(services: Services, sanne: Agent) -> None:
    services.record([said("before")], "web")
    outcome = services.request(REQUEST)
    services.record([NewMessage(ASKED.message_id or "", "c1", Sender.VISITOR, ASKED.text, START)], "web")
    for text in ("one", "two", "two", "three", "one"):
        services.record([said(text)], "web")
    forwarded = [e.data["message_id"] for e in services.desk.get(outcome.handoff_id).events if e.kind == "message"]
    assert forwarded == ["m-one", "m-two", "m-three"], "not what was said before, nor what opened the handoff"
    assert [m.seq for m in services.desk.get(outcome.handoff_id).messages] == [1, 2, 3, 4, 5]
    assert services.desk.row(outcome.handoff_id).unread == 3


def test_many_writers_leave_no_gap_in_the_numbers(services: Services) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: services.record([said(f"t{n % 30}")], "web"), range(60)))
    with services.uow.read() as tx:
        assert [message.seq for message in tx.messages.after("c1", 0)] == list(range(1, 31))


def test_two_agents_race_and_one_wins(services: Services, sanne: Agent, jonas: Agent) -> None:
    outcome = services.request(REQUEST)

    def attempt(agent: Agent) -> str:
        try:
            services.claim(outcome.handoff_id, agent.id)
        except AlreadyClaimed as error:
            return str(error)
        return "won"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(attempt, [sanne, jonas]))
    assert results[1] == "won"
    assert results[0].endswith("took this one just now.")
    joined = [m for m in services.desk.get(outcome.handoff_id).messages if m.sender is Sender.SYSTEM]
    assert len(joined) == 1, "the visitor hears of one agent"


def test_a_reply_is_sent_once_however_often_it_is_repeated(services: Services, sanne: Agent) -> None:
    outcome = handed_over(services, sanne)
    first, created = services.reply(outcome.handoff_id, sanne.id, " Hello! ", "r1")
    again, repeated = services.reply(outcome.handoff_id, sanne.id, " Hello! ", "r1")
    assert (created, repeated) == (True, False)
    assert first == again
    assert (first.text, first.name) == ("Hello!", "Sanne de Vries")


def test_half_a_character_in_a_reply_does_not_break_the_conversation(services: Services, sanne: Agent) -> None:
    outcome = handed_over(services, sanne)
    message, _ = services.reply(outcome.handoff_id, sanne.id, "on its way \ud83d", "r1")
    assert message.text == "on its way \ufffd"


@pytest.mark.parametrize(("text", "error"), [("  ", Empty), ("x" * 4001, TooLong)])
def test_unusable_replies_are_refused(services: Services, sanne: Agent, text: str, error: type[HandoffError]) -> None:
    outcome = handed_over(services, sanne)
    with pytest.raises(error):
        services.reply(outcome.handoff_id, sanne.id, text, "r1")


def test_a_reply_that_could_not_be_seen_is_refused_and_says_where_to_write(services: Services, sanne: Agent) -> None:
    outcome = services.request(replace(REQUEST, channel="rest", visitor=Visitor(email="tom@example.org")))
    services.claim(outcome.handoff_id, sanne.id)
    with pytest.raises(ChannelCannotShow, match="Write to tom@example.org instead"):
        services.reply(outcome.handoff_id, sanne.id, "hello", "r1")


def test_only_the_agent_who_has_it_writes_in_it(services: Services, sanne: Agent, jonas: Agent) -> None:
    outcome = services.request(REQUEST)
    with pytest.raises(NotAssignedToYou, match="Claim this conversation"):
        services.reply(outcome.handoff_id, sanne.id, "hi", "r1")
    services.claim(outcome.handoff_id, sanne.id)
    for forbidden in (services.resolve, services.hand_back):
        with pytest.raises(NotAssignedToYou, match="Sanne de Vries is in this conversation"):
            forbidden(outcome.handoff_id, jonas.id)


def test_handing_back_gives_the_conversation_to_the_assistant(services: Services, sanne: Agent) -> None:
    outcome = handed_over(services, sanne)
    row = services.hand_back(outcome.handoff_id, sanne.id)
    assert row.status == "handed_back"
    assert services.state("c1").owner is Owner.ASSISTANT
    assert services.hand_back(outcome.handoff_id, sanne.id).status == "handed_back", "once more changes nothing"
    with pytest.raises(IllegalTransition):
        services.resolve(outcome.handoff_id, sanne.id)
    with pytest.raises(NotAssignedToYou, match="closed"):
        services.reply(outcome.handoff_id, sanne.id, "one more thing", "r9")


def test_the_next_handoff_knows_of_the_first(services: Services, sanne: Agent) -> None:
    services.resolve(handed_over(services, sanne).handoff_id, sanne.id)
    second = services.request(replace(REQUEST, turns=(visitor("me again", "request_human"),)))
    assert second.created
    assert second.package["visitor"]["previous_handoffs"] == 1
    assert "was with a person before" in second.package["urgency"]["reasons"]


def test_contact_details_reach_the_waiting_handoff(services: Services) -> None:
    outcome = services.request(REQUEST)
    assert services.add_contact("c1", {"email": "tom@example.org", "name": None})
    package = services.desk.get(outcome.handoff_id).package
    assert package["visitor"]["email"] == "tom@example.org"
    assert "e-mail tom@example.org" in package["summary"]["text"]
    assert not services.add_contact("unknown", {"email": "tom@example.org"})


def test_what_the_visitor_mentions_later_reaches_the_card(services: Services, sanne: Agent) -> None:
    outcome = handed_over(services, sanne)
    services.record([said("it is FW-200300")], "web", {"order_number": "FW-200300", "name": "Tom Bakker"})
    package = services.desk.get(outcome.handoff_id).package
    assert package["fields"]["order_number"] == "FW-200300"
    assert package["summary"]["headline"].startswith("Tom Bakker: where an order is (FW-200300)")
    kinds = [event.kind for event in services.desk.get(outcome.handoff_id).events]
    assert kinds.count("details_added") == 1


def test_what_does_not_exist_is_said(services: Services, sanne: Agent) -> None:
    with pytest.raises(NotFound):
        services.claim("nothing", sanne.id)
    with pytest.raises(NotFound):
        services.desk.get("nothing")


def test_the_queue_shows_the_most_urgent_and_then_the_oldest_first(services: Services, clock: Clock) -> None:
    calm = services.request(replace(REQUEST, conversation_id="calm")).handoff_id
    clock.advance(60)
    words = visitor("this is ridiculous, I want my money back", "request_refund", frustration=0.8)
    angry = services.request(HandoffRequest("angry", "web", (words,))).handoff_id
    clock.advance(60)
    later = services.request(replace(REQUEST, conversation_id="later")).handoff_id
    assert [row.id for row in services.desk.list()] == [angry, calm, later]
    assert [row.id for row in services.desk.list(queue="billing")] == [angry]


def test_accounts_refuse_what_is_unsafe(services: Services, sanne: Agent) -> None:
    with pytest.raises(InvalidInput, match="already"):
        services.agents.create("SANNE", "Somebody else", "long enough password")
    with pytest.raises(InvalidInput, match="at least"):
        services.agents.create("new", "New", "short")
    assert services.agents.authenticate("Sanne", "correct horse battery") == sanne
    assert services.agents.authenticate("sanne", "wrong") is None
    assert services.agents.authenticate("nobody", "wrong") is None


def test_login_sessions_end(services: Services, sanne: Agent, clock: Clock) -> None:
    token, csrf = services.sessions.start(sanne.id)
    found = services.sessions.find(token)
    assert found is not None
    assert (found.agent.id, found.csrf) == (sanne.id, csrf)
    clock.advance(services.settings.session_hours * 3600 + 1)
    assert services.sessions.find(token) is None
