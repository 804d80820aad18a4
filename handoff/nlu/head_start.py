"""Trains the intent classifier while Rasa is still being imported and reads the data.

Of the ten seconds that training after one changed example takes, Rasa needs five on one core before the classifier's
turn comes. A second process, which needs no TensorFlow, begins at once on the other core: it reads the same data,
trains and leaves the head in a file. The classifier takes it when it is for exactly what it was about to train on, and
trains by itself in every other case. The result is the same.

:mod:`handoff.nlu.ahead` is what the second process runs. This module imports nothing but the standard library: it runs
before Rasa is imported.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

logger = logging.getLogger(__name__)

PROCESS = "handoff.nlu.ahead"
HEAD_FILE = "head.npz"
IDENTITY_FILE = "identity"
OUTPUT_FILE = "output"
LONGEST_WAIT_SECONDS = 120.0  # ten times what it takes when both cores are busy with something else
NOTHING_TO_DO = 3  # exit code of the second process
_STOP_SECONDS = 5.0


class HeadStart:
    """The second process, and what it leaves behind."""

    def __init__(self, config: str, domain: str, data: Sequence[str], *, again: bool = False) -> None:
        """Begin now.

        Args:
            config: path of ``config.yml``.
            domain: path of the domain.
            data: paths of the training data.
            again: train even what was trained before.

        Raises:
            OSError: there is no room for its files, or none for another process.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="handoff-head-start-"))
        command = [sys.executable, "-m", PROCESS, *(["--again"] if again else []), config, domain, str(self._folder)]
        try:
            with (self._folder / OUTPUT_FILE).open("wb") as output:
                self._process = subprocess.Popen([*command, *data], stdout=output, stderr=output)
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def take(self, identity: str, target: Path) -> bool:
        """Wait for the head for the task of this ``identity`` and put it at ``target``; whether there is one."""
        try:
            code = self._process.wait(LONGEST_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            logger.warning("The head start took longer than %.0f s; training anew.", LONGEST_WAIT_SECONDS)
            self._process.kill()  # it would take half of the time from the training that follows
            return False
        if code == NOTHING_TO_DO:
            return False
        if code != 0:
            said = (self._folder / OUTPUT_FILE).read_text(encoding="utf-8", errors="replace").strip().splitlines()
            logger.warning("The head start failed (%s); training anew.", said[-1] if said else f"exit code {code}")
            return False
        if (self._folder / IDENTITY_FILE).read_text(encoding="ascii") != identity:
            logger.info("The head start was for other data; training anew.")
            return False
        shutil.copyfile(self._folder / HEAD_FILE, target)
        return True

    def end(self) -> None:
        """Stop it if it still runs, and remove what it left."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


_running: list[HeadStart] = []
"""The one of this process, if there is one: Rasa makes the classifier, so that nobody can hand it over."""


def begin(arguments: Sequence[str]) -> None:
    """Begin for ``rasa train`` with these ``arguments``, where that helps: with more than one core."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-c", "--config", default="config.yml")
    parser.add_argument("-d", "--domain", default="domain.yml")
    parser.add_argument("--data", nargs="+", default=["data"])
    parser.add_argument("--force", action="store_true")
    parsed, _ = parser.parse_known_args(list(arguments))
    if _cores() > 1 and Path(parsed.config).is_file():
        try:
            _running.append(HeadStart(parsed.config, parsed.domain, parsed.data, again=parsed.force))
        except OSError as error:
            logger.warning("There is no head start (%s); training takes some seconds longer.", error)


def _cores() -> int:
    """Of this process, which may have been given fewer than the machine has; where that can be asked."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def end() -> None:
    """End what :func:`begin` began."""
    while _running:
        _running.pop().end()


def take(identity: str, target: Path) -> bool:
    """Put the head for the task of this ``identity`` at ``target`` if a head start was made for it; whether it was."""
    return any(start.take(identity, target) for start in _running)
