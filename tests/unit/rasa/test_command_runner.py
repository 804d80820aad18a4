"""Commands that answer messages run the graph in the order that was found once; training keeps Rasa's own way."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

PROBE = """
import sys
import rasa.__main__
def tell():
    from rasa.core import agent, processor
    print("runner:", processor.DaskGraphRunner.__name__, agent.MessageProcessor.__name__)
rasa.__main__.main = tell
from handoff.rasa.command import run_rasa
run_rasa(sys.argv[1:])
"""


@pytest.mark.parametrize(
    ("command", "runner"),
    [("run", "OrderedGraphRunner QuickProcessor"), ("train", "DaskGraphRunner MessageProcessor")],
)
def test_the_runner_of_a_command(command: str, runner: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROBE, command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"runner: {runner}\n" in result.stdout
