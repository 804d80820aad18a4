"""API: canned replies. Every agent reads and writes them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from handoff.canned import VARIABLES, CannedReplies
from handoff.desk.auth import LoginDep
from handoff.desk.people_schemas import CannedIn, CannedList, CannedStored
from handoff.desk.people_views import canned_out
from handoff.desk.schemas import ERRORS
from handoff.service.desk_view import CannedDraft

router = APIRouter(prefix="/api/canned", tags=["canned replies"], responses=ERRORS)


def get_canned(request: Request) -> CannedReplies:
    """The use cases of canned replies."""
    canned: CannedReplies = request.app.state.canned
    return canned


CannedDep = Annotated[CannedReplies, Depends(get_canned)]


@router.get("", response_model=CannedList, summary="All canned replies")
def list_canned(_: LoginDep, canned: CannedDep) -> CannedList:
    """By shortcut, with the variables that texts may use."""
    return CannedList(canned=list(map(canned_out, canned.all())), variables=list(VARIABLES))


@router.post("", response_model=CannedStored, status_code=201, summary="Add a canned reply")
def add_canned(body: CannedIn, login: LoginDep, canned: CannedDep) -> CannedStored:
    """400 says what in it cannot be used; 409 `shortcut_taken` when another one has the shortcut."""
    return CannedStored(canned=canned_out(canned.add(_draft(body), login.agent.id)))


@router.put("/{reply_id}", response_model=CannedStored, summary="Change a canned reply")
def change_canned(reply_id: str, body: CannedIn, login: LoginDep, canned: CannedDep) -> CannedStored:
    """Replace it for everybody. 404 when a colleague has deleted it."""
    return CannedStored(canned=canned_out(canned.change(reply_id, _draft(body), login.agent.id)))


@router.delete("/{reply_id}", status_code=204, summary="Delete a canned reply")
def remove_canned(reply_id: str, _: LoginDep, canned: CannedDep) -> None:
    """Delete it for everybody; that it is gone already is no error."""
    canned.remove(reply_id)


def _draft(body: CannedIn) -> CannedDraft:
    return CannedDraft(body.shortcut, body.title, body.text, body.queue or None)
