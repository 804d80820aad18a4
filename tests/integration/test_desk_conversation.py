"""The conversation side of the desk in a real browser: notes, canned replies, suggestions, marks, handing on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from playwright.sync_api import Locator, Page, Request, Response, expect

from handoff.bootstrap import Services
from handoff.canned import CannedDraft, CannedReplies
from handoff.desk.live import LiveSource, Position
from handoff.domain.model import Agent, Sender
from handoff.service.ports import NewMessage
from tests.conftest import Clock
from tests.support.axe import violations
from tests.support.desk import hand_over, store, visitor_writes
from tests.support.desk_browser import MILLISECONDS, PHONE, WIDE, Desks, fits
from tests.unit.domain.talk import visitor

pytest_plugins = ["tests.support.desk_browser"]

EVENING = timedelta(hours=10)  # from the tests' Monday at eleven in Amsterdam to long after closing


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the service."""
    return sqlite_url


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    """A busy machine is no mistake of the page."""
    expect.set_options(timeout=MILLISECONDS)
    yield
    expect.set_options(timeout=None)


@pytest.fixture
def mine(services: Services, sanne: Agent) -> str:
    """A handoff that Sanne has claimed."""
    handoff_id = hand_over(services).handoff_id
    services.claim(handoff_id, sanne.id)
    return handoff_id


def show(
    desks: Desks, handoff_id: str, username: str = "sanne", size: dict[str, int] = WIDE, scheme: str = "light"
) -> Page:
    """A page that is logged in and shows the handoff."""
    page = desks.open(username, f"/desk/handoffs/{handoff_id}", size, scheme)
    expect(page.locator("#conversation-title")).not_to_be_empty()
    return page


def box(page: Page) -> Locator:
    return page.locator("#reply")


def choose_mode(page: Page, name: str) -> None:
    page.locator("#composer").get_by_text(name, exact=True).click()


def said_to_visitor(services: Services, handoff_id: str) -> list[str]:
    return [message.text for message in services.desk.get(handoff_id).messages if message.sender is Sender.AGENT]


def test_a_note_is_for_the_team_and_never_a_message(desks: Desks, services: Services, mine: str) -> None:
    page = show(desks, mine)
    box(page).fill("Dear Lea,")
    choose_mode(page, "Internal note")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value(
        ""
    )  # what was meant for the visitor does not become a note, nor the other way round
    expect(page.get_by_role("button", name="Save note")).to_be_visible()
    expect(page.locator("#composer-hint")).to_contain_text("Only your team reads this")
    box(page).fill("Parcel is stuck in Arnhem")
    page.reload()
    expect(box(page)).to_have_value("Dear Lea,")
    choose_mode(page, "Internal note")
    expect(box(page)).to_have_value("Parcel is stuck in Arnhem")
    page.keyboard.press("Enter")
    note = page.locator(".message--note")
    expect(note).to_contain_text("Internal note")
    expect(note).to_contain_text("Sanne de Vries")
    expect(note.locator(".message__state")).to_have_count(0)
    assert said_to_visitor(services, mine) == []
    choose_mode(page, "Reply")
    expect(box(page)).to_have_value("Dear Lea,")


def test_a_colleague_who_reads_along_can_write_notes_only(desks: Desks, mine: str) -> None:
    page = show(desks, mine, "jonas")
    expect(page.locator("#composer-hint")).to_contain_text("You can read along.")
    expect(box(page)).to_be_hidden()
    page.get_by_role("radio", name="Reply").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Internal note")).to_be_focused()
    box(page).fill("The carrier called back")
    box(page).press("Enter")
    expect(page.locator(".message--note")).to_contain_text("Jonas Weber")


def test_a_note_that_cannot_be_saved_stays_a_note(desks: Desks, services: Services, mine: str) -> None:
    page = show(desks, mine)
    page.route("**/note", lambda route: route.abort())
    choose_mode(page, "Internal note")
    box(page).fill("between us")
    page.keyboard.press("Enter")
    expect(page.locator(".message--failed")).to_contain_text("Not saved.")
    page.reload()
    expect(page.locator(".message--note.message--failed")).to_contain_text("between us")
    page.unroute("**/note")
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("radio", name="Internal note")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".message--note .message__who")).to_have_text("Sanne de Vries")
    assert said_to_visitor(services, mine) == []


def test_canned_replies_by_keyboard_and_their_gaps(
    desks: Desks, services: Services, clock: Clock, sanne: Agent, mine: str
) -> None:
    canned = CannedReplies(services.uow, services.rules, clock)
    canned.add(CannedDraft("hello", "Greeting", "Hello {visitor_name}, this is {agent_name}."), sanne.id)
    canned.add(CannedDraft("refund", "Refund", "Order {order_number} is refunded."), sanne.id)
    canned.add(CannedDraft("sales", "Sales only", "A demo?", "sales"), sanne.id)
    page = show(desks, mine)
    box(page).focus()
    page.keyboard.type("/")
    combobox = page.get_by_role("combobox", name="Filter canned replies")
    expect(combobox).to_be_focused()
    options = page.get_by_role("option")
    expect(options).to_have_count(2)  # not that of another queue
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert combobox.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.type("zzz")
    expect(page.locator("#canned-status")).to_contain_text("No canned reply matches")
    page.keyboard.press("Enter")  # nothing is sent
    page.keyboard.press("Escape")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("/zzz")
    expect(page.locator("#conversation-title")).to_be_visible()  # Escape did one thing only
    box(page).fill("")
    page.keyboard.type("/hel")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("Hello Lea Moreau, this is Sanne de Vries.")
    page.keyboard.press("Enter")
    expect(page.locator(".message--agent .message__text")).to_have_text(["Hello Lea Moreau, this is Sanne de Vries."])


def test_nothing_is_sent_with_a_gap_in_it(desks: Desks, services: Services, sanne: Agent, clock: Clock) -> None:
    CannedReplies(services.uow, services.rules, clock).add(
        CannedDraft("hello", "Greeting", "Hello {visitor_name}, order {order_number}?"), sanne.id
    )
    handoff_id = hand_over(services, name="").handoff_id
    services.claim(handoff_id, sanne.id)
    page = show(desks, handoff_id)
    box(page).focus()
    page.keyboard.type("/hello")
    page.keyboard.press("Enter")  # without looking: the list may still be loading
    expect(box(page)).to_have_value("Hello [name?], order FW-104233?")
    assert page.evaluate("document.getSelection().toString()") == "[name?]"
    page.keyboard.press("Enter")
    expect(page.locator("#conversation-error")).to_have_text("Fill in [name?] before sending.")
    page.keyboard.type("Lea")  # it is selected again
    page.keyboard.press("Enter")
    expect(page.locator(".message--agent .message__text")).to_have_text(["Hello Lea, order FW-104233?"])
    expect(page.locator(".message--agent .message__who")).to_have_count(1)  # it is stored, not merely on its way
    assert said_to_visitor(services, handoff_id) == ["Hello Lea, order FW-104233?"]


def test_the_faq_suggests_and_the_visitors_mood_is_said_in_words(desks: Desks, services: Services, mine: str) -> None:
    page = show(desks, mine)
    turn = replace(visitor("how long does a refund take?? RIDICULOUS", "faq/refund_time", 0.93), message_id="m-refund")
    services.record(
        [
            NewMessage(
                "m-refund",
                "c1",
                turn.sender,
                turn.text,
                services.clock(),
                intent=turn.intent,
                confidence=turn.confidence,
                frustration=0.75,
            )
        ],
        "web",
    )
    analysis = page.locator(".message--visitor").last.locator(".analysis")
    expect(analysis).to_contain_text("Sounds upset")
    expect(analysis).to_contain_text("when a refund arrives, 93 % sure")
    suggestion = page.get_by_role("region", name="Suggested: when a refund arrives")
    text = suggestion.locator("#suggestion-text").inner_text()
    suggestion.get_by_role("button", name="Insert").click()
    expect(box(page)).to_have_value(text)
    expect(box(page)).to_be_focused()
    suggestion.get_by_role("button", name="Hide").click()
    expect(suggestion).to_be_hidden()
    expect(box(page)).to_be_focused()


def test_marks_say_how_far_a_reply_came(desks: Desks, services: Services, sanne: Agent, mine: str) -> None:
    services.visitor_here("c1")
    message, _ = services.reply(mine, sanne.id, "first", "1")
    services.reply(mine, sanne.id, "second", "2")
    page = show(desks, mine)
    marks = page.locator(".message__mark")
    expect(marks.first).to_have_text("On its way")
    services.seen_by_visitor("c1", message.seq)
    expect(page.locator(".message--agent", has_text="first").locator(".message__mark")).to_have_text("Seen")
    expect(page.locator(".message--agent", has_text="second").locator(".message__mark")).to_have_text("On its way")


def test_typing_is_told_both_ways_and_not_for_notes(desks: Desks, services: Services, mine: str) -> None:
    page = show(desks, mine)
    services.typing_by_visitor("c1", True)
    expect(page.get_by_text("Lea is typing")).to_be_visible()
    visitor_writes(services, "one more thing")
    expect(page.locator(".message--visitor").last).to_contain_text("one more thing")
    expect(page.get_by_text("Lea is typing")).to_be_hidden()

    told: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/typing"):
            told.append(request.post_data or "")

    page.on("request", note)
    choose_mode(page, "Internal note")
    page.keyboard.type("between us")
    choose_mode(page, "Reply")
    with page.expect_request("**/typing"):
        page.keyboard.type("Hello Lea")
    with page.expect_request("**/typing"):
        page.keyboard.press("Enter")
    assert told == ['{"on":true}', '{"on":false}']  # nine keys, told once, and over with the message


def test_what_is_read_is_told(desks: Desks, services: Services, mine: str) -> None:
    page = show(desks, mine)
    before = services.desk.get(mine).messages[-1].seq

    def newer(answer: Response) -> bool:
        return answer.url.endswith("/seen") and bool((answer.request.post_data_json or {})["seq"] > before)

    with page.expect_response(newer):
        visitor_writes(services, "do you read this?")
    newest = services.desk.get(mine).messages[-1].seq
    assert services.desk.row(mine).agent_seen_seq == newest


def test_what_is_said_before_the_page_is_live_is_shown_too(
    desks: Desks, services: Services, mine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribing, go_on = Event(), Event()
    latest = LiveSource.latest

    def held(source: LiveSource) -> Position:
        subscribing.set()
        assert go_on.wait(MILLISECONDS / 1000)
        return latest(source)

    monkeypatch.setattr(LiveSource, "latest", held)
    page = desks.open("sanne", f"/desk/handoffs/{mine}", live=False)
    expect(page.locator("#conversation-title")).not_to_be_empty()
    assert subscribing.wait(MILLISECONDS / 1000)
    page.wait_for_load_state("networkidle")  # what the page fetches while the stream opens, it has
    visitor_writes(services, "are you there?")
    go_on.set()
    expect(page.locator("#transcript")).to_contain_text("are you there?")


def test_transfer_to_a_colleague_with_a_note(desks: Desks, services: Services, jonas: Agent, mine: str) -> None:
    theirs = show(desks, mine, "jonas")
    page = show(desks, mine)
    page.get_by_role("button", name="Transfer").click()
    dialog = page.get_by_role("dialog", name="Transfer this conversation")
    expect(dialog.get_by_role("radio", name="Jonas Weber")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Transfer")).to_be_focused()
    expect(page.locator("#conversation-title")).to_be_visible()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Transfer").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose where the conversation goes.")
    expect(dialog.get_by_role("radio", name="Billing")).to_be_visible()
    dialog.get_by_role("radio", name="Jonas Weber").check()
    dialog.get_by_label("Note for whoever takes over").fill("She wants a date, not an apology.")
    dialog.get_by_role("button", name="Transfer").click()
    expect(page.locator("#conversation-state")).to_have_text("With Jonas Weber")
    expect(page.locator("#conversation-title")).to_be_focused()
    expect(theirs.locator("#conversation-state")).to_have_text("You are in this conversation")
    expect(theirs.get_by_role("complementary", name="Context")).to_contain_text("She wants a date, not an apology.")
    assert services.desk.row(mine).agent_id == jonas.id


def test_back_to_the_queue(desks: Desks, services: Services, mine: str) -> None:
    page = show(desks, mine)
    box(page).fill("half a reply")
    page.get_by_role("button", name="Back to queue").click()
    expect(page.locator("#conversation-error")).to_contain_text("There is a reply that was not sent.")
    expect(box(page)).to_be_focused()
    box(page).fill("")
    page.get_by_role("button", name="Back to queue").click()
    dialog = page.get_by_role("dialog", name="Back to the queue")
    expect(dialog.get_by_label("Note for whoever takes over")).to_be_focused()
    page.keyboard.type("Call the carrier first.")
    dialog.get_by_role("button", name="Back to the queue").click()
    expect(page.locator("#conversation-state")).to_contain_text("Waiting")
    expect(page.get_by_role("button", name="Claim", exact=True)).to_be_visible()
    card = page.get_by_role("complementary", name="Context")
    expect(card).to_contain_text("Call the carrier first.")
    card.get_by_text("History").click()
    expect(card.locator(".history__steps")).to_contain_text("Back in the queue")
    assert services.desk.row(mine).status == "queued"


def test_outside_opening_hours_it_is_said_and_can_be_claimed(desks: Desks, services: Services, clock: Clock) -> None:
    clock.advance(EVENING.total_seconds())
    handoff_id = hand_over(services).handoff_id
    page = show(desks, handoff_id)
    expect(page.locator("#situation")).to_contain_text("Outside opening hours; the visitor was told")
    expect(page.locator("#situation")).to_contain_text("You can still take it now.")
    page.get_by_role("button", name="Claim", exact=True).click()
    expect(page.locator("#conversation-state")).to_have_text("You are in this conversation")
    expect(page.locator("#situation")).to_be_hidden()


def test_a_visitor_who_left_and_the_way_of_the_reply(
    desks: Desks, services: Services, sanne: Agent, clock: Clock, mine: str
) -> None:
    services.visitor_here("c1")
    page = show(desks, mine)
    expect(page.locator("#composer-hint")).to_contain_text("Enter sends")
    clock.advance(services.rules.visitor.gone_after + 1)
    page.reload()
    expect(page.locator("#composer-hint")).to_contain_text("Lea has left, and this desk sends no e-mail.")
    expect(page.locator("#composer-hint")).to_contain_text("lea.moreau@example.org")


def test_earlier_handoffs_are_linked(desks: Desks, services: Services, sanne: Agent, mine: str) -> None:
    services.resolve(mine, sanne.id)
    services.rate("c1", mine, 4, "quick")
    store(services, "c1", replace(visitor("a person again please", "request_human"), message_id="again"))
    later = hand_over(services, "c1").handoff_id
    page = show(desks, later)
    card = page.get_by_role("complementary", name="Context")
    expect(card).to_contain_text("1 earlier handoff")
    expect(card).to_contain_text("rated 4 of 5")
    card.locator(".earlier a").click()
    page.wait_for_url(f"**/{mine}")
    expect(card).to_contain_text("4 of 5")
    expect(card).to_contain_text("quick")
    expect(page.locator("#conversation-state")).to_contain_text("Resolved by you")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_barrier_that_axe_can_see(
    desks: Desks, services: Services, clock: Clock, sanne: Agent, mine: str, size: dict[str, int], scheme: str
) -> None:
    CannedReplies(services.uow, services.rules, clock).add(CannedDraft("hello", "Greeting", "Hello."), sanne.id)
    services.reply(mine, sanne.id, "first", "1")
    services.note(mine, sanne.id, "between us", "n1")
    visitor_writes(services, "how long does a refund take")
    page = show(desks, mine, size=size, scheme=scheme)
    expect(page.locator(".message--note")).to_have_count(1)
    assert fits(page)
    assert violations(page) == []
    choose_mode(page, "Internal note")
    assert violations(page) == []
    choose_mode(page, "Reply")
    page.get_by_role("button", name="Canned replies", exact=True).click()
    expect(page.get_by_role("option")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Transfer").click()
    expect(page.get_by_role("radio", name="Billing")).to_be_visible()
    assert violations(page) == []
