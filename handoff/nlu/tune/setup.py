"""What ``config.yml`` says about the classifier and about when it keeps silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handoff.domain.errors import ConfigurationError
from handoff.nlu.risk_curve import RiskCurve

FEATURIZER = "handoff.nlu.encoder_featurizer.SentenceEncoderFeaturizer"
CLASSIFIER = "handoff.nlu.intent_classifier.EncoderIntentClassifier"
ABSTENTION = "handoff.nlu.abstention.Abstention"

Options = dict[str, Any]


@dataclass(frozen=True)
class Setup:
    """Options of the three components as ``config.yml`` sets them, without defaults; no Abstention is None."""

    featurizer: Options
    classifier: Options
    abstention: Options | None


@dataclass(frozen=True)
class Chosen:
    """From which known score on the assistant answers.

    Attributes:
        threshold: 0 to 1; above every score when nothing may be answered.
        wrong_answers: the setting that it follows from; None when it follows from another one.
        reason: where it comes from, for people.
    """

    threshold: float
    wrong_answers: float | None
    reason: str


def read_setup(config: Mapping[str, Any], file: Path) -> Setup:
    """Find the components in the ``config`` that ``file`` holds, by full name or, as Rasa allows, by class name.

    Raises:
        ConfigurationError: the pipeline lacks the featurizer or the classifier.
    """
    pipeline = config.get("pipeline") or []
    found = {str(entry.get("name")).rsplit(".", 1)[-1]: entry for entry in pipeline if isinstance(entry, Mapping)}

    def options(component: str) -> Options | None:
        entry = found.get(component.rsplit(".", 1)[-1])
        return None if entry is None else {key: value for key, value in entry.items() if key != "name"}

    featurizer, classifier = options(FEATURIZER), options(CLASSIFIER)
    for component, present in ((FEATURIZER, featurizer), (CLASSIFIER, classifier)):
        if present is None:
            raise ConfigurationError(
                f"{file}, pipeline: has no {component}, which this report is about. Add it as `- name: {component}`."
            )
    return Setup(featurizer or {}, classifier or {}, options(ABSTENTION))


def choose(abstention: Mapping[str, Any] | None, risk: RiskCurve) -> Chosen:
    """The threshold that Abstention takes.

    Args:
        abstention: its options with defaults; None when it is not in the pipeline.
        risk: of the trained head.
    """
    if abstention is None:
        return Chosen(0.0, None, "config.yml has no Abstention, so everything is answered")
    if abstention.get("threshold") is not None:
        threshold = float(abstention["threshold"])
        return Chosen(threshold, None, f"threshold: {threshold:g} in config.yml")
    wrong_answers = float(abstention["wrong_answers"])
    return Chosen(risk.threshold(wrong_answers), wrong_answers, f"wrong_answers: {wrong_answers:g} in config.yml")
