"""One look for all who deliver: it sees what others stored, wakes whom it concerns, and gets over a lost connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from handoff.bootstrap import Services
from handoff.domain.errors import StorageUnavailable
from handoff.domain.model import Agent
from handoff.lookout import Lookout, with_pauses
from handoff.persistence.engine import open_engine
from handoff.persistence.glance import Glance
from handoff.service.lines import RASA
from tests.conftest import Clock
from tests.integration.test_dispatch import conversation


@dataclass
class Sleeper:
    """Counts how often it is woken."""

    woken: int = 0

    def wake(self) -> None:
        self.woken += 1


@pytest.fixture
def glance(services: Services) -> Iterator[Glance]:
    with closing(Glance(services.engine)) as found:
        yield found


def test_it_wakes_whom_it_concerns(services: Services, sanne: Agent, clock: Clock, glance: Glance) -> None:
    visitors, team, asking = Sleeper(), Sleeper(), Sleeper()
    lookout = Lookout(glance, clock, {RASA: visitors, "connector:team": team}, {"team": asking})
    assert lookout.run_once() == 0
    conversation(services, sanne)
    assert lookout.run_once() == 1, "what was stored since by another connection"
    assert (visitors.woken, team.woken, asking.woken) == (1, 0, 0)


def test_what_is_not_due_yet_is_left_alone(services: Services, sanne: Agent, clock: Clock, glance: Glance) -> None:
    conversation(services, sanne)
    due = glance(clock())
    assert due == ({RASA}, set())
    with services.uow.write() as tx:
        tx.connection.execute(text("UPDATE outbox SET due_at = :later"), {"later": "2999-01-01 00:00:00.000000"})
    assert glance(clock()) == (set(), set())


def test_a_connection_that_is_lost_is_opened_again(postgres_url: str, clock: Clock) -> None:
    engine = open_engine(postgres_url)
    with closing(Glance(engine)) as glance:
        assert glance(clock()) == (set(), set())
        with engine.begin() as other:
            mine = "pid <> pg_backend_pid() AND datname = current_database()"
            other.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}"))
        with pytest.raises(StorageUnavailable):
            glance(clock())
        assert glance(clock()) == (set(), set())
    engine.dispose()


def test_a_round_with_pauses_is_never_followed_by_another_at_once() -> None:
    rounds: list[int] = []

    def work() -> int:
        rounds.append(1)
        return 5

    assert with_pauses(work)() == 0
    assert rounds == [1]
