"""API: live updates as server-sent events. Clients fetch again what an event names."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from handoff.bootstrap import Services
from handoff.desk.auth import Login, LoginDep, ServicesDep
from handoff.desk.hub import Hub, Subscriber
from handoff.desk.live import PresenceChange, Update
from handoff.desk.schemas import ERRORS
from handoff.domain.context import iso
from handoff.domain.errors import HandoffError
from handoff.persistence.signals import Signal
from handoff.service.ports import Change
from handoff.service.record import SAID
from handoff.service.visitor_side import SEEN, TYPING

logger = logging.getLogger(__name__)

TICK_SECONDS = 15.0
"""Heartbeat, and how soon an ended session closes its stream; agents count as online for 60 s after it."""

LIST_SECONDS = 1.0
"""What was only said changes no more than a count in the list: every desk fetching it for every line of every
conversation is most of what a busy desk would do."""

MOVED_SECONDS = 0.25
"""In a rush several handoffs come or move each second: the first is told at once, those right after it together. A card
may take as long to reach the screen."""

ONLY_SAID = frozenset({"message", "reply", "noted"})
"""Steps after which no handoff stands elsewhere in the list."""

RETRY_MILLISECONDS = 1000
MOST_MISSED = 200  # beyond this one "queue" event says it all

router = APIRouter(prefix="/api", tags=["live"], responses=ERRORS)


class EventStream(StreamingResponse):
    """``text/event-stream``; not compressed or buffered by proxies that listen to these headers."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterator[str]) -> None:
        super().__init__(content, headers={"X-Accel-Buffering": "no"})


@router.get(
    "/stream",
    status_code=200,
    response_class=EventStream,
    summary="Live updates",
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events."}},
)
async def stream(
    request: Request,
    login: LoginDep,
    services: ServicesDep,
    last_event_id: Annotated[str | None, Header(description="Resume after this event.")] = None,
) -> EventStream:
    """Server-sent events `handoff` `{"id", "kind"}`, and `queue` `{"at"}` at the start and when the list changed: at
    once when a handoff has come or moved (in a rush four times a second), after a second at most when something was
    only said.

    Kinds are those of the history: created, claimed, message, reply, noted, transferred, resolved and so on. What
    matters for seconds only has no event id and is not sent again: `typing` `{"id", "on"}` (the visitor of a handoff),
    `presence` `{}` (an agent came, left, or is away; fetch `/api/agents` again), and `handoff` with the kind
    `visitor_seen`. A comment every 15 seconds keeps the connection open. The stream ends when the session does. The
    agent counts as online while it is open.
    """
    resume_from = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else None
    return EventStream(_events(request.app.state.hub, services, login, resume_from))


async def _events(hub: Hub, services: Services, login: Login, resume_from: int | None) -> AsyncIterator[str]:
    await _seen(services, login)
    subscriber = Subscriber(login.token, login.agent.id)
    try:
        cursor, missed = await hub.subscribe(subscriber, resume_from)
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        if len(missed) <= MOST_MISSED:
            yield _handoff_events(missed)
        cursor = missed[-1].cursor if missed else cursor
        yield _queue_event(cursor, services)
        loop = asyncio.get_running_loop()
        next_tick = loop.time() + TICK_SECONDS
        told, owed_at = loop.time(), math.inf  # when the list was told to be fetched last, and when it is to be again
        while True:
            wait_until = min(next_tick, owed_at)
            try:
                batch = await asyncio.wait_for(subscriber.batches.get(), max(0.0, wait_until - loop.time()))
            except TimeoutError:
                if owed_at <= loop.time():
                    told, owed_at = loop.time(), math.inf
                    yield _queue_event(cursor, services)
                    continue
                if not await _still_logged_in(services, login):
                    return
                next_tick = loop.time() + TICK_SECONDS
                yield ": still here\n\n"
                continue
            if batch is None:
                return
            fresh = [update for update in batch if isinstance(update, Change) and update.cursor > cursor]
            if fresh:
                cursor = fresh[-1].cursor
                only_said = all(change.kind in ONLY_SAID for change in fresh)
                owed_at = min(owed_at, told + (LIST_SECONDS if only_said else MOVED_SECONDS))
                events = _handoff_events(fresh)
                if owed_at <= loop.time():
                    told, owed_at = loop.time(), math.inf
                    events += _queue_event(cursor, services)
                yield events
            if passing := _passing_events(batch):
                yield passing
    except (HandoffError, SQLAlchemyError) as error:
        # the answer has begun already; an ended stream makes the browser come back in a second
        logger.error("a live stream of %s could not start: %s", login.agent.username, error)
    finally:
        hub.unsubscribe(subscriber)


async def _still_logged_in(services: Services, login: Login) -> bool:
    try:
        if await run_in_threadpool(services.sessions.find, login.token) is None:
            return False
    except (HandoffError, SQLAlchemyError) as error:
        # not knowing is no reason to send everybody away
        logger.warning("the session of %s could not be checked: %s", login.agent.username, error)
    else:
        await _seen(services, login)
    return True


async def _seen(services: Services, login: Login) -> None:
    try:
        await run_in_threadpool(services.presence.seen, login.agent.id)
    except (HandoffError, SQLAlchemyError) as error:
        logger.warning("the presence of %s could not be stored: %s", login.agent.username, error)


def _handoff_events(changes: Sequence[Change]) -> str:
    return "".join(_event("handoff", change.cursor, id=change.handoff_id, kind=change.kind) for change in changes)


def _passing_events(batch: Sequence[Update]) -> str:
    """What matters for seconds only. Without ids: who comes back must not resume from one of these."""
    events = []
    for update in batch:
        match update:
            case Signal(kind=kind) if kind == TYPING:
                events.append(_event("typing", None, id=update.handoff_id, on=bool(update.data.get("on"))))
            case Signal(kind=kind) if kind == SEEN:
                events.append(_event("handoff", None, id=update.handoff_id, kind=SEEN, seq=update.data.get("seq")))
            case Signal(kind=kind) if kind == SAID:
                events.append(_event("handoff", None, id=update.handoff_id, kind=SAID))
                events.append(_event("queue", None))
            case PresenceChange():
                events.append(_event("presence", None))
    return "".join(events)


def _queue_event(cursor: int, services: Services) -> str:
    return _event("queue", cursor, at=iso(services.clock()))


def _event(name: str, cursor: int | None, **data: Any) -> str:
    resumable = "" if cursor is None else f"id: {cursor}\n"
    return f"{resumable}event: {name}\ndata: {json.dumps(data)}\n\n"
