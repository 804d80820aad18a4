"""One task watches the database for changes and tells every open event stream."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence

import anyio
import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError

from handoff.bootstrap import Changes
from handoff.domain.errors import HandoffError
from handoff.service.ports import Change

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.05  # a fifth of the 250 ms that a new card may take to reach the screen
PAUSE_AFTER_ERROR_SECONDS = 1.0
WAITING_BATCHES = 100  # a client that is this far behind is cut off; it comes back and resumes where it was

Batch = Sequence[Change] | None
"""Changes in order; None says that the stream ends."""


class Subscriber:
    """One open event stream."""

    def __init__(self, token: str) -> None:
        """Belongs to the login with this session token."""
        self.session_key = session_key(token)
        self.batches: asyncio.Queue[Batch] = asyncio.Queue(WAITING_BATCHES)

    def offer(self, batch: Sequence[Change]) -> None:
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
    """Polls :class:`handoff.bootstrap.Changes` while somebody listens, and fans out."""

    def __init__(self, changes: Changes) -> None:
        """Watch ``changes``; :meth:`run` does the work."""
        self._changes = changes
        self._subscribers: set[Subscriber] = set()
        self._cursor = 0
        self._threads = anyio.CapacityLimiter(1)  # its own: busy requests must not hold the pump up
        self._loop: asyncio.AbstractEventLoop | None = None
        self._somebody = asyncio.Event()
        self._subscribing = asyncio.Lock()

    async def subscribe(self, subscriber: Subscriber, resume_from: int | None = None) -> tuple[int, Sequence[Change]]:
        """Open a stream.

        Args:
            subscriber: gets every change from now on, perhaps some that are returned here as well.
            resume_from: cursor of the last change that the client knows, when it comes back.

        Returns:
            (the cursor it starts from, the changes that it missed).
        """
        async with self._subscribing:
            if not self._subscribers:
                self._cursor = await self._in_thread_latest()
            self._subscribers.add(subscriber)
            self._somebody.set()
        latest = await self._in_thread_latest()
        # a cursor from the future belongs to another database, for example one that was restored from a backup
        if resume_from is None or resume_from > latest:
            return latest, ()
        return resume_from, await self._in_thread_since(resume_from)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """The stream is closed."""
        self._subscribers.discard(subscriber)
        if not self._subscribers:
            self._somebody.clear()

    def end_session_soon(self, token: str) -> None:
        """End the streams of a login; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end_session, session_key(token))

    async def run(self) -> None:
        """Poll until cancelled. A database that does not answer makes a pause, never an end."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self._somebody.wait()
            try:
                found = await self._in_thread_since(self._cursor)
            except (HandoffError, SQLAlchemyError) as error:
                logger.error("live updates pause: %s", error)
                await asyncio.sleep(PAUSE_AFTER_ERROR_SECONDS)
                continue
            # a first subscriber may have moved the cursor on while this was read; clients drop what they know
            if found:
                self._cursor = max(self._cursor, found[-1].cursor)
                for subscriber in list(self._subscribers):
                    subscriber.offer(found)
            await asyncio.sleep(POLL_SECONDS)

    def close(self) -> None:
        """End every stream."""
        for subscriber in list(self._subscribers):
            subscriber.end()

    def _end_session(self, key: str) -> None:
        for subscriber in [one for one in self._subscribers if one.session_key == key]:
            subscriber.end()

    async def _in_thread_since(self, cursor: int) -> Sequence[Change]:
        return await anyio.to_thread.run_sync(self._changes.since, cursor, limiter=self._threads)

    async def _in_thread_latest(self) -> int:
        return await anyio.to_thread.run_sync(self._changes.latest, limiter=self._threads)


def session_key(token: str) -> str:
    """Names a login without holding its token in memory longer than needed."""
    return hashlib.sha256(token.encode()).hexdigest()
