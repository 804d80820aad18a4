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
from handoff.lookout import Lookout, with_pauses
from handoff.persistence.glance import Glance
from handoff.repeated import Repeated
from handoff.service.dispatch import AT_ONCE as DELIVERIES_AT_ONCE
from handoff.service.dispatch import Dispatcher, apart
from handoff.service.pull import AT_ONCE as QUESTIONS_AT_ONCE
from handoff.service.pull import Puller, pulling_apart
from handoff.settings import Settings
from handoff.typing_relay import TypingRelay

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.02  # a handoff must be elsewhere 60 ms after it was made (bench.delivery); a look costs 0.1 ms
QUIET_HANDOFFS = 100  # so many of one live chat are asked about as often as it says; of more, each less often
UNASKED_SECONDS = 1.0  # those whom the look wakes also look for themselves, and show that they are not stuck
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
        self._glance = Glance(services.engine)
        deliveries = services.deliveries
        to_visitors = services.dispatcher()
        self._to_visitors = self._dispatching("deliveries", to_visitors)
        to_live_chats = {one.target: self._dispatching(one.target, one) for one in deliveries.to_live_chats()}
        asking = {one.route.name: self._asking(one) for one in deliveries.pullers()}
        delivering = {to_visitors.target: self._to_visitors, **to_live_chats}
        lookout = Lookout(self._glance, services.clock, delivering, asking)
        self._lookout = Repeated("lookout", with_pauses(lookout.run_once), LOOK_SECONDS)
        others = [
            Repeated("e-mail", services.mail_dispatcher().run_once, MAIL_SECONDS),
            Repeated("timers", sweeper(services), TIMER_SECONDS),
            Repeated("weekly report", services.weekly_report.run_once, REPORT_SECONDS),
            # always followed by a pause: what happens meanwhile is told once
            Repeated("visitors' pages", with_pauses(services.state_follower().run_once), PAGES_SECONDS),
        ]
        others.append(Repeated("fallback", deliveries.fallback.run_once, FALLBACK_SECONDS))
        if any(one.capabilities.typing for one in deliveries.connectors.values()):
            relay = TypingRelay(services.uow, deliveries.connectors)
            others.append(Repeated("typing", relay.run_once, TYPING_SECONDS))
        self._all = [*delivering.values(), *asking.values(), *others, self._lookout]

    def start(self) -> None:
        """Begin to work."""
        release_leases(self._services)
        for one in self._all:
            one.start()

    def wake(self) -> None:
        """Something was put into the outbox, or a webhook rang."""
        self._lookout.wake()

    def stuck_for(self) -> float:
        """Seconds since deliveries to visitors last made progress."""
        return self._to_visitors.stuck_for()

    def stop(self) -> None:
        """Finish what is under way and stop."""
        for one in self._all:
            one.stop()
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        self._glance.close()

    def _dispatching(self, name: str, dispatcher: Dispatcher) -> Repeated:
        # when all places were taken, the next one that waits can go at once
        work = apart(dispatcher, self._pool(name, DELIVERIES_AT_ONCE), self.wake)
        return Repeated(name, with_pauses(work.run_once), UNASKED_SECONDS)

    def _asking(self, puller: Puller) -> Repeated:
        name = f"asking {puller.route.name}"
        work = pulling_apart(puller, self._pool(name, QUESTIONS_AT_ONCE))
        # a round asks about a few; who rings does not wait for it
        pause = puller.route.poll_every * QUESTIONS_AT_ONCE / QUIET_HANDOFFS
        return Repeated(name, with_pauses(work.run_once), pause)

    def _pool(self, name: str, threads: int) -> ThreadPoolExecutor:
        pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
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
