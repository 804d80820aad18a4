"""The desk's pages: a login form and one application that shows queue and conversation."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from handoff.desk.auth import find_login, get_services
from handoff.desk.templating import templates

router = APIRouter(include_in_schema=False)

SEE_OTHER = 303


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
        return RedirectResponse(f"/desk/login?next={quote(request.url.path, safe='/')}", SEE_OTHER)
    topics = get_services(request).rules.topics.values()
    return templates.TemplateResponse(
        request,
        "desk.html",
        {"agent": login.agent, "csrf": login.csrf, "queues": sorted({topic.queue for topic in topics})},
    )
