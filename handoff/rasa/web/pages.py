"""Serves the widget and the demo shop from the folder ``widget/``."""

from __future__ import annotations

from pathlib import Path

from sanic import response
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

    def widget(self, headers: dict[str, str] | None = None) -> HTTPResponse:
        """The widget's module; other sites may load it."""
        return _file(self._widget, {"Cross-Origin-Resource-Policy": "cross-origin", **(headers or {})})

    def names(self) -> list[str]:
        """Paths of the demo shop's files, relative to it."""
        files = sorted(path for path in self._demo.rglob("*") if path.suffix in CONTENT_TYPES)
        return [path.relative_to(self._demo).as_posix() for path in files]

    def page(self, name: str) -> HTTPResponse:
        """A file of the demo shop, or 404."""
        path = (self._demo / (name or INDEX)).resolve()
        if not path.is_relative_to(self._demo) or path.suffix not in CONTENT_TYPES or not path.is_file():
            return response.text("There is no such page.", status=404, headers=SECURITY_HEADERS)
        return _file(path, {})


def _file(path: Path, headers: dict[str, str]) -> HTTPResponse:
    if not path.is_file():
        return response.text(f"{path.name} is missing from this installation.", status=404, headers=SECURITY_HEADERS)
    return response.raw(
        path.read_bytes(), content_type=CONTENT_TYPES[path.suffix], headers={**SECURITY_HEADERS, **headers}
    )
