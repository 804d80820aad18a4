"""The report of `handoff tune` in a real browser, opened as a file, as designers open it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from handoff.nlu.intent_head import HeldOutPrediction
from handoff.nlu.tune.duplicates import Example
from handoff.nlu.tune.page import render_page
from handoff.nlu.tune.readings import Message, Messages
from handoff.nlu.tune.report import Report
from tests.support.chromium import running_chromium
from tests.support.held_out import held_out, report_of

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
EVIL = '<img src=x onerror="document.title=1"></script><script>document.title=2</script>'
LONG = "W" * 200
READ_RIGHTLY = 60


def predictions() -> list[HeldOutPrediction]:
    """Sixty right ones from known 0.99 down to 0.40, and a mistake of each kind at 0.55, 0.75 and 0.85."""
    right = []
    for number in range(READ_RIGHTLY):
        label = ("greet", "deny", "faq/warranty")[number % 3]
        right.append(held_out(label, label, (99 - number) / 100, text=f"{label} {number}"))
    return [
        *right,
        held_out("greet", "deny", 0.75, confidence=0.7, text="off we go"),
        held_out("deny", "greet", 0.55, confidence=0.6, text=EVIL),
        held_out("out_of_scope", "faq/warranty", 0.85, confidence=0.9, text=LONG),
        held_out("faq/warranty", "out_of_scope", 0.1, confidence=0.4, text="motor hums"),
        held_out("out_of_scope", "out_of_scope", 0.1, text="nice weather"),
    ]


def report() -> Report:
    """At most one answer in 25 may be wrong: that is so from 0.76 on, where one mistake is above."""
    written = [Example(EVIL, "greet"), Example(EVIL, "greet")]
    rows = [
        Message(EVIL, "greet", "deny", 0.7, 0.9, "answered", False),
        Message("good day", "greet", "greet", 0.8, 0.7, "asked", True),
    ]
    return report_of(predictions(), wrong_answers=0.04, written=written).with_messages(
        Messages("log.csv", rows, 1, 2, 1, 1)
    )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def open_report(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens the page; the console must have no complaint, and nothing but the file may be asked for."""
    file = tmp_path / "tune.html"
    file.write_bytes(render_page(report()))
    complaints: list[str] = []
    asked_for: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def note_request(request: Request) -> None:
        if not request.url.startswith("data:"):
            asked_for.append(request.url)

    def opened(size: dict[str, int] = WIDE, *, dark: bool = False, javascript: bool = True) -> Page:
        context = chromium.new_context(
            viewport=size,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale="en-GB",
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", note_request)
        page.goto(file.as_uri())
        return page

    yield opened
    for context in chromium.contexts:
        context.close()
    assert complaints == []
    assert set(asked_for) == {file.as_uri()}


def test_the_slider_by_keyboard_changes_numbers_chart_and_sentences(open_report: Callable[..., Page]) -> None:
    page = open_report()
    slider = page.get_by_role("slider", name="Answer from this known score on")
    expect(page.locator("#slider-value")).to_have_text("0.760")
    expect(page.locator("#live-answered")).to_have_text("38.1\u00a0%")  # 24 right ones of 63 with an answer
    expect(page.locator("#changes-none")).to_be_visible()
    expect(page.get_by_role("button", name="Back to 0.760")).to_be_disabled()

    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#slider-value")).to_have_text("0.750")
    # 0.75 itself is answered from 0.75 on: one more right answer and the first mistake in scope
    expect(page.locator("#live-answered")).to_have_text("41.3\u00a0%")
    expect(page.locator("#live-wrong")).to_have_text("7.4\u00a0%")
    expect(page.locator("#changes-good h4")).to_have_text("1 right answer won")
    expect(page.locator("#changes-bad li")).to_contain_text("off we go")
    expect(page.locator("#bar-inside-0")).to_have_text("25")
    expect(page.locator("#bar-inside-3")).to_have_text("1")
    expect(page.locator("#slider-setting")).to_contain_text("about wrong_answers: 0.074")
    expect(page.locator("#risk-mark")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="41.3\u00a0% answered")).to_be_attached()
    assert slider.get_attribute("aria-valuetext") == "0.750"

    page.keyboard.press("Home")
    expect(page.locator("#live-answered")).to_have_text("98.4\u00a0%")
    expect(page.locator("#bar-outside-2")).to_have_text("1")
    expect(page.locator("#changes-bad li").filter(has_text="document.title=1")).to_have_count(1)
    page.keyboard.press("End")
    expect(page.locator("#slider-setting")).to_have_text("Nothing would be answered.")
    expect(page.locator("#changes-good h4")).to_have_text("1 wrong answer avoided")
    expect(page.locator("#changes-bad h4")).to_have_text("24 right answers lost")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the button that leads back
    expect(page.locator("#slider-value")).to_have_text("0.760")
    expect(slider).to_be_focused()
    expect(page.locator("#changes-none")).to_be_visible()


def test_sentences_stay_text(open_report: Callable[..., Page]) -> None:
    page = open_report()
    expect(page.locator("#repeated")).to_contain_text(EVIL)
    expect(page.locator("#messages")).to_contain_text(EVIL)
    expect(page.locator(".pair").filter(has_text="document.title=2")).to_have_count(1)
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    expect(page.locator("#changes-bad")).to_contain_text(EVIL)
    assert page.locator("img, main script").count() == 0
    expect(page).to_have_title("How well the assistant understands")


def test_intents_are_sorted_by_keyboard(open_report: Callable[..., Page]) -> None:
    page = open_report()
    table = page.get_by_role("table", name="Examples, precision, recall and F1 of each intent")
    names = table.locator("tbody th")
    heading = table.get_by_role("columnheader", name="Intent")
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert names.all_inner_texts() == ["deny", "faq/warranty", "greet", "out_of_scope"]
    expect(heading).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Enter")
    assert names.all_inner_texts() == ["out_of_scope", "greet", "faq/warranty", "deny"]
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(table.locator("[aria-sort]")).to_have_count(1)
    table.get_by_role("button", name="Examples").click()
    assert names.first.inner_text() == "out_of_scope", "2 is less than 21: numbers are sorted as numbers"


def test_pairs_are_looked_up(open_report: Callable[..., Page]) -> None:
    page = open_report()
    expect(page.locator(".pair")).to_have_count(2)
    page.get_by_label("Show pairs with").fill("WARRANTY")
    expect(page.locator(".pair:visible")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="1 of 2 pairs")).to_be_visible()
    page.locator(".pair:visible summary").first.click()
    page.get_by_label("Show pairs with").fill("")
    expect(page.locator(".pair:visible")).to_have_count(2)


def test_tables_and_charts_have_names(open_report: Callable[..., Page]) -> None:
    page = open_report()
    for table in page.locator("table").all():
        assert table.locator("caption").count() == 1
        assert table.locator("thead th:not([scope=col])").count() == 0
    for chart in page.locator("svg:not([aria-hidden])").all():
        assert chart.get_attribute("role") == "img"
        assert chart.locator("title, desc").count() >= 2
    expect(page.get_by_role("img", name="Reliability diagram")).to_be_visible()
    expect(page.get_by_role("img", name="Wrong answers against answers given")).to_be_visible()
    headings = page.get_by_role("heading", level=1)
    expect(headings).to_have_count(1)


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_scrolls_sideways_on_a_phone(open_report: Callable[..., Page], dark: bool) -> None:
    page = open_report(PHONE, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    expect(page.locator("#changes-good")).to_contain_text(LONG)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_dark_mode_has_dark_ground_and_readable_text(open_report: Callable[..., Page]) -> None:
    light, dark = open_report(), open_report(dark=True)
    colour = "getComputedStyle(document.body).{}"
    assert light.evaluate(colour.format("backgroundColor")) != dark.evaluate(colour.format("backgroundColor"))
    for page in (light, dark):
        too_faint = page.evaluate(CONTRAST)
        assert too_faint == []


def test_without_javascript_everything_but_the_slider_is_there(open_report: Callable[..., Page]) -> None:
    page = open_report(javascript=False)
    expect(page.locator("#slider")).to_be_hidden()
    expect(page.locator("#pairs-filter")).to_be_hidden()
    expect(page.locator("#what-if tbody tr")).to_have_count(8)
    expect(page.get_by_text("Without JavaScript the slider is missing")).to_be_visible()


CONTRAST = """
() => {
  // relative luminance and contrast as in WCAG 2.2; text needs 4.5 to 1
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = channels(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *:not(svg *, script, option)")) {
    const ownText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!ownText || !element.getClientRects().length || element.disabled) continue;
    const [one, two] = [light(channels(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    if ((one + 0.05) / (two + 0.05) < 4.5) faint.push(element.className + ": " + element.textContent.slice(0, 30));
  }
  return faint;
}
"""
