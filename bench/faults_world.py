"""The people of the benchmark of faults: visitors, agents in a Chatwoot that fails, and webhooks that go astray."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from bench.faults_rasa import VisitorsEnd
from handoff.bootstrap import Services
from handoff.domain.errors import StorageUnavailable
from handoff.domain.model import HandoffRequest, Sender, TriggerKind, Turn, Visitor
from handoff.service.ports import NewMessage
from tests.support.live_chats.base import Fault, Webhook
from tests.support.live_chats.chatwoot import FakeChatwoot
from tests.support.live_chats.chatwoot_things import Conversation

EACH_WAY = 5  # messages of the visitor, and of the agent
AT_FIRST = 3  # messages that a visitor writes in one go, so that several are on their way at once
FAULT_SHARE = 0.3  # of all requests to Chatwoot
WEBHOOK_LOST, WEBHOOK_TWICE, WEBHOOK_LATE = 0.1, 0.1, 0.1  # of all webhooks
POSTERS = 4
RETRY_SECONDS = 0.2  # what a visitor's turn waits before it tries again when the database is away


class RandomFaults(deque[Fault]):
    """In place of a list of faults: every request may meet one."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.met: Counter[str] = Counter()
        self.share = FAULT_SHARE

    def __bool__(self) -> bool:
        return self._chance.random() < self.share

    def popleft(self) -> Fault:
        """One kind by chance."""
        fault = self._chance.choice(list(Fault))
        self.met[fault.value] += 1
        return fault


class FailingChatwoot(FakeChatwoot):
    """The strict fake, with faults by chance."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.random_faults = RandomFaults(chance)
        self.faults = self.random_faults


@dataclass
class Talk:
    """One conversation of a visitor, who writes again when an answer has come."""

    id: str
    written: int = 0
    answered: int = 0
    closed: bool = False


@dataclass
class World:
    """Everybody. :meth:`step` lets each do what is their turn."""

    services: Services
    chatwoot: FailingChatwoot
    end: VisitorsEnd
    total: int
    at_once: int
    talks: dict[str, Talk] = field(default_factory=dict)
    active: dict[str, Talk] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    counterparts: dict[str, list[Conversation]] = field(default_factory=dict)
    _looked_at: int = 0

    def step(self) -> None:
        """One look at everybody who is in a conversation."""
        self._find_counterparts()
        while len(self.talks) < self.total and len(self.active) < self.at_once:
            self._begin()
        for talk in list(self.active.values()):
            self._agent(talk)
            self._visitor(talk)

    def _begin(self) -> None:
        talk = Talk(uuid.uuid4().hex)
        asked = f"{talk.id}-ask"
        now = datetime.now(UTC)
        turn = Turn(Sender.VISITOR, "I want to talk to a person", now, asked, "request_human", 0.99)
        said = NewMessage(asked, talk.id, Sender.VISITOR, turn.text, now, intent=turn.intent)
        request = HandoffRequest(
            talk.id,
            "web",
            (turn,),
            Visitor(name="Lena", email=f"{talk.id}@example.org"),
            fields={"order_number": "FW-104233"},
            trigger=TriggerKind.EXPLICIT_REQUEST,
        )
        _until_stored(lambda: self.services.request(request))
        _until_stored(lambda: self.services.record([said], "web"))
        self.talks[talk.id] = self.active[talk.id] = talk
        for _ in range(AT_FIRST):
            self._write(talk)

    def _write(self, talk: Talk) -> None:
        number = talk.written + 1
        line = NewMessage(f"{talk.id}-v{number}", talk.id, Sender.VISITOR, f"v{number}", datetime.now(UTC))
        _until_stored(lambda: self.services.record([line], "web"))
        talk.written = number

    def _visitor(self, talk: Talk) -> None:
        with self.end.lock:
            shown = self.end.visitors.get(talk.id)
            answers = sum(sender == "agent" for _, sender, _ in shown.lines) if shown else 0
            resumed = shown.resumed if shown else 0
        if talk.written < EACH_WAY and answers > talk.written - AT_FIRST:
            self._write(talk)
        if resumed:
            del self.active[talk.id]
            self.done.add(talk.id)

    def _agent(self, talk: Talk) -> None:
        found = self.counterparts.get(talk.id)
        if not found or talk.closed:
            return
        with self.chatwoot.lock:
            seen = len(incoming(found[0]))
        while talk.answered < min(seen, EACH_WAY):
            talk.answered += 1
            self.chatwoot.agent_says(str(found[0].id), f"a{talk.answered}")
        if talk.answered == EACH_WAY:
            self.chatwoot.agent_closes(str(found[0].id))
            talk.closed = True

    def _find_counterparts(self) -> None:
        with self.chatwoot.lock:
            conversations = list(self.chatwoot.state.conversations.values())[self._looked_at :]
            self._looked_at += len(conversations)
        for one in conversations:
            self.counterparts.setdefault(str(one.custom_attributes["conversation_id"]), []).append(one)

    def progress(self) -> int:
        """Grows with everything that anybody says or has heard."""
        with self.end.lock:
            heard = sum(len(shown.lines) + shown.resumed for shown in self.end.visitors.values())
        return heard + sum(talk.written + talk.answered + talk.closed for talk in self.talks.values())

    def verdict(self) -> dict[str, int]:
        """Count what is wrong at both ends."""
        wrong: Counter[str] = Counter(lost=0, doubled=0, disordered=0)
        expected = [[f"{who}{number}" for number in range(1, EACH_WAY + 1)] for who in "va"]
        for talk_id in self.talks:
            found = self.counterparts.get(talk_id, [])
            _count(wrong, ["package"], [kind for one in found for kind in _packages(one)])
            _count(wrong, expected[0], [text for one in found for text in incoming(one)])
            shown = self.end.visitors[talk_id]
            _count(wrong, expected[1], [text for _, sender, text in shown.lines if sender == "agent"])
            _count(wrong, ["resumed"], ["resumed"] * shown.resumed)
        wrong["unfinished"] = self.total - len(self.done)
        return dict(wrong)


def incoming(conversation: Conversation) -> list[str]:
    """What the visitor wrote after the handoff, as the agent has it."""
    return [
        line.content
        for line in conversation.lines
        if line.message_type == "incoming" and not _mark(line).endswith(":words")
    ]


def _packages(conversation: Conversation) -> list[str]:
    return ["package" for line in conversation.lines if _mark(line).endswith(":package")]


def _mark(line: Any) -> str:
    return str(line.content_attributes.get("handoff_message_id", ""))


def _count(wrong: Counter[str], expected: list[str], got: list[str]) -> None:
    counted = Counter(got)
    wrong["lost"] += sum(text not in counted for text in expected)
    wrong["doubled"] += sum(count - 1 for count in counted.values())
    wrong["disordered"] += list(dict.fromkeys(got)) != [text for text in expected if text in counted]


def _until_stored(act: Callable[[], object]) -> None:
    """As Rasa and the widget do: what was not stored is sent again, with the same ids."""
    while True:
        try:
            act()
            return
        except StorageUnavailable:
            time.sleep(RETRY_SECONDS)


class Post:
    """Brings webhooks to the desk: some never, some twice, some after others that were sent later."""

    def __init__(self, chatwoot: FailingChatwoot, url: str, chance: random.Random) -> None:
        self.chatwoot, self.url, self.chance = chatwoot, url, chance
        self.fates: Counter[str] = Counter()
        self._late: deque[Webhook] = deque()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(POSTERS)]

    def start(self) -> None:
        """Begin to bring them."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Leave the rest lying."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        session = requests.Session()
        while not self._stopping.is_set():
            webhook = self._next()
            if webhook is None:
                time.sleep(0.01)
                continue
            fate = self.chance.random()
            if fate < WEBHOOK_LOST:
                self.fates["lost"] += 1
            elif fate < WEBHOOK_LOST + WEBHOOK_LATE:
                self.fates["late"] += 1
                self._late.append(webhook)
            else:
                self._bring(session, webhook)
                if fate > 1 - WEBHOOK_TWICE:
                    self.fates["twice"] += 1
                    self._bring(session, webhook)

    def _next(self) -> Webhook | None:
        try:
            if self._late and self.chance.random() < 0.5:
                return self._late.popleft()
            return self.chatwoot.webhooks.popleft()
        except IndexError:
            return None

    def _bring(self, session: requests.Session, webhook: Webhook) -> None:
        try:
            answer = session.post(self.url, data=webhook.body, headers=webhook.headers, timeout=10)
        except requests.RequestException:
            self.fates["no answer"] += 1  # Chatwoot tries once
            return
        self.fates[str(answer.status_code)] += 1
