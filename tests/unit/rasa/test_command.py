"""Rasa's command line, run as `make` runs it, says nothing that nobody can act on, and still says the rest."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

PROBE = """
import logging, warnings
from handoff.rasa.command import quieten
quieten()
from rasa.utils.common import configure_logging_and_warnings
from pyparsing.warnings import PyparsingDeprecationWarning
configure_logging_and_warnings(logging.WARNING)
warnings.warn("old", DeprecationWarning)
warnings.warn("older", PyparsingDeprecationWarning)
prefix = "The following duplicated intents have been found across multiple domain files: "
warnings.warn(prefix + "faq", UserWarning)
warnings.warn(prefix + "faq, greet", UserWarning)
warnings.warn("the story uses an unknown slot", UserWarning)
logging.warning("Limited tf.summary API due to missing TensorBoard installation.")
logging.warning("the model is old")
"""


def test_only_what_concerns_this_project_is_said() -> None:
    result = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, text=True, check=True)
    said = [line for line in result.stderr.splitlines() if "Warning: " in line or "WARNING" in line]
    assert len(said) == 3, result.stderr
    assert said[0].endswith(": faq, greet")
    assert said[1].endswith("the story uses an unknown slot")
    assert said[2].endswith("the model is old")
