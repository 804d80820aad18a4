"""API: who works at the desk, and how the queues stand."""

from __future__ import annotations

from fastapi import APIRouter

from handoff.desk.auth import LoginDep, ReadsDep
from handoff.desk.people_schemas import ColleagueList, QueueList
from handoff.desk.people_views import colleague_out, queue_out
from handoff.desk.schemas import ERRORS

router = APIRouter(prefix="/api", tags=["people"], responses=ERRORS)


@router.get("/agents", response_model=ColleagueList, summary="Who works here, and who is there")
def list_agents(_: LoginDep, reads: ReadsDep) -> ColleagueList:
    """Every agent with an open account, by name, with presence and load."""
    return ColleagueList(agents=list(map(colleague_out, reads.colleagues())))


@router.get("/queues", response_model=QueueList, summary="How the queues stand")
def list_queues(_: LoginDep, reads: ReadsDep) -> QueueList:
    """Every queue: whether it is open, who waits, and how many agents are there for it."""
    return QueueList(queues=list(map(queue_out, reads.queues())))
