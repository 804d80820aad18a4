"""How many conversations one address may start. In memory, per process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from sanic.request import Request

from handoff.rasa.web.refusal import TooManySessions

SESSIONS_AT_ONCE = 120  # one office is one address, and everybody in it may open the shop after the same meeting
SESSIONS_PER_SECOND = 2.0  # beyond that; nobody but a program keeps it up
MOST_ADDRESSES = 10_000  # about 2 MB; beyond this those that were quiet longest are forgotten
LOOPBACK = frozenset({"127.0.0.1", "::1"})


class SessionLimit:
    """A bucket of tokens for each address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets; ``clock`` gives seconds."""
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, address: str) -> None:
        """Count a new conversation from ``address``.

        Raises:
            TooManySessions: it has started too many.
        """
        now = self._clock()
        left, at = self._buckets.get(address, (float(SESSIONS_AT_ONCE), now))
        left = min(float(SESSIONS_AT_ONCE), left + (now - at) * SESSIONS_PER_SECOND)
        if left < 1:
            raise TooManySessions("Too many conversations were started from this address. Try again in a minute.")
        self._buckets[address] = (left - 1, now)
        self._buckets.move_to_end(address)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)


def address_of(request: Request) -> str:
    """The visitor's address. Only a proxy on this machine is believed, and of its list only the entry it made."""
    peer = str(request.ip)
    forwarded = request.headers.get("x-forwarded-for", "")
    return forwarded.split(",")[-1].strip() or peer if peer in LOOPBACK else peer
