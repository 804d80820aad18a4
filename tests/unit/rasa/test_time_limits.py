from __future__ import annotations

import subprocess
import sys

from actions.handoff import GIVE_UP_SECONDS
from handoff.rasa.time_limits import ACTION_SECONDS, LOCK_SECONDS

LOOK = """
from handoff.rasa.server import limit_waiting
limit_waiting()
import rasa.core.actions.action, rasa.core.lock_store, rasa.utils.endpoints
print(rasa.core.actions.action.DEFAULT_REQUEST_TIMEOUT, rasa.utils.endpoints.DEFAULT_REQUEST_TIMEOUT)
print(rasa.core.lock_store.LOCK_LIFETIME)
"""


def test_rasa_takes_them() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == [str(ACTION_SECONDS), str(ACTION_SECONDS), str(LOCK_SECONDS)]


def test_they_fit_each_other() -> None:
    assert GIVE_UP_SECONDS < ACTION_SECONDS, "the action's own honest word comes first"
    assert ACTION_SECONDS * 10 < LOCK_SECONDS, "no turn outlives its lock"
