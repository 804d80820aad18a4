"""Which live chat serves a handoff, who takes over when one is down, and who is told besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DESK = "desk"
"""The built-in desk. It reads the same database, so nothing has to be sent to it, and it cannot be down alone."""

FALLBACK_AFTER_SECONDS = 60.0  # what a visitor in a live chat waits before wondering; a restart of a server is shorter
POLL_EVERY_SECONDS = 10.0  # for live chats; where webhooks ring, it only finds what they lost


@dataclass(frozen=True)
class Route:
    """One configured live chat.

    Attributes:
        name: its key in ``endpoints.yml``.
        two_way: agents answer there.
        live: they answer within minutes; of a ticket system nobody is said to be there now.
        pulls: it can be asked what happened.
        fallback: who takes over when it is down.
        fallback_after: seconds of not being able to deliver a handoff after which that happens.
        poll_every: seconds between asking it what happened.
    """

    name: str
    two_way: bool = True
    live: bool = True
    pulls: bool = False
    fallback: str = DESK
    fallback_after: float = FALLBACK_AFTER_SECONDS
    poll_every: float = POLL_EVERY_SECONDS


@dataclass(frozen=True)
class LiveChat:
    """The section ``live_chat`` of ``endpoints.yml``; without one the desk serves everything.

    Attributes:
        routes: by name, without the desk.
        default: who serves queues that ``queues`` does not name.
        queues: queue to connector.
        after_hours: connector for handoffs made outside opening hours, or None: they wait for whoever serves the queue.
        notify: connectors that are told of each new handoff besides.
    """

    routes: Mapping[str, Route] = field(default_factory=dict)
    default: str = DESK
    queues: Mapping[str, str] = field(default_factory=dict)
    after_hours: str | None = None
    notify: tuple[str, ...] = ()

    def serving(self, queue: str, *, is_open: bool = True) -> str:
        """The name of the connector that a new handoff of ``queue`` goes to."""
        if not is_open and self.after_hours is not None:
            return self.after_hours
        return self.queues.get(queue, self.default)

    def fallback_of(self, name: str) -> str:
        """Who takes over from a connector; the desk for one that is no longer configured."""
        route = self.routes.get(name)
        return route.fallback if route else DESK

    def is_live(self, name: str) -> bool | None:
        """Whether agents are in front of a live chat other than the desk; None for the desk, which knows itself."""
        if name == DESK:
            return None
        route = self.routes.get(name)
        return route.live if route else False
