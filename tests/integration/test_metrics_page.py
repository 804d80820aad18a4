"""The page of metrics in a real browser: numbers, what they are narrowed to, and the way to what was said."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from handoff.bootstrap import Services
from handoff.domain.model import Agent, TriggerKind
from tests.conftest import Clock
from tests.integration.conftest import PASSWORD
from tests.support.browser import look, shot
from tests.support.desk import AgentBrowser
from tests.support.desk_browser import (  # noqa: F401  # fixtures are used by their names
    PHONE,
    Desks,
    chromium_fixture,
    desk_fixture,
    desks_fixture,
    fits,
)
from tests.support.shop_days import Person, Said, ShopDays, Story
from tests.support.shop_stories import (
    DELIVERY,
    DESKS,
    HUMAN,
    NOT_IT,
    ORDER,
    PLANS,
    PRICING,
    QUOTE,
    STILL,
    THANKS,
    TRACK,
    UNKNOWN,
    WOBBLES,
    some_weeks,
)

HOSTILE = "<img src=x onerror=alert(1)> where is my lamp"
WIDTH = 1280
TALL = 4200  # pixels; all of the page without scrolling, for pictures of its parts
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the numbers themselves."""
    return sqlite_url


@pytest.fixture
def admin(services: Services) -> Agent:
    return services.agents.create("ada", "Ada Lindqvist", PASSWORD, role="admin")


@pytest.fixture
def days(services: Services, clock: Clock) -> ShopDays:
    return ShopDays(services, clock)


@pytest.fixture
def week(days: ShopDays, admin: Agent, sanne: Agent, jonas: Agent) -> datetime:
    """A few visits of last week; gives the moment that is now."""
    now = days.clock.now
    friday = now - 3 * DAY
    days.visit(friday, Story(ORDER, (DELIVERY, THANKS), score=5))
    days.visit(friday + HOUR, Story(ORDER, (TRACK,), order=649.0))
    days.visit(
        friday + 2 * HOUR,
        Story(ORDER, (TRACK, HUMAN), TriggerKind.EXPLICIT_REQUEST),
        Person(sanne.id, 95, "It is at your door tomorrow.", score=4, comment="<b>kind</b>"),
    )
    days.visit(
        friday + 3 * HOUR, Story(PRICING, (PLANS, QUOTE), TriggerKind.SALES_INTENT), Person(jonas.id, 240, minutes=12)
    )
    days.visit(friday + 3.5 * HOUR, Story(DESKS, (WOBBLES, STILL), TriggerKind.FRUSTRATION), Person(sanne.id, 20))
    days.visit(friday - DAY, Story(DESKS, (UNKNOWN[0], NOT_IT)))
    days.visit(friday - DAY + HOUR, Story(DESKS, (Said(HOSTILE, "nlu_fallback", "Sorry?", confidence=0.2),)))
    days.visit(now - 40 * DAY, Story(ORDER, (TRACK, HUMAN), TriggerKind.EXPLICIT_REQUEST), Person(sanne.id, 300))
    days.clock.now = now
    return now


def open_page(desks: Desks, now: datetime, more: str = "") -> Page:
    page = desks.open("ada", f"/desk/metrics{more}", now=now)
    expect(page.locator("#overview")).to_have_attribute("aria-busy", "false")
    return page


def card(page: Page, metric: str) -> Locator:
    return page.locator(f"[data-metric={metric}]")


def numbers_of(desks: Desks, query: str = "") -> dict[str, Any]:
    answer = AgentBrowser(desks.base, "ada", PASSWORD).get(f"{desks.base}/api/metrics{query}")
    answer.raise_for_status()
    return {metric["name"]: metric for metric in answer.json()["metrics"]}


def shown(metric: dict[str, Any]) -> str:
    """A value as the page has to say it."""
    value, unit = metric["value"], metric["unit"]
    if value is None:
        return "\u2013"
    if unit == "share":
        points = value * 100
        return f"{points:.0f}\u00a0%" if points >= 10 or points == 0 else f"{points:.1f}".removesuffix(".0") + "\u00a0%"
    if unit == "seconds":
        minutes, seconds = divmod(round(value), 60)
        if not minutes:
            return f"{seconds}\u00a0s"
        if minutes >= 10:
            return f"{round(value / 60)}\u00a0min"
        return f"{minutes}\u00a0min" + (f" {seconds}\u00a0s" if seconds else "")
    if unit == "score":
        return f"{value:.1f} of 5"
    return f"\u20ac{value:,.0f}" if unit == "money" else f"{value:,.0f}"


def shows(page: Page, numbers: dict[str, Any]) -> None:
    for name, metric in numbers.items():
        expect(card(page, name).locator(".metric__value")).to_have_text(shown(metric))


def test_every_number_is_the_one_that_the_api_gives(desks: Desks, week: datetime) -> None:
    page = desks.open("ada", "/desk/admin", now=week)
    page.get_by_role("link", name="Insights").first.click()
    expect(page).to_have_title("Insights - Handoff desk")
    numbers = numbers_of(desks)
    shows(page, numbers)
    assert numbers["visits"]["value"] == 7
    for name, metric in numbers.items():
        if metric["unit"] == "share" and metric["denominator"]:
            words = re.compile(rf"\b{metric['numerator']} of {metric['denominator']} ")
            expect(card(page, name).locator(".metric__made")).to_have_text(words)
    recent = "7 visits are too recent to tell, and not counted yet."
    expect(card(page, "honest_containment").locator(".metric__made")).to_have_text(recent)
    expect(page.locator("#short")).to_contain_text("7 visits in 30 days.")
    expect(page.locator("#short")).to_contain_text("The assistant answered in 2 of the 7 with a question")
    expect(page.locator("#short")).to_contain_text("A person was brought in 3 times. Half of those")
    expect(card(page, "csat_assistant")).to_contain_text("Only 1: too few to tell.")
    expect(card(page, "containment")).to_contain_text(re.compile(r"Likely \d+ to \d+"))
    expect(card(page, "visits").locator(".metric__change")).to_have_text("\u25b2+600\u00a0%")
    expect(page.locator("#by-topic tr").filter(has_text="Support")).to_contain_text(re.compile(r"4\s*2\s*50"))
    expect(page.locator("#agents tr").filter(has_text="Sanne de Vries")).to_contain_text(re.compile("2.*4.0 of 5"))
    expect(page.locator("#period-words")).to_have_text(
        "25 October 2026 to 23 November 2026. Compared with 25 September 2026 to 24 October 2026."
    )


def test_what_is_chosen_is_in_the_address_and_back_goes_back(desks: Desks, week: datetime) -> None:
    page = open_page(desks, week)
    page.get_by_label("Reason").select_option("Asked for a person")
    expect(page).to_have_url(re.compile(r"\?trigger=explicit_request$"))
    shows(page, numbers_of(desks, "?trigger=explicit_request"))
    page.get_by_role("button", name="7 days").click()
    expect(page).to_have_url(re.compile(r"\?days=7&trigger=explicit_request$"))
    expect(page.locator("#period-words")).to_contain_text("17 November 2026 to 23 November 2026")
    page.go_back()
    page.go_back()
    expect(page.get_by_label("Reason")).to_have_value("")
    shows(page, numbers_of(desks))
    page.locator("#by-page").get_by_role("link", name="/pricing").click()
    expect(page.get_by_label("Page", exact=True)).to_have_value(PRICING)
    expect(card(page, "visits").locator(".metric__value")).to_have_text("1")
    everything = page.get_by_role("button", name="Show everything")
    expect(everything).to_be_focused()
    everything.click()
    expect(card(page, "visits").locator(".metric__value")).to_have_text("7")


def test_an_address_can_be_sent_to_somebody_who_is_not_logged_in(desks: Desks, week: datetime) -> None:
    page = open_page(desks, week, "?from=2026-11-20&to=2026-11-20&topic=sales")
    expect(page).to_have_url(re.compile(r"from=2026-11-20&to=2026-11-20&topic=sales$"))
    expect(card(page, "visits").locator(".metric__value")).to_have_text("1")
    expect(page.get_by_label("Topic")).to_have_value("sales")
    nothing = "What the assistant could not answerNothing: every message was understood."
    expect(page.locator("#unanswered")).to_have_text(nothing)
    expect(page.locator("#changes")).to_have_text("There is too little in the days before to compare with.")
    expect(card(page, "visits").locator(".metric__change")).to_have_text("None in the days before")
    expect(page.locator("#period-words")).to_contain_text("20 November 2026. Compared with 19 November 2026.")


def test_days_of_ones_own(desks: Desks, week: datetime) -> None:
    page = open_page(desks, week)
    page.get_by_role("button", name="Own dates").click()
    page.get_by_label("First day").fill("2026-11-21")
    page.get_by_label("Last day").fill("2026-11-19")
    page.get_by_role("button", name="Count these days").click()
    expect(page.locator("#dates-error")).to_have_text("The first day is after the last one.")
    page.get_by_label("First day").fill("2026-11-19")
    page.get_by_role("button", name="Count these days").click()
    expect(page).to_have_url(re.compile(r"from=2026-11-19&to=2026-11-19$"))
    expect(card(page, "visits").locator(".metric__value")).to_have_text("2")


def test_a_number_leads_to_the_words_behind_it(desks: Desks, week: datetime) -> None:
    page = open_page(desks, week)
    number = card(page, "handoff_rate").get_by_role("link")
    number.click()
    expect(page).to_have_title("Handed over - Insights - Handoff desk")
    expect(page.locator("#drill-value")).to_have_text("43\u00a0%: 3 of 7 visits")
    rows = page.locator(".found")
    expect(rows).to_have_count(3)
    expect(page.locator("#drill-count")).to_have_text("3 conversations, newest first")
    rows.filter(has_text="asked for a person").click()
    visit = page.locator("#visit")
    expect(visit).to_contain_text(re.compile("Result.*Handed over: asked for a person"))
    expect(visit).to_contain_text(re.compile("Resolved, Sanne de Vries, queue Support"))
    expect(visit).to_contain_text("4 of 5: \u201c<b>kind</b>\u201d")
    said = visit.get_by_role("log", name="What was said")
    expect(said).to_contain_text("where is my order FW-104233")
    expect(said).to_contain_text(re.compile("Understood: asks for a person, 98.%.sure"))
    expect(said).to_contain_text("It is at your door tomorrow.")
    expect(said).to_contain_text("Response utter_track_order")
    page.go_back()
    expect(page.locator("#visit-none")).to_be_visible()
    rows.filter(has_text="frustrated").click()
    expect(said).to_contain_text("Probably answered wrong: the visitor asked again")
    expect(said).to_contain_text("Signs: asked again, negative wording")
    expect(said).to_contain_text("Sounds annoyed")
    visit.get_by_role("link", name="Open it on the desk").click()
    expect(page.locator("#conversation-title")).to_be_visible()
    page.go_back()
    expect(said).to_contain_text("Probably answered wrong")


def test_without_a_mouse(desks: Desks, week: datetime) -> None:
    page = open_page(desks, week)
    what = card(page, "containment").get_by_role("button", name="What is \u201cAnswered without a person\u201d?")
    what.focus()
    page.keyboard.press("Enter")
    expect(card(page, "containment").locator(".metric__about")).to_contain_text("nobody had to step in")
    chart = page.get_by_role("slider", name="Visits and handoffs: day")
    chart.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    friday = re.compile("^Fri,? 20 Nov: visits 5, handoffs 3$")
    expect(chart).to_have_attribute("aria-valuetext", friday)
    expect(page.locator("#trend-visits .chart__said")).to_have_text(friday)
    number = card(page, "missed_rate").get_by_role("link")
    number.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drill-title")).to_be_focused()
    expect(page.locator("#drill-count")).to_have_text("No conversations in these days.")
    page.keyboard.press("Escape")
    expect(number).to_be_focused()
    card(page, "visits").get_by_role("link").press("Enter")
    first = page.locator(".found").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#visit-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(card(page, "visits").get_by_role("link")).to_be_focused()


def test_what_visitors_wrote_stays_text(desks: Desks, week: datetime) -> None:
    page = open_page(desks, week)
    unanswered = page.locator("#unanswered")
    expect(unanswered).to_contain_text(f"\u201c{HOSTILE}\u201d")
    expect(unanswered.get_by_role("link", name="lamp")).to_have_attribute(
        "href", re.compile(r"^/desk/review\?message=7-0$")
    )
    card(page, "fallback_rate").get_by_role("link").click()
    page.locator(".found").filter(has_text="lamp").click()
    expect(page.locator("#visit-body")).to_contain_text(HOSTILE)
    expect(page.locator("#visit-body")).to_contain_text("Not understood")
    expect(page.locator("main img")).to_have_count(0)


def test_numbers_as_a_file(desks: Desks, week: datetime) -> None:
    page = open_page(desks, week, "?topic=sales")
    with page.expect_download() as download:
        page.get_by_role("link", name="What they wanted as a CSV file").click()
    rows = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 2, "a heading, and the one topic that was chosen"
    assert rows[1].startswith("sales,")


def test_nothing_to_count(desks: Desks, admin: Agent, clock: Clock) -> None:
    page = open_page(desks, clock.now)
    expect(page.get_by_role("heading", name="No visits in these days")).to_be_visible()
    expect(page.locator("#nothing-why")).to_contain_text("As soon as visitors write to the assistant")
    page.get_by_label("Topic").select_option("Sales")
    expect(page.locator("#nothing-why")).to_contain_text("Nothing fits these filters.")
    page.get_by_role("button", name="Show the last 90 days").click()
    expect(page).to_have_url(re.compile(r"\?days=90$"))


def test_a_server_that_does_not_answer(desks: Desks, week: datetime) -> None:
    page = desks.open("ada", now=week)
    page.route("**/api/metrics?*", lambda route: route.abort())
    page.goto(f"{desks.base}/desk/metrics")
    expect(page.locator("#page-error")).to_contain_text("cannot be reached")
    page.unroute("**/api/metrics?*")
    page.get_by_role("button", name="Try again").click()
    expect(card(page, "visits").locator(".metric__value")).to_have_text("7")
    expect(page.locator("#page-error")).to_be_hidden()
    page.route("**/api/metrics/conversations?*", lambda route: route.abort())
    card(page, "visits").get_by_role("link").click()
    expect(page.locator("#drill-error")).to_contain_text("cannot be reached")


def test_charts_say_the_day_that_is_pointed_at_and_have_the_colours_of_the_theme(desks: Desks, week: datetime) -> None:
    page = open_page(desks, week)
    rates = page.locator("#trend-rates")
    rates.locator(".chart__cursor").hover()
    expect(rates.locator(".chart__said")).to_have_text(re.compile(r"^\w{3},? \d+ Nov: answered without a person .+"))
    page.mouse.move(0, 0)
    expect(rates.locator(".chart__said")).to_have_text("")
    page.locator("#me-button").click()
    drawn = "document.querySelector('#trend-visits canvas').toDataURL()"
    light = page.evaluate(drawn)
    page.get_by_role("button", name="Dark").click()
    page.wait_for_function(f"light => {drawn} !== light", arg=light)
    page.get_by_role("button", name="Light").click()
    page.wait_for_function(f"light => {drawn} === light", arg=light)
    page.emulate_media(color_scheme="dark")
    page.get_by_role("button", name="System").click()
    page.wait_for_function(f"light => {drawn} !== light", arg=light)


NEWCOMBE = (
    ((56, 70), (48, 80), False),  # difference 0.20, from 0.05 to 0.33
    ((9, 10), (3, 10), False),  # 0.60, from 0.17 to 0.81
    ((5, 56), (0, 29), True),  # 0.09, from -0.04 to 0.19
    ((10, 10), (0, 20), False),
)
"""Examples of Newcombe (1998), "Interval estimation for the difference between independent proportions", method 10."""


def test_what_may_be_chance_is_called_so(desks: Desks, admin: Agent, clock: Clock) -> None:
    page = open_page(desks, clock.now)
    for now, before, chance in NEWCOMBE:
        metric = {"unit": "share", "better": "higher", "before": _counted(*before)} | _counted(*now)
        change = page.evaluate(
            "metric => import('/desk/static/metrics_words.js').then(words => words.changeOf(metric))", metric
        )
        assert change["kind"] == ("chance" if chance else "better"), (now, before, change)
        assert change["words"].endswith(", may be chance" if chance else " points, better")
        assert change["up"]


def _counted(part: int, whole: int) -> dict[str, float]:
    return {"value": part / whole, "numerator": part, "denominator": whole}


def test_more_than_fit_into_one_list(desks: Desks, days: ShopDays, admin: Agent) -> None:
    now = days.clock.now
    for number in range(53):
        days.visit(now - 2 * DAY + number * timedelta(minutes=1), Story(ORDER, (TRACK,)))
    page = open_page(desks, now, "?metric=visits")
    rows = page.locator(".found")
    expect(page.locator("#drill-count")).to_have_text("53 conversations, newest first")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(53)
    expect(rows.nth(50)).to_be_focused()
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()


def test_only_administrators_see_it(desks: Desks, sanne: Agent) -> None:
    agent = AgentBrowser(desks.base, "sanne", PASSWORD)
    assert agent.get(f"{desks.base}/desk/metrics").status_code == 404
    assert agent.get(f"{desks.base}/api/metrics").status_code == 403


def test_no_barriers_in_both_themes_and_on_a_phone(
    desks: Desks, days: ShopDays, admin: Agent, sanne: Agent, jonas: Agent
) -> None:
    now = days.clock.now
    some_weeks(days, [sanne.id, jonas.id], now - 60 * DAY, now, busiest=10)
    page = open_page(desks, now)
    look(page, "desk-metrics")
    size = page.viewport_size
    assert size is not None, "the window has a size"
    page.set_viewport_size({"width": WIDTH, "height": TALL})
    for name, part in (("charts", "#question-help"), ("who", "section:has(> h2#who-title)")):
        shot(page, f"desk-metrics-{name}", page.locator(part))
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    card(page, "wrong_answer_rate").get_by_role("link").click()
    expect(page.locator(".found").first).to_be_visible()
    page.mouse.move(0, 0)
    look(page, "desk-metrics-conversations", dark=False)
    page.locator(".found").first.click()
    expect(page.locator("#visit-body .message").first).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    look(page, "desk-metrics-visit")
