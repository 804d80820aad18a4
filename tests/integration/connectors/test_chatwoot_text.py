"""Whatever people typed is shown as text in Chatwoot: no Markdown, no Liquid, no mention."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from markdown_it import MarkdownIt

from handoff.connectors.chatwoot_text import (
    LONGEST_ATTRIBUTE,
    LONGEST_CONTENT,
    attributes_of,
    contact_of,
    escaped,
    note_of,
    visitor_text,
)
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import package

MENTION = re.compile(r"\(mention://(user|team)/(\d+)/(.+?)\)")  # app/services/messages/mention_service.rb
LIQUID = re.compile(r"\{\{|\{%")

NASTY = [
    "I want *this* and **that** and _those_ and __these__",
    "snake_case and https://example.org/a_b_c?x=1&y=2",
    "<b>three</b> & &lt;four&gt; &#42;",
    "# not a heading\n## nor this",
    "- no\n- list\n+ at\n* all",
    "1. no\n2) numbers",
    "> not quoted",
    "text\n===\nmore\n---\n***\n___",
    "`code` and ```fence```",
    "~~~\nfence\n~~~ and ~~struck~~",
    "    indented\n\n\tcode",
    "[a link](https://evil.example) ![image](https://evil.example/x.png) [ref]: /x",
    "<https://evil.example> <script>alert(1)</script>",
    "a | b\n--|--\n1 | 2",
    "{{ contact.email }} {% if true %}x{% endif %} {%raw%} {{{x}}}",
    "[@Maya](mention://user/7/Maya) (mention://team/1/x)",
    "back\\slash \\* \\\\ end\\",
    "100% sure; 5 * 3 = 15; a^b; $5; C:\\new_folder\\_x_",
    "Grüße – 日本語 😀_x_😀",
    "*",
    "\\",
    "a\n\n\nb\r\nc\rd",
    "== marked == ++x++ H~2~O",
]


def shown(markdown: str) -> str:
    """What a CommonMark renderer makes of it, when only paragraphs and line breaks are taken away again."""
    page = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).render(markdown)
    assert not re.findall(r"<(?!/?p>|br />)[^>]*>", page), page
    return html.unescape(re.sub(r"</?p>|<br />", "", page))


def squeezed(text: str) -> str:
    """Without white space, which Markdown is free to change."""
    return "".join(text.split())


@pytest.mark.parametrize("text", NASTY)
def test_text_stays_text(text: str) -> None:
    assert squeezed(shown(escaped(text))) == squeezed(text)
    assert not MENTION.search(escaped(text))
    assert not LIQUID.search(escaped(text))


def test_addresses_and_plain_words_are_left_alone() -> None:
    text = "See https://example.org/a_b/~me?x=1&y=%20#part, it costs 5.00 (or less) - really!"
    assert escaped(text) == text


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_message_is_not_refused(text: str) -> None:
    assert visitor_text(text) == "(empty message)"


def test_a_message_of_any_length_fits() -> None:
    assert len(visitor_text("*" * 200_000)) <= LONGEST_CONTENT


def test_nothing_in_a_package_becomes_markup(rules: HandoffRules) -> None:
    given = package(rules)
    nasty = "\n".join(NASTY)
    given["visitor"] |= {"name": nasty, "locale": nasty}
    given["page"] |= {"url": "https://example.org/{{x}}", "title": nasty}
    given["fields"] |= {"order*number": nasty}
    given["summary"] |= {"headline": nasty, "text": nasty, "open_question": nasty, "already_answered": [nasty]}
    given["transcript"] = [line | {"text": nasty} for line in given["transcript"]]
    note = note_of(given)
    page = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).render(note)
    used = set(re.findall(r"<(\w+)", page))
    assert used <= {"p", "strong", "br", "ul", "li", "blockquote", "a"}
    assert re.findall(r'href="([^"]*)"', page) == [given["links"]["desk"]]
    assert not MENTION.search(note)
    assert not LIQUID.search(note)


def test_a_very_long_conversation_keeps_its_end(rules: HandoffRules) -> None:
    given = package(rules)
    line: dict[str, Any] = given["transcript"][0]
    given["transcript"] = [line | {"text": f"line {number} " + "x" * 500} for number in range(1000)]
    note = note_of(given)
    assert len(note) <= LONGEST_CONTENT
    assert "line 999 " in note
    assert "line 0 " not in note
    assert "of 1000 lines; all of them are on the desk" in note
    assert note.endswith(f"]({given['links']['desk']})")


def test_attributes_fit_and_ours_win(rules: HandoffRules) -> None:
    given = package(rules)
    given["fields"] = {"handoff_id": "forged", "note": "x" * 2000}
    given["page"] |= {"url": None}
    known = attributes_of(given)
    assert known["handoff_id"] == given["handoff_id"]
    assert len(known["note"]) == LONGEST_ATTRIBUTE
    assert "page" not in known


@pytest.mark.parametrize(
    ("phone", "taken"),
    [
        ("+49 (30) 123-45.67", "+49301234567"),
        ("0049 30 1234567", "+49301234567"),
        ("030 1234567", None),
        ("+0123", None),
        ("+" + "1" * 16, None),
        (None, None),
    ],
)
def test_phones_as_chatwoot_takes_them(rules: HandoffRules, phone: str | None, taken: str | None) -> None:
    given = package(rules)
    given["visitor"] |= {"phone": phone}
    assert contact_of(given).get("phone_number") == taken
