"""Every route and every event of the channel is in its page, and nothing in the page is made up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from handoff.bootstrap import build_services
from handoff.rasa.channel import WebInput
from handoff.settings import Settings
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "channel-web.md").read_text(encoding="utf-8")
REPLIES = {"message", "sync"}
"""Events beside the acts, which have a route of the same name."""


async def not_asked(message: Any) -> None:
    raise AssertionError("no message is sent here")


@pytest.fixture
def blueprint(tmp_path: Path) -> Any:
    services = build_services(Settings.load(ROOT, {"HANDOFF_VAR": str(tmp_path)}))
    yield WebInput(services).blueprint(not_asked)
    services.engine.dispose()


def routes_of(blueprint: Any) -> set[str]:
    """``POST /messages`` and so on, without the files of the demo shop and of the widget."""
    routes = {(method, route.uri, route.name) for route in blueprint._future_routes for method in route.methods}
    return {f"{method} {uri}" for method, uri, name in routes if "page_" not in str(name)}


def events_of(blueprint: Any) -> set[str]:
    return set(blueprint.ctx.sio.handlers["/"]) - {"connect"}


def test_every_route_is_in_the_page_and_no_other(blueprint: Any) -> None:
    found = re.findall(r"`(GET|POST|PUT|DELETE) (/[a-z./]*)", PAGE)
    described = {f"{method} {path}" for method, path in found if not path.startswith("/widget/")}
    assert routes_of(blueprint) == described


def test_every_event_is_in_the_page_and_no_other(blueprint: Any) -> None:
    rows = re.findall(r"^\| client \| ([^|]+) \|", PAGE, re.MULTILINE)
    assert events_of(blueprint) == {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_act_can_be_done_over_both_transports(blueprint: Any) -> None:
    acts = events_of(blueprint) - REPLIES
    assert {f"POST /{act}" for act in acts} <= routes_of(blueprint)
    assert len(acts) == 7
