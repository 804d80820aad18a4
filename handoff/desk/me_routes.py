"""API: who am I, am I there, and my password."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from handoff.desk.auth import HubDep, LoginDep, ServicesDep
from handoff.desk.errors import WrongPassword
from handoff.desk.login_routes import address_of
from handoff.desk.password_guard import PasswordGuard
from handoff.desk.people_views import agent_out
from handoff.desk.schemas import ERRORS, Me, PasswordChange, PresenceIn
from handoff.domain.errors import InvalidInput


def me_routes(guard: PasswordGuard) -> APIRouter:
    """Routes of one's own account; ``guard`` checks passwords."""
    router = APIRouter(prefix="/api/me", tags=["me"], responses=ERRORS)

    @router.get("", response_model=Me, summary="Who is logged in")
    def me(login: LoginDep) -> Me:
        """The agent of this session, its presence and its CSRF token."""
        return Me(agent=agent_out(login.agent), presence=login.agent.presence.value, csrf=login.csrf)

    @router.post("/presence", response_model=Me, summary="Say that you are there, or away")
    def set_presence(body: PresenceIn, login: LoginDep, services: ServicesDep) -> Me:
        """`away`: nobody is sent to you, and what you have goes back to its queue after the time in handoff.yml."""
        services.set_presence(login.agent.id, body.state)
        return Me(agent=agent_out(login.agent), presence=body.state, csrf=login.csrf)

    @router.post("/password", status_code=204, summary="Change your password")
    async def change_password(
        body: PasswordChange, request: Request, login: LoginDep, services: ServicesDep, hub: HubDep
    ) -> None:
        """Replace it, and end every other login of yours. 403 `wrong_password` when the current one is wrong."""
        current, new = body.current.get_secret_value(), body.new.get_secret_value()
        if await guard.check(login.agent.username, current, address_of(request)) is None:
            raise WrongPassword("The current password is wrong. Nothing was changed.")
        if new == current:
            raise InvalidInput("That is the password you have already. Choose another one.")
        await run_in_threadpool(services.agents.replace_password, login.agent.id, new, login.token)
        hub.end_agent_soon(login.agent.id, keep_token=login.token)

    return router
