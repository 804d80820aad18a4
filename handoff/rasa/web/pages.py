"""Serves the widget and the demo shop from the folder ``widget/``."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
}

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # always asked again: a visitor never talks to an old widget after an update
    "Cache-Control": "no-cache",
}

WIDGET_FILE = "handoff-widget.js"
INDEX = "index.html"


class Pages:
    """The files that the channel serves; nothing outside ``folder`` can be reached."""

    def __init__(self, folder: Path) -> None:
        """Serve ``folder/handoff-widget.js`` and ``folder/demo``."""
        self._widget = folder / WIDGET_FILE
        self._demo = (folder / "demo").resolve()

    def widget(self, request: Request) -> HTTPResponse:
        """The widget's module; other sites may load it."""
        return _file(request, self._widget, {"Cross-Origin-Resource-Policy": "cross-origin"})

    def names(self) -> list[str]:
        """Paths of the demo shop's files, relative to it."""
        files = sorted(path for path in self._demo.rglob("*") if path.suffix in CONTENT_TYPES)
        return [path.relative_to(self._demo).as_posix() for path in files]

    def page(self, request: Request, name: str) -> HTTPResponse:
        """A file of the demo shop, or 404."""
        path = (self._demo / (name or INDEX)).resolve()
        if not path.is_relative_to(self._demo) or path.suffix not in CONTENT_TYPES or not path.is_file():
            return response.text("There is no such page.", status=404, headers=SECURITY_HEADERS)
        return _file(request, path, {})


@dataclass(frozen=True)
class _Content:
    """A file's bytes, plain and gzipped, and its tag."""

    plain: bytes
    zipped: bytes
    tag: str


@lru_cache(maxsize=64)  # more than there are files
def _content(path: Path, modified: int) -> _Content:
    plain = path.read_bytes()
    return _Content(plain, gzip.compress(plain, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:32]}"')


def _file(request: Request, path: Path, headers: dict[str, str]) -> HTTPResponse:
    if not path.is_file():
        return response.text(f"{path.name} is missing from this installation.", status=404, headers=SECURITY_HEADERS)
    content = _content(path, path.stat().st_mtime_ns)
    headers = {**SECURITY_HEADERS, **headers, "ETag": content.tag, "Vary": "Accept-Encoding, Origin"}
    if request.headers.get("if-none-match") == content.tag:
        return response.empty(status=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return response.raw(content.zipped, content_type=CONTENT_TYPES[path.suffix], headers=headers)
    return response.raw(content.plain, content_type=CONTENT_TYPES[path.suffix], headers=headers)
