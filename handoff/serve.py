"""The desk's process: web application, deliveries, timers, and keeping visitors' pages in step."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import uvicorn

from handoff.bootstrap import Services, build_services
from handoff.desk.app import create_app
from handoff.domain.errors import HandoffError
from handoff.service.unseen_replies import EMAIL
from handoff.settings import Settings

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.05  # other processes write to the outbox too; half a tenth of a second is not noticed in a chat
MAIL_SECONDS = 1.0  # nobody waits in front of a mailbox
PAGES_SECONDS = 0.5  # a place in the queue; while many arrive at once, each page is told twice a second at most
TIMER_SECONDS = 0.25  # timers are set to minutes; nobody notices a quarter of a second
CLEANING_SECONDS = 30.0  # signals are small; half a minute's worth does not slow anything down
PAUSE_AFTER_ERROR_SECONDS = 1.0
STOP_SECONDS = 5
DELIVERIES_AT_ONCE = 4  # they wait for Rasa, not for the processor; more would only queue at Rasa's one process
GRACEFUL_SECONDS = 3  # open event streams never end by themselves


class Repeated:
    """Does rounds of some work in a thread until stopped, without a pause while there is something to do."""

    def __init__(self, name: str, work: Callable[[], int], pause: float = POLL_SECONDS) -> None:
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


def serve(settings: Settings) -> int:
    """Run the desk until it is stopped; returns the exit code."""
    services = build_services(settings)
    _release_leases(services)
    workers = ThreadPoolExecutor(DELIVERIES_AT_ONCE, thread_name_prefix="delivery")
    chat = replace(services.dispatcher(), executor=workers, without=EMAIL)
    mail = replace(services.dispatcher(), only=EMAIL)
    # the next row of a conversation can go when the one before it has arrived
    chat = replace(chat, progress=lambda: dispatcher.wake())
    dispatcher = Repeated("deliveries", chat.run_once)
    timers = Repeated("timers", sweeper(services), TIMER_SECONDS)
    pages = Repeated("visitors' pages", follower(services), PAGES_SECONDS)
    helpers = (dispatcher, Repeated("e-mail", mail.run_once, MAIL_SECONDS), timers, pages)
    services.on_outbox = dispatcher.wake
    services.deliveries_stuck_for = dispatcher.stuck_for
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(services, settings),
            host=settings.desk_host,
            port=settings.desk_port,
            ws="none",  # the desk has no WebSockets, and uvicorn looks for a newer library than sanic 21.12 allows
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )
    )
    for helper in helpers:
        helper.start()
    logger.info("desk on %s/desk", settings.desk_url)
    try:
        server.run()
    finally:
        for helper in helpers:
            helper.stop()
        workers.shutdown(wait=False, cancel_futures=True)
    return 0 if server.started else 1


def follower(services: Services) -> Callable[[], int]:
    """One round of keeping visitors' pages in step, always followed by a pause: what happens meanwhile is told once."""
    following = services.state_follower()

    def run_once() -> int:
        following.run_once()
        return 0

    return run_once


def sweeper(services: Services) -> Callable[[], int]:
    """One round of the timers; now and then old signals are dropped along."""
    sweep = services.sweep()
    next_cleaning = 0.0

    def run_once() -> int:
        nonlocal next_cleaning
        if time.monotonic() >= next_cleaning:
            next_cleaning = time.monotonic() + CLEANING_SECONDS
            sweep.forget_signals()
        return sweep.run_once()

    return run_once


def _release_leases(services: Services) -> None:
    """On SQLite this is the only worker: what a killed one had leased can be tried again at once."""
    if services.engine.dialect.name == "sqlite":
        with services.uow.write() as tx:
            tx.outbox.release_all(services.clock())
