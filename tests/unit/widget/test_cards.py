"""The forms at the end of the conversation: they can be skipped, say what is wrong, and close in every tab."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.unit.widget.conftest import HANDOFF, OpenPage
from tests.unit.widget.fake_channel import FakeChannel

QUEUED = HANDOFF | {"owner": "human", "status": "queued", "wait": {"position": 1, "minutes": None, "late": False}}
RATING = {"rating": {"handoff_id": "h1", "agent": "Sanne de Vries"}}


def say(page: Page, text: str) -> None:
    page.locator(".write textarea").fill(text)
    page.locator(".write textarea").press("Enter")
    expect(page.locator("li.visitor .bubble").last).to_have_text(text)
    expect(page.locator("li.pending")).to_have_count(0)


def test_five_faces_have_names_and_work_by_keyboard(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    channel.set_state(**RATING)
    group = page.get_by_role("radiogroup", name="How was your conversation with Sanne?")
    names = group.get_by_role("radio").evaluate_all("(all) => all.map((one) => one.ariaLabel)")
    assert names == ["Very bad", "Bad", "Okay", "Good", "Very good"]
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Choose one of the five faces.")
    first = group.get_by_role("radio", name="Very bad")
    expect(first).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="Good", exact=True)).to_be_checked()
    page.get_by_label("What made it so?").fill("  Quick and kind ")
    channel.state = channel.state | {"rating": None}
    page.get_by_role("button", name="Send", exact=True).press("Enter")
    expect(page.locator(".thanks")).to_have_text("Thank you for telling us.")
    expect(page.locator(".write textarea")).to_be_focused()
    assert channel.bodies("rating") == [{"handoff_id": "h1", "score": 4, "comment": "Quick and kind"}]


def test_a_rating_is_asked_once_in_all_tabs(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    other = visit(tab_of=page)
    channel.set_state(**RATING)
    expect(page.locator(".faces")).to_be_visible()
    other.get_by_role("button", name="Skip").click()
    expect(other.locator(".faces")).to_have_count(0)
    expect(page.locator(".faces")).to_have_count(0)
    channel.heard("rating")  # skipping waits for no answer, and a reload would take the request along
    channel.set_state(**RATING)  # a server that has not heard of it yet
    other.reload()
    expect(other.locator(".panel")).to_be_visible()
    expect(other.locator("#title")).to_be_visible()
    expect(other.locator(".faces")).to_have_count(0)
    assert channel.bodies("rating") == [{"handoff_id": "h1", "score": None, "skip": True}]


@pytest.mark.parametrize(
    ("language", "question"),
    [("en", "How well did the assistant help you?"), ("nl", "Hoe goed heeft de assistent je geholpen?")],
)
def test_the_assistant_alone_is_rated_too(visit: OpenPage, channel: FakeChannel, language: str, question: str) -> None:
    channel.language = language
    page = visit()
    channel.set_state(rating={"visit_id": 7})
    group = page.get_by_role("radiogroup", name=question)
    group.get_by_role("radio").nth(4).check(force=True)
    channel.state = channel.state | {"rating": None}
    page.locator(".card button[type=submit]").click()
    expect(page.locator(".thanks")).to_be_visible()
    assert channel.bodies("rating") == [{"visit_id": 7, "score": 5}]


def test_a_visitor_who_goes_on_is_not_held_up_by_the_question(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    channel.set_state(rating={"visit_id": 7})
    expect(page.locator(".faces")).to_be_visible()
    channel.state = channel.state | {"rating": None}
    say(page, "one more thing")
    expect(page.locator(".faces")).to_have_count(0)
    channel.set_state(rating={"visit_id": 7})
    with page.expect_response("**/rating"):
        page.get_by_role("button", name="Skip").click()
    expect(page.locator(".faces")).to_have_count(0)
    channel.set_state(rating={"visit_id": 8})
    expect(page.locator(".faces")).to_be_visible()
    assert channel.bodies("rating") == [{"visit_id": 7, "score": None, "skip": True}]


def test_a_rating_given_elsewhere_counts_as_done(visit: OpenPage, channel: FakeChannel, complaints: list[str]) -> None:
    page = visit()
    channel.set_state(**RATING)
    channel.refuse["rating"] = (409, {"code": "already_rated", "message": "This was rated already."})
    page.get_by_role("radio", name="Okay").check(force=True)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".thanks")).to_be_visible()
    complaints.clear()  # the browser's own line about the 409


@pytest.mark.parametrize("status", ["missed", "scheduled"])
def test_the_address_is_asked_for_when_nobody_is_there(visit: OpenPage, channel: FakeChannel, status: str) -> None:
    page = visit()
    page.locator(".write textarea").focus()
    channel.set_state(**HANDOFF, status=status)
    field = page.get_by_label("E-mail address")
    expect(field).to_be_visible()
    expect(page.locator(".write textarea")).to_be_focused()  # nobody's words are interrupted
    field.fill("jo@example")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "This is not a complete e-mail address. It looks like name@example.com."
    )
    expect(field).to_be_focused()
    field.fill("jo@example.com")
    expect(field).to_have_attribute("aria-invalid", "false")
    channel.state = channel.state | {"email_known": True}
    field.press("Enter")
    expect(page.locator(".thanks")).to_contain_text("jo@example.com")
    expect(field).to_have_count(0)
    assert channel.bodies("contact") == [{"email": "jo@example.com"}]


def test_not_now_is_respected_and_the_button_stays(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    channel.set_state(**HANDOFF, status="missed")
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_label("E-mail address")).to_have_count(0)
    channel.set_state(agent_online=False)
    page.reload()
    expect(page.get_by_role("button", name="Leave my e-mail")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_count(0)
    page.get_by_role("button", name="Leave my e-mail").press("Enter")
    expect(page.get_by_label("E-mail address")).to_be_focused()


def test_leaving_the_address_and_going(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    channel.set_state(**QUEUED)
    page.get_by_role("button", name="Leave my e-mail and go").press("Enter")
    field = page.get_by_label("E-mail address")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(field).to_have_accessible_description("Fill in your e-mail address.")
    field.fill("jo@example.com")
    channel.state = channel.state | {"email_known": True}
    field.press("Enter")
    expect(page.locator(".strip")).to_contain_text("You can close this page")
    expect(page.get_by_role("button", name="Leave my e-mail and go")).to_have_count(0)


def test_what_did_not_get_through_is_kept(visit: OpenPage, channel: FakeChannel, complaints: list[str]) -> None:
    page = visit()
    channel.set_state(**HANDOFF, status="missed")
    channel.refuse["contact"] = (503, {"code": "storage_unavailable", "message": "We cannot store this just now."})
    field = page.get_by_label("E-mail address")
    field.fill("jo@example.com")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("We cannot store this just now.")
    page.context.set_offline(True)
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("did not get through")
    expect(field).to_have_value("jo@example.com")
    complaints.clear()  # the browser's own lines about the network


def test_questions_before_the_chat_go_along_with_its_start(visit: OpenPage, channel: FakeChannel) -> None:
    channel.tag = "<handoff-chat name='Fernway' prechat='name,email' prechat-when='start'></handoff-chat>"
    page = visit(begun=False)
    expect(page.get_by_label("Name (optional)")).to_be_visible()
    page.get_by_label("Name (optional)").fill("Jo")
    page.get_by_label("E-mail address (optional)").fill("jo@example.com")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".thanks")).to_have_text("Thank you.")
    assert channel.told == [], "nothing goes over the network before the first message"
    say(page, "How long does delivery take?")
    assert {"name": "Jo", "email": "jo@example.com"}.items() <= channel.bodies("sessions")[0].items()
    expect(page.locator(".card, .thanks")).to_have_count(0)


def test_a_question_needs_no_answers_first(visit: OpenPage, channel: FakeChannel) -> None:
    channel.tag = "<handoff-chat prechat='name,email' prechat-when='start'></handoff-chat>"
    page = visit(begun=False)
    say(page, "How long does delivery take?")
    expect(page.locator(".card")).to_have_count(0)
    assert "email" not in channel.bodies("sessions")[0]


def test_questions_before_a_person_joins(visit: OpenPage, channel: FakeChannel) -> None:
    channel.tag = "<handoff-chat prechat='name'></handoff-chat>"
    page = visit()
    expect(page.locator(".card")).to_have_count(0)
    channel.set_state(**QUEUED)
    page.get_by_label("Name (optional)").fill("Jo")
    page.get_by_label("E-mail address").fill("jo@example.com")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".card")).to_have_count(0)
    assert channel.bodies("contact") == [{"name": "Jo", "email": "jo@example.com"}]


def test_the_transcript_as_a_file_and_by_mail(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    more = page.get_by_role("button", name="More options")
    expect(more).to_have_count(0)
    say(page, "hello")
    more.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".menu")).to_be_hidden()
    expect(page.locator(".panel")).to_be_visible()
    more.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download transcript").press("Enter")
    assert download.value.suggested_filename == "conversation.txt"
    assert Path(download.value.path()).read_text(encoding="utf-8") == "Visitor: hello"
    more.press("Enter")
    page.get_by_role("button", name="Send it by e-mail").press("Enter")
    page.get_by_label("E-mail address").fill("jo@example.com")
    page.keyboard.press("Enter")
    expect(page.locator(".thanks")).to_have_text("The transcript is on its way to jo@example.com.")
    assert channel.bodies("transcript") == [{"email": "jo@example.com"}]
