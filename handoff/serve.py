"""The desk's process: the web application, and unless others do that, the worker beside it."""

from __future__ import annotations

import logging

import uvicorn

from handoff.bootstrap import build_services
from handoff.desk.app import create_app
from handoff.settings import Settings
from handoff.worker import Worker

logger = logging.getLogger(__name__)

GRACEFUL_SECONDS = 3  # open event streams never end by themselves


def serve(settings: Settings, *, with_worker: bool = True) -> int:
    """Run the desk until it is stopped; returns the exit code.

    Args:
        settings: of this installation.
        with_worker: deliver and fire timers too; False where processes of ``handoff worker`` do that.
    """
    services = build_services(settings)
    worker = Worker(services) if with_worker else None
    if worker is not None:
        services.on_outbox = worker.wake
        services.deliveries_stuck_for = worker.stuck_for
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
    if worker is not None:
        worker.start()
    logger.info("desk on %s/desk", settings.desk_url)
    try:
        server.run()
    finally:
        if worker is not None:
            worker.stop()
    return 0 if server.started else 1
