"""Whatever happens between a visitor, the desk and another live chat: nothing is lost, doubled or out of order."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.bootstrap import Services
from handoff.connectors.base import AgentMessage, Closed
from handoff.domain.errors import HandoffError
from handoff.domain.lifecycle import HUMAN_OWNED
from handoff.domain.model import Agent, Owner, Sender
from handoff.persistence.engine import open_engine
from handoff.service.delivery import NotYet, Undeliverable
from handoff.service.ports import NewMessage
from handoff.service.retry import CONNECTOR_POLICY
from handoff.settings import Settings
from tests.conftest import ROOT, Clock
from tests.integration.conftest import PASSWORD
from tests.integration.test_dispatch import FakeRasa
from tests.integration.test_service import REQUEST
from tests.support.memory_chat import MAYA, Chat, MemoryChat
from tests.unit.domain.talk import visitor

SEQUENCES = int(os.environ.get("HANDOFF_SEQUENCES", "60"))
LONGEST = 14
QUIET_ROUNDS = 6  # each is longer than any wait before another attempt

STEPS = st.one_of(
    st.tuples(st.sampled_from(["request", "says", "answers_there", "closes_there", "claim", "resolve", "cancel"])),
    st.tuples(st.just("transfer"), st.sampled_from(["support", "billing"])),
    st.tuples(st.just("fails"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["down", "gone", "up", "deliver", "crash"])),
    st.tuples(st.just("time"), st.sampled_from([5, 20, 90])),
)


@dataclass
class Story:
    """One visitor, one agent of the desk, and Maya in the live chat."""

    services: Services
    desk_agent: Agent
    clock: Clock
    rasa: FakeRasa = field(default_factory=FakeRasa)
    conversation: str = field(default_factory=lambda: uuid.uuid4().hex)
    said: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def step(self, name: str, *how: object) -> None:
        try:
            getattr(self, f"_{name}")(*how)
        except HandoffError as error:
            self.refusals.append(str(error))

    @property
    def team(self) -> MemoryChat:
        found = self.services.live_chat.connectors["team"]
        assert isinstance(found, MemoryChat)
        return found

    def chats(self) -> list[tuple[str, Chat]]:
        """Counterparts of this story, oldest first."""
        return [pair for pair in self.team.chats.items() if pair[1].package["conversation_id"] == self.conversation]

    def _open_id(self) -> str:
        return self.services.state(self.conversation).handoff_id or "nothing"

    def _request(self) -> None:
        asked = replace(visitor("a person please", "request_human"), message_id=uuid.uuid4().hex)
        turns = (*REQUEST.turns, asked)
        self.services.request(replace(REQUEST, conversation_id=self.conversation, turns=turns))

    def _says(self) -> None:
        text = f"v{len(self.said)}-{self.conversation}"
        line = NewMessage(uuid.uuid4().hex, self.conversation, Sender.VISITOR, text, self.clock())
        for _ in range(2):  # Rasa may hand the same turn over again
            self.services.record([line], "web")
        self.said.append(text)

    def _answers_there(self) -> None:
        if any(isinstance(failure, Undeliverable) for failure in self.team.failures):
            return  # nobody can write where nothing is any more
        for reference, chat in self.chats()[-1:]:
            text = f"a{len(self.answered)}-{self.conversation}"
            chat.said.append(AgentMessage(reference, text, MAYA, text))
            self.answered.append(text)
            self._ring(reference)

    def _closes_there(self) -> None:
        for reference, chat in self.chats()[-1:]:
            chat.said.append(Closed(reference, MAYA))
            self._ring(reference)

    def _ring(self, reference: str) -> None:
        with self.services.uow.write() as tx:
            tx.links.ring("team", reference)

    def _claim(self) -> None:
        self.services.claim(self._open_id(), self.desk_agent.id)

    def _resolve(self) -> None:
        self.services.resolve(self._open_id(), self.desk_agent.id)

    def _cancel(self) -> None:
        self.services.cancel(self.conversation)

    def _transfer(self, queue: str) -> None:
        self.services.transfer(self._open_id(), self.desk_agent.id, queue=queue)

    def _fails(self, times: int) -> None:
        self.team.failures += [NotYet("busy")] * times

    def _down(self) -> None:
        self.team.always = NotYet("down")

    def _gone(self) -> None:
        with self.services.uow.read() as tx:
            stored = tx.messages.after(self.conversation, 0)
        if sum(line.sender is Sender.AGENT for line in stored) == len(self.answered):  # else the answer goes with it
            self.team.failures.append(Undeliverable("404", 404))

    def _up(self) -> None:
        self.team.always = None

    def _crash(self) -> None:
        """A worker dies after it took what is due; its leases run out."""
        with self.services.uow.write() as tx:
            for target in ("rasa", "connector:team"):
                tx.outbox.take(target, self.clock(), self.clock(), 10)

    def _time(self, seconds: int) -> None:
        self.clock.advance(seconds)
        self._deliver()

    def _deliver(self) -> None:
        deliveries = self.services.deliveries
        work = [
            replace(self.services.dispatcher(self.rasa), jitter=lambda: 1.0).run_once,
            *(replace(one, jitter=lambda: 1.0).run_once for one in deliveries.to_live_chats()),
            *(one.run_once for one in deliveries.pullers()),
            deliveries.fallback.run_once,
        ]
        while sum(one() for one in work):
            pass

    def check_owner(self) -> None:
        state = self.services.state(self.conversation)
        human = state.status is not None and state.status in HUMAN_OWNED
        assert (state.owner is Owner.HUMAN) == human, state

    def check(self) -> None:
        """When everything works again and time has passed, everything is where it belongs."""
        assert all(self.refusals), "a refusal says why"
        self.team.always, self.team.failures = None, []
        for _ in range(QUIET_ROUNDS):
            self.clock.advance(CONNECTOR_POLICY.longest + 1)
            self._deliver()
        with self.services.uow.read() as tx:
            assert tx.outbox.undelivered() == 0, "nothing is on its way for ever"
            stored = tx.messages.after(self.conversation, 0)
        self.check_owner()
        assert [line.text for line in stored if line.sender is Sender.VISITOR] == self.said
        agents = [line.text for line in stored if line.sender is Sender.AGENT]
        assert agents == self.answered, "what agents wrote is there once, in order"
        shown = [text for text, _, _ in self.rasa.shown]
        assert [text for text in shown if text in agents] == agents, "and the visitor has seen it"
        for _, chat in self.chats():
            got = [line.removeprefix("visitor: ") for line in chat.got if line.startswith("visitor: ")]
            assert got == [text for text in self.said if text in got], "in order"
            twice = [text for text, count in Counter(got).items() if count > 1]
            assert not twice, "no line came twice"
            told = {line["text"] for line in chat.package["transcript"]}
            assert not told & set(got), "what the package tells is not said again"


@pytest.fixture
def services(db_url: str, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    connector = {"type": "tests.support.memory_chat.MemoryChat", "fallback_after": 60}
    section = {"default": "team", "queues": {"billing": "desk"}, "connectors": {"team": connector}}
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8")) | {"live_chat": section}
    file = tmp_path / "endpoints.yml"
    file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    environ = {"HANDOFF_VAR": str(tmp_path / "var"), "HANDOFF_DB_URL": db_url, "HANDOFF_ENDPOINTS": str(file)}
    engine = open_engine(db_url)
    yield Services(Settings.load(environ=environ), engine, clock)
    engine.dispose()


def test_between_two_live_chats_nothing_gets_lost(services: Services, clock: Clock) -> None:
    sanne = services.agents.create("sanne", "Sanne de Vries", PASSWORD)

    @settings(
        max_examples=SEQUENCES,
        deadline=None,
        derandomize=os.environ.get("CI") == "true",  # a failure in CI is one that everybody can repeat
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        database=None,
    )
    @given(st.lists(STEPS, min_size=3, max_size=LONGEST))
    def sequences(steps: list[tuple[str, *tuple[object, ...]]]) -> None:
        services.presence.seen(sanne.id)
        story = Story(services, sanne, clock)
        story.step("request")
        for step in steps:
            story.step(*step)
            story.check_owner()
        story.check()

    sequences()
