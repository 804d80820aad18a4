"""API: log in, log out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from handoff.desk.auth import HubDep, LoginDep, ServicesDep, clear_cookie, set_cookie
from handoff.desk.password_guard import PasswordGuard
from handoff.desk.people_views import agent_out
from handoff.desk.schemas import ERRORS, Credentials, Me
from handoff.domain.errors import NotAllowed


def login_routes(guard: PasswordGuard) -> APIRouter:
    """Routes of the login; ``guard`` checks passwords."""
    router = APIRouter(prefix="/api", tags=["login"], responses=ERRORS)

    @router.post("/login", response_model=Me, summary="Log in")
    async def login(credentials: Credentials, request: Request, response: Response, services: ServicesDep) -> Me:
        """Set the session cookie and return the CSRF token that every changing request must carry.

        401 when name or password is wrong, 429 with `Retry-After` after several failures.
        """
        password = credentials.password.get_secret_value()
        agent = await guard.check(credentials.username, password, address_of(request))
        if agent is None:
            raise NotAllowed("Username or password is wrong.")
        token, csrf = await run_in_threadpool(services.sessions.start, agent.id)
        set_cookie(request, response, token)
        return Me(agent=agent_out(agent), presence=agent.presence.value, csrf=csrf)

    @router.post("/logout", status_code=204, summary="Log out")
    def logout(request: Request, response: Response, login: LoginDep, services: ServicesDep, hub: HubDep) -> None:
        """End the session and its open event streams."""
        services.sessions.end(login.token)
        hub.end_session_soon(login.token)
        clear_cookie(request, response)

    return router


def address_of(request: Request) -> str:
    """The network address that asks."""
    return request.client.host if request.client else "unknown"
