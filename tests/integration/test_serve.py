"""The thread that delivers: it survives whatever happens, and says when it does not."""

from __future__ import annotations

import threading

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from handoff.repeated import Repeated
from tests.integration.conftest import PASSWORD
from tests.support.desk import AgentBrowser, running_desk


class Faulty:
    """Fails the first time, and works from then on."""

    def __init__(self) -> None:
        self.rounds = 0
        self.worked = threading.Event()

    def run_once(self) -> int:
        self.rounds += 1
        if self.rounds == 1:
            raise RuntimeError("a defect")
        self.worked.set()
        return 0


def test_a_defect_does_not_end_the_thread() -> None:
    faulty = Faulty()
    thread = Repeated("deliveries", faulty.run_once, 0.05)
    thread.start()
    thread.wake()
    try:
        assert faulty.worked.wait(10), "the thread went on"
        assert thread.stuck_for() < 10
    finally:
        thread.stop()


def test_the_desk_says_when_nothing_is_delivered(services: Services, sanne: Agent) -> None:
    with running_desk(services) as base:
        agent = AgentBrowser(base, "sanne", PASSWORD)
        assert agent.get(f"{base}/healthz").status_code == 200
        services.deliveries_stuck_for = lambda: 120.0
        answer = agent.get(f"{base}/healthz")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "deliveries_stuck")
