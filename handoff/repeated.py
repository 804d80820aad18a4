"""Rounds of work in a thread of their own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from handoff.domain.errors import HandoffError

logger = logging.getLogger(__name__)

PAUSE_AFTER_ERROR_SECONDS = 1.0
STOP_SECONDS = 5


class Repeated:
    """Does rounds of some work in a thread until stopped, without a pause while there is something to do."""

    def __init__(self, name: str, work: Callable[[], int], pause: float) -> None:
        """Prepare the thread; :meth:`start` starts it.

        Args:
            name: for the log.
            work: one round; returns how much was done.
            pause: seconds between rounds that found nothing.
        """
        self._name, self._work, self._pause = name, work, pause
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self._last_round = time.monotonic()

    def start(self) -> None:
        """Start the first round."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def stuck_for(self) -> float:
        """Seconds since the last round ended."""
        return time.monotonic() - self._last_round

    def stop(self) -> None:
        """Finish the round that is under way and stop."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(STOP_SECONDS)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            pause = self._pause
            try:
                if self._work():
                    pause = 0.0
            except HandoffError as error:
                logger.error("%s: a pause, since %s", self._name, error)
                pause = PAUSE_AFTER_ERROR_SECONDS
            except Exception:
                # whatever it is, the next round may work, and without this thread no reply reaches anyone
                logger.exception("%s: a pause after a defect", self._name)
                pause = PAUSE_AFTER_ERROR_SECONDS
            self._last_round = time.monotonic()
            if pause:
                self._wake.wait(pause)
            self._wake.clear()
