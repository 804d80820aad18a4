"""API: the queue, and one handoff with everything about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from handoff.desk.auth import LoginDep, ReadsDep, ServicesDep
from handoff.desk.handoff_schemas import HandoffDetailOut, HandoffList, StatusFilter
from handoff.desk.schemas import ERRORS
from handoff.desk.shared_answers import SharedAnswers
from handoff.desk.views import detail_out, row_out

SEARCH_LIMIT = 200  # characters; a name, an address or an order number is far shorter
ME = "me"

router = APIRouter(prefix="/api/handoffs", tags=["handoffs"], responses=ERRORS)


@router.get("", response_model=HandoffList, summary="The queue")
def list_handoffs(
    request: Request,
    login: LoginDep,
    services: ServicesDep,
    reads: ReadsDep,
    status: Annotated[
        StatusFilter,
        Query(description="`open` is all that is not over, `waiting` what may be claimed; or one state, or `all`."),
    ] = "open",
    queue: Annotated[str | None, Query(description="Only this queue.")] = None,
    agent: Annotated[str | None, Query(description="Only what this agent has: an id, or `me`.")] = None,
    q: Annotated[
        str | None,
        Query(
            max_length=SEARCH_LIMIT,
            description="Only where every one of these words occurs: in what the visitor wrote, who that is, what it "
            "is about, the collected fields or the page.",
        ),
    ] = None,
) -> Response:
    """Handoffs, those that wait first, by urgency and then by waiting time; then the latest 100 closed ones, newest
    first."""
    whose = login.agent.id if agent == ME else agent or None
    now = services.clock()

    def answer() -> bytes:
        rows = reads.handoffs(status, queue or None, whose, q)
        found = HandoffList(handoffs=[row_out(row, services.rules, now) for row in rows])
        return found.model_dump_json(by_alias=True).encode()

    # waiting times are told in whole seconds
    version = (reads.version(), int(now.timestamp()))
    shared: SharedAnswers = request.app.state.shared_answers
    return Response(shared.get((status, queue, whose, q), version, answer), media_type="application/json")


@router.get("/{handoff_id}", response_model=HandoffDetailOut, summary="One handoff with all its context")
def get_handoff(handoff_id: str, _: LoginDep, services: ServicesDep, reads: ReadsDep) -> Response:
    """The context package, the whole conversation with notes and history, earlier handoffs of the visitor, and answers
    that may be suggested."""
    detail, around = reads.detail(handoff_id)
    enabled = services.email is not None
    found = detail_out(detail, around, services.rules, services.clock(), email_enabled=enabled)
    # written here in one go: it is the largest answer and the most frequent one
    return Response(found.model_dump_json(by_alias=True), media_type="application/json")
