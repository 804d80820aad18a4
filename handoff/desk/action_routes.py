"""API: what an agent does with a handoff."""

from __future__ import annotations

from fastapi import APIRouter, Response

from handoff.bootstrap import Services
from handoff.desk.auth import LoginDep, ServicesDep
from handoff.desk.handoff_schemas import (
    HandoffOut,
    MessageSent,
    NoteIn,
    NoteStored,
    Release,
    Reply,
    Seen,
    Transfer,
    Typing,
)
from handoff.desk.schemas import ERRORS
from handoff.desk.views import message_out, note_out, row_out
from handoff.service.desk_view import HandoffRow

router = APIRouter(prefix="/api/handoffs/{handoff_id}", tags=["handoffs"], responses=ERRORS)


@router.post("/claim", response_model=HandoffOut, summary="Take it")
def claim(handoff_id: str, login: LoginDep, services: ServicesDep) -> HandoffOut:
    """Take a waiting handoff; the visitor is told who joined. 409 `already_claimed` when a colleague was faster."""
    return _after(services.claim(handoff_id, login.agent.id), services)


@router.post(
    "/reply",
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


@router.post("/resolve", response_model=HandoffOut, summary="The matter is settled")
def resolve(handoff_id: str, login: LoginDep, services: ServicesDep) -> HandoffOut:
    """Close the handoff as settled; the visitor is told, and the assistant answers the next question."""
    return _after(services.resolve(handoff_id, login.agent.id), services)


@router.post("/hand_back", response_model=HandoffOut, summary="Let the assistant go on")
def hand_back(handoff_id: str, login: LoginDep, services: ServicesDep) -> HandoffOut:
    """Leave without settling it; the visitor is told, and the assistant goes on."""
    return _after(services.hand_back(handoff_id, login.agent.id), services)


@router.post("/release", response_model=HandoffOut, summary="Give it back to its queue")
def release(handoff_id: str, login: LoginDep, services: ServicesDep, body: Release | None = None) -> HandoffOut:
    """Leave it to whoever is free, with a note; the visitor is told. 409 unless it is yours."""
    return _after(services.release(handoff_id, login.agent.id, body.note if body else ""), services)


@router.post("/transfer", response_model=HandoffOut, summary="Hand it on")
def transfer(handoff_id: str, body: Transfer, login: LoginDep, services: ServicesDep) -> HandoffOut:
    """To another queue or to a colleague who is online, with a note; yours, or one that waits. 409 `nobody_there` when
    the colleague is not online."""
    moved = services.transfer(handoff_id, login.agent.id, queue=body.queue, to_agent_id=body.agent_id, note=body.note)
    return _after(moved, services)


@router.post(
    "/note",
    response_model=NoteStored,
    status_code=201,
    responses={200: {"model": NoteStored, "description": "This note was stored before; nothing happened."}},
    summary="Note something for colleagues",
)
def note(handoff_id: str, body: NoteIn, login: LoginDep, services: ServicesDep, response: Response) -> NoteStored:
    """The visitor never sees it. Anybody may note, whoever has the handoff. Safe to repeat with the same
    `client_note_id`."""
    stored, created = services.note(handoff_id, login.agent.id, body.text, body.client_note_id)
    if not created:
        response.status_code = 200
    return NoteStored(note=note_out(stored))


@router.post("/seen", status_code=204, summary="It was on the screen")
def seen(handoff_id: str, body: Seen, login: LoginDep, services: ServicesDep) -> None:
    """The visitor is shown that the agent in the conversation has seen everything up to `seq`."""
    services.seen_by_agent(handoff_id, login.agent.id, body.seq)


@router.post("/typing", status_code=204, summary="The agent types")
def typing(handoff_id: str, body: Typing, login: LoginDep, services: ServicesDep) -> None:
    """The visitor is shown it, unless the conversation is somebody else's. Repeat it every few seconds."""
    services.typing_by_agent(handoff_id, login.agent.id, body.on)


def _after(row: HandoffRow, services: Services) -> HandoffOut:
    return HandoffOut(handoff=row_out(row, services.rules, services.clock()))
