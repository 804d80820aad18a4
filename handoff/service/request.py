"""A conversation asks for a person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from handoff.domain.context import build_package
from handoff.domain.lifecycle import Status
from handoff.domain.model import HandoffOutcome, HandoffRequest, Owner, TriggerKind, UrgencyLevel
from handoff.domain.rules import HandoffRules
from handoff.domain.subject import last_visitor_turn
from handoff.service.attendance import Attendance
from handoff.service.history import ASSISTANT, VISITOR, happened
from handoff.service.ports import Clock, HandoffRecord, Transaction, UnitOfWork
from handoff.service.waiting import WaitingTimes
from handoff.service.waiting_line import WaitingLine


@dataclass(frozen=True)
class RequestHandoff:
    """Use case: store the handoff, who owns the conversation, and what must be delivered, in one transaction."""

    uow: UnitOfWork
    rules: HandoffRules
    clock: Clock
    desk_url: str
    line: WaitingLine
    times: WaitingTimes
    attendance: Attendance

    def __call__(self, request: HandoffRequest) -> HandoffOutcome:
        """Make a handoff, or find the open one.

        The same request twice (a turn that Rasa processes again after a crash) gives the same handoff. A second
        trigger while one is open raises its urgency, never makes a second one; one that was missed, left for later or
        scheduled enters its queue again if that is open now.
        """
        latest = last_visitor_turn(request.turns)
        message_id = latest.message_id if latest else None
        with self.uow.write() as tx:
            now = self.clock()
            tx.conversations.ensure(request.conversation_id, request.channel, now)
            open_one = tx.handoffs.open_of(request.conversation_id)
            if open_one is None:
                record = self._create(tx, request, message_id)
                outcome = self._outcome(tx, record, created=True)
                # at the end: on PostgreSQL the history has one writer at a time, from its line to the commit
                self._tell(tx, record)
                return outcome
            if message_id is not None and open_one.trigger_message_id == message_id:
                return self._outcome(tx, open_one, created=True)
            raised = self._raise_urgency(tx, request, open_one)
            again = self._again(tx, raised)
            return self._outcome(tx, again, created=False, reopened=again.status is not raised.status)

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
        queue = package["queue"]
        is_open = self.line.is_open(queue)
        record = HandoffRecord(
            id=handoff_id,
            conversation_id=request.conversation_id,
            status=Status.QUEUED if is_open else Status.SCHEDULED,
            trigger=package["trigger"]["kind"],
            topic=package["topic"],
            queue=queue,
            urgency=package["urgency"]["level"],
            package=package,
            trigger_message_id=message_id,
            opened_seq=tx.conversations.last_seq(request.conversation_id),
            agent_id=None,
            created_at=now,
            queued_at=now if is_open else None,
            opens_at=None if is_open else self.rules.hours.next_opening(queue, now),
            connector=self.line.live_chats.route(queue, is_open=is_open),
        )
        tx.handoffs.add(record)
        if not is_open:  # whoever is queued belongs to people, which the line says
            tx.conversations.set_owner(request.conversation_id, Owner.ASSISTANT)
        self.line.begin(tx, record, somebody_online=self.attendance.somebody(tx, record))
        return record

    @staticmethod
    def _tell(tx: Transaction, record: HandoffRecord) -> None:
        happened(
            tx,
            "created" if record.status is Status.QUEUED else "scheduled",
            record,
            ASSISTANT,
            record.created_at,
            trigger=record.trigger,
            queue=record.queue,
            urgency=record.urgency,
        )

    def _raise_urgency(self, tx: Transaction, request: HandoffRequest, record: HandoffRecord) -> HandoffRecord:
        now = self.clock()
        fresh = build_package(request, self.rules, handoff_id=record.id, now=now, desk_url=self.desk_url)
        before, after = UrgencyLevel(record.urgency), UrgencyLevel(fresh["urgency"]["level"])
        if after.rank <= before.rank:
            return record
        package = record.package | {"urgency": fresh["urgency"]}
        tx.handoffs.update(record.id, urgency=after.value, package=package)
        change = {"from": before.value, "to": after.value, "reasons": fresh["urgency"]["reasons"]}
        happened(tx, "urgency_raised", record, ASSISTANT, now, **change)
        return replace(record, urgency=after.value, package=package)

    def _again(self, tx: Transaction, record: HandoffRecord) -> HandoffRecord:
        """The visitor asks again while nobody is on the way: back into the queue, if that is open now."""
        resting = record.status in {Status.SCHEDULED, Status.MISSED, Status.FOLLOW_UP}
        if not resting or not self.line.is_open(record.queue):
            return record
        return self.line.to_queue(tx, record, "asked_again", VISITOR)

    def _outcome(
        self, tx: Transaction, record: HandoffRecord, *, created: bool, reopened: bool = False
    ) -> HandoffOutcome:
        scheduled = record.status is Status.SCHEDULED
        return HandoffOutcome(
            handoff_id=record.id,
            topic=record.topic,
            queue=record.queue,
            created=created,
            agents_online=self.attendance.somebody(tx, record),
            trigger=TriggerKind(record.trigger),
            status=record.status,
            reopened=reopened,
            opens_words=self.line.opens_words(record, record.opens_at) if scheduled else "",
            closed_because=self.line.closed_because(record) if scheduled else None,
            wait=self.times.of(tx, record) if record.status is Status.QUEUED else None,
            team=self.rules.team_of(record.topic),
            package=record.package,
        )
