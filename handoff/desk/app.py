"""Makes the desk's web application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from handoff import desk
from handoff.bootstrap import Services
from handoff.canned import CannedReplies
from handoff.dead_letters import DeadLetters
from handoff.desk import (
    action_routes,
    admin_routes,
    canned_routes,
    delivery_routes,
    experiment_routes,
    handoff_routes,
    metric_routes,
    pages,
    people_routes,
    review_routes,
    stream,
    webhook_routes,
    what_if_routes,
)
from handoff.desk.delivery_reads import DeliveryReads
from handoff.desk.errors import install_error_handlers
from handoff.desk.headers import Guards
from handoff.desk.hub import Hub
from handoff.desk.live import LiveSource
from handoff.desk.login_routes import login_routes
from handoff.desk.me_routes import me_routes
from handoff.desk.password_guard import PasswordGuard
from handoff.desk.prometheus_routes import prometheus_routes
from handoff.desk.reads import DeskReads
from handoff.desk.review_reads import ReviewDesk
from handoff.desk.schemas import Health
from handoff.desk.shared_answers import SharedAnswers
from handoff.desk.templating import STATIC_FOLDER
from handoff.domain.errors import DeliveriesStuck
from handoff.metrics.reads import MetricReads
from handoff.settings import Settings

API_VERSION = "1"
REQUESTS_AT_ONCE = 12
"""Threads that answer requests. They share one interpreter: with the library's 40 each waits for all others, and the
shortest request takes as long as the longest."""
DELIVERIES_STUCK_SECONDS = 60.0  # the slowest round waits for four time-outs of 12 s one after the other


def create_app(services: Services, settings: Settings) -> FastAPI:
    """Return the desk: pages under ``/desk``, API under ``/api``, its description at ``/api/openapi.json``.

    Args:
        services: the use cases.
        settings: of this installation.

    Raises:
        ConfigurationError: ``handoff.yml``, ``endpoints.yml`` or ``data/responses`` cannot be used; better said at the
            start than when the first agent claims.
    """
    services.rules, services.texts, services.live_chat  # noqa: B018  # read now, see above
    hub = Hub(LiveSource(services.uow, services.rules.online_seconds, services.clock))
    guard = PasswordGuard(services.agents)
    review = ReviewDesk.of(services)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = REQUESTS_AT_ONCE
        pump = asyncio.create_task(hub.run(), name="desk-changes")
        yield
        review.changes.close()
        hub.close()
        pump.cancel()
        with suppress(asyncio.CancelledError):
            await pump

    app = FastAPI(
        title="Handoff desk",
        version=API_VERSION,
        summary="Where agents take over conversations.",
        description=str(desk.__doc__)
        + "\n\nLog in with `POST /api/login`, keep the cookie, and send the CSRF token that it returns in the header "
        '`X-CSRF-Token` of every request that changes something. Errors are `{"error": {"code", "message"}}`.',
        openapi_url="/api/openapi.json",
        docs_url=None,  # these pages would load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.services = services
    app.state.settings = settings
    app.state.hub = hub
    chats = services.live_chat
    app.state.reads = DeskReads(services.uow, services.rules, services.texts, services.clock, chats.chats)
    app.state.delivery_reads = DeliveryReads(
        services.uow, services.rules, chats.chats, chats.connectors, services.clock
    )
    app.state.dead_letters = DeadLetters(services.uow, chats.chats, services.clock)
    app.state.canned = CannedReplies(services.uow, services.rules, services.clock)
    app.state.shared_answers = SharedAnswers()
    app.state.review = review
    app.state.metric_reads = MetricReads(services.uow, services.rules, services.clock)
    app.add_middleware(Guards)
    install_error_handlers(app)
    for router in (
        login_routes(guard),
        me_routes(guard),
        handoff_routes.router,
        action_routes.router,
        people_routes.router,
        canned_routes.router,
        admin_routes.router,
        delivery_routes.router,
        experiment_routes.router,
        metric_routes.router,
        review_routes.router,
        stream.router,
        _health(services),
        prometheus_routes(services),
        webhook_routes.router,
        what_if_routes.router,
        pages.router,
    ):
        app.include_router(router)
    app.mount("/desk/static", StaticFiles(directory=STATIC_FOLDER), name="static")
    return app


def _health(services: Services) -> APIRouter:
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", response_model=Health, summary="Is the desk up")
    async def healthz() -> Health:
        """Answers as long as the process serves requests and delivers what is to be delivered."""
        stuck = services.deliveries_stuck_for()
        if stuck > DELIVERIES_STUCK_SECONDS:
            raise DeliveriesStuck(
                f"Nothing has been delivered for {stuck:.0f} s, so agents' replies reach nobody. Restart the desk."
            )
        return Health()

    return router
