"""Does in the background what nobody waits for, and drops it when there is too much: it would be untrue by then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

MOST_WAITING = 50  # about what one thread does in the seconds in which a signal is still worth something


class Errands:
    """One thread of its own, and room for a few errands in front of it."""

    def __init__(self, name: str, room: int = MOST_WAITING) -> None:
        """Start with nothing to do; ``name`` is for the list of threads."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._room = threading.BoundedSemaphore(room)

    def run(self, errand: Callable[[], None]) -> bool:
        """Do ``errand`` soon; False when it was dropped. It must handle its own errors."""
        if not self._room.acquire(blocking=False):
            return False
        self._pool.submit(self._do, errand)
        return True

    def _do(self, errand: Callable[[], None]) -> None:
        try:
            errand()
        finally:
            self._room.release()
