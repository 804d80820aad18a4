"""Slows down guessing of passwords: waits that double, per account and per address. In memory, per process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_TRIES_PER_ACCOUNT = 5  # a person mistypes three or four times before looking the password up
FREE_TRIES_PER_ADDRESS = 20  # one office is one address
FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 300.0  # about 300 guesses a day; longer would let anybody lock an agent out
FORGET_AFTER_SECONDS = 900.0
MOST_KEYS = 10_000  # about 2 MB; beyond this the oldest are forgotten first


@dataclass
class _Tries:
    count: int = 0
    last: float = 0.0


class LoginThrottle:
    """Counts tries. A try counts as failed from its start, so that many at the same moment do not slip through."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing counted; ``clock`` gives seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()

    def start(self, username: str, address: str) -> float:
        """Count a try.

        Returns:
            0.0 when it may go on, else how many seconds to wait before the next (the try does not count then).
        """
        with self._lock:
            now = self._clock()
            keys = _keys(username, address)
            wait = max(self._wait(key, free, now) for key, free in keys)
            if wait > 0:
                return wait
            for key, _ in keys:
                tries = self._tries.setdefault(key, _Tries())
                tries.count, tries.last = tries.count + 1, now
                self._tries.move_to_end(key)
            while len(self._tries) > MOST_KEYS:
                self._tries.popitem(last=False)
            return 0.0

    def succeeded(self, username: str, address: str) -> None:
        """The try was right: forget the account's failures, and do not count this one against the address."""
        with self._lock:
            (account, _), (place, _) = _keys(username, address)
            self._tries.pop(account, None)
            if place in self._tries:
                self._tries[place].count -= 1

    def _wait(self, key: tuple[str, str], free: int, now: float) -> float:
        tries = self._tries.get(key)
        if tries is None:
            return 0.0
        if now - tries.last > FORGET_AFTER_SECONDS:
            del self._tries[key]
            return 0.0
        if tries.count < free:
            return 0.0
        doubled = FIRST_WAIT_SECONDS * 2.0 ** min(tries.count - free, 16)
        return tries.last + min(doubled, LONGEST_WAIT_SECONDS) - now


def _keys(username: str, address: str) -> tuple[tuple[tuple[str, str], int], tuple[tuple[str, str], int]]:
    account = ("account", username.strip().lower())
    return ((account, FREE_TRIES_PER_ACCOUNT), (("address", address), FREE_TRIES_PER_ADDRESS))
