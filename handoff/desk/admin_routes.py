"""API: administrators manage accounts."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from fastapi import APIRouter

from handoff.bootstrap import Services
from handoff.desk.auth import AdminDep, HubDep, ReadsDep, ServicesDep
from handoff.desk.errors import OwnAccount
from handoff.desk.people_schemas import AccountChange, AccountList, AccountStored, NewAccount, NewPassword
from handoff.desk.people_views import account_out
from handoff.desk.reads import DeskReads
from handoff.desk.schemas import ERRORS
from handoff.domain.errors import InvalidInput

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/api/admin/agents", tags=["admin"], responses=ERRORS)


@router.get("", response_model=AccountList, summary="All accounts")
def list_accounts(_: AdminDep, reads: ReadsDep) -> AccountList:
    """Everybody who can log in, and closed accounts. 403 `only_for_admins` for other agents."""
    return AccountList(agents=[account_out(one) for one in reads.colleagues(closed_too=True)])


@router.post("", response_model=AccountStored, status_code=201, summary="Add an agent")
def add_account(body: NewAccount, login: AdminDep, services: ServicesDep, reads: ReadsDep) -> AccountStored:
    """Make an account; tell the agent the password on another way, to be changed after the first login."""
    topics = _known_topics(body.topics, services)
    password = body.password.get_secret_value()
    agent = services.agents.create(body.username, body.display_name, password, role=body.role, topics=topics)
    logger.info("%s added the account %s (%s)", login.agent.username, agent.username, agent.role)
    return _stored(agent.id, reads)


@router.put("/{agent_id}", response_model=AccountStored, summary="Change an account, or close it")
def change_account(
    agent_id: str, body: AccountChange, login: AdminDep, services: ServicesDep, reads: ReadsDep, hub: HubDep
) -> AccountStored:
    """Name, role, topics, and whether it is open. Closing ends its logins at once, and its conversations go back to
    their queues. 409 `last_admin` when nobody could manage accounts any more, `own_account` when it is your own."""
    if agent_id == login.agent.id and not body.active:
        raise OwnAccount("You cannot close your own account. Ask another administrator to do it.")
    topics = _known_topics(body.topics, services)
    agent = services.agents.change(
        agent_id, display_name=body.display_name, role=body.role, topics=topics, active=body.active
    )
    if not body.active:
        hub.end_agent_soon(agent_id)
        # also when it was closed before: what an interrupted request left behind is given back now
        services.release_all_of(agent_id, login.agent.id)
    state = "open" if agent.active else "closed"
    logger.info("%s changed the account %s: %s, %s", login.agent.username, agent.username, agent.role, state)
    return _stored(agent_id, reads)


@router.post("/{agent_id}/password", status_code=204, summary="Set a new password")
def set_password(agent_id: str, body: NewPassword, login: AdminDep, services: ServicesDep, hub: HubDep) -> None:
    """For an agent who has forgotten it; every login of the account ends, but the one that asks."""
    services.agents.replace_password(agent_id, body.new.get_secret_value(), keep_token=login.token)
    hub.end_agent_soon(agent_id, keep_token=login.token)
    logger.info("%s set a new password for the account %s", login.agent.username, agent_id)


def _known_topics(topics: Sequence[str], services: Services) -> tuple[str, ...]:
    known = services.rules.topics
    unknown = [topic for topic in topics if topic not in known]
    if unknown:
        raise InvalidInput(f"There is no topic '{unknown[0][:64]}'. Known: {', '.join(sorted(known))}.")
    return tuple(dict.fromkeys(topics))


def _stored(agent_id: str, reads: DeskReads) -> AccountStored:
    (stored,) = [one for one in reads.colleagues(closed_too=True) if one.agent.id == agent_id]
    return AccountStored(agent=account_out(stored))
