"""How many conversations one address may start. In memory, per process."""

from __future__ import annotations

import time
from collections.abc import Callable

from sanic.request import Request

from handoff.rasa.web.buckets import Buckets
from handoff.rasa.web.refusal import TooManySessions

SESSIONS_AT_ONCE = 120  # one office is one address, and everybody in it may open the shop after the same meeting
SESSIONS_PER_SECOND = 2.0  # beyond that; nobody but a program keeps it up
LOOPBACK = frozenset({"127.0.0.1", "::1"})


class SessionLimit:
    """A bucket of tokens for each address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets; ``clock`` gives seconds."""
        self._buckets = Buckets(SESSIONS_AT_ONCE, SESSIONS_PER_SECOND, clock)

    def check(self, address: str) -> None:
        """Count a new conversation from ``address``.

        Raises:
            TooManySessions: it has started too many.
        """
        if not self._buckets.take(address):
            raise TooManySessions("Too many conversations were started from this address. Try again in a minute.")


def address_of(request: Request) -> str:
    """The visitor's address. Only a proxy on this machine is believed, and of its list only the entry it made."""
    peer = str(request.ip)
    forwarded = request.headers.get("x-forwarded-for", "")
    return forwarded.split(",")[-1].strip() or peer if peer in LOOPBACK else peer
