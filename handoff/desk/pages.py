"""The desk's pages: a login form, one application that shows queue and conversation, and pages around it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from handoff.canned import VARIABLES
from handoff.desk.auth import Login, find_login, get_services
from handoff.desk.templating import templates
from handoff.metrics.period import period_of, timezone_of
from handoff.passwords import MINIMUM_LENGTH

router = APIRouter(include_in_schema=False)

SEE_OTHER = 303
NOT_FOUND = 404


@router.get("/")
def root() -> Response:
    """To the desk."""
    return RedirectResponse("/desk", SEE_OTHER)


@router.get("/desk/login")
def login_page(request: Request) -> Response:
    """The login form.

    Who follows a link from another site arrives here although logged in, since the session cookie is not sent on such a
    way. It is sent by requests that this page makes, so then the page looks whether it can go on at once.
    """
    from_elsewhere = request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
    return templates.TemplateResponse(request, "login.html", {"from_elsewhere": from_elsewhere})


@router.get("/desk")
@router.get("/desk/handoffs/{handoff_id}")
def desk_page(request: Request, handoff_id: str | None = None) -> Response:
    """The application; which handoff is open is in the address."""
    login = find_login(request)
    if login is None:
        return _to_login(request)
    return _page(request, "desk.html", login)


@router.get("/desk/account")
def account_page(request: Request) -> Response:
    """One's own account: the password, sound and appearance."""
    login = find_login(request)
    return _page(request, "account.html", login) if login else _to_login(request)


@router.get("/desk/canned")
def canned_page(request: Request) -> Response:
    """The team's canned replies."""
    login = find_login(request)
    return _page(request, "canned.html", login, variables=VARIABLES) if login else _to_login(request)


@router.get("/desk/admin")
def admin_page(request: Request) -> Response:
    """Accounts and queues; for agents who are no administrators there is no such page."""
    return _for_admins(request, "admin.html")


@router.get("/desk/deliveries")
def deliveries_page(request: Request) -> Response:
    """Live chats, what waits and what was given up; for administrators as well."""
    return _for_admins(request, "deliveries.html")


@router.get("/desk/metrics")
def metrics_page(request: Request) -> Response:
    """How well it works, in numbers; this page and those beside it are for administrators."""
    return _for_admins(request, "metrics.html", timezone=timezone_of(get_services(request).rules))


@router.get("/desk/review")
def review_page(request: Request) -> Response:
    """What went wrong, and what to teach the assistant."""
    return _for_admins(request, "review.html")


@router.get("/desk/what-if")
def what_if_page(request: Request) -> Response:
    """What other numbers in handoff.yml would have changed."""
    return _for_admins(request, "what_if.html")


@router.get("/desk/experiments")
def experiments_page(request: Request) -> Response:
    """Two ways of doing something, side by side."""
    services = get_services(request)
    return _for_admins(request, "experiments.html", today=period_of(services.rules, services.clock()).last)


def _for_admins(request: Request, template: str, **more: Any) -> Response:
    login = find_login(request)
    if login is None:
        return _to_login(request, with_query=True)  # it says what the page shows
    if not login.is_admin:
        raise HTTPException(NOT_FOUND)
    return _page(request, template, login, **more)


def _page(request: Request, template: str, login: Login, **more: Any) -> Response:
    rules = get_services(request).rules
    context = {
        "agent": login.agent,
        "csrf": login.csrf,
        "is_admin": login.is_admin,
        "queues": rules.queues,
        "topics": sorted(rules.topics),
        "away_after": int(rules.waiting.agent_away_after),
        "password_length": MINIMUM_LENGTH,
    }
    return templates.TemplateResponse(request, template, context | more)


def _to_login(request: Request, *, with_query: bool = False) -> Response:
    here = f"{request.url.path}?{request.url.query}" if with_query and request.url.query else request.url.path
    return RedirectResponse(f"/desk/login?next={quote(here, safe='/')}", SEE_OTHER)
