"""The page of experiments in a real browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, Route, expect

from handoff.bootstrap import Services
from handoff.domain.experiment import Experiment, Variant, label
from handoff.domain.model import Agent
from handoff.rules_file import read_file, rules_of
from tests.conftest import ROOT
from tests.integration.conftest import PASSWORD
from tests.support.browser import look
from tests.support.crowd import crowd
from tests.support.desk_browser import (  # noqa: F401  # fixtures are used by their names
    WIDE,
    Desks,
    chromium_fixture,
    desk_fixture,
    desks_fixture,
)

BEFORE = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
FIRST_DAY = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
CONTROL = Variant("control", 50)
EARLIER = Variant("earlier", 50, {"triggers.frustration.offer_from": 0.6})
TALL = 2600  # pixels; the whole page
REPLIES = [float(20 + 7 * number % 240) for number in range(400)]


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the API."""
    return sqlite_url


@pytest.fixture
def admin(services: Services) -> Agent:
    return services.agents.create("ada", "Ada Lindqvist", PASSWORD, role="admin")


def run(services: Services, *variants: Variant, ends: date | None = None, smallest: float = 0.05) -> None:
    """Let handoff.yml hold an experiment."""
    chosen = variants or (CONTROL, EARLIER)
    experiment = Experiment("earlier-offer", date(2026, 11, 9), ends, "handoff_rate", smallest, chosen)
    services.__dict__["rules"] = replace(services.rules, experiment=experiment)


def fall(services: Services, variant: str, number: int, handed: int, *, scores: list[int], slower: float = 0) -> None:
    replies = [seconds + slower for seconds in REPLIES[:handed]]
    share = label("earlier-offer", variant)
    crowd(services, FIRST_DAY, number, handed, variant=share, replies=replies, scores=scores)


def open_page(desks: Desks, services: Services) -> Page:
    page = desks.open("ada", "/desk/experiments", now=services.clock())
    expect(page.locator("#current")).to_have_attribute("aria-busy", "false")
    return page


def row(page: Page, name: str) -> Any:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))


def test_how_to_start_one(desks: Desks, admin: Agent, services: Services) -> None:
    page = desks.open("ada", "/desk/metrics")
    page.get_by_role("navigation", name="Insights").get_by_role("link", name="Experiments").click()
    expect(page).to_have_title("Experiments - Handoff desk")
    expect(page.get_by_role("heading", name="Nothing is being tried out")).to_be_visible()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    # what is shown there works when it is put into handoff.yml
    shown = yaml.safe_load(page.locator("#snippet-rules").inner_text())
    file = ROOT / "handoff.yml"
    rules = rules_of(file, read_file(file) | shown)
    assert rules.experiment is not None
    assert rules.experiment.started == date(2026, 11, 23)
    assert rules.rules_of_variants["earlier"].frustration.offer_from == 0.6
    words = yaml.safe_load(page.locator("#snippet-words").inner_text())
    assert words["utter_greet"][1]["condition"] == [{"type": "slot", "name": "experiment_variant", "value": "earlier"}]
    look(page, "desk-experiments-none", dark=False)


def test_variants_side_by_side(desks: Desks, admin: Agent, services: Services) -> None:
    run(services)
    crowd(services, BEFORE, 200, 60)
    fall(services, "control", 412, 124, scores=[5, 4, 5, 3, 4] * 8)
    fall(services, "earlier", 398, 151, scores=[5, 5, 5, 4, 5] * 8, slower=90)
    page = open_page(desks, services)
    expect(page.get_by_role("heading", name="earlier-offer")).to_be_visible()
    expect(page.locator(".verdict")).to_contain_text("Too early to say")
    expect(page.locator(".progress").first).to_contain_text("412 of 1,377 visits")
    expect(page.locator(".plan")).to_contain_text("About 34 more days, until 27 December 2026, with 58 visits a day")
    expect(page.locator(".plan")).to_contain_text("To find a difference of 5 points")
    expect(page.locator(".arm").nth(1)).to_contain_text("triggers.frustration.offer_from: 0.6")
    expect(page.get_by_text("Visitors fell into the variants as the shares say.")).to_be_visible()
    rate = row(page, "Handed over")
    expect(rate).to_contain_text("decides")
    expect(rate).to_contain_text("+7.8\u00a0points (+1.3 to +14.3) worse so far")
    expect(row(page, "Visits")).to_contain_text("Follows the share")
    expect(row(page, "First reply, typical")).to_contain_text("worse")
    expect(row(page, "Rating of people")).to_contain_text("better")
    expect(row(page, "Came back")).to_contain_text("0\u00a0points (\u22120.9 to +1) may be chance")
    expect(row(page, "Rating of the assistant")).to_contain_text("Too few to tell")
    look(page, "desk-experiments")
    page.set_viewport_size({"width": WIDE["width"], "height": TALL})


def test_a_clear_one_and_one_whose_split_is_wrong(desks: Desks, admin: Agent, services: Services) -> None:
    run(services, ends=date(2026, 11, 22))
    fall(services, "control", 412, 124, scores=[])
    fall(services, "earlier", 398, 151, scores=[])
    page = open_page(desks, services)
    expect(page.locator(".verdict")).to_contain_text("A clear difference, for the worse")
    expect(page.locator(".verdict")).to_contain_text("1 to 14 points more visits are handed over than with 'control'.")
    expect(page.locator(".plan")).to_contain_text("It ended before the planned visits were there.")
    run(services, replace(CONTROL, share=90), replace(EARLIER, share=10))
    page.reload()
    expect(page.locator(".verdict")).to_contain_text("Do not trust this")
    expect(page.locator(".verdict")).to_contain_text("398 into 'earlier' where 81 were due")
    expect(page.locator(".plan")).to_have_count(0)
    look(page, "desk-experiments-unsound", dark=False, phone=False)


def test_three_variants_and_one_of_the_past(desks: Desks, admin: Agent, services: Services) -> None:
    run(services, replace(CONTROL, share=40), replace(EARLIER, share=30), Variant("words", 30), smallest=0.1)
    for variant, number, handed in (("control", 160, 48), ("earlier", 120, 45), ("words", 120, 30)):
        fall(services, variant, number, handed, scores=[])
    crowd(services, BEFORE, 90, 30, variant="old-words:control")
    crowd(services, BEFORE, 100, 70, variant="old-words:short")
    page = open_page(desks, services)
    expect(page.locator(".verdict")).to_have_count(2)
    expect(row(page, "Handed over").locator(".difference")).to_have_count(2)
    past = page.locator(".past__one")
    expect(past).to_contain_text("1 November 2026, control and short")
    past.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(past.locator(".verdict")).to_contain_text("more visits are handed over than with 'control'.")
    expect(past.get_by_role("row").filter(has_text="Handed over")).to_contain_text("+36.7\u00a0points")
    look(page, "desk-experiments-three", dark=False, phone=False)


def test_an_answer_that_does_not_come(desks: Desks, admin: Agent, services: Services) -> None:
    page = desks.open("ada", "/desk/deliveries")

    def refuse(route: Route) -> None:
        route.fulfill(status=503, json={"error": {"code": "storage_unavailable", "message": "The database is away."}})

    page.route("**/api/experiments", refuse)
    page.goto(page.url.replace("deliveries", "experiments"))
    expect(page.get_by_role("alert").filter(has_text="The database is away.")).to_be_visible()


def test_it_is_for_administrators(desks: Desks, admin: Agent) -> None:
    page = desks.open("sanne", "/desk")
    answer = page.goto(page.url.replace("/desk", "/desk/experiments"))
    assert answer is not None
    assert answer.status == 404
