"""The pipeline of config.yml, trained by Rasa itself on a tiny set and used through Rasa's agent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.model_training import train_nlu

from tests.unit.nlu.conftest import TINY_DATA

PROJECT = Path(__file__).resolve().parents[3]
Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Parse:
    folder = tmp_path_factory.mktemp("tiny")
    config = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))
    (folder / "config.yml").write_text(yaml.safe_dump({**config, "policies": []}), encoding="utf-8")
    (folder / "nlu.yml").write_text(TINY_DATA, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
        assert model is not None
        agent = Agent.load(model)
    return lambda text: asyncio.run(agent.parse_message(text))


def test_a_question_is_answered_with_its_entities(parse: Parse) -> None:
    result = parse("track my parcel FW-104233")
    assert result["intent"]["name"] == "track_order"
    assert result["intent"]["confidence"] > 0.5
    assert [(entity["entity"], entity["value"]) for entity in result["entities"]] == [("order_number", "FW-104233")]


def test_a_faq_is_selected(parse: Parse) -> None:
    result = parse("how long does delivery take")
    assert result["intent"]["name"] == "faq"
    assert result["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/delivery_time"


def test_nonsense_falls_back_with_a_sorted_ranking(parse: Parse) -> None:
    result = parse("qwertz uiop asdf")
    assert result["intent"]["name"] == "nlu_fallback"
    assert result["abstention"]["known"] < result["abstention"]["threshold"]
    assert result["intent"]["confidence"] == pytest.approx(1 - result["abstention"]["known"], abs=1e-4)
    confidences = [entry["confidence"] for entry in result["intent_ranking"][1:]]
    assert confidences == sorted(confidences, reverse=True)


def test_the_result_can_be_written_as_json(parse: Parse) -> None:
    result = parse("track my parcel FW-104233")
    assert json.loads(json.dumps(result))["intent_ranking"] == result["intent_ranking"]


@pytest.mark.parametrize(
    "text",
    [
        "\u2060/restart",
        "\u2060/greet{}",
        "\u2060",
        "\U0001f621\U0001f621",
        "\x00",
        "\ud83d hello",
        "\ud83d",
        "x" * 4000,
    ],
)
def test_no_text_is_an_error(parse: Parse, text: str) -> None:
    result = parse(text)
    assert result["text"] == text
    assert result["entities"] == []
    assert result["intent"]["name"]
