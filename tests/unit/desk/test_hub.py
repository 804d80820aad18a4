"""The pump that feeds every event stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest

from handoff.desk import hub as hub_module
from handoff.desk.hub import WAITING_BATCHES, Hub, Subscriber
from handoff.domain.errors import StorageUnavailable
from handoff.service.ports import Change


class Log:
    """Changes in a list; fails while ``broken``."""

    def __init__(self, count: int = 0) -> None:
        self.items = [change(number) for number in range(1, count + 1)]
        self.reads = 0
        self.broken = False

    def latest(self) -> int:
        return len(self.items)

    def since(self, cursor: int) -> list[Change]:
        self.reads += 1
        if self.broken:
            raise StorageUnavailable("The database did not answer.")
        return self.items[cursor:]

    def add(self) -> None:
        self.items.append(change(len(self.items) + 1))


def change(cursor: int) -> Change:
    return Change(cursor, "message", f"h{cursor}")


@asynccontextmanager
async def running(log: Log) -> AsyncIterator[Hub]:
    hub = Hub(cast(Any, log))
    task = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def cursors(subscriber: Subscriber) -> list[int]:
    batch = await asyncio.wait_for(subscriber.batches.get(), 2)
    assert batch is not None
    return [one.cursor for one in batch]


async def test_every_subscriber_gets_every_change_once_and_in_order() -> None:
    log = Log(3)
    async with running(log) as hub:
        first, second = Subscriber("a"), Subscriber("b")
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
        cursor, missed = await hub.subscribe(Subscriber("a"), resume_from=3)
    assert (cursor, [one.cursor for one in missed]) == (3, [4, 5])


async def test_a_cursor_from_another_database_starts_anew() -> None:
    async with running(Log(5)) as hub:
        assert await hub.subscribe(Subscriber("a"), resume_from=99) == (5, ())


async def test_nobody_listening_means_no_reading() -> None:
    log = Log()
    async with running(log) as hub:
        subscriber = Subscriber("a")
        await hub.subscribe(subscriber)
        hub.unsubscribe(subscriber)
        await asyncio.sleep(2 * hub_module.POLL_SECONDS)
        before = log.reads
        await asyncio.sleep(4 * hub_module.POLL_SECONDS)
        assert log.reads == before


async def test_a_broken_database_makes_a_pause_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PAUSE_AFTER_ERROR_SECONDS", 0.05)
    log = Log()
    async with running(log) as hub:
        subscriber = Subscriber("a")
        await hub.subscribe(subscriber)
        log.broken = True
        log.add()
        await asyncio.sleep(0.2)
        assert subscriber.batches.empty()
        log.broken = False
        assert await cursors(subscriber) == [1]


def test_a_slow_stream_is_ended_instead_of_growing() -> None:
    subscriber = Subscriber("a")
    for number in range(WAITING_BATCHES + 1):
        subscriber.offer([change(number)])
    assert subscriber.batches.qsize() == 1
    assert subscriber.batches.get_nowait() is None


async def test_ending_a_session_ends_its_streams_only() -> None:
    async with running(Log()) as hub:
        mine, other = Subscriber("token-1"), Subscriber("token-2")
        await hub.subscribe(mine)
        await hub.subscribe(other)
        await asyncio.to_thread(hub.end_session_soon, "token-1")
        assert await asyncio.wait_for(mine.batches.get(), 2) is None
        assert other.batches.empty()
