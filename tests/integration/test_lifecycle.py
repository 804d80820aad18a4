"""The whole life of a handoff on real databases: what waits, who leaves, what the clock does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handoff.bootstrap import Services
from handoff.domain.errors import (
    AlreadyRated,
    InvalidInput,
    NobodyThere,
    NotAssignedToYou,
    NotFound,
    TooOften,
)
from handoff.domain.lifecycle import Status
from handoff.domain.model import Agent, HandoffRequest, Owner, Visitor
from tests.conftest import Clock
from tests.integration.test_service import REQUEST, said
from tests.unit.domain.talk import visitor

SATURDAY = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
MONDAY_OPENING = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # 09:00 in Amsterdam
WITH_EMAIL = replace(REQUEST, visitor=Visitor(email="tom@example.org"))


def status(services: Services, handoff_id: str) -> str:
    return services.desk.row(handoff_id).status


def history(services: Services, handoff_id: str) -> list[str]:
    return [event.kind for event in services.desk.get(handoff_id).events]


def lines(services: Services, conversation: str = "c1") -> list[str]:
    with services.uow.read() as tx:
        return [message.text for message in tx.messages.after(conversation, 0)]


def sweep(services: Services) -> int:
    work, done = services.sweep(), 0
    while fired := work.run_once():
        done += fired
    return done


def here(services: Services, *agents: Agent) -> None:
    for agent in agents:
        services.presence.seen(agent.id)


# after hours


def test_after_hours_a_handoff_waits_for_the_opening_with_its_context(
    services: Services, sanne: Agent, clock: Clock
) -> None:
    clock.now = SATURDAY
    outcome = services.request(REQUEST)
    assert (outcome.status, outcome.created) == (Status.SCHEDULED, True)
    assert outcome.opens_words == "on Monday 30 November at 09:00 (Amsterdam time)"
    assert services.state("c1").owner is Owner.ASSISTANT, "the assistant goes on answering"
    services.record([said("how long does delivery take?")], "web")
    assert sweep(services) == 0

    clock.now = MONDAY_OPENING
    assert sweep(services) == 1
    assert status(services, outcome.handoff_id) == "queued"
    assert services.state("c1").owner is Owner.HUMAN
    package = services.desk.get(outcome.handoff_id).package
    assert package["transcript"][-1]["text"] == "how long does delivery take?", "what was said meanwhile is part of it"
    assert history(services, outcome.handoff_id) == ["scheduled", "message", "opened"]
    assert sweep(services) == 0, "a timer fires once"


def test_an_agent_may_take_a_scheduled_one_early(services: Services, sanne: Agent, clock: Clock) -> None:
    clock.now = SATURDAY
    handoff_id = services.request(REQUEST).handoff_id
    services.claim(handoff_id, sanne.id)
    assert services.state("c1").owner is Owner.HUMAN
    clock.now = MONDAY_OPENING
    here(services, sanne)
    sweep(services)
    assert status(services, handoff_id) == "assigned"


def test_a_holiday_is_named(services: Services, clock: Clock) -> None:
    clock.now = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)
    outcome = services.request(REQUEST)
    assert outcome.closed_because
    assert outcome.opens_words.startswith("on Monday 28 December at 09:00")


# nobody comes


def test_a_visitor_who_waits_is_told_and_then_not_left_alone(services: Services, sanne: Agent, clock: Clock) -> None:
    here(services, sanne)
    handoff_id = services.request(REQUEST).handoff_id
    clock.advance(121)
    sweep(services)
    assert "online" in lines(services)[-1], "Sanne's desk was not heard from for two minutes"
    clock.advance(480)
    sweep(services)
    assert status(services, handoff_id) == "missed"
    assert services.state("c1").owner is Owner.ASSISTANT
    assert history(services, handoff_id) == ["created", "told_waiting", "missed"]

    services.record([said("tom@example.org")], "web", {"email": "tom@example.org"})
    assert status(services, handoff_id) == "follow_up", "now there is somewhere to write to"


def test_who_has_left_an_address_is_followed_up(services: Services, clock: Clock) -> None:
    handoff_id = services.request(WITH_EMAIL).handoff_id
    clock.advance(601)
    sweep(services)
    assert status(services, handoff_id) == "follow_up"
    assert "tom@example.org" in lines(services)[-1]
    assert history(services, handoff_id)[-2:] == ["missed", "follow_up"]


def test_asking_again_brings_a_missed_one_back_into_the_queue(services: Services, clock: Clock) -> None:
    handoff_id = services.request(REQUEST).handoff_id
    clock.advance(601)
    sweep(services)
    again = services.request(replace(REQUEST, turns=(*REQUEST.turns, visitor("hello? a person", "request_human"))))
    assert (again.handoff_id, again.created, again.reopened) == (handoff_id, False, True)
    assert services.state("c1").owner is Owner.HUMAN
    clock.advance(601)
    sweep(services)
    assert history(services, handoff_id).count("missed") == 2, "the time counts anew"


def test_the_team_goes_home_while_somebody_waits(services: Services, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 23, 16, 25, tzinfo=UTC)  # 17:25 in Amsterdam
    handoff_id = services.request(REQUEST).handoff_id
    clock.advance(601)
    sweep(services)
    assert status(services, handoff_id) == "scheduled"
    assert "tomorrow at 09:00" in lines(services)[-1]


# agents come and go


def test_an_agent_whose_browser_died_loses_the_conversation_to_the_queue(
    services: Services, sanne: Agent, jonas: Agent, clock: Clock
) -> None:
    here(services, sanne)
    handoff_id = services.request(REQUEST).handoff_id
    services.claim(handoff_id, sanne.id)
    for _ in range(8):
        clock.advance(15)
        here(services, sanne)
    clock.advance(1)
    sweep(services)
    assert status(services, handoff_id) == "assigned", "her desk was heard from all the time"
    clock.advance(125)
    sweep(services)
    assert status(services, handoff_id) == "queued"
    assert services.desk.row(handoff_id).agent_id is None
    assert "Sanne de Vries" in lines(services)[-1]
    services.claim(handoff_id, sanne.id)
    assert status(services, handoff_id) == "assigned"


def test_away_by_hand_gives_conversations_back_after_the_set_time(
    services: Services, sanne: Agent, clock: Clock
) -> None:
    here(services, sanne)
    handoff_id = services.request(REQUEST).handoff_id
    services.claim(handoff_id, sanne.id)
    clock.advance(100)
    services.set_presence(sanne.id, "away")
    assert services.agents_online() == []
    clock.advance(60)
    here(services, sanne)
    sweep(services)
    assert status(services, handoff_id) == "assigned", "the time counts from going away"
    clock.advance(61)
    sweep(services)
    assert status(services, handoff_id) == "queued"
    with pytest.raises(InvalidInput, match="online or away"):
        services.set_presence(sanne.id, "asleep")


def test_releasing_keeps_the_place_and_the_note(services: Services, sanne: Agent, clock: Clock) -> None:
    first = services.request(REQUEST).handoff_id
    services.claim(first, sanne.id)
    clock.advance(60)
    second = services.request(replace(REQUEST, conversation_id="c2")).handoff_id
    services.release(first, sanne.id, "has the invoice already")
    assert [row.id for row in services.desk.list("queued")] == [first, second]
    with services.uow.read() as tx:
        assert [note.text for note in tx.notes.of_handoff(first)] == ["has the invoice already"]
    assert "has the invoice already" not in "\n".join(lines(services)), "notes never reach the visitor"
    with pytest.raises(NotAssignedToYou):
        services.release(first, sanne.id)


def test_transfer_to_a_queue(services: Services, sanne: Agent) -> None:
    handoff_id = services.request(REQUEST).handoff_id
    services.claim(handoff_id, sanne.id)
    row = services.transfer(handoff_id, sanne.id, queue="billing", note="wants the money back")
    assert (row.status, row.queue, row.topic) == ("queued", "billing", "billing")
    assert "our billing team" in lines(services)[-1]
    with pytest.raises(InvalidInput, match="no queue 'moon'"):
        services.transfer(handoff_id, sanne.id, queue="moon")
    with pytest.raises(InvalidInput, match="Choose a queue or a colleague"):
        services.transfer(handoff_id, sanne.id)


def test_transfer_to_a_colleague_who_is_there(services: Services, sanne: Agent, jonas: Agent) -> None:
    handoff_id = services.request(REQUEST).handoff_id
    services.claim(handoff_id, sanne.id)
    with pytest.raises(NobodyThere, match="Jonas Weber is not online"):
        services.transfer(handoff_id, sanne.id, to_agent_id=jonas.id)
    here(services, jonas)
    row = services.transfer(handoff_id, sanne.id, to_agent_id=jonas.id)
    assert (row.status, row.agent_id) == ("assigned", jonas.id)
    assert {"Sanne de Vries", "Jonas Weber"} <= {
        name for name in ("Sanne de Vries", "Jonas Weber") if name in lines(services)[-1]
    }
    with pytest.raises(NotAssignedToYou, match="Jonas Weber is in this conversation"):
        services.reply(handoff_id, sanne.id, "one more thing", "r1")
    services.reply(handoff_id, jonas.id, "hello, I have everything", "r1")


def test_a_waiting_one_in_the_wrong_queue_is_moved_by_anybody(services: Services, sanne: Agent) -> None:
    handoff_id = services.request(REQUEST).handoff_id
    row = services.transfer(handoff_id, sanne.id, queue="technical")
    assert (row.status, row.queue) == ("queued", "technical")


def test_closing_an_account_gives_back_what_it_held(services: Services, sanne: Agent, jonas: Agent) -> None:
    held = [services.request(replace(REQUEST, conversation_id=name)).handoff_id for name in ("a", "b")]
    for handoff_id in held:
        services.claim(handoff_id, jonas.id)
    assert services.release_all_of(jonas.id, sanne.id) == 2
    assert {status(services, handoff_id) for handoff_id in held} == {"queued"}


# what visitors do


def test_cancel(services: Services, sanne: Agent) -> None:
    handoff_id = services.request(REQUEST).handoff_id
    assert services.visitor_state("c1").can_cancel
    assert services.cancel("c1")
    assert status(services, handoff_id) == "cancelled"
    assert services.state("c1").owner is Owner.ASSISTANT
    assert not services.cancel("c1"), "nothing is left to cancel"
    assert services.request(replace(REQUEST, turns=(visitor("a person", "request_human"),))).created

    services.claim(services.desk.list("queued")[0].id, sanne.id)
    assert not services.cancel("c1"), "somebody is in the conversation"


def test_rating_once_and_only_ones_own(services: Services, sanne: Agent, clock: Clock) -> None:
    handoff_id = services.request(REQUEST).handoff_id
    services.claim(handoff_id, sanne.id)
    services.reply(handoff_id, sanne.id, "hello", "r1")
    with pytest.raises(NotFound):
        services.rate("c1", handoff_id, 5)
    services.resolve(handoff_id, sanne.id)
    open_rating = services.visitor_state("c1").rating
    assert open_rating is not None
    assert (open_rating.handoff_id, open_rating.agent_name) == (handoff_id, "Sanne de Vries")
    with pytest.raises(NotFound):
        services.rate("somebody else's", handoff_id, 1)
    with pytest.raises(InvalidInput, match="1 to 5"):
        services.rate("c1", handoff_id, 6)
    services.rate("c1", handoff_id, 4, "quick and kind")
    with pytest.raises(AlreadyRated):
        services.rate("c1", handoff_id, 1)
    assert services.visitor_state("c1").rating is None


def test_a_skipped_rating_is_not_asked_for_again_and_old_ones_are_over(
    services: Services, sanne: Agent, clock: Clock
) -> None:
    def resolved(conversation: str) -> str:
        handoff_id = services.request(replace(REQUEST, conversation_id=conversation)).handoff_id
        services.claim(handoff_id, sanne.id)
        services.reply(handoff_id, sanne.id, "hello", "r1")
        services.resolve(handoff_id, sanne.id)
        return handoff_id

    services.rate("a", resolved("a"), None)
    assert services.visitor_state("a").rating is None
    old = resolved("b")
    clock.advance(8 * 24 * 3600)
    assert services.visitor_state("b").rating is None
    with pytest.raises(NotFound, match="over"):
        services.rate("b", old, 5)


# how long it takes


def answered(services: Services, agent: Agent, clock: Clock, conversation: str, after: float) -> None:
    handoff_id = services.request(replace(REQUEST, conversation_id=conversation)).handoff_id
    clock.advance(after)
    services.claim(handoff_id, agent.id)
    services.reply(handoff_id, agent.id, "hello", "r1")
    services.resolve(handoff_id, agent.id)


def test_no_estimate_without_anything_to_base_it_on(services: Services, sanne: Agent, clock: Clock) -> None:
    services.request(REQUEST)
    wait = services.visitor_state("c1").wait
    assert wait is not None
    assert (wait.position, wait.minutes, wait.late) == (1, None, False)


def test_the_estimate_follows_recent_replies_and_the_time_that_passes(
    services: Services, sanne: Agent, clock: Clock
) -> None:
    for number, seconds in enumerate((100, 200, 300, 400, 500)):
        answered(services, sanne, clock, f"before-{number}", seconds)
    services.request(REQUEST)
    clock.advance(1)
    services.request(replace(REQUEST, conversation_id="c2"))

    def told(conversation: str) -> tuple[int, int | None, bool]:
        here(services, sanne)
        wait = services.visitor_state(conversation).wait
        assert wait is not None
        return wait.position, wait.minutes, wait.late

    assert told("c1") == (1, 5, False)
    assert told("c2")[0] == 2
    clock.advance(250)
    assert told("c1") == (1, 3, False), "of those who waited that long, half waited 150 seconds more"
    clock.advance(251)
    assert told("c1") == (1, None, True), "longer than anybody lately: no number would be honest"
    services.cancel("c1")
    assert told("c2")[0] == 1, "the queue moves"


def test_recent_replies_say_nothing_while_nobody_is_there(services: Services, sanne: Agent, clock: Clock) -> None:
    for number in range(5):
        answered(services, sanne, clock, f"before-{number}", 100)
    services.request(REQUEST)
    state = services.visitor_state("c1")
    assert state.wait is not None
    assert (state.agent_online, state.wait.minutes) == (False, None)
    here(services, sanne)
    state = services.visitor_state("c1")
    assert state.wait is not None
    assert (state.agent_online, state.wait.minutes) == (True, 2)


# e-mail limits


def test_a_transcript_is_no_spam_relay(services: Services) -> None:
    services.record([said("hello")], "web")
    if services.email is None:
        with pytest.raises(InvalidInput, match="sends no e-mail"):
            services.send_transcript("c1", "tom@example.org")
        return
    for _ in range(3):
        services.send_transcript("c1", "tom@example.org")
    with pytest.raises(TooOften):
        services.send_transcript("c1", "tom@example.org")


def test_the_transcript_holds_what_was_said_and_no_notes(services: Services, sanne: Agent) -> None:
    services.record([said("where is my order?")], "web")
    handoff_id = services.request(HandoffRequest("c1", "web", REQUEST.turns)).handoff_id
    services.claim(handoff_id, sanne.id)
    services.note(handoff_id, sanne.id, "sounds nervous", "n1")
    services.reply(handoff_id, sanne.id, "It left this morning.", "r1")
    text = services.transcript("c1")
    assert "where is my order?" in text
    assert "Sanne de Vries: It left this morning." in text
    assert "nervous" not in text


def test_a_timer_that_fails_holds_up_no_other(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = services.request(REQUEST).handoff_id
    clock.advance(1)
    second = services.request(replace(REQUEST, conversation_id="c2")).handoff_id
    clock.advance(601)
    real = type(services.texts).text
    failures = [RuntimeError("a defect")]

    def once(self: object, name: str, pick: str, **values: str) -> str:
        if failures:
            raise failures.pop()
        return real(self, name, pick, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(type(services.texts), "text", once)
    sweep(services)
    assert [status(services, first), status(services, second)] == ["queued", "missed"]
    clock.advance(31)
    sweep(services)
    assert status(services, first) == "missed", "it is tried again"
