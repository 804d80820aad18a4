"""The section `experiment` of handoff.yml: what it makes, and mistakes that are named by file and key."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from handoff.check import check_project
from handoff.check_experiment import VARIANT_SLOT as CHECKED_SLOT
from handoff.domain.errors import ConfigurationError
from handoff.domain.experiment import Variant
from handoff.domain.rules import HandoffRules
from handoff.rasa.marks import VARIANT_SLOT
from handoff.rules_file import load_rules
from handoff.settings import Settings
from tests.conftest import ROOT

GOOD = yaml.safe_load((ROOT / "handoff.yml").read_text())
OFFER = "triggers.frustration.offer_from"
OTHER = {"share": 50, "set": {OFFER: 0.6}}
SECTION: dict[str, Any] = {
    "name": "earlier-offer",
    "started": date(2026, 11, 1),
    "variants": {"control": {"share": 50}, "earlier": OTHER},
}


def load(folder: Path, **changes: Any) -> HandoffRules:
    file = folder / "handoff.yml"
    file.write_text(yaml.safe_dump(GOOD | {"experiment": SECTION | changes}, sort_keys=False))
    return load_rules(file)


def variants(**other: Any) -> dict[str, Any]:
    return {"control": {"share": 50}, "earlier": OTHER | other}


def test_what_it_says_holds(tmp_path: Path) -> None:
    rules = load(tmp_path, ends=date(2026, 12, 1), metric="containment", smallest=0.1)
    runs = rules.experiment
    assert runs is not None
    assert (runs.name, runs.started, runs.ends) == ("earlier-offer", date(2026, 11, 1), date(2026, 12, 1))
    assert (runs.metric, runs.smallest, runs.zone) == ("containment", 0.1, ZoneInfo("Europe/Amsterdam"))
    assert runs.variants == (Variant("control", 50), Variant("earlier", 50, {OFFER: 0.6}))
    assert rules.frustration.offer_from == 0.7
    assert {name: changed.frustration.offer_from for name, changed in rules.rules_of_variants.items()} == {
        "earlier": 0.6
    }


def test_without_it_nothing_runs(rules: HandoffRules) -> None:
    assert (rules.experiment, dict(rules.rules_of_variants)) == (None, {})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": "Earlier: offer"}, "experiment.name"),
        ({"name": "x" * 61}, "experiment.name"),
        ({"started": "soon"}, "experiment.started"),
        ({"ends": date(2026, 10, 1)}, "experiment.ends: 2026-10-01 is before it starts, on 2026-11-01"),
        ({"metric": "missed_rate"}, "experiment.metric"),
        ({"smallest": 0}, "experiment.smallest"),
        ({"colour": "red"}, "experiment.colour"),
        ({"variants": {"control": {"share": 99}}}, "experiment.variants"),
        ({"variants": {"control": {"share": 50}, "Earlier!": OTHER}}, "experiment.variants.Earlier!"),
        ({"variants": variants(share=40)}, "experiment.variants: the shares add up to 90; make them 100"),
        ({"variants": variants(share=0)}, "experiment.variants.earlier.share"),
        (
            {"variants": variants(set={"summary.max_words": 60})},
            "'summary.max_words' is the same for all",
        ),
        (
            {"variants": variants(set={"triggers.frustration.mood_from": 0.6})},
            "mood_from' is the same for all",
        ),
        ({"variants": variants(set={"triggers.frustration": {"offer_from": 0.6}})}, "set each of these by itself"),
        ({"variants": variants(set={OFFER: 2})}, "In experiment.variants.earlier.set"),
        ({"variants": variants(set={OFFER: 0.95})}, "hand_off_from: 0.9 is less than offer_from"),
        ({"variants": variants(set={"triggers.frustration.offer_form": 0.6})}, "Did you mean 'offer_from'?"),
    ],
    ids=str,
)
def test_mistakes_are_named(changes: dict[str, Any], named: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, **changes)
    assert str(tmp_path / "handoff.yml") in str(caught.value)
    assert named in str(caught.value)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the files that `handoff check` reads, with an experiment."""
    for name in ("domain.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    load(tmp_path)
    return tmp_path


def problems(project: Path) -> list[str]:
    return check_project(Settings.load(environ={"HANDOFF_ROOT": str(project), "HANDOFF_VAR": str(project / "var")}))


def say(project: Path, *variations: dict[str, Any]) -> None:
    """Give a response these variations."""
    content = {"version": "3.1", "responses": {"utter_new": list(variations)}}
    (project / "data/responses/new.yml").write_text(yaml.safe_dump(content))


def variation(variant: str) -> dict[str, Any]:
    return {"text": "Hello!", "condition": [{"type": "slot", "name": VARIANT_SLOT, "value": variant}]}


def test_a_project_with_an_experiment_is_fine(project: Path) -> None:
    say(project, {"text": "Hi."}, variation("earlier"))
    assert problems(project) == []


def test_a_variant_that_names_an_intent_that_is_not_there(project: Path) -> None:
    load(project, variants=variants(set={"account_intents": ["track_order", "track_ordre"]}))
    (line,) = problems(project)
    assert line.startswith("In experiment.variants.earlier.set: ")
    assert "account_intents: there is no intent 'track_ordre'" in line


def test_words_for_a_variant_that_is_not_there(project: Path) -> None:
    say(project, {"text": "Hi."}, variation("earlyer"))
    (line,) = problems(project)
    assert "utter_new has a variation for the variant 'earlyer'" in line
    assert "control, earlier" in line


def test_words_for_one_variant_and_none_for_the_others(project: Path) -> None:
    say(project, variation("earlier"), {"text": "Hi.", "channel": "collector"})
    (line,) = problems(project)
    assert "utter_new has no variation without a condition" in line


def test_the_slot_is_the_one_of_the_domain() -> None:
    slots = yaml.safe_load((ROOT / "domain.yml").read_text())["slots"]
    assert CHECKED_SLOT == VARIANT_SLOT
    assert slots[VARIANT_SLOT]["influence_conversation"] is False
