"""Delivery: in order, at least once, and nothing forgotten when the other side fails."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handoff.bootstrap import Services
from handoff.domain.model import Agent, Message, Owner, VisitorState
from handoff.service.delivery import LeaseLost, NotYet, Undeliverable
from handoff.service.delivery_ports import OutboxRow
from handoff.service.dispatch import Dispatcher
from handoff.service.lease import FRESH_SECONDS, Lease, Store
from handoff.service.lines import RASA
from handoff.service.ports import Transaction
from handoff.service.retry import RASA_POLICY
from tests.conftest import Clock
from tests.integration.test_service import REQUEST

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class FakeRasa:
    """Notes what it is shown, and fails as often as it is told."""

    failures: list[Exception] = field(default_factory=list)
    shown: list[tuple[str, bool, bool]] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)

    def show(
        self, message: Message, state: VisitorState, *, resume: bool, ask_email: bool, maybe_repeated: bool
    ) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.shown.append((message.text, resume, maybe_repeated))
        self.owners.append(state.conversation.owner)


def dispatcher(services: Services, rasa: FakeRasa) -> Dispatcher:
    return replace(services.dispatcher(rasa), jitter=lambda: 1.0)


def conversation(services: Services, sanne: Agent) -> str:
    handoff_id = services.request(REQUEST).handoff_id
    services.claim(handoff_id, sanne.id)
    services.reply(handoff_id, sanne.id, "one", "r1")
    services.reply(handoff_id, sanne.id, "two", "r2")
    return handoff_id


def run(work: Dispatcher, clock: Clock, rounds: int = 12) -> None:
    for _ in range(rounds):
        work.run_once()
        clock.advance(6)


def waiting(services: Services) -> int:
    with services.uow.read() as tx:
        return tx.outbox.undelivered()


def test_everything_is_delivered_in_order(services: Services, sanne: Agent, clock: Clock) -> None:
    rasa = FakeRasa()
    handoff_id = conversation(services, sanne)
    services.hand_back(handoff_id, sanne.id)
    run(dispatcher(services, rasa), clock)
    texts = [text for text, _, _ in rasa.shown]
    assert texts[1:3] == ["one", "two"]
    assert [resume for _, resume, _ in rasa.shown] == [False, False, False, True]
    assert waiting(services) == 0


def test_a_failure_holds_back_what_comes_after_it(services: Services, sanne: Agent, clock: Clock) -> None:
    rasa = FakeRasa(failures=[NotYet("restarting"), NotYet("restarting")])
    conversation(services, sanne)
    work = dispatcher(services, rasa)
    work.run_once()
    work.run_once()
    assert rasa.shown == [], "a later message must not overtake the one that failed"
    clock.advance(6)
    run(work, clock)
    assert [text for text, _, _ in rasa.shown][1:] == ["one", "two"]
    assert rasa.shown[0][2], "the receiver is told that this may be a repetition"
    assert not rasa.shown[1][2]


def test_a_worker_that_died_leaves_its_row_to_the_next(services: Services, sanne: Agent, clock: Clock) -> None:
    conversation(services, sanne)
    with services.uow.write() as tx:
        assert tx.outbox.take(RASA, clock(), clock.now.replace(minute=clock.now.minute + 1), 10)
    rasa = FakeRasa()
    work = dispatcher(services, rasa)
    work.run_once()
    assert rasa.shown == []
    clock.advance(61)
    run(work, clock)
    assert len(rasa.shown) == 3
    assert RASA_POLICY.lease < 60


def test_two_workers_never_take_the_same_row(services: Services, sanne: Agent, clock: Clock) -> None:
    conversation(services, sanne)
    until = clock.now.replace(minute=clock.now.minute + 1)
    with services.uow.write() as tx:
        assert len(tx.outbox.take(RASA, clock(), until, 10)) == 1
        assert tx.outbox.take(RASA, clock(), until, 10) == []


def test_a_worker_that_was_too_slow_changes_nothing_any_more(services: Services, sanne: Agent, clock: Clock) -> None:
    conversation(services, sanne)
    with services.uow.write() as tx:
        (slow,) = tx.outbox.take(RASA, clock(), clock(), 1)
        (fast,) = tx.outbox.take(RASA, clock(), clock.now.replace(minute=clock.now.minute + 1), 1)
        assert fast.id == slow.id
        assert not tx.outbox.keep(slow, clock()), "it must stop before it calls again"
        assert tx.outbox.keep(fast, clock.now.replace(minute=clock.now.minute + 1))
        tx.outbox.postpone(slow, clock(), "too slow")
        assert not tx.outbox.bury(slow, "too slow")
        assert tx.outbox.due(RASA, clock(), 1) == [], "the other one still has it"


def test_a_defect_in_one_delivery_does_not_stop_the_others(services: Services, sanne: Agent, clock: Clock) -> None:
    rasa = FakeRasa(failures=[ValueError("not JSON")])
    conversation(services, sanne)
    run(dispatcher(services, rasa), clock)
    assert [text for text, _, _ in rasa.shown][1:] == ["one", "two"]
    assert waiting(services) == 0


def test_what_is_refused_for_good_is_kept_with_its_cause(services: Services, sanne: Agent, clock: Clock) -> None:
    rasa = FakeRasa(failures=[Undeliverable("wrong token")])
    conversation(services, sanne)
    run(dispatcher(services, rasa), clock)
    with services.uow.read() as tx:
        dead = tx.connection.exec_driver_sql("SELECT last_error FROM outbox WHERE status = 'dead'").scalars().all()
    assert dead == ["wrong token"]
    assert len(rasa.shown) == 2, "the others went on"


@dataclass
class OneCallOfTwo:
    """Makes a call that works and one that does not."""

    def deliver(self, row: OutboxRow, lease: Lease) -> None:
        lease.keep()
        raise NotYet("500")

    def given_up(self, row: OutboxRow, error: str) -> None:
        raise AssertionError("it is never given up")


def test_who_gets_on_is_not_left_waiting_for_long(services: Services, sanne: Agent, clock: Clock) -> None:
    conversation(services, sanne)
    work = replace(dispatcher(services, FakeRasa()), courier=OneCallOfTwo())
    for _ in range(10):
        work.run_once()
        clock.advance(4 * RASA_POLICY.first)
    with services.uow.read() as tx:
        (row,) = tx.outbox.due(RASA, clock(), 5)
    assert row.attempts == 10, "after each wait of two doublings at most it was tried again"


def taken(services: Services, clock: Clock) -> Lease:
    """The first due row, leased for a while as the dispatcher does."""
    length = timedelta(seconds=RASA_POLICY.lease)
    with services.uow.write() as tx:
        (row,) = tx.outbox.take(RASA, clock(), clock() + length, 1)
    return Lease(services.uow, clock, row, length, clock())


def test_each_call_has_time(services: Services, sanne: Agent, clock: Clock) -> None:
    conversation(services, sanne)
    lease = taken(services, clock)
    for _ in range(10):
        clock.advance(FRESH_SECONDS + 0.1)
        lease.keep()
        clock.advance(RASA_POLICY.lease - FRESH_SECONDS - 0.2)
        with services.uow.read() as tx:
            assert tx.outbox.due(RASA, clock(), 1) == [], "it would be delivered twice at the same time"
    assert lease.calls == 10


def test_a_call_right_after_another_costs_no_transaction(services: Services, sanne: Agent, clock: Clock) -> None:
    conversation(services, sanne)
    lease = replace(taken(services, clock), uow=NoDatabase())
    clock.advance(FRESH_SECONDS)
    lease.keep()
    assert lease.calls == 1


def test_what_was_opened_is_known_to_whoever_has_the_row_by_now(services: Services, sanne: Agent, clock: Clock) -> None:
    conversation(services, sanne)
    slow = taken(services, clock)
    clock.advance(RASA_POLICY.lease + 1)
    taken(services, clock)
    with pytest.raises(LeaseLost):
        slow.renewing(wrote)
    with pytest.raises(LeaseLost):
        slow.keep()
    assert written(services) == 1


class NoDatabase:
    """Fails whoever opens a transaction."""

    def write(self) -> Any:
        raise AssertionError("nothing was to be stored")

    read = write


@dataclass
class Noting:
    """Delivers as often as it is allowed to, and has something stored along with it."""

    failures: list[Exception]

    def deliver(self, row: OutboxRow, lease: Lease) -> Store:
        if self.failures:
            raise self.failures.pop()
        return wrote

    def given_up(self, row: OutboxRow, error: str) -> None:
        raise AssertionError("it is never given up")


def test_what_belongs_to_a_delivery_is_stored_with_it(services: Services, sanne: Agent, clock: Clock) -> None:
    conversation(services, sanne)
    work = replace(dispatcher(services, FakeRasa()), courier=Noting([NotYet("500"), NotYet("500")]))
    run(work, clock)
    assert waiting(services) == 0
    assert written(services) == 3, "once for each of the three rows, whose first failed twice"


def wrote(tx: Transaction) -> None:
    tx.events.add("wrote", conversation_id="c", handoff_id=None, actor="test", now=NOON)


def written(services: Services) -> int:
    with services.uow.read() as tx:
        return int(tx.connection.exec_driver_sql("SELECT count(*) FROM events WHERE kind = 'wrote'").scalar_one())
