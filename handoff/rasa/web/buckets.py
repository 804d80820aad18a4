"""Limits: so much at once, then so much a second, for each key. In memory, per process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 10_000  # about 2 MB; beyond this those that were quiet longest are forgotten


class Buckets:
    """A bucket of tokens for each key, for example for each address or conversation."""

    def __init__(self, at_once: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets.

        Args:
            at_once: how much a bucket holds.
            per_second: how much flows into it.
            clock: gives seconds.
        """
        self._at_once = float(at_once)
        self._per_second = per_second
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Take one token; False when there is none."""
        now = self._clock()
        left, at = self._buckets.get(key, (self._at_once, now))
        left = min(self._at_once, left + (now - at) * self._per_second)
        if left < 1:
            return False
        self._buckets[key] = (left - 1, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return True
