"""Lines that the desk sends: filled in, the same each time, and checked before anybody waits for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from handoff.domain.errors import ConfigurationError
from handoff.texts import REQUIRED, ResponseTexts
from tests.conftest import ROOT

RESPONSES = {
    name: variants
    for path in sorted((ROOT / "data" / "responses").glob("*.yml"))
    for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items()
}
HANDED_OVER = [name for name in RESPONSES if name.startswith("utter_handoff_") or name in REQUIRED]
TECHNICAL = {"utter_not_stored"}
"""Said by code to code that shows it once; one wording is enough."""


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str, str], Path]:
    """data/responses with one response replaced."""

    def made(name: str, text: str) -> Path:
        changed = RESPONSES | {name: [{"text": text}]}
        (tmp_path / "all.yml").write_text(yaml.safe_dump({"responses": changed}), encoding="utf-8")
        return tmp_path

    return made


def test_the_projects_own_texts_can_be_filled_in() -> None:
    texts = ResponseTexts(ROOT / "data" / "responses")
    for name, can_use in REQUIRED.items():
        for pick in map(str, range(20)):
            said = texts.text(name, pick, **{value: f"<{value}>" for value in can_use})
            assert "{" not in said, name


def test_the_same_pick_gives_the_same_words() -> None:
    texts = ResponseTexts(ROOT / "data" / "responses")
    values = {"agent_name": "Sanne", "team": "our support team", "email": ""}
    said = {texts.text("utter_agent_joined", str(number), **values) for number in range(20)}
    assert len(said) > 1
    assert texts.text("utter_agent_joined", "a", **values) == texts.text("utter_agent_joined", "a", **values)


def test_a_value_that_is_not_there_is_found_at_the_start(folder: Callable[[str, str], Path]) -> None:
    with pytest.raises(
        ConfigurationError, match=r"utter_queue_opened uses \{opens_at\}; it can use \{email\}, \{team\}"
    ):
        ResponseTexts(folder("utter_queue_opened", "Back {opens_at}."))


def test_braces_that_cannot_be_filled_in_are_found_at_the_start(folder: Callable[[str, str], Path]) -> None:
    with pytest.raises(ConfigurationError, match="utter_queue_opened cannot be filled in"):
        ResponseTexts(folder("utter_queue_opened", "Back {opens_at."))


def test_a_text_for_one_channel_only_is_none_for_the_desk(folder: Callable[[str, str], Path], tmp_path: Path) -> None:
    folder("utter_queue_opened", "")
    with pytest.raises(ConfigurationError, match="no text for utter_queue_opened"):
        ResponseTexts(tmp_path)


# --- how they are written


@pytest.mark.parametrize("name", HANDED_OVER)
def test_there_are_several_wordings(name: str) -> None:
    plain = [variant["text"] for variant in RESPONSES[name] if not variant.get("channel")]
    assert len(set(plain)) >= (1 if name in TECHNICAL else 3)


@pytest.mark.parametrize("name", RESPONSES)
def test_no_text_begs_shouts_or_puts_off(name: str) -> None:
    for variant in RESPONSES[name]:
        text = variant["text"].lower()
        assert not [word for word in ("please wait", "hold on", "bear with", "!", "\u2014") if word in text], text


@pytest.mark.parametrize("name", [name for name in HANDED_OVER if any(v.get("channel") for v in RESPONSES[name])])
def test_where_no_answer_can_be_shown_none_is_promised(name: str) -> None:
    for variant in RESPONSES[name]:
        if variant.get("channel"):
            assert not [
                word
                for word in ("answer here", "answers here", "right here", "in this chat")
                if word in variant["text"]
            ], name
    channels = {variant.get("channel") for variant in RESPONSES[name]}
    assert {"collector", "queue"} <= channels
