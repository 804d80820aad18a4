"""The two pipelines that are compared: that of this project's config.yml, and the one Rasa uses by default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.projects import rasa_package
from handoff.nlu.encoder_export import ensure_encoder
from scripts.train import ROOT

OURS, STOCK = "ours", "stock"
PIPELINES = (OURS, STOCK)
CLASSIFIER = "handoff.nlu.intent_classifier.EncoderIntentClassifier"
DEFAULT_CONFIG = ("engine", "recipes", "config_files", "default_config.yml")
"""Path within Rasa of the configuration that it fills in for a project that configures none."""


@dataclass(frozen=True)
class Override:
    """A key of a component that can be set from the command line, by an option of its name (``--epochs``)."""

    option: str
    pipeline: str
    component: str
    key: str
    type: Callable[[str], Any]
    help: str

    @property
    def argument(self) -> str:
        """Name of the parsed argument."""
        return self.option.removeprefix("--").replace("-", "_")


OVERRIDES = (
    Override(
        "--epochs", STOCK, "DIETClassifier", "epochs", int, "epochs of the stock DIETClassifier (its default: 100)"
    ),
)
"""Everything that may be set; the command line and the configurations follow this list."""


@dataclass(frozen=True)
class Pipeline:
    """A pipeline that can be trained.

    Attributes:
        config: content of its config.yml, without policies.
        beside: folder of files that its models need and do not contain, or None.
    """

    name: str
    config: dict[str, Any]
    beside: Path | None

    def config_with(self, oos_intent: str | None) -> dict[str, Any]:
        """The configuration for data in which ``oos_intent`` is what "out of scope" is called, if it is trained at all.

        Ours has a key for that; stock takes it for an intent like any other.
        """
        if self.name != OURS or oos_intent is None:
            return self.config
        config = {**self.config, "pipeline": [dict(component) for component in self.config["pipeline"]]}
        _component(config, CLASSIFIER)["no_answer_intents"] = [oos_intent]
        return config


def pipeline(name: str, settings: Mapping[str, Any]) -> Pipeline:
    """The pipeline called ``name``, with ``settings`` (argument of an override: value; None leaves the default).

    The sentence encoder of ours is built here when it is missing, so that no training has to wait for it.
    """
    file = ROOT / "config.yml" if name == OURS else rasa_package().joinpath(*DEFAULT_CONFIG)
    original = yaml.safe_load(file.read_text(encoding="utf-8"))
    config = {
        "recipe": original["recipe"],
        "assistant_id": f"bench-{name}",
        "language": original["language"],
        "pipeline": [dict(component) for component in original["pipeline"]],
        "policies": [],
    }
    for override in OVERRIDES:
        value = settings.get(override.argument)
        if override.pipeline == name and value is not None:
            _component(config, override.component)[override.key] = value
    return Pipeline(name, config, ensure_encoder().directory if name == OURS else None)


def _component(config: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(component for component in config["pipeline"] if component["name"] == name)
    return found
