"""What the desk reads: the queue, one handoff with its surroundings, the people and the queues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff.domain.errors import ConfigurationError, NotFound
from handoff.domain.live_chat import LiveChat
from handoff.domain.model import Agent, Message, Sender
from handoff.domain.rules import HandoffRules
from handoff.persistence.desk_detail import deliveries_of, earlier_of, rating_of
from handoff.persistence.desk_queries import get_row, list_handoffs, load_by_agent, waiting_by_queue
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.desk_view import (
    Colleague,
    HandoffDetail,
    HandoffRow,
    QueueView,
    Suggestion,
    Surroundings,
)
from handoff.service.ports import Clock, Texts

FAQ = "faq/"
SUGGESTED_FROM = 3  # the visitor's latest messages; what was asked before that has been talked about


@dataclass(frozen=True)
class DeskReads:
    """Reads for the desk's API, each in one transaction."""

    uow: SqlUnitOfWork
    rules: HandoffRules
    texts: Texts
    clock: Clock
    chats: LiveChat = LiveChat()

    def version(self) -> int:
        """Grows with everything that happens to a handoff."""
        with self.uow.read() as tx:
            return tx.events.latest()

    def handoffs(
        self, status: str, queue: str | None = None, agent_id: str | None = None, search: str | None = None
    ) -> list[HandoffRow]:
        """The queue; see :func:`handoff.persistence.desk_queries.list_handoffs`."""
        with self.uow.read() as tx:
            return list_handoffs(tx.connection, status, queue, agent_id, search)

    def detail(self, handoff_id: str) -> tuple[HandoffDetail, Surroundings]:
        """One handoff with everything about it.

        Raises:
            NotFound: there is none with this id.
        """
        with self.uow.read() as tx:
            row = get_row(tx.connection, handoff_id)
            if row is None:
                raise NotFound(f"There is no handoff {handoff_id}. It may have been erased; go back to the queue.")
            package = tx.handoffs.get(handoff_id).package
            messages = tx.messages.after(row.conversation_id, 0)
            detail = HandoffDetail(row, package, messages, tx.events.of_handoff(handoff_id))
            around = Surroundings(
                notes=tx.notes.of_handoff(handoff_id),
                earlier=earlier_of(tx.connection, row),
                rating=rating_of(tx.connection, handoff_id),
                screen=tx.conversations.screen(row.conversation_id),
                deliveries=deliveries_of(tx.connection, row.conversation_id, package["channel"]),
                suggestions=suggestions(messages, self.texts),
            )
        return detail, around

    def colleagues(self, *, closed_too: bool = False) -> list[Colleague]:
        """Everybody who works at the desk, by name; closed accounts only if asked for."""
        with self.uow.read() as tx:
            agents, load = tx.agents.all(), load_by_agent(tx.connection)
        since = self._online_since()
        return [
            Colleague(agent, _has_desk_open(agent, since), load.get(agent.id, 0))
            for agent in agents
            if agent.active or closed_too
        ]

    def queues(self) -> list[QueueView]:
        """Every queue and how it stands, by name."""
        with self.uow.read() as tx:
            waiting = waiting_by_queue(tx.connection)
            online = list(tx.agents.online(self._online_since()))
        return [self._queue(name, waiting.get(name, 0), online) for name in self.rules.queues]

    def _queue(self, name: str, waiting: int, online: Sequence[Agent]) -> QueueView:
        topics = tuple(topic.name for topic in self.rules.topics.values() if topic.queue == name)
        now, hours = self.clock(), self.rules.hours
        is_open = hours.is_open(name, now)
        return QueueView(
            name=name,
            topics=topics,
            team=self.rules.topic_for(name).team,
            is_open=is_open,
            opens_at=None if is_open else hours.next_opening(name, now),
            closes_at=hours.closes_at(name, now),
            closed_because=None if is_open else hours.closed_because(name, now),
            waiting=waiting,
            agents_online=sum(any(map(agent.looks_after, topics)) for agent in online),
            connector=self.chats.serving(name, is_open=is_open),
        )

    def _online_since(self) -> datetime:
        return self.clock() - timedelta(seconds=self.rules.online_seconds)


def suggestions(messages: Sequence[Message], texts: Texts) -> list[Suggestion]:
    """FAQ answers to the visitor's latest messages that the assistant has not answered itself, newest first."""
    answered = {message.in_reply_to for message in messages if message.sender is Sender.ASSISTANT}
    latest = [message for message in messages if message.sender is Sender.VISITOR][-SUGGESTED_FROM:]
    found: dict[str, Suggestion] = {}
    for message in reversed(latest):
        intent = message.intent or ""
        if intent.startswith(FAQ) and intent not in found and message.id not in answered:
            try:
                found[intent] = Suggestion(intent, texts.text(f"utter_{intent}", pick=message.id))
            except ConfigurationError:
                continue  # an answer that needs slots of the conversation, or was deleted since: nothing to suggest
    return list(found.values())


def _has_desk_open(agent: Agent, since: datetime) -> bool:
    return agent.active and agent.last_seen_at is not None and agent.last_seen_at >= since
