"""The desk's process: web application, and the dispatcher that works off the outbox."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import uvicorn

from handoff.bootstrap import Services, build_services
from handoff.desk.app import create_app
from handoff.domain.errors import HandoffError
from handoff.service.dispatch import Dispatcher
from handoff.settings import Settings

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.05  # other processes write to the outbox too; half a tenth of a second is not noticed in a chat
PAUSE_AFTER_ERROR_SECONDS = 1.0
STOP_SECONDS = 5
DELIVERIES_AT_ONCE = 4  # they wait for Rasa, not for the processor; more would only queue at Rasa's one process
GRACEFUL_SECONDS = 3  # open event streams never end by themselves


class DispatcherThread:
    """Runs the dispatcher until stopped; woken at once when this process has put something into the outbox."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        """Prepare the thread; :meth:`start` starts it."""
        self._dispatcher = dispatcher
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="dispatcher", daemon=True)
        self._last_round = time.monotonic()

    def start(self) -> None:
        """Start delivering."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to deliver."""
        self._wake.set()

    def stuck_for(self) -> float:
        """Seconds since the last round of deliveries ended."""
        return time.monotonic() - self._last_round

    def stop(self) -> None:
        """Finish the delivery that is under way and stop."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(STOP_SECONDS)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            pause = POLL_SECONDS
            try:
                if self._dispatcher.run_once():
                    pause = 0.0
            except HandoffError as error:
                logger.error("deliveries pause: %s", error)
                pause = PAUSE_AFTER_ERROR_SECONDS
            except Exception:
                # whatever it is, the next round may work, and without this thread no reply reaches anyone
                logger.exception("deliveries pause after a defect")
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
    dispatcher = DispatcherThread(replace(services.dispatcher(), executor=workers))
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
    dispatcher.start()
    logger.info("desk on %s/desk", settings.desk_url)
    try:
        server.run()
    finally:
        dispatcher.stop()
        workers.shutdown(wait=False, cancel_futures=True)
    return 0 if server.started else 1


def _release_leases(services: Services) -> None:
    """On SQLite this is the only worker: what a killed one had leased can be tried again at once."""
    if services.engine.dialect.name == "sqlite":
        with services.uow.write() as tx:
            tx.outbox.release_all(services.clock())
