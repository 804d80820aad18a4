"""What was given up, in an administrator's hands: try it again, or say that it is settled."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.domain.errors import Conflict, NotFound
from handoff.domain.lifecycle import OPEN, Status
from handoff.domain.live_chat import DESK, LiveChat
from handoff.domain.model import Agent
from handoff.service.agent_access import agent_of, locked
from handoff.service.delivery_ports import DeadLetter
from handoff.service.history import by, happened
from handoff.service.live_chats import CLOSE, CONNECTOR_PREFIX, FORWARD, OPEN_PACKAGE
from handoff.service.ports import Clock, HandoffRecord, Transaction, UnitOfWork


class Overtaken(Conflict):
    """Delivering it now would do harm: somebody else has the handoff by now, or it is over."""

    code = "overtaken"


@dataclass(frozen=True)
class DeadLetters:
    """Use cases of administrators. Each writes into the handoff's history who did it."""

    uow: UnitOfWork
    chats: LiveChat
    clock: Clock

    def retry(self, row_id: int, agent_id: str) -> DeadLetter:
        """Try to deliver it once more; when that fails it is a dead letter again.

        Raises:
            NotFound: there is no dead letter with this id (any more).
            Overtaken: the message says why it cannot be delivered any more.
        """
        with self.uow.write() as tx:
            agent, letter, record = self._found(tx, row_id, agent_id)
            status, connector = (record.status, record.connector) if record else (None, None)
            problem = obstacle(self.chats, letter, status, connector)
            if problem is not None:
                raise Overtaken(f"{problem} Say that it is settled instead.")
            if not tx.outbox.revive(row_id, self.clock()):
                raise _gone()
            self._write_down(tx, "retried", letter, record, agent)
            return letter

    def drop(self, row_id: int, agent_id: str) -> DeadLetter:
        """Say that it is settled: it is not delivered any more.

        Raises:
            NotFound: there is no dead letter with this id (any more).
        """
        with self.uow.write() as tx:
            agent, letter, record = self._found(tx, row_id, agent_id)
            if not tx.outbox.drop(row_id):
                raise _gone()
            self._write_down(tx, "dropped", letter, record, agent)
            return letter

    def _found(self, tx: Transaction, row_id: int, agent_id: str) -> tuple[Agent, DeadLetter, HandoffRecord | None]:
        agent, letter = agent_of(tx, agent_id), tx.outbox.dead_letter(row_id)
        if letter is None:
            raise _gone()
        if letter.handoff_id is None:
            return agent, letter, None
        try:
            return agent, letter, locked(tx, letter.handoff_id)
        except NotFound:
            return agent, letter, None  # it was erased since; what is left of it must not stay in the list for ever

    def _write_down(
        self, tx: Transaction, kind: str, letter: DeadLetter, record: HandoffRecord | None, agent: Agent
    ) -> None:
        about = {"target": letter.target, "what": letter.kind, "error": letter.error}
        now = self.clock()
        if record is not None:
            happened(tx, kind, record, agent, now, **about)
            return
        tx.events.add(
            kind,
            conversation_id=letter.conversation_id,
            handoff_id=None,
            actor=by(agent),
            now=now,
            data={"name": agent.display_name, **about},
        )


def obstacle(chats: LiveChat, letter: DeadLetter, status: Status | None, connector: str | None) -> str | None:
    """Why a dead letter must not be delivered any more, as a sentence for people; None when it may.

    What a live chat did not take went to its fallback at once, with the whole story: giving it to the live chat too
    would have two teams at work on it.

    Args:
        chats: which live chats there are.
        letter: what was given up.
        status: of its handoff; None when there is none (any more).
        connector: the live chat that has the handoff.
    """
    if not letter.target.startswith(CONNECTOR_PREFIX):
        return None
    name = letter.target.removeprefix(CONNECTOR_PREFIX)
    if name not in chats.routes:
        return f"{name} is not in endpoints.yml any more."
    if status is None:
        return "The handoff does not exist any more."
    is_there = status in OPEN and connector == name
    if letter.kind == CLOSE and is_there:
        return f"{name} has this handoff again, and would close it."
    if letter.kind in (OPEN_PACKAGE, FORWARD) and not is_there:
        if status not in OPEN:
            return "This handoff is over."
        return f"{'The desk' if connector == DESK else connector} has this handoff now, with everything that was said."
    return None


def _gone() -> NotFound:
    return NotFound("This delivery is not in the list any more. Somebody else may have seen to it; reload the page.")
