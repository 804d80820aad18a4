"""What config.yml says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff.domain.errors import ConfigurationError
from handoff.nlu.tune.setup import CLASSIFIER, FEATURIZER, choose, read_setup
from tests.conftest import ROOT
from tests.support.held_out import held_out, risk_of

FILE = Path("config.yml")
RISK = risk_of([held_out("a", "a", 0.9), held_out("a", "b", 0.8), held_out("b", "b", 0.7)])


def pipeline(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"pipeline": list(entries)}


def test_the_project_itself() -> None:
    setup = read_setup(yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8")), ROOT / "config.yml")
    assert setup.abstention is not None
    assert 0 < setup.abstention["wrong_answers"] < 1


def test_options_by_full_and_by_short_name() -> None:
    setup = read_setup(pipeline({"name": FEATURIZER}, {"name": "EncoderIntentClassifier", "C": 10}), FILE)
    assert (setup.featurizer, setup.classifier, setup.abstention) == ({}, {"C": 10}, None)


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        ({}, FEATURIZER),
        ({"pipeline": None}, FEATURIZER),
        (pipeline({"name": "DIETClassifier"}), FEATURIZER),
        (pipeline({"name": FEATURIZER}, {"name": "DIETClassifier"}), CLASSIFIER),
    ],
)
def test_a_pipeline_without_the_classifier_is_refused(config: dict[str, Any], missing: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"config.yml, pipeline: has no {missing}.*Add it as `- name: "):
        read_setup(config, FILE)


def test_where_the_threshold_comes_from() -> None:
    by_share = choose({"wrong_answers": 0.4, "threshold": None}, RISK)
    assert (by_share.threshold, by_share.wrong_answers, by_share.reason) == (
        0.7,
        0.4,
        "wrong_answers: 0.4 in config.yml",
    )
    fixed = choose({"wrong_answers": 0.4, "threshold": 0.25}, RISK)
    assert (fixed.threshold, fixed.wrong_answers, fixed.reason) == (0.25, None, "threshold: 0.25 in config.yml")
    without = choose(None, RISK)
    assert (without.threshold, without.wrong_answers) == (0.0, None)
    assert "no Abstention" in without.reason
