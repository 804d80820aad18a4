"""The pump that feeds every event stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from handoff.desk import hub as hub_module
from handoff.desk.hub import WAITING_BATCHES, Hub, Subscriber
from handoff.desk.live import Position, PresenceChange, Reading, Update
from handoff.domain.errors import StorageUnavailable
from handoff.persistence.signals import Signal
from handoff.service.ports import Change

PATIENCE_SECONDS = 5.0


class Log:
    """A source of updates in lists; fails while ``broken``."""

    def __init__(self, count: int = 0) -> None:
        self.changes = [change(number) for number in range(1, count + 1)]
        self.signals: list[Signal] = []
        self.there: frozenset[str] = frozenset()
        self.reads = 0
        self.read = asyncio.Event()
        self.broken = False
        self._loop = asyncio.get_running_loop()

    def latest(self) -> Position:
        return Position(len(self.changes), len(self.signals))

    def since(self, position: Position) -> Reading:
        self.reads += 1
        self._loop.call_soon_threadsafe(self.read.set)
        if self.broken:
            raise StorageUnavailable("The database did not answer.")
        return Reading(self.changes[position.changes :], self.signals[position.signals :])

    def who_is_there(self) -> Hashable:
        return self.there

    def add(self) -> None:
        self.changes.append(change(len(self.changes) + 1))

    def types(self) -> None:
        self.signals.append(Signal(len(self.signals) + 1, "typing", "h1", {"on": True}))

    async def is_read_again(self) -> None:
        """Wait for the next two readings: the first may have begun before."""
        for _ in range(2):
            self.read.clear()
            await asyncio.wait_for(self.read.wait(), PATIENCE_SECONDS)


def change(cursor: int) -> Change:
    return Change(cursor, "message", f"h{cursor}")


@asynccontextmanager
async def running(log: Log) -> AsyncIterator[Hub]:
    hub = Hub(log)
    task = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def cursors(subscriber: Subscriber) -> list[int]:
    return [one.cursor for one in await batch_of(subscriber) if isinstance(one, Change)]


async def batch_of(subscriber: Subscriber) -> Sequence[Update]:
    batch = await asyncio.wait_for(subscriber.batches.get(), PATIENCE_SECONDS)
    assert batch is not None
    return batch


async def test_every_subscriber_gets_every_change_once_and_in_order() -> None:
    log = Log(3)
    async with running(log) as hub:
        first, second = Subscriber("a", "sanne"), Subscriber("b", "jonas")
        assert await hub.subscribe(first) == (3, ())
        assert await hub.subscribe(second) == (3, ())
        got: dict[Subscriber, list[int]] = {first: [], second: []}
        for _ in range(3):
            log.add()
            for subscriber, seen in got.items():
                seen += await cursors(subscriber)
        assert list(got.values()) == [[4, 5, 6], [4, 5, 6]]


async def test_who_comes_back_gets_what_was_missed() -> None:
    async with running(Log(5)) as hub:
        cursor, missed = await hub.subscribe(Subscriber("a", "sanne"), resume_from=3)
    assert (cursor, [one.cursor for one in missed]) == (3, [4, 5])


async def test_a_cursor_from_another_database_starts_anew() -> None:
    async with running(Log(5)) as hub:
        assert await hub.subscribe(Subscriber("a", "sanne"), resume_from=99) == (5, ())


async def test_nobody_listening_means_no_reading() -> None:
    log = Log()
    async with running(log) as hub:
        subscriber = Subscriber("a", "sanne")
        await hub.subscribe(subscriber)
        hub.unsubscribe(subscriber)
        await asyncio.sleep(2 * hub_module.POLL_SECONDS)  # a reading may be under way
        before = log.reads
        await asyncio.sleep(4 * hub_module.POLL_SECONDS)
        assert log.reads == before


async def test_a_broken_database_makes_a_pause_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PAUSE_AFTER_ERROR_SECONDS", 0.05)
    log = Log()
    async with running(log) as hub:
        subscriber = Subscriber("a", "sanne")
        await hub.subscribe(subscriber)
        log.broken = True
        log.add()
        await log.is_read_again()
        assert subscriber.batches.empty()
        log.broken = False
        assert await cursors(subscriber) == [1]


def test_a_slow_stream_is_ended_instead_of_growing() -> None:
    subscriber = Subscriber("a", "sanne")
    for number in range(WAITING_BATCHES + 1):
        subscriber.offer([change(number)])
    assert subscriber.batches.qsize() == 1
    assert subscriber.batches.get_nowait() is None


async def test_ending_a_session_ends_its_streams_only() -> None:
    async with running(Log()) as hub:
        mine, other = Subscriber("token-1", "sanne"), Subscriber("token-2", "sanne")
        await hub.subscribe(mine)
        await hub.subscribe(other)
        await asyncio.to_thread(hub.end_session_soon, "token-1")
        assert await asyncio.wait_for(mine.batches.get(), 2) is None
        assert other.batches.empty()


async def test_ending_an_agents_streams_keeps_one_login_and_all_others() -> None:
    async with running(Log()) as hub:
        kept, ended = Subscriber("token-1", "sanne"), Subscriber("token-2", "sanne")
        colleague = Subscriber("token-3", "jonas")
        for one in (kept, ended, colleague):
            await hub.subscribe(one)
        await asyncio.to_thread(hub.end_agent_soon, "sanne", "token-1")
        assert await asyncio.wait_for(ended.batches.get(), PATIENCE_SECONDS) is None
        assert (kept.batches.empty(), colleague.batches.empty()) == (True, True)


async def test_signals_arrive_once_and_are_not_repeated_for_who_comes_back() -> None:
    log = Log(3)
    log.types()
    async with running(log) as hub:
        subscriber = Subscriber("a", "sanne")
        _, missed = await hub.subscribe(subscriber, resume_from=1)
        assert [one.cursor for one in missed] == [2, 3]
        log.types()
        (signal,) = await batch_of(subscriber)
        assert isinstance(signal, Signal)
        assert signal.cursor == 2
        log.add()
        assert [type(one) for one in await batch_of(subscriber)] == [Change]


async def test_who_comes_and_goes_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PRESENCE_SECONDS", 0.0)
    log = Log()
    log.there = frozenset({"sanne"})
    async with running(log) as hub:
        subscriber = Subscriber("a", "sanne")
        await hub.subscribe(subscriber)
        await log.is_read_again()
        assert subscriber.batches.empty(), "who was there before is no news"
        log.there = frozenset({"sanne", "jonas"})
        assert list(await batch_of(subscriber)) == [PresenceChange()]
        await log.is_read_again()
        assert subscriber.batches.empty()
