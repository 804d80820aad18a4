"""Starts the steps of :mod:`bench.nlu_worker`, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.nlu_data import Example
from bench.nlu_names import IntentNames
from bench.nlu_understood import Understood, from_json
from bench.projects import OUT
from handoff.supervisor.specs import QUIET
from scripts.train import ROOT


@dataclass(frozen=True)
class Trained:
    """A model, and how long training it took."""

    model: Path
    seconds: float


@dataclass(frozen=True)
class Parsed:
    """What was understood of each text, and how many seconds each took."""

    understood: list[Understood]
    seconds: list[float]


def train(folder: Path, name: str, config: dict[str, Any], examples: Sequence[Example], names: IntentNames) -> Trained:
    """Train ``config`` on ``examples`` from nothing, in ``folder``.

    The examples are written in Rasa's JSON format, which it calls deprecated: its YAML format takes brackets in a
    sentence for an entity and cannot carry every text as it is.

    Raises:
        RuntimeError: the training failed; names the log.
    """
    (folder / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    written = [{"text": example.text, "intent": names.name(example.label)} for example in examples]
    data = json.dumps({"rasa_nlu_data": {"common_examples": written}})
    (folder / "nlu.json").write_text(data, encoding="utf-8")
    job = {"config": str(folder / "config.yml"), "data": str(folder / "nlu.json"), "out": str(folder)}
    result = _run(folder, "train", name, job)
    return Trained(Path(result["model"]), result["seconds"])


def parse(folder: Path, name: str, model: Path, texts: Sequence[str]) -> Parsed:
    """Parse ``texts`` in their order, with notes in ``folder``.

    Raises:
        RuntimeError: the model cannot be loaded or a message not parsed; names the log.
    """
    result = _run(folder, "parse", name, {"name": name, "model": str(model), "texts": list(texts)})
    return Parsed([from_json(one) for one in result["understood"]], result["seconds"])


def _run(folder: Path, step: str, name: str, job: dict[str, Any]) -> Any:
    note, result = folder / f"{step}.job.json", folder / f"{step}.result.json"
    note.write_text(json.dumps(job), encoding="utf-8")
    OUT.mkdir(parents=True, exist_ok=True)
    log = OUT / f"nlu.{name}.{step}.log"
    environment = {
        **os.environ,
        **QUIET,
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(folder / "cache"),  # empty: nothing of an earlier training is used again
    }
    command = [sys.executable, "-m", "bench.nlu_worker", step, str(note), str(result)]
    with log.open("w", encoding="utf-8") as output:
        code = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, check=False
        ).returncode
    if code != 0:
        raise RuntimeError(f"{step} of {name} failed with exit code {code}; see {log}")
    return json.loads(result.read_text(encoding="utf-8"))
