"""A conversation asks for a person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from handoff.domain.context import build_package
from handoff.domain.lifecycle import Status
from handoff.domain.model import HandoffOutcome, HandoffRequest, Owner, TriggerKind, UrgencyLevel
from handoff.domain.rules import HandoffRules
from handoff.domain.subject import last_visitor_turn
from handoff.service.ports import DESK_TARGET, Clock, HandoffRecord, Transaction, UnitOfWork

OPEN_PACKAGE = "open"
"""Outbox kind: give the connector a new handoff with its package."""


@dataclass(frozen=True)
class RequestHandoff:
    """Use case: store the handoff, who owns the conversation, and what must be delivered, in one transaction."""

    uow: UnitOfWork
    rules: HandoffRules
    clock: Clock
    desk_url: str

    def __call__(self, request: HandoffRequest) -> HandoffOutcome:
        """Make a handoff, or find the open one.

        The same request twice (a turn that Rasa processes again after a crash) gives the same handoff. A second
        trigger while one is open raises its urgency, never makes a second one.
        """
        latest = last_visitor_turn(request.turns)
        message_id = latest.message_id if latest else None
        with self.uow.write() as tx:
            now = self.clock()
            tx.conversations.ensure(request.conversation_id, request.channel, now)
            open_one = tx.handoffs.open_of(request.conversation_id)
            if open_one is None:
                record = self._create(tx, request, message_id)
                return self._outcome(tx, record, created=True)
            if message_id is not None and open_one.trigger_message_id == message_id:
                return self._outcome(tx, open_one, created=True)
            return self._outcome(tx, self._raise_urgency(tx, request, open_one), created=False)

    def _create(self, tx: Transaction, request: HandoffRequest, message_id: str | None) -> HandoffRecord:
        now = self.clock()
        locale, timezone = tx.conversations.locale_of(request.conversation_id)
        visitor = replace(
            request.visitor,
            locale=request.visitor.locale or locale,
            timezone=request.visitor.timezone or timezone,
            previous_handoffs=tx.handoffs.count_closed(request.conversation_id),
        )
        handoff_id = str(uuid.uuid4())
        package = build_package(
            replace(request, visitor=visitor), self.rules, handoff_id=handoff_id, now=now, desk_url=self.desk_url
        )
        record = HandoffRecord(
            id=handoff_id,
            conversation_id=request.conversation_id,
            status=Status.QUEUED,
            trigger=package["trigger"]["kind"],
            topic=package["topic"],
            queue=package["queue"],
            urgency=package["urgency"]["level"],
            package=package,
            trigger_message_id=message_id,
            opened_seq=tx.conversations.last_seq(request.conversation_id),
            agent_id=None,
            created_at=now,
        )
        tx.handoffs.add(record)
        tx.conversations.set_owner(request.conversation_id, Owner.HUMAN)
        tx.outbox.add(
            target=DESK_TARGET,
            kind=OPEN_PACKAGE,
            conversation_id=request.conversation_id,
            handoff_id=handoff_id,
            payload={"handoff_id": handoff_id},
            dedupe_key=f"{OPEN_PACKAGE}:{handoff_id}",
            now=now,
        )
        tx.events.add(
            "created",
            conversation_id=request.conversation_id,
            handoff_id=handoff_id,
            actor="assistant",
            now=now,
            data={"trigger": record.trigger, "queue": record.queue, "urgency": record.urgency},
        )
        return record

    def _raise_urgency(self, tx: Transaction, request: HandoffRequest, record: HandoffRecord) -> HandoffRecord:
        now = self.clock()
        fresh = build_package(request, self.rules, handoff_id=record.id, now=now, desk_url=self.desk_url)
        before, after = UrgencyLevel(record.urgency), UrgencyLevel(fresh["urgency"]["level"])
        if after.rank <= before.rank:
            return record
        package = record.package | {"urgency": fresh["urgency"]}
        tx.handoffs.update(record.id, urgency=after.value, package=package)
        tx.events.add(
            "urgency_raised",
            conversation_id=record.conversation_id,
            handoff_id=record.id,
            actor="assistant",
            now=now,
            data={"from": before.value, "to": after.value, "reasons": fresh["urgency"]["reasons"]},
        )
        return replace(record, urgency=after.value, package=package)

    def _outcome(self, tx: Transaction, record: HandoffRecord, *, created: bool) -> HandoffOutcome:
        since = self.clock() - timedelta(seconds=self.rules.online_seconds)
        online = any(not agent.topics or record.topic in agent.topics for agent in tx.agents.online(since))
        return HandoffOutcome(
            handoff_id=record.id,
            topic=record.topic,
            queue=record.queue,
            created=created,
            agents_online=online,
            trigger=TriggerKind(record.trigger),
            package=record.package,
        )
