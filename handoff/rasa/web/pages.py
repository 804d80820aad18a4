"""Serves the widget and the demo shop from the folder ``widget/``.

The widget's scripts are made once, when the channel is set up (see bundle.py); after a change, restart the server.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from handoff.rasa.web.bundle import SCRIPT_NAME, bundle

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

# Access-Control-Allow-Origin comes from Rasa (--cors, from HANDOFF_ORIGINS); a second one would void both
FOR_OTHER_SITES = {"Cross-Origin-Resource-Policy": "cross-origin"}

INDEX = "index.html"


class Pages:
    """The files that the channel serves; nothing outside ``folder`` can be reached."""

    def __init__(self, folder: Path) -> None:
        """Serve the widget's scripts and ``folder/demo``."""
        self._scripts = {name: _Content.of(code.encode()) for name, code in bundle(folder).items()}
        self._demo = (folder / "demo").resolve()

    def widget(self, request: Request) -> HTTPResponse:
        """The widget; other sites may load it."""
        return self.page(request, SCRIPT_NAME)

    def names(self) -> list[str]:
        """Addresses of the demo shop's files and of what the widget loads later, relative to the channel's."""
        files = sorted(path for path in self._demo.rglob("*") if path.suffix in CONTENT_TYPES)
        return [path.relative_to(self._demo).as_posix() for path in files] + sorted(
            self._scripts.keys() - {SCRIPT_NAME}
        )

    def page(self, request: Request, name: str) -> HTTPResponse:
        """A file of the demo shop or a script of the widget, or 404."""
        if name in self._scripts:
            return _answer(request, self._scripts[name], ".js", FOR_OTHER_SITES)
        path = (self._demo / (name or INDEX)).resolve()
        if not path.is_relative_to(self._demo) or path.suffix not in CONTENT_TYPES or not path.is_file():
            return response.text("There is no such page.", status=404, headers=SECURITY_HEADERS)
        return _answer(request, _read(path, path.stat().st_mtime_ns), path.suffix, {})


@dataclass(frozen=True)
class _Content:
    """A file's bytes, plain and gzipped, and its tag."""

    plain: bytes
    zipped: bytes
    tag: str

    @classmethod
    def of(cls, plain: bytes) -> _Content:
        """Zip and tag ``plain``."""
        return cls(plain, gzip.compress(plain, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:32]}"')


@lru_cache(maxsize=64)  # more than there are files
def _read(path: Path, modified: int) -> _Content:
    return _Content.of(path.read_bytes())


def _answer(request: Request, content: _Content, suffix: str, headers: dict[str, str]) -> HTTPResponse:
    headers = {**SECURITY_HEADERS, **headers, "ETag": content.tag, "Vary": "Accept-Encoding, Origin"}
    if request.headers.get("if-none-match") == content.tag:
        return response.empty(status=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return response.raw(content.zipped, content_type=CONTENT_TYPES[suffix], headers=headers)
    return response.raw(content.plain, content_type=CONTENT_TYPES[suffix], headers=headers)
