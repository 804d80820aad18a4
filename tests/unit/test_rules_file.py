from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from handoff.domain.errors import ConfigurationError
from handoff.rules_file import load_rules
from tests.conftest import ROOT

GOOD = yaml.safe_load((ROOT / "handoff.yml").read_text())


def write(path: Path, content: object) -> Path:
    file = path / "handoff.yml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
    return file


def changed(**changes: object) -> dict:
    return {**GOOD, **changes}


def frustrated(**changes: object) -> dict:
    return changed(triggers={**GOOD["triggers"], "frustration": {**GOOD["triggers"]["frustration"], **changes}})


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("topics: [", "not valid YAML"),
        ("", "the whole file"),
        (changed(version=2), "version"),
        (changed(default_topic="nowhere"), "default_topic"),
        (changed(colour="red"), "colour"),
        (changed(summary={"max_words": "many"}), "summary.max_words"),
        (changed(online={"seconds": 0}), "online.seconds"),
        (
            changed(topics={**GOOD["topics"], "extra": {"queue": "q", "team": "t", "intents": ["track_order"]}}),
            "'track_order' is listed under support too",
        ),
        (frustrated(offer_from=0.95), "triggers.frustration.hand_off_from: 0.9 is less than offer_from, which is 0.95"),
        (frustrated(counts_from=0.8), "triggers.frustration.offer_from: 0.7 is less than counts_from"),
        (frustrated(counts_from=0.6), "triggers.frustration.mood_from: 0.5 is less than counts_from"),
        (frustrated(repeated_questions=5), "triggers.frustration.repeated_questions: 5 is never reached"),
        (frustrated(offer_from=1.2), "triggers.frustration.offer_from"),
        (frustrated(window=0), "triggers.frustration.window"),
        (frustrated(phrases=["useless"]), "triggers.frustration.phrases"),
        (changed(urgency={**GOOD["urgency"], "levels": {"low": 0, "normal": 5, "high": 3, "urgent": 9}}), "levels"),
    ],
)
def test_mistakes_are_named_by_file_and_key(content: object, named: str, tmp_path: Path) -> None:
    file = write(tmp_path, content)
    with pytest.raises(ConfigurationError) as caught:
        load_rules(file)
    assert str(file) in str(caught.value)
    assert named in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is missing"):
        load_rules(tmp_path / "handoff.yml")
