"""What visitors typed is shown as text in Rocket.Chat, and fits."""

from __future__ import annotations

import re

import pytest

from handoff.connectors.rocketchat_text import FENCE, JOINER, literal, literal_line, literal_parts

MENTION_OF_SERVER = re.compile(r"(^|\s|> |\()@([0-9a-zA-Z-_.]+)", re.MULTILINE)
"""As ``MentionsParser`` of Rocket.Chat finds whom to ring."""


@pytest.mark.parametrize(
    "text",
    [
        "My address is lena@example.org, my order FW_104_233.",
        "https://fernway.example/a_b?c=d&e#prices and https://fernway.example/#top, thank you",
        "5 * 3 is fifteen, ~20 left, it's 1 < 2 & <b>ok</b>",
        "Grüße 😀\n\nzweite Zeile (in Klammern) [und eckigen]",
        "",
    ],
)
def test_plain_words_stay_exactly_the_same(text: str) -> None:
    assert literal(text) == text


@pytest.mark.parametrize("text", ["@all come here", "hi @here", "(@maya.okafor)", "one\n@all", "> @all"])
def test_nobody_is_rung(text: str) -> None:
    shown = literal(text)
    assert MENTION_OF_SERVER.search(text)
    assert not MENTION_OF_SERVER.search(shown)
    assert shown.replace(JOINER, "") == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[Fernway](https://evil.example)", f"[Fernway]{JOINER}(https://evil.example)"),
        ("![x](https://evil.example/spy.png)", f"![x]{JOINER}(https://evil.example/spy.png)"),
        ("<https://evil.example|Fernway>", "< https://evil.example|Fernway>"),
        ("<t:1630360800:R>", f"<{JOINER}t:1630360800:R>"),
        ("||hidden||", f"|{JOINER}|hidden|{JOINER}|"),
        ("\\(x^2\\)", f"\\{JOINER}(x^2\\)"),
        ("# big\n## bigger", f"{JOINER}# big\n{JOINER}#{JOINER}# bigger"),
        ("> quoted\n- a\n* b\n3. c", f"{JOINER}> quoted\n{JOINER}- a\n{JOINER}* b\n{JOINER}3. c"),
        ("#general", f"{JOINER}#general"),
        ("```\ncode", f"{JOINER}```\ncode"),
    ],
)
def test_what_would_deceive_or_format_is_broken(text: str, shown: str) -> None:
    assert literal(text) == shown


@pytest.mark.parametrize("text", ["2 * 3 * 4", "**now**", "__init__", "~~no~~", "`rm`", "it is _mine_", "```x```"])
def test_what_would_lose_characters_becomes_a_code_block(text: str) -> None:
    shown = literal(f"{text} @all")
    assert shown.startswith(f"{FENCE}\n")
    assert shown.endswith(f"\n{FENCE}")
    inside = shown.removeprefix(FENCE).removesuffix(FENCE)
    assert FENCE not in inside
    assert not MENTION_OF_SERVER.search(inside)
    assert inside.replace(JOINER, "").strip() == f"{text} @all"


def test_a_line_is_one_line() -> None:
    assert literal_line(" Refund\n[x](y)  *now* ", 100) == f"Refund [x]{JOINER}(y) *now*"
    assert literal_line("x" * 300, 200) == "x" * 200


@pytest.mark.parametrize("limit", [20, 33, 100])
@pytest.mark.parametrize(
    "text",
    ["one two three " * 40, "😀" * 300, "x" * 301, "*a* b\n" * 50, "@all " * 60, "\n" * 100 + "end", "`" * 64],
)
def test_parts_fit_and_hold_everything(text: str, limit: int) -> None:
    parts = literal_parts(text, limit)
    assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts)
    shown = "".join(part.replace(FENCE, "").replace(JOINER, "") for part in parts)
    assert re.sub(r"\s|`", "", shown) == re.sub(r"\s|`", "", text)
    assert all(part.strip() for part in parts)


def test_blank_text_is_nothing() -> None:
    assert literal_parts(" \n ", 100) == []
