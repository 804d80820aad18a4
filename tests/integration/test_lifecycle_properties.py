"""Whatever agents, visitors and the clock do, in whatever order: what must always hold, holds.

500 random sequences on each database (HANDOFF_SEQUENCES sets another number).
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from handoff.bootstrap import Services
from handoff.domain.errors import HandoffError
from handoff.domain.lifecycle import HUMAN_OWNED, OPEN, TRANSITIONS, WAITING, Status
from handoff.domain.model import Agent, Owner, Sender, Visitor
from handoff.persistence.handoffs import HandoffStore
from handoff.persistence.tables import events, handoffs, messages, outbox, timers
from handoff.service.ports import NewMessage
from handoff.service.waiting_line import AGENT_AWAY, UNSEEN_REPLY, WAITING_TIMERS
from tests.conftest import Clock
from tests.integration.test_service import REQUEST
from tests.unit.domain.talk import visitor

pytestmark = pytest.mark.timeout(900)  # a minute, or several beside much else

SEQUENCES = int(os.environ.get("HANDOFF_SEQUENCES", "500"))
LONGEST = 12  # steps of one sequence; most handoffs in real life take fewer
HOUR = 3600

AGENTS = st.integers(0, 1)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["request", "request_with_email", "says", "cancel", "contact", "rate", "sees", "both"])),
    st.tuples(st.sampled_from(["claim", "reply", "note", "release", "resolve", "hand_back", "away", "there"]), AGENTS),
    st.tuples(st.just("to_queue"), AGENTS, st.sampled_from(["sales", "support", "billing"])),
    st.tuples(st.just("to_agent"), AGENTS),
    st.tuples(st.just("time"), st.sampled_from([5, 65, 130, 610, 3 * HOUR, 14 * HOUR])),
)


@dataclass
class Spy:
    """Notes every transition that took place, whoever made it."""

    moves: list[tuple[str, Status, Status]] = field(default_factory=list)


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    noted, real = Spy(), HandoffStore.move

    def move(self: HandoffStore, handoff_id: str, source: Status, target: Status, **changes: object) -> bool:
        moved = real(self, handoff_id, source, target, **changes)
        if moved:
            noted.moves.append((handoff_id, source, target))
        return moved

    monkeypatch.setattr(HandoffStore, "move", move)
    return noted


@dataclass
class World:
    """One conversation, two agents, and what they do to it."""

    services: Services
    agents: tuple[Agent, Agent]
    clock: Clock
    conversation: str = field(default_factory=lambda: uuid.uuid4().hex)
    said: int = 0
    replied: list[str] = field(default_factory=list)
    to_agents: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def step(self, name: str, *how: object) -> None:
        """Do it, or be refused with words; whatever else happens is a defect."""
        try:
            getattr(self, f"_{name}")(*how)
        except HandoffError as error:
            self.refusals.append(str(error))

    @property
    def current(self) -> str:
        """The open handoff, else the latest, else something that does not exist."""
        with self.services.uow.read() as tx:
            rows = tx.connection.execute(
                select(handoffs.c.id, handoffs.c.status)
                .where(handoffs.c.conversation_id == self.conversation)
                .order_by(handoffs.c.created_at)
            ).all()
        opened = [row.id for row in rows if Status(row.status) in OPEN]
        return (opened or [row.id for row in rows] or ["nothing"])[-1]

    def _request(self, email: str | None = None) -> None:
        asked = visitor(f"a person please {self.said}", "request_human")
        asked = replace(asked, message_id=uuid.uuid4().hex)
        turns = (*REQUEST.turns, asked)
        self.services.request(
            replace(REQUEST, conversation_id=self.conversation, turns=turns, visitor=Visitor(email=email))
        )

    def _request_with_email(self) -> None:
        self._request("tom@example.org")

    def _says(self) -> None:
        self.said += 1
        message_id = uuid.uuid4().hex
        to_agents = self.services.state(self.conversation).handoff_id is not None
        line = NewMessage(message_id, self.conversation, Sender.VISITOR, f"line {self.said}", self.clock())
        for _ in range(2):  # Rasa may hand the same turn over again
            self.services.record([line], "web")
        if to_agents:
            self.to_agents.append(message_id)

    def _cancel(self) -> None:
        self.services.cancel(self.conversation)

    def _contact(self) -> None:
        self.services.leave_contact(self.conversation, {"email": "tom@example.org"})

    def _rate(self) -> None:
        self.services.rate(self.conversation, self.current, 4)

    def _sees(self) -> None:
        with self.services.uow.read() as tx:
            last = tx.conversations.last_seq(self.conversation)
        self.services.visitor_here(self.conversation)
        self.services.seen_by_visitor(self.conversation, last)

    def _both(self) -> None:
        """Both agents claim, while two workers sweep, all at once."""
        handoff_id = self.current

        def claim(agent: Agent) -> bool:
            try:
                self.services.claim(handoff_id, agent.id)
            except HandoffError:
                return False
            return True

        work: list[Callable[[], object]] = [lambda: claim(self.agents[0]), lambda: claim(self.agents[1])]
        work += [self.services.sweep().run_once] * 2
        with ThreadPoolExecutor(len(work)) as pool:
            list(pool.map(lambda one: one(), work))

    def _claim(self, who: int) -> None:
        self.services.claim(self.current, self.agents[who].id)

    def _reply(self, who: int) -> None:
        key = uuid.uuid4().hex
        first, _ = self.services.reply(self.current, self.agents[who].id, "hello", key)
        again, is_new = self.services.reply(self.current, self.agents[who].id, "hello", key)
        assert (again.id, is_new) == (first.id, False)
        self.replied.append(first.id)

    def _note(self, who: int) -> None:
        self.services.note(self.current, self.agents[who].id, "internal", uuid.uuid4().hex)

    def _release(self, who: int) -> None:
        self.services.release(self.current, self.agents[who].id)

    def _resolve(self, who: int) -> None:
        self.services.resolve(self.current, self.agents[who].id)

    def _hand_back(self, who: int) -> None:
        self.services.hand_back(self.current, self.agents[who].id)

    def _away(self, who: int) -> None:
        self.services.set_presence(self.agents[who].id, "away")

    def _there(self, who: int) -> None:
        self.services.set_presence(self.agents[who].id, "online")
        self.services.presence.seen(self.agents[who].id)

    def _to_queue(self, who: int, queue: str) -> None:
        self.services.transfer(self.current, self.agents[who].id, queue=queue)

    def _to_agent(self, who: int) -> None:
        self.services.transfer(self.current, self.agents[who].id, to_agent_id=self.agents[1 - who].id)

    def _time(self, seconds: int) -> None:
        self.clock.advance(seconds)
        work = self.services.sweep()
        while work.run_once():
            pass

    def check_owner(self) -> None:
        """Who owns the conversation is what the status says, after every step."""
        state = self.services.state(self.conversation)
        human = state.status is not None and state.status in HUMAN_OWNED
        assert (state.owner is Owner.HUMAN) == human, state

    def check(self, spy: Spy) -> None:
        """What must hold of all that has been stored."""
        assert all(self.refusals), "a refusal says why"
        with self.services.uow.read() as tx:
            rows = tx.connection.execute(select(handoffs).where(handoffs.c.conversation_id == self.conversation)).all()
            said = tx.messages.after(self.conversation, 0)
            running = tx.connection.execute(
                select(timers).where(timers.c.conversation_id == self.conversation, timers.c.status == "running")
            ).all()
            owner = tx.conversations.state(self.conversation).owner
            sent = Counter(
                row.payload.get("message_id")
                for row in tx.connection.execute(
                    select(outbox.c.payload).where(outbox.c.conversation_id == self.conversation)
                )
            )
            steps = tx.connection.execute(
                select(events.c.kind, events.c.data).where(events.c.conversation_id == self.conversation)
            ).all()
            history = Counter(row.kind for row in steps)
            told = Counter(row.data["message_id"] for row in steps if row.kind == "message")
            visible = tx.connection.execute(
                select(messages.c.text).where(messages.c.conversation_id == self.conversation)
            ).scalars()
            assert "internal" not in set(visible), "notes are no messages"
        open_ones = [row for row in rows if Status(row.status) in OPEN]
        assert len(open_ones) <= 1, "one open handoff a conversation"
        human = bool(open_ones) and Status(open_ones[0].status) in HUMAN_OWNED
        assert (owner is Owner.HUMAN) == human, "the owner is as the status says"
        assert [message.seq for message in said] == list(range(1, len(said) + 1)), "no message is lost or doubled"
        assert all(sent[message_id] == 1 for message_id in self.replied), "a reply is put on its way once"
        assert all(told[message_id] == 1 for message_id in self.to_agents), "agents' screens are told of each line once"
        assert {message.id for message in said} >= set(self.replied)
        self._check_timers(rows, running)
        ids = {row.id for row in rows}
        mine = [(source, target) for handoff_id, source, target in spy.moves if handoff_id in ids]
        assert all(target in TRANSITIONS[source] for source, target in mine), mine
        counted = Counter(target for _, target in mine)
        for status in (Status.MISSED, Status.FOLLOW_UP, Status.RESOLVED, Status.HANDED_BACK, Status.CANCELLED):
            assert history[status.value] == counted[status], "each step is in the history, once"

    @staticmethod
    def _check_timers(rows: object, running: object) -> None:
        status_of = {row.id: Status(row.status) for row in rows}  # type: ignore[attr-defined]
        for timer in running:  # type: ignore[attr-defined]
            status = status_of[timer.handoff_id]
            if timer.kind in WAITING_TIMERS:
                assert status in WAITING, f"{timer.kind} runs although it is {status}"
            elif timer.kind == AGENT_AWAY:
                assert status is Status.ASSIGNED
            else:
                assert timer.kind == UNSEEN_REPLY
        for row in rows:  # type: ignore[attr-defined]
            kinds = {timer.kind for timer in running if timer.handoff_id == row.id}  # type: ignore[attr-defined]
            if row.status == Status.ASSIGNED:
                assert AGENT_AWAY in kinds, "an agent who vanishes is noticed"
                assert row.agent_id is not None
            if row.status == Status.QUEUED:
                assert "missed" in kinds, "nobody waits for ever"
            if row.status == Status.SCHEDULED:
                assert "opens" in kinds, "what is scheduled enters the queue"


def test_whatever_happens_the_invariants_hold(services: Services, sanne: Agent, clock: Clock, spy: Spy) -> None:
    amira = services.agents.create("amira", "Amira Haddad", "correct horse battery")

    @settings(
        max_examples=SEQUENCES,
        deadline=None,
        derandomize=os.environ.get("CI") == "true",  # a failure in CI is one that everybody can repeat
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        database=None,
    )
    @given(st.lists(STEPS, min_size=3, max_size=LONGEST))
    def sequences(steps: list[tuple[object, ...]]) -> None:
        world = World(services, (sanne, amira), clock)
        world.step("there", 0)
        world.step("there", 1)
        world.step("says")
        world.step("request")
        for name, *how in steps:
            world.step(str(name), *how)
            world.check_owner()
        world.check(spy)

    sequences()
