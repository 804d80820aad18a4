"""One step of a benchmark of understanding, in a process of its own: train a model, or parse messages with one.

``python -m bench.nlu_worker train|parse JOB RESULT``, both JSON files; ``bench.nlu_process`` starts it. A process per
step keeps TensorFlow's state and the memory of one step out of the next, and lets the messages be parsed as a server
parses them: by a process that has only loaded the model.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from bench.nlu_pipelines import STOCK
from bench.nlu_understood import understood
from handoff.rasa.command import quieten

WARM_UP = 30
"""Messages before the clock counts: TensorFlow compiles, caches of libraries fill, files are read."""


def train(job: dict[str, Any]) -> dict[str, Any]:
    """Train ``job["config"]`` on ``job["data"]`` into the folder ``job["out"]``.

    ``seconds`` is the call that trains: reading the data, training all components, packing the model. Rasa, TensorFlow
    and the pipeline's own modules are imported before.
    """
    config = yaml.safe_load(Path(job["config"]).read_text(encoding="utf-8"))
    from rasa.model_training import train_nlu  # takes seconds, and only after main() has set up the logs

    for component in config["pipeline"]:
        if "." in component["name"]:
            import_module(component["name"].rpartition(".")[0])
    started = time.perf_counter()
    model = train_nlu(job["config"], job["data"], job["out"], fixed_model_name="model")
    seconds = time.perf_counter() - started
    if model is None:
        raise RuntimeError("Rasa trained nothing")
    return {"model": model, "seconds": seconds}


def parse(job: dict[str, Any]) -> dict[str, Any]:
    """Parse ``job["texts"]`` one by one with ``job["model"]``; what was understood, and the seconds of each message.

    The time is that of ``agent.parse_message``: the whole NLU pipeline, no policies and no network. Ours is run as our
    server runs it, stock Rasa as its own does.
    """
    from rasa.core.agent import Agent  # as above

    from handoff.rasa.graph_runner import use_ordered_runner
    from handoff.rasa.quick_processor import use_quick_processor

    if job["name"] != STOCK:
        use_ordered_runner()
        use_quick_processor()
    return asyncio.run(_parse(Agent.load(job["model"]), job["texts"]))


async def _parse(agent: Any, texts: list[str]) -> dict[str, Any]:
    for number in range(WARM_UP):
        # other texts than those that are measured, since an encoder may remember what it has seen
        await agent.parse_message(f"{texts[number % len(texts)]} (warm-up {number})")
    results, seconds = [], []
    for text in texts:
        started = time.perf_counter()
        result = await agent.parse_message(text)
        seconds.append(time.perf_counter() - started)
        results.append(asdict(understood(result)))
    return {"understood": results, "seconds": seconds}


def _log_as_a_server() -> None:
    """What Rasa's commands do before anything else. Without it, every message is written out for debugging."""
    quieten()
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging.INFO, warn_only_once=True, filter_repeated_logs=True)
    configure_structlog(logging.INFO)


STEPS = {"train": train, "parse": parse}


def main(arguments: list[str]) -> int:
    """Do one step; returns the exit code."""
    step, job, result = arguments
    _log_as_a_server()
    done = STEPS[step](json.loads(Path(job).read_text(encoding="utf-8")))
    Path(result).write_text(json.dumps(done), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
