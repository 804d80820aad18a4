"""Jinja2 templates of the pages; autoescape is on for all of them."""

from __future__ import annotations

from pathlib import Path

from fastapi.templating import Jinja2Templates

FOLDER = Path(__file__).resolve().parent
STATIC_FOLDER = FOLDER / "static"

templates = Jinja2Templates(directory=FOLDER / "templates")
