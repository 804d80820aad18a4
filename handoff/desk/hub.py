"""One task watches the database for changes and tells every open event stream."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import anyio
import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError

from handoff.desk.live import Position, PresenceChange, Source, Update
from handoff.domain.errors import HandoffError
from handoff.service.ports import Change

logger = logging.getLogger(__name__)

T = TypeVar("T")

POLL_SECONDS = 0.05  # a fifth of the 250 ms that a new card may take to reach the screen
PRESENCE_SECONDS = 1.0  # who is there is looked at less often: nobody waits for it
PAUSE_AFTER_ERROR_SECONDS = 1.0
WAITING_BATCHES = 100  # a client that is this far behind is cut off; it comes back and resumes where it was

Batch = Sequence[Update] | None
"""Updates, each kind in order; None says that the stream ends."""


class Subscriber:
    """One open event stream."""

    def __init__(self, token: str, agent_id: str) -> None:
        """Belongs to the login of an agent with this session token."""
        self.session_key = session_key(token)
        self.agent_id = agent_id
        self.batches: asyncio.Queue[Batch] = asyncio.Queue(WAITING_BATCHES)

    def offer(self, batch: Sequence[Update]) -> None:
        """Hand over a batch, or end a stream that does not keep up."""
        try:
            self.batches.put_nowait(batch)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """End the stream now; what still waits is read again after the client has come back."""
        while not self.batches.empty():
            self.batches.get_nowait()
        self.batches.put_nowait(None)


class Hub:
    """Polls a :class:`handoff.desk.live.Source` while somebody listens, and fans out."""

    def __init__(self, source: Source) -> None:
        """Watch ``source``; :meth:`run` does the work."""
        self._source = source
        self._subscribers: set[Subscriber] = set()
        self._position = Position(0, 0)
        self._there: Hashable = None
        self._look_for_presence_at = 0.0
        self._threads = anyio.CapacityLimiter(1)  # its own: busy requests must not hold the pump up
        self._loop: asyncio.AbstractEventLoop | None = None
        self._somebody = asyncio.Event()
        self._subscribing = asyncio.Lock()

    async def subscribe(self, subscriber: Subscriber, resume_from: int | None = None) -> tuple[int, Sequence[Change]]:
        """Open a stream.

        Args:
            subscriber: gets every update from now on, perhaps some that are returned here as well.
            resume_from: cursor of the last change that the client knows, when it comes back.

        Returns:
            (the cursor it starts from, the changes that it missed).
        """
        async with self._subscribing:
            if not self._subscribers:
                self._position = await self._in_thread(self._source.latest)
                self._there = await self._in_thread(self._source.who_is_there)
            self._subscribers.add(subscriber)
            self._somebody.set()
        latest = (await self._in_thread(self._source.latest)).changes
        # a cursor from the future belongs to another database, for example one that was restored from a backup
        if resume_from is None or resume_from > latest:
            return latest, ()
        since = Position(resume_from, self._position.signals)  # signals are worth nothing later
        return resume_from, (await self._in_thread(lambda: self._source.since(since))).changes

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """The stream is closed."""
        self._subscribers.discard(subscriber)
        if not self._subscribers:
            self._somebody.clear()

    def end_session_soon(self, token: str) -> None:
        """End the streams of a login; may be called from any thread."""
        key = session_key(token)
        self._end_soon(lambda one: one.session_key == key)

    def end_agent_soon(self, agent_id: str, keep_token: str | None = None) -> None:
        """End the streams of an agent, but those of one login; may be called from any thread."""
        kept = session_key(keep_token) if keep_token else None
        self._end_soon(lambda one: one.agent_id == agent_id and one.session_key != kept)

    async def run(self) -> None:
        """Poll until cancelled. A database that does not answer makes a pause, never an end."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self._somebody.wait()
            try:
                found = await self._read()
            except (HandoffError, SQLAlchemyError) as error:
                logger.error("live updates pause: %s", error)
                await asyncio.sleep(PAUSE_AFTER_ERROR_SECONDS)
                continue
            if found:
                for subscriber in list(self._subscribers):
                    subscriber.offer(found)
            await asyncio.sleep(POLL_SECONDS)

    async def _read(self) -> list[Update]:
        """What is new for everybody."""
        before = self._position
        changes, signals = await self._in_thread(lambda: self._source.since(before))
        presence = await self._presence()  # before the position moves: should it fail, all is read again
        # a first subscriber may have moved the position on while this was read; clients drop what they know
        self._position = Position(
            max([self._position.changes, *(change.cursor for change in changes[-1:])]),
            max([self._position.signals, *(signal.cursor for signal in signals[-1:])]),
        )
        return [*changes, *signals, *presence]

    async def _presence(self) -> list[PresenceChange]:
        now = asyncio.get_running_loop().time()
        if now < self._look_for_presence_at:
            return []
        self._look_for_presence_at = now + PRESENCE_SECONDS
        there, self._there = self._there, await self._in_thread(self._source.who_is_there)
        return [] if there == self._there else [PresenceChange()]

    def close(self) -> None:
        """End every stream."""
        for subscriber in list(self._subscribers):
            subscriber.end()

    def _end_soon(self, whose: Callable[[Subscriber], bool]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end, whose)

    def _end(self, whose: Callable[[Subscriber], bool]) -> None:
        for subscriber in list(filter(whose, self._subscribers)):
            subscriber.end()

    async def _in_thread(self, read: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(read, limiter=self._threads)


def session_key(token: str) -> str:
    """Names a login without holding its token in memory longer than needed."""
    return hashlib.sha256(token.encode()).hexdigest()
