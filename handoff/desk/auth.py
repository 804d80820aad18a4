"""Who is asking: the session cookie, the CSRF token, and the dependencies that routes use."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from handoff.bootstrap import Services
from handoff.desk.errors import Forbidden, OnlyForAdmins
from handoff.desk.headers import SAFE_METHODS
from handoff.desk.hub import Hub
from handoff.desk.reads import DeskReads
from handoff.domain.errors import NotAllowed
from handoff.domain.model import Agent
from handoff.persistence.agents import ADMIN

COOKIE = "handoff_session"
CSRF_HEADER = "X-CSRF-Token"
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class Login:
    """A valid login: whose it is, and its tokens."""

    agent: Agent
    token: str
    csrf: str

    @property
    def is_admin(self) -> bool:
        """Whether accounts and deliveries may be managed with it."""
        return self.agent.role == ADMIN


def get_services(request: Request) -> Services:
    """The use cases that this application was made with."""
    services: Services = request.app.state.services
    return services


def get_reads(request: Request) -> DeskReads:
    """What the desk reads."""
    reads: DeskReads = request.app.state.reads
    return reads


def get_hub(request: Request) -> Hub:
    """What feeds the event streams."""
    hub: Hub = request.app.state.hub
    return hub


def find_login(request: Request) -> Login | None:
    """The login that the cookie stands for, or None."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    session = get_services(request).sessions.find(token)
    return Login(session.agent, token, session.csrf) if session else None


def current_login(request: Request) -> Login:
    """The login of this request. Whatever changes something needs the CSRF token too, so no route can forget it.

    Raises:
        NotAllowed: nobody is logged in (401).
        Forbidden: the CSRF token is missing or wrong (403).
    """
    login = find_login(request)
    if login is None:
        raise NotAllowed("You are not logged in, or the login has ended. Log in again.")
    if request.method not in SAFE_METHODS:
        given = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode(), login.csrf.encode()):
            raise Forbidden(f"The header {CSRF_HEADER} is missing or wrong. Reload the page and try again.")
    return login


def admin_login(login: Annotated[Login, Depends(current_login)]) -> Login:
    """The login of this request, if it is an administrator's.

    Raises:
        OnlyForAdmins: it is somebody else's (403).
    """
    if not login.is_admin:
        raise OnlyForAdmins("Only administrators can do this. Ask one of them, or go back to the desk.")
    return login


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser the session; it is out of reach for scripts and never sent along from other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(get_services(request).settings.session_hours * SECONDS_PER_HOUR),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def clear_cookie(request: Request, response: Response) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")


ServicesDep = Annotated[Services, Depends(get_services)]
ReadsDep = Annotated[DeskReads, Depends(get_reads)]
HubDep = Annotated[Hub, Depends(get_hub)]
LoginDep = Annotated[Login, Depends(current_login)]
AdminDep = Annotated[Login, Depends(admin_login)]
