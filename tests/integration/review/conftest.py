"""A copy of the project that may be written, visitors who are not helped, and an administrator who reviews."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.desk import review_reads
from handoff.desk.app import create_app
from handoff.domain.model import Agent, HandoffRequest, Sender, Turn, Visitor
from handoff.persistence.engine import open_engine
from handoff.review.project_copy import COPIED
from handoff.review.vectors import Vectors
from handoff.service.ports import NewMessage
from handoff.settings import Settings
from tests.conftest import ROOT, Clock
from tests.integration.conftest import PASSWORD
from tests.integration.desk_api.client import log_in

FALLBACK = "utter_not_understood"
LONG = 24 * 365.0  # hours; nobody has to log in again when the clock goes forward by weeks


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    """Those of the training data are read from the disk once."""
    return Vectors()


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite, but in test_on_both_databases.py: most here is about files."""
    return sqlite_url


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's files, to be edited."""
    root = tmp_path / "checkout" / "project"
    root.mkdir(parents=True)
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, root / name)
    return root


@pytest.fixture
def services(db_url: str, project: Path, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    environ = {"HANDOFF_VAR": str(tmp_path / "var"), "HANDOFF_DB_URL": db_url}
    settings = replace(Settings.load(project, environ=environ), session_hours=LONG)
    engine = open_engine(db_url)
    yield Services(settings, engine, clock)
    engine.dispose()


@pytest.fixture
def app(services: Services, vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(review_reads, "Vectors", lambda: vectors)
    return create_app(services, services.settings)


@pytest.fixture
def boss(services: Services) -> Agent:
    return services.agents.create("mila", "Mila Novak", PASSWORD, role="admin")


@pytest.fixture
def as_boss(app: Any, boss: Agent) -> Iterator[TestClient]:
    with log_in(app, "mila") as client:
        yield client


class Visitors:
    """Writes conversations down as the assistant's side does."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services = services
        self.clock = clock
        self.count = 0

    def ask(
        self,
        text: str,
        intent: str = "nlu_fallback",
        *,
        conversation: str | None = None,
        answer: str | None = "I am not sure what you mean.",
        response: str = FALLBACK,
        frustration: float = 0.0,
        signals: tuple[str, ...] = (),
    ) -> str:
        """One message and its answer, if there is one, a minute after the last; returns the message's id."""
        self.count += 1
        self.clock.advance(60)
        visitor = conversation or f"v{self.count}"
        message_id = f"{visitor}-m{self.count}"
        asked = NewMessage(
            message_id,
            visitor,
            Sender.VISITOR,
            text,
            self.clock(),
            intent=intent,
            confidence=0.4,
            frustration=frustration,
            signals=signals,
            page="https://fernway.example/desks",
        )
        lines = [asked]
        if answer is not None:
            later = self.clock() + timedelta(seconds=1)
            lines.append(
                NewMessage(
                    f"{message_id}-a",
                    visitor,
                    Sender.ASSISTANT,
                    answer,
                    later,
                    in_reply_to=message_id,
                    response=response,
                )
            )
        self.services.record(lines, "web")
        return message_id

    def hand_over(self, conversation: str, name: str = "Lea Moreau") -> str:
        """The visitor asks for a person; returns the handoff's id."""
        self.count += 1
        self.clock.advance(60)
        message_id = f"{conversation}-m{self.count}"
        turn = Turn(Sender.VISITOR, "a person please", self.clock(), message_id, "request_human", 0.9)
        outcome = self.services.request(HandoffRequest(conversation, "web", (turn,), visitor=Visitor(name=name)))
        self.services.record(
            [NewMessage(message_id, conversation, Sender.VISITOR, turn.text, turn.at, intent="request_human")], "web"
        )
        return outcome.handoff_id

    def answered_by(self, agent: Agent, conversation: str, *lines: str) -> str:
        """A person takes over and says these lines; returns the handoff's id."""
        handoff_id = self.hand_over(conversation)
        self.services.claim(handoff_id, agent.id)
        for number, line in enumerate(lines):
            self.clock.advance(20)
            self.services.reply(handoff_id, agent.id, line, f"r{number}")
        return handoff_id


@pytest.fixture
def visitors(services: Services, clock: Clock) -> Visitors:
    return Visitors(services, clock)


def review(boss: TestClient, query: str = "") -> dict[str, Any]:
    """What the API says went wrong."""
    answer = boss.get(f"/api/review?{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body
