"""What is stored about a visitor in the two databases: find it, hand it over, erase it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from handoff.domain.errors import Conflict, NotFound, StorageUnavailable
from handoff.persistence import tracker_rows, visitor_rows
from handoff.persistence.engine import open_engine
from handoff.persistence.schema import upgrade
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.persistence.visitor_rows import VISITOR_TABLES
from handoff.persistence.wipe import prepare_erasure, rewrite
from handoff.privacy.document import Stored, conversation_document, document
from handoff.privacy.tracker_store import open_tracker_store
from handoff.settings import Settings

# Rasa holds a conversation in memory while it answers, and stores all of it anew when it finds nothing stored: a turn
# that runs during the erasure is waited for. Most take milliseconds.
SETTLE_SECONDS = 2.0

SNAPSHOT = {"isolation_level": "REPEATABLE READ"}  # SQLite's readers have it anyway


@dataclass(frozen=True)
class Found:
    """What there is about a visitor.

    Attributes:
        who: what was asked for.
        stored: what the handoff database has of these conversations, by conversation.
        rasa_events: how many events Rasa has of them; None: its store was left out.
        mentioned_in: other conversations in which the address stands somewhere.
    """

    who: str
    stored: dict[str, Stored]
    rasa_events: int | None
    mentioned_in: tuple[str, ...] = ()

    @property
    def conversation_ids(self) -> list[str]:
        """All conversations of the visitor."""
        return list(self.stored)

    @property
    def open_handoffs(self) -> list[str]:
        """Handoffs that are not over yet."""
        return [handoff_id for stored in self.stored.values() for handoff_id in stored.open_handoffs]


@dataclass(frozen=True)
class Erased:
    """How many rows went: by table of the handoff database, and in Rasa's store (None: left out)."""

    rows: dict[str, int]
    rasa_events: int | None


class VisitorData:
    """Reads and erases in the handoff database and in Rasa's tracker store."""

    def __init__(self, handoffs: Engine, tracker: Engine | None, *, with_rasa: bool = True) -> None:
        """Create it.

        Args:
            handoffs: the handoff database.
            tracker: the database of Rasa's tracker store; None: nothing is stored there, or it is left out.
            with_rasa: False: the tracker store is left out.
        """
        self._handoffs = handoffs
        self._tracker = tracker
        self._with_rasa = with_rasa

    @classmethod
    def open(cls, settings: Settings, environ: Mapping[str, str], *, with_rasa: bool = True) -> VisitorData:
        """Open both databases.

        Raises:
            ConfigurationError: one of them cannot be reached from here; nothing was touched.
            StorageUnavailable: one of them does not answer.
        """
        tracker = open_tracker_store(settings, environ) if with_rasa else None
        handoffs = open_engine(settings.db_url)
        upgrade(handoffs)
        if tracker is not None:
            with SqlUnitOfWork(tracker).read() as tx:
                if not tracker_rows.has_table(tx.connection):
                    tracker = None
        return cls(handoffs, tracker, with_rasa=with_rasa)

    def close(self) -> None:
        """Close both databases."""
        for engine in filter(None, (self._handoffs, self._tracker)):
            engine.dispose()

    def find(self, who: str) -> Found:
        """What there is about ``who``: the id of a conversation, or an e-mail address (upper and lower case alike).

        Raises:
            NotFound: nothing; the message says where the address occurs nevertheless.
        """
        with ExitStack() as stack:
            ours, rasas = self._read(stack)
            return self._find(ours, rasas, who)

    def export(self, who: str, now: datetime) -> tuple[Found, dict[str, Any]]:
        """What there is about ``who``, and all of it as one JSON document (docs/privacy.md). Raises NotFound."""
        with ExitStack() as stack:
            ours, rasas = self._read(stack)
            found = self._find(ours, rasas, who)
            names = visitor_rows.names_of_agents(ours)
            conversations = []
            for conversation_id, stored in found.stored.items():
                events = tracker_rows.events_of(rasas, conversation_id) if rasas is not None else []
                conversations.append(
                    conversation_document(conversation_id, stored, events if self._with_rasa else None, names)
                )
        return found, document(who, now, conversations)

    def erase(self, found: Found, *, open_too: bool = False) -> Erased:
        """Erase the conversations that were found, one transaction a database, and their remains in the files.

        Args:
            found: what :meth:`find` returned and somebody confirmed.
            open_too: also when a handoff is open.

        Raises:
            Conflict: a handoff is open; nothing was erased.
            StorageUnavailable: a database did not answer; the message says what to do.
        """
        ids = found.conversation_ids
        started = time.time()
        in_rasa = None if not self._with_rasa else 0
        try:
            with SqlUnitOfWork(self._handoffs).write() as tx:
                prepare_erasure(tx.connection)
                visitor_rows.lock(tx.connection, ids)
                if not open_too:
                    refuse_open(visitor_rows.open_handoffs(tx.connection, ids))
                rows = visitor_rows.delete_rows(tx.connection, ids)
                # Rasa's part is committed first: were ours to fail then, the visitor could be found and erased again
                in_rasa = self._erase_in_rasa(ids) if self._tracker is not None else in_rasa
        except StorageUnavailable as error:
            if in_rasa:
                raise StorageUnavailable(
                    "Rasa's part is erased, but the handoff database did not answer. Run the same command again."
                ) from error
            raise
        if self._tracker is not None:
            time.sleep(SETTLE_SECONDS)
            self._erase_in_rasa(ids, before=started)
        try:
            rewrite(self._handoffs)
        finally:
            if self._tracker is not None:
                rewrite(self._tracker)
        return Erased(rows, in_rasa)

    def _erase_in_rasa(self, ids: Sequence[str], before: float | None = None) -> int:
        assert self._tracker is not None
        with SqlUnitOfWork(self._tracker).write() as tx:
            prepare_erasure(tx.connection)
            return tracker_rows.delete_events(tx.connection, ids, before)

    def _read(self, stack: ExitStack) -> tuple[Connection, Connection | None]:
        ours = stack.enter_context(SqlUnitOfWork(_snapshots(self._handoffs)).read()).connection
        if self._tracker is None:
            return ours, None
        return ours, stack.enter_context(SqlUnitOfWork(_snapshots(self._tracker)).read()).connection

    def _find(self, ours: Connection, rasas: Connection | None, who: str) -> Found:
        ids = set(visitor_rows.conversations_of_address(ours, who))
        if visitor_rows.is_known(ours, who) or (rasas is not None and tracker_rows.count_events(rasas, [who])):
            ids.add(who)
        mentioned: set[str] = set()
        if "@" in who:
            mentioned.update(visitor_rows.conversations_that_mention(ours, who))
            mentioned.update(tracker_rows.senders_that_mention(rasas, who) if rasas is not None else ())
        if not ids:
            raise NotFound(_nothing(who, sorted(mentioned)))
        stored = {
            one: Stored({table.name: visitor_rows.rows_of(ours, table, [one]) for table in VISITOR_TABLES})
            for one in sorted(ids)
        }
        in_rasa = tracker_rows.count_events(rasas, sorted(ids)) if rasas is not None else 0
        return Found(who, stored, in_rasa if self._with_rasa else None, tuple(sorted(mentioned - ids)))


def _snapshots(engine: Engine) -> Engine:
    return engine.execution_options(**SNAPSHOT) if engine.dialect.name == "postgresql" else engine


def refuse_open(open_handoffs: Sequence[str]) -> None:
    """Raise Conflict when there are any."""
    if open_handoffs:
        raise Conflict(
            f"Nothing was erased: handoff {', '.join(open_handoffs)} is still open, and an agent may be writing to "
            "this visitor. Close it on the desk first (resolve or hand back), or add --open-too to erase it as it is: "
            "it disappears from the desk, and the live chat that has it is not told."
        )


def _nothing(who: str, mentioned: Sequence[str]) -> str:
    if not mentioned:
        return f"Nothing is stored about '{who}'. WHO is the id of a conversation, or an e-mail address that was given."
    return (
        f"No visitor gave '{who}' as their address. It occurs in other conversations, though: {', '.join(mentioned)}. "
        "Read them, and run the same command with the id of each that is theirs."
    )
