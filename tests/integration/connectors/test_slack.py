"""The connector `slack` against a strict imitation of Slack's incoming webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from handoff.connectors.base import Finding, NotYet, Undeliverable
from handoff.connectors.card import Card, Fact, Spoken, card_of
from handoff.connectors.slack import SlackConnector, SlackOptions
from handoff.connectors.slack_blocks import AGAIN, FALLBACK, SECTION, WHOLE, cut, escaped, message_of
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import DESK_URL, HANDOFF_ID, Book, package
from tests.support.live_chats.base import Answer, Fault, Request
from tests.support.live_chats.slack import PATH, FakeSlack, mistakes_in

CARD = Card(
    "Lena: refund", "Wants a refund.", [Fact("Urgency", "high")], [Spoken("Visitor", "Hi")], "https://d.example/1"
)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


def connector_to(slack: FakeSlack, **changes: Any) -> SlackConnector:
    options = SlackOptions.model_validate(slack.options() | changes)
    return SlackConnector.create("alerts", options, DESK_URL)


def lengths(blocks: list[dict[str, Any]]) -> list[int]:
    return [len(block["text"]["text"]) for block in blocks if "text" in block]


def test_the_whole_card_with_a_link_to_the_desk(slack: FakeSlack, rules: HandoffRules) -> None:
    connector_to(slack).open(package(rules), Book().attempt())
    (posted,) = slack.posted
    kinds = [block["type"] for block in posted["blocks"]]
    assert kinds == ["header", "section", "section", "divider", "section", "section"]
    seen = [line.text for line in slack.seen_by_agents("0")]
    card = card_of(package(rules))
    assert seen[0] == card.headline
    assert seen[1] == card.summary
    assert seen[2].splitlines() == [f"{fact.label}: {fact.text}" for fact in card.facts]
    assert seen[3].splitlines() == [f"{line.who}: {line.text}" for line in card.said]
    assert seen[4] == f"*Answer on the desk {DESK_URL}/desk/handoffs/{HANDOFF_ID}*"
    assert posted["text"].startswith("New handoff (")
    assert slack.complaints == []


def test_what_visitors_type_is_text(slack: FakeSlack, rules: HandoffRules) -> None:
    made = package(rules)
    evil = "<!channel> <https://evil.example|the desk> *bold* &amp; :tada:"
    made["visitor"]["name"] = evil
    made["summary"]["headline"] = evil
    made["transcript"][0]["text"] = evil
    connector_to(slack).open(made, Book().attempt())
    (posted,) = slack.posted
    assert "<!channel>" not in posted["text"]
    of_visitors = [block["text"] for block in posted["blocks"][:-1] if "text" in block]
    assert {(text["type"], text.get("emoji")) for text in of_visitors} == {("plain_text", False)}
    assert slack.seen_by_agents("0")[0].text == evil
    assert slack.complaints == []


def test_a_long_story_fits_and_loses_its_oldest_lines_first() -> None:
    said = [Spoken("Visitor", f"{number} " + "x" * 400 + "&" * 100) for number in range(80)]
    facts = [Fact("Urgency", "high"), *(Fact(f"Fact {number}", "y" * 2500) for number in range(9))]
    blocks = message_of(
        replace(CARD, headline="h<" * 200, summary="s" * 4000, facts=facts, said=said), perhaps_again=True
    )
    assert not list(filter(None, mistakes_in(blocks["blocks"])))
    assert sum(lengths(blocks["blocks"])) <= WHOLE
    assert max(lengths(blocks["blocks"])) <= SECTION
    assert len(blocks["text"]) <= FALLBACK
    whole = "\n".join(block["text"]["text"] for block in blocks["blocks"] if "text" in block)
    assert "Visitor: 79 " in whole
    assert "Visitor: 0 " not in whole
    left_out = min(number for number in range(80) if f"Visitor: {number} " in whole)
    assert f"Earlier lines are on the desk: {left_out}." in whole
    assert "More is on the desk." in whole


def test_a_short_story_has_no_word_about_more() -> None:
    whole = str(message_of(CARD, perhaps_again=False))
    assert "on the desk: " not in whole
    assert "More is" not in whole
    assert AGAIN not in whole


@pytest.mark.parametrize("most", range(3, 14))
def test_no_entity_is_cut_in_two(most: int) -> None:
    short = cut(escaped("a<&>b & c"), most)
    assert len(short) <= most
    assert short.endswith("…")
    assert not list(filter(None, mistakes_in([{"type": "section", "text": plain(short)}])))


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def test_the_address_of_the_desk_cannot_break_the_link() -> None:
    card = replace(CARD, desk_url="https://d.example/x?a=1&b=<|>")
    assert message_of(card, perhaps_again=False)["blocks"][-1]["text"]["text"] == (
        "*<https://d.example/x?a=1&amp;b=&lt;%7C&gt;|Answer on the desk>*"
    )


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF])
def test_a_lost_answer_is_posted_again_with_a_word(slack: FakeSlack, rules: HandoffRules, fault: Fault) -> None:
    book = Book()
    slack.faults.append(fault)
    with pytest.raises(NotYet):
        connector_to(slack).open(package(rules), book.attempt())
    connector_to(slack).open(package(rules), book.attempt(repeated=True))
    first, second = ([line.text for line in slack.seen_by_agents(reference)] for reference in slack.references())
    assert AGAIN not in first
    assert second == [AGAIN, *first]


def test_what_was_posted_for_certain_is_not_posted_again(slack: FakeSlack, rules: HandoffRules) -> None:
    book = Book()
    connector_to(slack).open(package(rules), book.attempt())
    connector_to(slack).open(package(rules), book.attempt(repeated=True))
    assert len(slack.posted) == 1


def test_too_many_says_when(slack: FakeSlack, rules: HandoffRules) -> None:
    slack.faults.append(Fault.TOO_MANY)
    with pytest.raises(NotYet) as caught:
        connector_to(slack).open(package(rules), Book().attempt())
    assert caught.value.retry_after == 1
    assert str(caught.value) == "alerts: POST was answered 429."


@pytest.mark.parametrize(
    ("status", "word", "remedy"),
    [
        (404, "no_service", "Add a new one"),
        (404, "channel_not_found", "another channel"),
        (403, "action_prohibited", "administrator"),
        (403, "invalid_token", "Copy its address"),
        (410, "channel_is_archived", "Unarchive"),
        (400, "invalid_payload", "report it"),
    ],
)
def test_refusals_name_the_remedy(slack: FakeSlack, rules: HandoffRules, status: int, word: str, remedy: str) -> None:
    slack.refusal = (status, word)
    with pytest.raises(Undeliverable, match=f"^{status} {word} from alerts") as caught:
        connector_to(slack).open(package(rules), Book().attempt())
    assert remedy in str(caught.value)
    assert caught.value.status == status


def test_what_else_a_server_says_is_not_passed_on(slack: FakeSlack, rules: HandoffRules) -> None:
    slack.refusal = (404, f"nothing at {PATH}")
    with pytest.raises(Undeliverable) as caught:
        connector_to(slack).open(package(rules), Book().attempt())
    assert PATH not in str(caught.value)


def test_a_server_that_is_not_slack(slack: FakeSlack, rules: HandoffRules, monkeypatch: pytest.MonkeyPatch) -> None:
    def welcome(request: Request) -> Answer:
        return Answer(200, b"<html>Welcome</html>")

    monkeypatch.setattr(slack, "handle", welcome)
    with pytest.raises(Undeliverable, match="not Slack"):
        connector_to(slack).open(package(rules), Book().attempt())


def test_check_posts_nothing(slack: FakeSlack) -> None:
    assert connector_to(slack).check() == [Finding("The webhook accepts messages", True)]
    assert slack.posted == []
    assert slack.complaints == []


def test_check_names_what_is_wrong(slack: FakeSlack) -> None:
    slack.refusal = (410, "channel_is_archived")
    (finding,) = connector_to(slack).check()
    assert (finding.ok, "Unarchive" in finding.remedy) == (False, True)
    slack.refusal = (400, "user_not_found")
    (finding,) = connector_to(slack).check()
    assert (finding.ok, "Add a new webhook" in finding.remedy) == (False, True)
    slack.faults.append(Fault.ERROR)
    (finding,) = connector_to(slack).check()
    assert finding.remedy == "alerts: POST was answered 500. Is Slack reachable from here?"


@pytest.mark.parametrize(
    "url",
    ["http://hooks.slack.example/services/T/B/x", "hooks.slack.example", "https://", "https://a b/", "https://[x/"],
)
def test_addresses_that_nothing_may_be_posted_to(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SlackOptions.model_validate({"url": url})
    assert "https://" in str(caught.value)
    assert url.removeprefix("https://") not in str(caught.value) or url == "https://"


@pytest.mark.parametrize(
    "url", ["https://hooks.slack.example/services/T/B/x", "http://127.0.0.1:1/x", "http://[::1]/x"]
)
def test_addresses_that_may(url: str) -> None:
    assert SlackOptions.model_validate({"url": url}).url.get_secret_value() == url
