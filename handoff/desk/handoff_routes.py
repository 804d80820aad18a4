"""API: the queue, one handoff, and what an agent does with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from handoff.desk.auth import LoginDep, ServicesDep
from handoff.desk.schemas import (
    ERRORS,
    HandoffDetailOut,
    HandoffList,
    HandoffOut,
    MessageSent,
    Reply,
    StatusFilter,
)
from handoff.desk.views import detail_out, message_out, row_out

router = APIRouter(prefix="/api/handoffs", tags=["handoffs"], responses=ERRORS)


@router.get("", response_model=HandoffList, summary="The queue")
def list_handoffs(
    login: LoginDep,
    services: ServicesDep,
    status: Annotated[StatusFilter, Query(description="`open` is queued and assigned.")] = "open",
    queue: Annotated[str | None, Query(description="Only this queue.")] = None,
    mine: Annotated[bool, Query(description="Only what I have claimed.")] = False,
) -> HandoffList:
    """Handoffs, those that wait first, by urgency and then by waiting time; closed ones newest first."""
    rows = services.desk.list(status, queue, login.agent.id if mine else None)
    now = services.clock()
    return HandoffList(handoffs=[row_out(row, now) for row in rows])


@router.get("/{handoff_id}", response_model=HandoffDetailOut, summary="One handoff with all its context")
def get_handoff(handoff_id: str, _: LoginDep, services: ServicesDep) -> HandoffDetailOut:
    """The context package, the whole conversation and the history of the handoff."""
    return detail_out(services.desk.get(handoff_id), services.rules, services.clock())


@router.post("/{handoff_id}/claim", response_model=HandoffOut, summary="Take it")
def claim(handoff_id: str, login: LoginDep, services: ServicesDep) -> HandoffOut:
    """Take a waiting handoff; the visitor is told who joined. 409 `already_claimed` when a colleague was faster."""
    return HandoffOut(handoff=row_out(services.claim(handoff_id, login.agent.id), services.clock()))


@router.post(
    "/{handoff_id}/reply",
    response_model=MessageSent,
    status_code=201,
    responses={200: {"model": MessageSent, "description": "This message was sent before; nothing happened."}},
    summary="Answer the visitor",
)
def reply(handoff_id: str, body: Reply, login: LoginDep, services: ServicesDep, response: Response) -> MessageSent:
    """Send a message to the visitor. Safe to repeat with the same `client_message_id`. 409 unless it is yours."""
    message, created = services.reply(handoff_id, login.agent.id, body.text, body.client_message_id)
    if not created:
        response.status_code = 200
    return MessageSent(message=message_out(message))


@router.post("/{handoff_id}/resolve", response_model=HandoffOut, summary="The matter is settled")
def resolve(handoff_id: str, login: LoginDep, services: ServicesDep) -> HandoffOut:
    """Close the handoff as settled; the visitor is told, and the assistant answers the next question."""
    return HandoffOut(handoff=row_out(services.resolve(handoff_id, login.agent.id), services.clock()))


@router.post("/{handoff_id}/hand_back", response_model=HandoffOut, summary="Let the assistant go on")
def hand_back(handoff_id: str, login: LoginDep, services: ServicesDep) -> HandoffOut:
    """Leave without settling it; the visitor is told, and the assistant goes on."""
    return HandoffOut(handoff=row_out(services.hand_back(handoff_id, login.agent.id), services.clock()))
