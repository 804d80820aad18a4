"""The page as text; how it behaves is seen in a browser (tests/integration/test_tune_page.py)."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from handoff.nlu.tune.page import TEMPLATES, render_page
from handoff.nlu.tune.readings import Message, Messages
from handoff.nlu.tune.wording import breakable, percent, some
from tests.support.held_out import held_out, report_of

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"'{{ 7 * 7 }}"


def evil_page() -> str:
    report = report_of(
        [held_out("greet", "deny", 0.9, text=EVIL), held_out("deny", "deny", 0.8, text=EVIL), held_out("deny", EVIL)]
    )
    messages = Messages(EVIL, [Message(EVIL, EVIL, EVIL, 0.5, 0.5, "asked", False)], 0, 1, 0, 0)
    return render_page(report.with_messages(messages)).decode()


def test_policy_names_the_style_and_the_script_and_nothing_else() -> None:
    page = evil_page()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    allowed = policy[1].replace("&#39;", "'")
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in allowed
    assert allowed.startswith("default-src 'none'; ")
    assert "unsafe" not in allowed
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_style_and_script_cannot_end_early() -> None:
    for name in ("report.css", "report.js"):
        assert "</" not in (TEMPLATES / name).read_text(encoding="utf-8")


def test_nothing_comes_from_elsewhere() -> None:
    page = evil_page()
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", page)
    assert not re.search(r"url\(|@import|style=", page)


def test_sentences_are_escaped_and_the_data_is_whole() -> None:
    page = evil_page()
    assert page.count("<script") == 2
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert EVIL in {case[0] for case in json.loads(data)["cases"]}


def test_half_a_character_becomes_a_replacement() -> None:
    page = render_page(report_of([held_out("greet", "deny", text="half \ud83d"), held_out("deny", "deny")]))
    assert "half &#55357;" in page.decode()


def test_the_slider_begins_at_the_chosen_threshold() -> None:
    report = report_of([held_out("greet", "greet", 0.123456789), held_out("deny", "greet", 0.1)])
    (data,) = re.findall(r'id="data">(.*?)</script>', render_page(report).decode(), re.DOTALL)
    found = json.loads(data)
    assert found["stops"][found["chosen"]]["threshold"] == report.chosen.threshold == 0.123456789


def test_a_page_without_answers_mistakes_or_duplicates() -> None:
    page = render_page(report_of([held_out("out_of_scope", "out_of_scope", text=str(number)) for number in range(50)]))
    assert b"Every example was read as what it is." in page


def test_wording() -> None:
    assert [percent(0.4944), percent(None), percent(0.5, 0)] == ["49.4\u00a0%", "–", "50\u00a0%"]
    assert [some(1, "pair"), some(1234, "pair"), some(0, "mouse", "mice")] == ["1 pair", "1,234 pairs", "0 mice"]
    assert breakable("faq/<b>_x") == "faq/&lt;b&gt;_<wbr>x"
