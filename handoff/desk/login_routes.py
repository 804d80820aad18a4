"""API: log in, log out, who am I."""

from __future__ import annotations

import asyncio
import math

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from handoff.desk.auth import LoginDep, ServicesDep, clear_cookie, set_cookie
from handoff.desk.errors import TooManyLogins
from handoff.desk.schemas import ERRORS, Credentials, Me
from handoff.desk.throttle import LoginThrottle
from handoff.desk.views import agent_out
from handoff.domain.errors import NotAllowed

LOGINS_AT_ONCE = 2  # argon2 takes 64 MB and a core each; the others wait their turn without holding a thread


def login_routes() -> APIRouter:
    """Routes of the login, with a throttle of their own."""
    router = APIRouter(prefix="/api", tags=["login"], responses=ERRORS)
    throttle = LoginThrottle()
    turns = asyncio.Semaphore(LOGINS_AT_ONCE)

    @router.post("/login", response_model=Me, summary="Log in")
    async def login(credentials: Credentials, request: Request, response: Response, services: ServicesDep) -> Me:
        """Set the session cookie and return the CSRF token that every changing request must carry.

        401 when name or password is wrong, 429 with `Retry-After` after several failures.
        """
        address = request.client.host if request.client else "unknown"
        wait = throttle.start(credentials.username, address)
        if wait > 0:
            seconds = math.ceil(wait)
            raise TooManyLogins(f"Too many failed logins. Try again in {_in_words(seconds)}.", seconds)
        async with turns:
            agent = await run_in_threadpool(
                services.agents.authenticate, credentials.username, credentials.password.get_secret_value()
            )
        if agent is None:
            raise NotAllowed("Username or password is wrong.")
        throttle.succeeded(credentials.username, address)
        token, csrf = await run_in_threadpool(services.sessions.start, agent.id)
        set_cookie(request, response, token)
        return Me(agent=agent_out(agent), csrf=csrf)

    @router.post("/logout", status_code=204, summary="Log out")
    def logout(request: Request, response: Response, login: LoginDep, services: ServicesDep) -> None:
        """End the session and its open event streams."""
        services.sessions.end(login.token)
        request.app.state.hub.end_session_soon(login.token)
        clear_cookie(request, response)

    @router.get("/me", response_model=Me, summary="Who is logged in")
    def me(login: LoginDep) -> Me:
        """The agent of this session and its CSRF token."""
        return Me(agent=agent_out(login.agent), csrf=login.csrf)

    return router


def _in_words(seconds: int) -> str:
    if seconds == 1:
        return "a second"
    return f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
