"""What works by itself: deliveries, timers, live chats, and keeping visitors' pages in step."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

from handoff.bootstrap import Services, build_services
from handoff.repeated import Repeated
from handoff.service.dispatch import AT_ONCE, Dispatcher, apart
from handoff.service.pull import Puller, pulling_apart
from handoff.settings import Settings
from handoff.typing_relay import TypingRelay

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.05  # other processes write to the outbox too; half a tenth of a second is not noticed in a chat
LIVE_CHAT_SECONDS = 0.03  # a look costs a millisecond; a handoff must be there 60 ms after it was made (bench.delivery)
MAIL_SECONDS = 1.0  # nobody waits in front of a mailbox
PAGES_SECONDS = 0.5  # a place in the queue; while many arrive at once, each page is told twice a second at most
TIMER_SECONDS = 0.25  # timers are set to minutes; nobody notices a quarter of a second
TYPING_SECONDS = 0.5  # what one notices of somebody who types
REPORT_SECONDS = 20.0  # it comes once a week
FALLBACK_SECONDS = 1.0  # a fallback is set to a minute
CLEANING_SECONDS = 30.0  # signals are small; half a minute's worth does not slow anything down


class Worker:
    """The threads of one process. Several processes may work at the same time on PostgreSQL; on SQLite one does."""

    def __init__(self, services: Services) -> None:
        """Prepare the threads; :meth:`start` starts them."""
        self._services = services
        self._pools: list[ThreadPoolExecutor] = []
        deliveries = services.deliveries
        self._to_visitors = self._dispatching("deliveries", services.dispatcher(), POLL_SECONDS)
        self._live_chats = [
            *(self._dispatching(one.target, one, LIVE_CHAT_SECONDS) for one in deliveries.to_live_chats()),
            *(self._pulling(one) for one in deliveries.pullers()),
        ]
        others = [
            Repeated("e-mail", services.mail_dispatcher().run_once, MAIL_SECONDS),
            Repeated("timers", sweeper(services), TIMER_SECONDS),
            Repeated("weekly report", services.weekly_report.run_once, REPORT_SECONDS),
            Repeated("visitors' pages", follower(services), PAGES_SECONDS),
        ]
        others.append(Repeated("fallback", deliveries.fallback.run_once, FALLBACK_SECONDS))
        if any(one.capabilities.typing for one in deliveries.connectors.values()):
            relay = TypingRelay(services.uow, deliveries.connectors)
            others.append(Repeated("typing", relay.run_once, TYPING_SECONDS))
        self._all = [self._to_visitors, *self._live_chats, *others]

    def start(self) -> None:
        """Begin to work."""
        release_leases(self._services)
        for one in self._all:
            one.start()

    def wake(self) -> None:
        """Something was put into the outbox, or a webhook rang."""
        self._to_visitors.wake()
        for one in self._live_chats:
            one.wake()

    def stuck_for(self) -> float:
        """Seconds since deliveries to visitors last made progress."""
        return self._to_visitors.stuck_for()

    def stop(self) -> None:
        """Finish what is under way and stop."""
        for one in self._all:
            one.stop()
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)

    def _dispatching(self, name: str, dispatcher: Dispatcher, pause: float) -> Repeated:
        pool = self._pool(name)
        # the next row of a conversation can go when the one before it has arrived
        thread = Repeated(name, apart(dispatcher, pool, lambda: thread.wake()).run_once, pause)
        return thread

    def _pulling(self, puller: Puller) -> Repeated:
        name = f"asking {puller.route.name}"
        pool = self._pool(name)
        thread = Repeated(name, pulling_apart(puller, pool, lambda: thread.wake()).run_once, LIVE_CHAT_SECONDS)
        return thread

    def _pool(self, name: str) -> ThreadPoolExecutor:
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=name)
        self._pools.append(pool)
        return pool


def work(settings: Settings) -> int:
    """Work until stopped by SIGTERM or Ctrl-C; returns the exit code."""
    services = build_services(settings)
    worker = Worker(services)
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    worker.start()
    services.on_outbox = worker.wake
    logger.info("worker: %s", ", ".join(["e-mail", "visitors", *services.deliveries.connectors]))
    stopped.wait()
    worker.stop()
    return 0


def follower(services: Services) -> Callable[[], int]:
    """One round of keeping visitors' pages in step, always followed by a pause: what happens meanwhile is told once."""
    following = services.state_follower()

    def run_once() -> int:
        following.run_once()
        return 0

    return run_once


def sweeper(services: Services) -> Callable[[], int]:
    """One round of the timers; now and then what is of no use any more is dropped along."""
    sweep = services.sweep()
    webhooks = services.deliveries.webhooks(lambda: None)
    next_cleaning = 0.0

    def run_once() -> int:
        nonlocal next_cleaning
        if time.monotonic() >= next_cleaning:
            next_cleaning = time.monotonic() + CLEANING_SECONDS
            sweep.forget_signals()
            webhooks.forget_old()
        return sweep.run_once()

    return run_once


def release_leases(services: Services) -> None:
    """On SQLite this is the only worker: what a killed one had leased can be tried again at once."""
    if services.engine.dialect.name == "sqlite":
        with services.uow.write() as tx:
            tx.outbox.release_all(services.clock())
            tx.links.release_all(services.clock())
