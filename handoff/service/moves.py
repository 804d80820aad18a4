"""How a handoff gets from one pair of hands into others: back to its queue, to another queue, to another agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from handoff.domain.errors import InvalidInput, NobodyThere, NotFound
from handoff.domain.lifecycle import WAITING, Status
from handoff.domain.model import Agent
from handoff.domain.rules import HandoffRules
from handoff.service.agent_access import agent_of, locked, mine
from handoff.service.agent_side import AgentSide
from handoff.service.history import happened
from handoff.service.lines import Lines
from handoff.service.ports import Clock, HandoffRecord, Transaction, UnitOfWork
from handoff.service.waiting_line import WaitingLine


@dataclass(frozen=True)
class Moves:
    """Use cases of handing on. The visitor is told each time, and keeps the place that comes from having waited."""

    uow: UnitOfWork
    rules: HandoffRules
    lines: Lines
    line: WaitingLine
    agents: AgentSide
    clock: Clock

    def release(self, handoff_id: str, agent_id: str, note: str = "") -> HandoffRecord:
        """The agent gives a conversation back to its queue; ``note`` is for whoever takes it next.

        Raises:
            NotAssignedToYou.
        """
        with self.uow.write() as tx:
            agent, record = agent_of(tx, agent_id), mine(tx, handoff_id, agent_id)
            self.agents.add_note(tx, record, agent, note)
            return self.requeue(tx, record, "released", agent, agent)

    def release_all_of(self, agent_id: str, by_agent_id: str) -> int:
        """Give back everything that an agent has, because an administrator closes the account; returns how many."""
        with self.uow.write() as tx:
            agent, admin = tx.agents.get(agent_id), agent_of(tx, by_agent_id)
            if agent is None:
                raise NotFound("There is no such agent.")
            held = [locked(tx, record.id) for record in tx.handoffs.assigned_to(agent_id)]
            held = [record for record in held if record.status is Status.ASSIGNED and record.agent_id == agent_id]
            for record in held:
                self.requeue(tx, record, "released", admin, agent)
            return len(held)

    def requeue(
        self, tx: Transaction, record: HandoffRecord, kind: str, actor: str | Agent, left: Agent
    ) -> HandoffRecord:
        """Back into the queue, or outside its hours until it opens; the visitor hears that ``left`` had to go."""
        if self.line.is_open(record.queue):
            fresh = self.line.to_queue(tx, record, kind, actor, left=left.display_name)
            self.lines.tell(tx, fresh, "utter_agent_left_requeued", values={"agent_name": left.display_name})
            return fresh
        name = left.display_name
        return self.close_for_today(tx, record, kind, actor, "utter_agent_left_scheduled", {"agent_name": name})

    def close_for_today(
        self,
        tx: Transaction,
        record: HandoffRecord,
        kind: str,
        actor: str | Agent,
        response: str = "utter_queue_closed",
        values: Mapping[str, str] | None = None,
    ) -> HandoffRecord:
        """The team is gone: wait for the next opening, and the assistant goes on meanwhile.

        ``response`` is what the visitor hears; it can use {opens_at} and ``values``.
        """
        fresh = self.line.to_schedule(tx, record, kind, actor)
        opens_at = self.line.opens_words(fresh, fresh.opens_at)
        self.lines.tell(tx, fresh, response, resume=True, values={"opens_at": opens_at, **(values or {})})
        return fresh

    def transfer(
        self,
        handoff_id: str,
        agent_id: str,
        *,
        queue: str | None = None,
        to_agent_id: str | None = None,
        note: str = "",
    ) -> HandoffRecord:
        """Hand a conversation on: one's own, or one that waits and is in the wrong queue.

        Args:
            handoff_id: which one.
            agent_id: who hands it on.
            queue: to this queue, or
            to_agent_id: to this agent, who must be online.
            note: for whoever gets it.

        Raises:
            InvalidInput: neither or both of queue and agent are given, or the queue does not exist.
            NobodyThere: the agent is not online.
            NotAssignedToYou: somebody else is in it.
        """
        if (queue is None) == (to_agent_id is None):
            raise InvalidInput("Choose a queue or a colleague.")
        if queue is not None and queue not in self.rules.queues:
            raise InvalidInput(f"There is no queue '{queue}'. Known: {', '.join(self.rules.queues)}.")
        with self.uow.write() as tx:
            agent, record = agent_of(tx, agent_id), locked(tx, handoff_id)
            if record.status not in WAITING:
                record = mine(tx, handoff_id, agent_id)
            self.agents.add_note(tx, record, agent, note)
            if queue is not None:
                return self._to_queue(tx, record, agent, queue)
            return self._to_agent(tx, record, agent, to_agent_id or "")

    def _to_queue(self, tx: Transaction, record: HandoffRecord, agent: Agent, queue: str) -> HandoffRecord:
        topic = record.topic if self.rules.routes_to(record.topic, queue) else self.rules.topic_for(queue).name
        package = record.package | {"queue": queue, "topic": topic}
        tx.handoffs.update(record.id, queue=queue, topic=topic, package=package)
        moved = replace(record, queue=queue, topic=topic, package=package)
        is_open = self.line.is_open(queue)
        connector = self.line.live_chats.route(queue, is_open=is_open)
        moved = self.line.live_chats.move(tx, moved, connector, f"{agent.display_name} has passed this to {queue}.")
        resting = record.status in WAITING and record.status is not Status.QUEUED
        if resting:
            return self._reroute_resting(tx, moved, agent)
        who = {"agent_name": agent.display_name}
        if not is_open:
            return self.close_for_today(tx, moved, "transferred", agent, "utter_transferred_team_closed", who)
        if record.status is Status.QUEUED:
            self.line.live_chats.enter(tx, moved)
            happened(tx, "transferred", moved, agent, self.clock(), queue=queue)
            self.lines.tell(tx, moved, "utter_moved_to_team")
            return moved
        fresh = self.line.to_queue(tx, moved, "transferred", agent)
        self.lines.tell(tx, fresh, "utter_transferred_team", values=who)
        return fresh

    def _reroute_resting(self, tx: Transaction, record: HandoffRecord, agent: Agent) -> HandoffRecord:
        """Nobody is with the visitor and nobody is awaited now: only the team that will find it is another one."""
        happened(tx, "transferred", record, agent, self.clock(), queue=record.queue)
        if record.status is not Status.SCHEDULED:
            return record
        fresh = replace(record, opens_at=self.rules.hours.next_opening(record.queue, self.clock()))
        if self.line.is_open(record.queue):
            fresh = replace(record, opens_at=self.clock())  # the timer that is due at once does the rest
        tx.handoffs.update(record.id, opens_at=fresh.opens_at)
        self.line.begin(tx, fresh, somebody_online=False)
        return fresh

    def _to_agent(self, tx: Transaction, record: HandoffRecord, agent: Agent, to_agent_id: str) -> HandoffRecord:
        other = tx.agents.get(to_agent_id)
        if other is None or not other.active:
            raise NotFound("There is no such colleague any more. Choose another one.")
        if other.id == record.agent_id:
            return record
        since = self.clock() - timedelta(seconds=self.rules.online_seconds)
        if all(one.id != other.id for one in tx.agents.online(since)):
            raise NobodyThere(
                f"{other.display_name} is not online. Choose somebody else, or the queue {record.queue} so that "
                "whoever is free takes it."
            )
        if record.status in WAITING:
            return self.agents.assign(tx, record, other, agent)
        now = self.clock()
        tx.handoffs.update(record.id, agent_id=other.id, assigned_at=now)
        fresh = replace(record, agent_id=other.id, assigned_at=now)
        self.agents.watch(tx, fresh)
        happened(tx, "transferred", fresh, agent, now, to_agent=other.display_name)
        self.lines.tell(
            tx,
            fresh,
            "utter_transferred_agent",
            name=other.display_name,
            values={"agent_name": agent.display_name, "new_agent_name": other.display_name},
        )
        return fresh
