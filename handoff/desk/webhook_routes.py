"""Where live chats send their webhooks. Nobody is logged in here: each proves by its signature where it comes from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from handoff.bootstrap import Services
from handoff.connectors.base import WebhookRequest
from handoff.desk.headers import WEBHOOK_BODY_LIMIT, WEBHOOKS_PATH
from handoff.desk.schemas import ERRORS
from handoff.domain.errors import TooLong
from handoff.live_chat_file import NAME_PATTERN

router = APIRouter(prefix=WEBHOOKS_PATH.rstrip("/"), tags=["live chats"], responses=ERRORS)


class WebhookTaken(BaseModel):
    """How many events were new; a repetition has none."""

    events: int


@router.post("/{connector}", response_model=WebhookTaken, summary="A live chat says that something happened")
async def take_in(connector: Annotated[str, Path(pattern=NAME_PATTERN)], request: Request) -> WebhookTaken:
    """For the live chat `connector` of endpoints.yml. 401 `webhook_refused` when it does not prove where it comes from.

    The body is read as it came, since signatures are over the bytes.
    """
    body = await _body(request)
    services: Services = request.app.state.services
    incoming = WebhookRequest(
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        at=services.clock(),
        query=dict(request.query_params),
    )
    return WebhookTaken(events=await run_in_threadpool(services.take_webhook, connector, incoming))


async def _body(request: Request) -> bytes:
    """The whole body; some senders do not say how long it is, so it is counted."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > WEBHOOK_BODY_LIMIT:
            raise TooLong(f"The webhook is too large; {WEBHOOK_BODY_LIMIT // 1024} kB is the limit.")
        chunks.append(chunk)
    return b"".join(chunks)
