"""Looks for barriers with axe-core, which comes with the package axe-playwright-python (no download at test time)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

# Everything that WCAG 2.2 A and AA asks for and axe can see, and its own good practice (landmarks, headings, order).
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_NODES = 4  # of one violation in the message; the others are of the same kind
THEMED = ["color-contrast", "link-in-text-block"]  # the rules whose answer depends on colours
RUN = "only => axe.run(document, {resultTypes: ['violations'], runOnly: only})"
SETTLE = """() => Promise.allSettled(document.getAnimations()
  .filter(animation => Number.isFinite(animation.effect?.getComputedTiming().endTime))
  .map(animation => animation.finished))"""  # what never ends (typing dots) is not waited for


def violations(page: Page) -> list[str]:
    """What axe-core objects to on the page as it is now, one readable line for each kind; empty when nothing.

    The script is evaluated over the browser's debugging protocol, which a strict Content-Security-Policy lets pass.
    Running animations are waited for, since a colour half-way is nobody's choice.
    """
    return _run(page, {"type": "tag", "values": RULES})


def hard_to_see(page: Page) -> list[str]:
    """As :func:`violations`, of colours alone: what is left to ask when the other theme was looked at already."""
    return _run(page, {"type": "rule", "values": THEMED})


def _run(page: Page, only: dict[str, Any]) -> list[str]:
    page.evaluate(SETTLE)
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(RUN, only)
    return [_line(violation) for violation in found["violations"]]


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def _line(violation: dict[str, Any]) -> str:
    places = []
    for node in violation["nodes"][:MOST_NODES]:
        reasons = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
        places.append(f"{' '.join(str(target) for target in node['target'])} ({'; '.join(reasons[:2])})")
    more = len(violation["nodes"]) - len(places)
    return (
        f"{violation['id']} [{violation['impact']}] {violation['help']}: "
        + ", ".join(places)
        + (f" and {more} more" if more > 0 else "")
    )
