"""Every error leaves the desk as ``{"error": {"code", "message"}}``, and pages get one that people can read."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from handoff.desk.headers import security_headers
from handoff.desk.templating import templates
from handoff.domain.errors import Conflict, HandoffError, NotAllowed

logger = logging.getLogger(__name__)

PLAIN_WORDS = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that kind of request."),
}


class Forbidden(NotAllowed):
    """Logged in, but the request did not come from the desk's own pages."""

    code = "forbidden"
    http_status = 403


class OnlyForAdmins(NotAllowed):
    """Logged in, but not as an administrator."""

    code = "only_for_admins"
    http_status = 403


class WrongPassword(NotAllowed):
    """The current password, asked for again, is wrong. The login stays as it is."""

    code = "wrong_password"
    http_status = 403


class OwnAccount(Conflict):
    """Closing one's own account would end the very login that asks for it."""

    code = "own_account"


class TooManyLogins(NotAllowed):
    """Too many failed logins; ``retry_after`` says in how many seconds to try again."""

    code = "too_many_logins"
    http_status = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def error_body(code: str, message: str) -> dict[str, dict[str, str]]:
    """The one shape of errors."""
    return {"error": {"code": code, "message": message}}


def install_error_handlers(app: FastAPI) -> None:
    """Map our own errors, FastAPI's and the unexpected ones."""
    app.add_exception_handler(HandoffError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, HandoffError)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyLogins) else None
    if error.http_status >= 500:
        logger.error("%s %s: %s", request.method, request.url.path, error)
    return JSONResponse(error_body(error.code, str(error)), error.http_status, headers)


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = "; ".join(
        f"{'.'.join(str(part) for part in problem['loc'][1:]) or problem['loc'][0]}: {problem['msg']}"
        for problem in error.errors()
    )
    return JSONResponse(error_body("invalid_input", problems), 400)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, message = PLAIN_WORDS.get(error.status_code, ("http_error", str(error.detail)))
    if error.status_code == 404 and not request.url.path.startswith("/api/"):
        return templates.TemplateResponse(request, "not_found.html", status_code=404)
    return JSONResponse(error_body(code, message), error.status_code, error.headers)


def _unexpected(request: Request, _: Exception) -> Response:
    # Starlette raises the error again for the server's log. This answer is made outside of all middleware, hence the
    # headers by hand.
    message = "Something went wrong in the desk; the log says what. Try again, nothing was half done."
    return JSONResponse(error_body("internal_error", message), 500, security_headers(request.url.path))
