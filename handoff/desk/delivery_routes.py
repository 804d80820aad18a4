"""API: administrators look after what could not be delivered."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from handoff.dead_letters import DeadLetters
from handoff.desk.auth import AdminDep, ServicesDep
from handoff.desk.delivery_reads import DeliveryReads
from handoff.desk.delivery_schemas import DeliveriesOut
from handoff.desk.schemas import ERRORS

logger = logging.getLogger(__name__)

LARGEST_ID = 2**31 - 1  # what the column holds

router = APIRouter(prefix="/api/admin/deliveries", tags=["admin"], responses=ERRORS)


def get_delivery_reads(request: Request) -> DeliveryReads:
    """What is read of deliveries."""
    reads: DeliveryReads = request.app.state.delivery_reads
    return reads


def get_dead_letters(request: Request) -> DeadLetters:
    """What is done with what was given up."""
    dead_letters: DeadLetters = request.app.state.dead_letters
    return dead_letters


DeliveryReadsDep = Annotated[DeliveryReads, Depends(get_delivery_reads)]
DeadLettersDep = Annotated[DeadLetters, Depends(get_dead_letters)]
DeliveryId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("", response_model=DeliveriesOut, summary="How deliveries are doing")
def list_deliveries(_: AdminDep, reads: DeliveryReadsDep, services: ServicesDep) -> DeliveriesOut:
    """Every live chat with its state, the ways to visitors, what waits for each, and what was given up. 403
    `only_for_admins` for other agents."""
    return reads.all(has_mail=services.email is not None)


@router.post("/{delivery_id}/retry", status_code=204, summary="Deliver it after all")
def retry(delivery_id: DeliveryId, login: AdminDep, dead_letters: DeadLettersDep, services: ServicesDep) -> None:
    """One more attempt at something that was given up; the history of its handoff says who asked for it. 404 when it
    is not in the list any more, 409 `overtaken` when somebody else has the handoff by now."""
    letter = dead_letters.retry(delivery_id, login.agent.id)
    services.on_outbox()
    logger.info("%s has outbox row %s (%s to %s) retried", login.agent.username, letter.id, letter.kind, letter.target)


@router.post("/{delivery_id}/drop", status_code=204, summary="It is settled")
def drop(delivery_id: DeliveryId, login: AdminDep, dead_letters: DeadLettersDep) -> None:
    """Take something that was given up off the list: it was settled in another way, and is never delivered. 404 when
    it is not in the list any more."""
    letter = dead_letters.drop(delivery_id, login.agent.id)
    logger.info("%s settled outbox row %s (%s to %s)", login.agent.username, letter.id, letter.kind, letter.target)
