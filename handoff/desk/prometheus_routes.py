"""Where Prometheus asks. It is no agent: it has a token of its own, and without one this is not there at all."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from handoff.bootstrap import Services
from handoff.desk.schemas import ERRORS
from handoff.domain.errors import NotAllowed, NotFound
from handoff.metrics.prometheus import HandoffCollector

BEARER = "Bearer "
PATH = "/metrics"


def prometheus_routes(services: Services) -> APIRouter:
    """``GET /metrics`` on ``services``."""
    router = APIRouter(tags=["operation"], responses=ERRORS)
    registry = CollectorRegistry(auto_describe=False)
    collector = HandoffCollector(services.uow, services.rules, tuple(services.live_chat.chats.routes), services.clock)
    registry.register(collector)
    token = services.settings.metrics_token

    @router.get(PATH, response_class=Response, summary="Numbers for Prometheus")
    def metrics(request: Request) -> Response:
        """How it stands now, and what happened today, in the text format of Prometheus or OpenMetrics.

        Needs `HANDOFF_METRICS_TOKEN` as bearer token; without that variable, 404.
        """
        check_token(request.headers.get("authorization"), token)
        encode, content_type = choose_encoder(request.headers.get("accept") or "")
        return Response(encode(registry), headers={"Content-Type": content_type})

    return router


def check_token(header: str | None, token: str | None) -> None:
    """Compare the bearer token of a request, in constant time.

    Raises:
        NotFound: nobody has set a token, so nobody is to ask.
        NotAllowed: it is another one.
    """
    if not token:
        raise NotFound("Numbers for Prometheus are not set up here. HANDOFF_METRICS_TOKEN turns them on.")
    given = (header or "").removeprefix(BEARER).encode("utf-8", "surrogatepass")
    if not (header or "").startswith(BEARER) or not hmac.compare_digest(given, token.encode()):
        raise NotAllowed("This needs HANDOFF_METRICS_TOKEN as bearer token.")
