"""Guards in front of every route: security headers, size of requests, and where a changing request comes from."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STATIC_PATH = "/desk/static/"
BODY_LIMIT = 64 * 1024  # bytes; the longest reply is 4000 characters, at most 24 kB as escaped JSON
WEBHOOKS_PATH = "/webhooks/"
WEBHOOK_BODY_LIMIT = 1024 * 1024  # bytes; live chats send the conversation along, with its latest messages

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def security_headers(path: str) -> dict[str, str]:
    """Headers of every answer at ``path``; only static files may be kept by the browser, and are asked for again."""
    return {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",  # a visitor's page must not learn the address of a handoff
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-cache" if path.startswith(STATIC_PATH) else "no-store",
    }


class Guards:
    """ASGI middleware. Pure ASGI, since event streams must pass through unbuffered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is too large or comes from elsewhere; add the headers to what is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(security_headers(scope["path"]))
            await send(message)

        refusal = None
        if scope["method"] not in SAFE_METHODS:
            refusal = _refusal(Headers(scope=scope), scope["path"])
        await (refusal or self._app)(scope, receive, send_with_headers)


def _refusal(headers: Headers, path: str) -> JSONResponse | None:
    if path.startswith(WEBHOOKS_PATH):
        return None  # no browser sends these; the route counts the body, and the signature says where it comes from
    if not _same_origin(headers):
        message = "This request came from another site. Use the desk's own pages."
        return JSONResponse({"error": {"code": "wrong_origin", "message": message}}, 403)
    length = headers.get("content-length", "0")
    # without a length the size is unknown until it is in memory; browsers and HTTP libraries always send one
    if "transfer-encoding" in headers or not length.isdigit() or int(length) > BODY_LIMIT:
        message = f"The request is too large; {BODY_LIMIT // 1024} kB is the limit."
        return JSONResponse({"error": {"code": "too_long", "message": message}}, 413)
    return None


def _same_origin(headers: Headers) -> bool:
    """Browsers say where a request comes from; programs without these headers are stopped by the CSRF token."""
    origin = headers.get("origin")
    if origin is not None:
        # the host only: behind a TLS proxy the desk itself sees plain http
        return bool(urlsplit(origin).netloc) and urlsplit(origin).netloc == headers.get("host")
    return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
