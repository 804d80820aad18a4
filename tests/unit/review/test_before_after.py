"""What a change does to how sentences are understood: on a tiny project, with Rasa's loader and the real classifier."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import log
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff.nlu.cache_files import CACHE_VARIABLE
from handoff.nlu.tune import before_after
from handoff.nlu.tune.before_after import main
from handoff.nlu.tune.setup import CLASSIFIER, FEATURIZER
from handoff.nlu.tune.shifts import Reading, compare
from tests.unit.nlu.small_shop import as_nlu_yaml, examples

BIKES = ["do you repair bicycles", "my bicycle has a flat tyre", "bicycle repair price", "fix my bike", "bike service"]
DOMAIN = {
    "version": "3.1",
    "intents": ["track_order", "deny", "complaint"],
    "responses": {"utter_yes": [{"text": "yes"}]},
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a project with these sentences more."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(before_after.os, "nice", lambda _: 0)  # the tests after this one are in the same process

    def made(name: str, **more: list[str]) -> Path:
        root = tmp_path / name
        (root / "data").mkdir(parents=True)
        said = examples("track_order", "deny", "complaint")
        for label, texts in more.items():
            said[label] = [*said.get(label, []), *texts]
        (root / "data" / "nlu.yml").write_text(as_nlu_yaml(said), encoding="utf-8")
        rules = [{"rule": label, "steps": [{"intent": label}, {"action": "utter_yes"}]} for label in DOMAIN["intents"]]
        (root / "data" / "rules.yml").write_text(yaml.safe_dump({"version": "3.1", "rules": rules}), encoding="utf-8")
        (root / "domain.yml").write_text(yaml.safe_dump(DOMAIN), encoding="utf-8")
        pipeline = [{"name": FEATURIZER}, {"name": CLASSIFIER, "anywhere_intents": []}]
        config = {"recipe": "default.v1", "assistant_id": "a", "language": "en", "pipeline": pipeline, "policies": []}
        (root / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        return root

    return made


def run(capsys: pytest.CaptureFixture[str], before: Path, after: Path) -> tuple[int, list[dict[str, Any]]]:
    code = main([str(before), str(after), "--keep", str(before.parent / "kept")])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_a_change_does(shop: Callable[..., Path], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    before, after = shop("before"), shop("after", complaint=BIKES)
    code, lines = run(capsys, before, after)
    assert code == 0
    assert [line["stage"] for line in lines[:-1]][-1] == "cross-validating the data with the change"
    result = lines[-1]["result"]
    assert result["problems"] == []
    numbers = result["numbers"]
    assert numbers["examples_after"] == numbers["examples_before"] + len(BIKES) == 35
    first = numbers["intents"][0]
    assert (first["intent"], first["examples_after"], first["new"]) == ("complaint", 10 + len(BIKES), False)
    assert {one["text"] for one in numbers["new_examples"]} == set(BIKES)
    assert sum(one["right"] for one in numbers["new_examples"]) >= 3, "they are like each other and like nothing else"
    (kept,) = (tmp_path / "kept").iterdir()
    written = kept.stat().st_mtime_ns
    changed = run(capsys, before, before)[1][-1]["result"]["numbers"]
    assert kept.stat().st_mtime_ns == written, "what was read before is not read again"
    assert (changed["sentences_changed"], changed["intents"], changed["confusions"]) == (0, [], [])


def test_what_rasa_would_refuse_is_said(shop: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    twice = examples("deny")["deny"][0]
    code, lines = run(capsys, shop("before"), shop("after", complaint=[twice]))
    assert code == 0
    assert any(twice in problem for problem in lines[-1]["result"]["problems"])


def test_files_that_cannot_be_read_are_said(shop: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    after = shop("after")
    (after / "data" / "nlu.yml").write_text("nlu: [", encoding="utf-8")
    code, lines = run(capsys, shop("before"), after)
    assert code == 1
    assert lines[-1]["error"]


# --- what counts as a difference


def reading(text: str, label: str, **likely: float) -> Reading:
    ranked = sorted(likely.items(), key=lambda one: -one[1])
    return Reading(text, label, tuple((name, log(probability)) for name, probability in ranked))


def test_a_toss_up_is_no_difference() -> None:
    before = [reading("hm", "a", a=0.51, b=0.49), reading("oh", "a", a=0.7, b=0.3)]
    after = [reading("hm", "a", b=0.51, a=0.49), reading("oh", "a", b=0.7, a=0.3)]
    toss_up = compare(before[:1], after[:1])
    assert (toss_up["sentences_changed"], toss_up["right_after"], toss_up["confusions"]) == (0, 1, [])
    (shift,) = compare(before[1:], after[1:])["sentences"]
    assert shift == {"text": "oh", "intent": "a", "before": "a", "after": "b", "better": False}


def test_the_worst_comes_first_and_new_sentences_are_apart() -> None:
    before = [
        reading("better", "a", b=0.9, a=0.1),
        reading("worse", "a", a=0.9, b=0.1),
        reading("other", "a", b=0.9, c=0.1),
    ]
    after = [
        reading("better", "a", a=0.9, b=0.1),
        reading("worse", "a", b=0.9, a=0.1),
        reading("other", "a", c=0.9, b=0.1),
        reading("new", "d", a=0.9, d=0.1),
    ]
    found = compare(before, after)
    assert [(one["text"], one["better"]) for one in found["sentences"]] == [
        ("worse", False),
        ("other", None),
        ("better", True),
    ]
    assert found["new_examples"] == [{"text": "new", "intent": "d", "predicted": "a", "right": False}]
    assert [(one["intent"], one["new"]) for one in found["intents"]] == [
        ("d", True),
        ("a", False),
        ("b", False),
        ("c", False),
    ]
    assert (found["right_before"], found["right_after"]) == (1, 1)
    assert {"intent": "a", "taken_for": "c", "before": 0, "after": 1} in found["confusions"]
    assert {"intent": "d", "taken_for": "a", "before": 0, "after": 1} in found["confusions"]
