"""The page of the review in a real browser: from groups of messages to an accepted change."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from handoff.bootstrap import Services
from handoff.domain.model import Agent, HandoffRequest, Sender
from handoff.persistence.engine import open_engine
from handoff.service.ports import NewMessage
from handoff.settings import Settings
from tests.conftest import ROOT, Clock
from tests.integration.conftest import PASSWORD
from tests.support.browser import look, shot
from tests.support.desk import AgentBrowser, store
from tests.support.desk_browser import (  # noqa: F401  # fixtures are used by their names
    Desks,
    chromium_fixture,
    desk_fixture,
    desks_fixture,
)
from tests.unit.domain.talk import visitor

HOSTILE = "<img src=x onerror=alert(1)> where do you get your wood from"
OLD_DESK = ("do you take away my old desk?", "do you pick up old desks", "my old desk, can you pick it up?")
ANSWER = "Yes, our driver takes one old desk along when the new one comes. It costs €25; tell us when you order."
OTHER_ANSWER = "We do, for €25."
NOT_SURE = "I'm not sure I understood that. Is it one of these? You can also say it in other words."

NUMBERS = {
    "examples_before": 2913,
    "examples_after": 2916,
    "right_before": 2701,
    "right_after": 2700,
    "intents": [
        {
            "intent": "change_order",
            "label": "changing an order",
            "examples_before": 80,
            "examples_after": 80,
            "right_before": 70,
            "right_after": 69,
            "new": False,
        }
    ],
    "sentences": [
        {
            "text": "can the driver come earlier",
            "intent": "change_order",
            "before": "change_order",
            "after": "faq/delivery_time",
            "better": False,
        }
    ],
    "sentences_changed": 1,
    "new_examples": [
        {"text": OLD_DESK[0], "intent": "faq/old_desk", "predicted": "faq/old_desk", "right": True},
        {"text": OLD_DESK[2], "intent": "faq/old_desk", "predicted": "change_order", "right": False},
    ],
    "confusions": [{"intent": "change_order", "taken_for": "faq/delivery_time", "before": 0, "after": 1}],
}
RUNNING = {
    "state": "running",
    "stage": "Recognising every sentence without the change",
    "started_at": None,
    "seconds": 9,
    "error": None,
    "problems": [],
    "numbers": None,
    "outdated": False,
}
READY = RUNNING | {"state": "ready", "stage": None, "numbers": NUMBERS}
FAILED = RUNNING | {"state": "failed", "stage": None, "error": "The check needs too much memory."}


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the API."""
    return sqlite_url


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the review reads and writes."""
    root = tmp_path / "project"
    root.mkdir()
    for name in ("config.yml", "domain.yml", "endpoints.yml", "handoff.yml"):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "data", root / "data")
    (root / "models").mkdir()
    (root / "models" / "encoder").symlink_to(ROOT / "models" / "encoder")
    return root


@pytest.fixture
def services(db_url: str, project: Path, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """All use cases on that copy."""
    environ = {"HANDOFF_VAR": str(tmp_path / "var"), "HANDOFF_DB_URL": db_url}
    engine = open_engine(db_url)
    yield Services(Settings.load(project, environ), engine, clock)
    engine.dispose()


@pytest.fixture
def admin(services: Services) -> Agent:
    return services.agents.create("ada", "Ada Lindqvist", PASSWORD, role="admin")


class Check:
    """Stands for the check of a change, which takes Rasa and half a minute; everything else is real."""

    def __init__(self) -> None:
        self.preview: dict[str, Any] = READY
        self.started = 0
        self.page: Page | None = None

    def watch(self, page: Page) -> None:
        """Answer for the checks that this page asks for."""
        self.page = page
        page.route(re.compile("/api/review/changes/[^/]+$"), self._show)
        page.route("**/api/review/changes/*/preview", self._start)

    def _start(self, route: Route) -> None:
        self.started += 1
        answer = route.fetch(url=route.request.url.removesuffix("/preview"), method="GET")
        route.fulfill(status=202, json=answer.json() | {"preview": self.preview})

    def _show(self, route: Route) -> None:
        answer = route.fetch()
        change = answer.json()
        if "preview" in change and change["preview"]["state"] == "none" and self.started:
            change["preview"] = self.preview
        route.fulfill(response=answer, json=change)


@pytest.fixture
def check(desks: Desks) -> Iterator[Check]:
    made = Check()
    yield made
    if made.page is not None:
        made.page.unroute_all(behavior="wait")


def not_understood(services: Services, conversation: str, *said: str, intent: str = "nlu_fallback") -> None:
    """A visitor asks in vain."""
    for number, text in enumerate(said):
        name, at = f"{conversation}-{number}", services.clock()
        asks = NewMessage(name, conversation, Sender.VISITOR, text, at, intent=intent, confidence=0.3)
        answer = NewMessage(f"{name}-answer", conversation, Sender.ASSISTANT, NOT_SURE, at, in_reply_to=name)
        services.record([asks, answer], "web")


def answered_by(services: Services, agent: Agent, conversation: str, *texts: str) -> None:
    """The visitor asks for a person, who answers."""
    asks = replace(visitor("let me talk to a person", "request_human"), message_id=f"{conversation}-asks")
    made = services.request(HandoffRequest(conversation, "web", (asks,)))
    store(services, conversation, asks)
    services.claim(made.handoff_id, agent.id)
    for number, text in enumerate(texts):
        services.reply(made.handoff_id, agent.id, text, f"{conversation}-reply-{number}")
    services.resolve(made.handoff_id, agent.id)


@pytest.fixture
def asked(services: Services, sanne: Agent, jonas: Agent, admin: Agent) -> None:
    """Three visitors asked the same in vain, two of them got a person, and one asked something else."""
    for number, text in enumerate(OLD_DESK):
        not_understood(services, f"desk{number}", text)
    answered_by(services, sanne, "desk0", "Hello!", ANSWER)
    answered_by(services, jonas, "desk1", OTHER_ANSWER)
    not_understood(services, "wood", HOSTILE, intent="out_of_scope")


def open_review(desks: Desks, clock: Clock, query: str = "") -> Page:
    page = desks.open("ada", "/desk/review", now=clock())
    if query:
        page.goto(f"{desks.base}/desk/review{query}")
    expect(page.locator("#groups")).to_have_attribute("aria-busy", "false")
    return page


def group(page: Page, text: str) -> Locator:
    return page.locator(".review-group").filter(has_text=text)


def button(within: Locator | Page, name: str) -> Locator:
    return within.get_by_role("button", name=re.compile(f"^{re.escape(name)}"))


def test_nothing_went_wrong(desks: Desks, admin: Agent, clock: Clock) -> None:
    page = open_review(desks, clock)
    expect(page).to_have_title("Review - Handoff desk")
    expect(page.get_by_text("Nothing went wrong in these days that you have not seen.")).to_be_visible()
    look(page, "desk-review-empty")


def test_only_administrators_have_it(desk: str, sanne: Agent, admin: Agent) -> None:
    assert AgentBrowser(desk, "sanne", PASSWORD).get(f"{desk}/desk/review").status_code == 404
    assert AgentBrowser(desk, "ada", PASSWORD).get(f"{desk}/desk/review").status_code == 200


def test_what_went_wrong_is_told(desks: Desks, asked: None, clock: Clock) -> None:
    page = open_review(desks, clock)
    expect(page.locator("#groups-about")).to_have_text("4 messages in 2 groups, the most valuable first.")
    desk = group(page, OLD_DESK[0])
    for text in OLD_DESK:
        expect(desk.get_by_role("checkbox", name=text)).to_be_checked()
    expect(desk).to_contain_text("3 visits")
    expect(desk).to_contain_text("3 messages: not understood")
    expect(desk.locator("q").first).to_have_text(NOT_SURE)
    expect(desk).to_contain_text("Then handed over: asked for a person.")
    expect(desk.locator("blockquote").first).to_have_text(ANSWER)
    expect(desk.get_by_role("link", name="See the visit").first).to_have_attribute(
        "href", re.compile(r"^/desk/metrics\?visit=\d+$")
    )
    wood = group(page, HOSTILE)
    expect(wood).to_contain_text("1 message: called out of scope")
    expect(wood.locator("img")).to_have_count(0)
    expect(wood).to_contain_text("No person has answered this so far.")


def test_an_faq_from_an_answer_by_keyboard(
    desks: Desks, asked: None, clock: Clock, check: Check, project: Path
) -> None:
    page = open_review(desks, clock)
    check.watch(page)
    button(group(page, OLD_DESK[0]), "Make an FAQ").press("Enter")
    dialog = page.get_by_role("dialog", name="Make an FAQ")
    answer = dialog.get_by_label("What the assistant will answer")
    expect(answer).to_be_focused()
    expect(answer).to_have_value(ANSWER)
    button(dialog, "Take what Jonas").press("Enter")
    expect(answer).to_have_value(OTHER_ANSWER)
    button(dialog, "Take what Sanne").press("Enter")
    look(page, "desk-review-faq")
    name = dialog.get_by_label("Name")
    name.fill("Old desk")
    name.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("small letters, digits and underscores")
    expect(name).to_be_focused()
    name.fill("old_desk")
    expect(dialog.get_by_label("How people say it")).to_have_value("old desk")
    name.press("Enter")

    expect(page.get_by_role("heading", name="New FAQ: old desk")).to_be_focused()
    expect(page.get_by_text("A new FAQ, “old desk”, with 3 examples and an answer")).to_be_visible()
    added = page.locator(".diff__line--added")
    expect(added.filter(has_text="intent: faq/old_desk")).to_have_count(1)
    expect(added.filter(has_text=ANSWER)).to_have_count(1)
    expect(page.get_by_text("1 other sentence changes its answer.")).to_be_visible()
    expect(page.locator(".verdict")).to_contain_text(re.compile("Now wrong.*can the driver come earlier"))
    look(page, "desk-review-change")
    shot(page, "desk-review-check", page.locator(".verdict"))
    page.get_by_text("What is mixed up more often").press("Enter")
    expect(
        page.get_by_text("“changing an order” is taken for “how long delivery takes” 1 time, before 0.")
    ).to_be_visible()
    assert "old_desk" not in (project / "handoff.yml").read_text()
    page.get_by_role("button", name="Accept").press("Enter")
    expect(page.get_by_role("heading", name="Written into the files.")).to_be_focused()
    expect(page.locator(".outcome__next")).to_contain_text("make train")
    look(page, "desk-review-accepted")
    assert "faq/old_desk" in (project / "handoff.yml").read_text()
    assert ANSWER in "".join(path.read_text() for path in (project / "data/responses").glob("faq_*.yml"))

    page.go_back()
    expect(group(page, HOSTILE)).to_be_visible()
    expect(group(page, OLD_DESK[0])).to_have_count(0)
    page.get_by_text("Changes that were decided").click()
    expect(page.locator("#past")).to_contain_text("Accepted")


def test_what_is_not_ticked_is_not_learned_and_stays(
    desks: Desks, asked: None, clock: Clock, check: Check, project: Path, services: Services
) -> None:
    page = open_review(desks, clock)
    check.watch(page)
    desk = group(page, OLD_DESK[0])
    desk.get_by_role("checkbox", name=OLD_DESK[2]).uncheck()
    button(desk, "Make an FAQ").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name=OLD_DESK[2])).not_to_be_checked()
    dialog.get_by_role("checkbox", name=OLD_DESK[1]).uncheck()
    button(dialog, "Preview").click()
    expect(dialog.get_by_role("alert")).to_contain_text("It takes two ways to ask it or more")
    dialog.get_by_label("More ways to ask it").fill("  can the old one go?  \n\ntake the old one along")
    button(dialog, "Preview").click()
    button(page, "Accept").click()
    expect(page.get_by_role("heading", name="Written into the files.")).to_be_visible()
    written = "".join(path.read_text() for path in (project / "data/nlu").glob("*.yml"))
    assert "    - can the old one go?\n    - take the old one along\n" in written
    assert OLD_DESK[1] not in written
    assert OLD_DESK[2] not in written
    button(page, "← All questions").click()
    expect(group(page, OLD_DESK[2])).to_contain_text("2 messages")


def test_one_click_adds_to_the_nearest_and_a_dropped_change_leaves_nothing(
    desks: Desks, asked: None, clock: Clock, check: Check, project: Path
) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*.yml")}
    page = open_review(desks, clock)
    check.watch(page)
    check.preview = RUNNING
    desk = group(page, OLD_DESK[0])
    button(desk, "Add to").first.click()
    expect(page.get_by_text(re.compile("3 examples more for “"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Recognising every sentence")).to_be_visible()
    expect(page.get_by_role("progressbar", name="How far the check is")).to_be_visible()
    expect(page.get_by_text("The check still runs")).to_be_visible()
    check.preview = FAILED
    expect(page.get_by_text("The check needs too much memory.")).to_be_visible()
    check.preview = READY
    button(page, "Check again").click()
    expect(page.get_by_text("1 other sentence changes its answer.")).to_be_visible()
    button(page, "Drop").click()
    expect(page.get_by_role("status").filter(has_text="Dropped. Nothing was written.")).to_be_visible()
    expect(desk).to_be_visible()
    assert {path: path.read_bytes() for path in project.rglob("*.yml")} == before


def test_any_intent_is_found_by_typing(desks: Desks, asked: None, clock: Clock, check: Check) -> None:
    page = open_review(desks, clock)
    check.watch(page)
    button(group(page, OLD_DESK[0]), "Another").click()
    dialog = page.get_by_role("dialog", name="Where does it belong?")
    button(dialog, "Preview").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Choose where it belongs.")
    dialog.get_by_label("Find").fill("warran")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    look(page, "desk-review-intents")
    dialog.get_by_role("radio", name=re.compile("The warranty")).check()
    button(dialog, "Preview").click()
    expect(page.get_by_text("3 examples more for “the warranty”")).to_be_visible()


def test_ignoring_is_asked_twice(desks: Desks, asked: None, clock: Clock) -> None:
    page = open_review(desks, clock)
    wood = group(page, HOSTILE)
    button(wood, "Ignore").press("Enter")
    expect(button(wood, "Yes, ignore it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button(wood, "Ignore")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(wood).to_have_count(0)
    expect(page.get_by_role("heading", name="To look at")).to_be_focused()
    page.reload()
    expect(group(page, OLD_DESK[0])).to_be_visible()
    expect(wood).to_have_count(0)


def test_several_edits_are_previewed_together(desks: Desks, asked: None, clock: Clock, check: Check) -> None:
    page = open_review(desks, clock)
    check.watch(page)
    page.get_by_label("Collect several edits").check()
    button(group(page, HOSTILE), "Out of scope").click()
    button(group(page, OLD_DESK[0]), "Add to").first.click()
    expect(page.get_by_role("heading", name="2 edits collected")).to_be_visible()
    page.reload()
    look(page, "desk-review-collected")
    button(group(page, HOSTILE), "Take it back").click()
    expect(button(group(page, HOSTILE), "Make an FAQ")).to_be_focused()
    button(group(page, HOSTILE), "Out of scope").click()
    button(page, "Preview them").click()
    expect(page.locator(".change__operations li")).to_have_count(2)
    button(page, "← All questions").click()
    expect(page.locator("#collected")).to_be_hidden()
    expect(page.locator("#changes .item")).to_have_count(1)
    expect(group(page, HOSTILE)).to_contain_text("It is in a change that waits for you")
    group(page, HOSTILE).locator(".review-group__waits a").click()
    expect(page.locator(".change__operations li")).to_have_count(2)


def test_the_address_keeps_what_is_looked_at(desks: Desks, asked: None, clock: Clock) -> None:
    page = open_review(desks, clock, "?kind=out_of_scope")
    expect(page.locator(".review-group")).to_have_count(1)
    expect(page.get_by_label("What went wrong")).to_have_value("out_of_scope")
    page.get_by_label("What went wrong").select_option("not_understood")
    expect(group(page, HOSTILE)).to_have_count(0)
    expect(group(page, OLD_DESK[0])).to_be_visible()
    page.go_back()
    expect(group(page, HOSTILE)).to_be_visible()
    page.get_by_label("Days").select_option("own")
    page.get_by_label("From", exact=True).fill("2026-11-01")
    page.get_by_label("To", exact=True).fill("2026-11-22")
    page.get_by_label("To", exact=True).press("Tab")
    expect(page.get_by_text("Nothing of this kind that you have not seen.")).to_be_visible()
    page.get_by_label("Days").select_option("7")
    expect(group(page, HOSTILE)).to_be_visible()
    page.goto(f"{desks.base}/desk/review?message=desk1-0")
    expect(group(page, OLD_DESK[1])).to_be_focused()


def test_files_that_cannot_be_written_are_taken_as_a_patch(
    desks: Desks, asked: None, clock: Clock, check: Check, project: Path
) -> None:
    page = open_review(desks, clock)
    check.watch(page)

    def read_only(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"writable": False})

    page.route("**/api/review/changes", lambda route: read_only(route) if route.request.method == "POST" else None)
    button(group(page, HOSTILE), "Out of scope").click()
    expect(page.get_by_role("radio", name=re.compile("Into the files"))).to_be_disabled()
    expect(page.get_by_text("The project is not kept in git here.")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("As a patch"))).to_be_checked()
    button(page, "Accept").click()
    expect(page.get_by_role("heading", name="Kept as a patch.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the patch").click()
    assert "+    - " in Path(download.value.path()).read_text()


def test_a_refusal_stays_when_the_check_answers_after_it(
    desks: Desks, asked: None, clock: Clock, check: Check, project: Path
) -> None:
    page = open_review(desks, clock)
    check.watch(page)
    held: list[Route] = []
    page.route("**/api/review/changes/*/preview", lambda route: held.append(route))
    button(group(page, HOSTILE), "Out of scope").click()
    expect(button(page, "Accept")).to_be_visible()
    file = project / "data/nlu/out_of_scope.yml"
    file.write_text(file.read_text().replace("tell me a joke", "tell me two jokes"))
    button(page, "Accept").click()
    refused = page.get_by_role("alert").filter(has_text="The files have changed")
    expect(refused).to_be_visible()
    for route in held:
        check._start(route)
    expect(page.get_by_text("The check is done")).to_be_attached()
    expect(refused).to_be_visible()


def test_what_the_server_refuses_is_said(desks: Desks, asked: None, clock: Clock, check: Check, project: Path) -> None:
    page = open_review(desks, clock)
    check.watch(page)
    button(group(page, HOSTILE), "Out of scope").click()
    expect(button(page, "Accept")).to_be_visible()
    file = project / "data/nlu/out_of_scope.yml"
    file.write_text(file.read_text().replace("tell me a joke", "tell me two jokes"))
    button(page, "Accept").click()
    expect(page.get_by_role("alert").filter(has_text="The files have changed")).to_be_visible()
    expect(button(page, "Accept")).to_be_visible()
    button(page, "Accept").click()
    expect(page.get_by_role("heading", name="Written into the files.")).to_be_visible()
