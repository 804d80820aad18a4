"""``python -m handoff.nlu.tune.before_after``: what a change of the training data does to how sentences are understood.

Both versions are cross-validated, see :mod:`handoff.nlu.tune.held_out_readings`. Lines on standard output are JSON:
``{"stage": ...}`` on the way, then ``{"result": ...}`` or ``{"error": ...}``.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handoff.domain.errors import HandoffError
from handoff.nlu.tune.shifts import Reading, compare
from handoff.rasa.command import UNFOUNDED, quieten

if TYPE_CHECKING:
    from handoff.nlu.tune.held_out_readings import HeldOutReadings

FAILED = 1
NICENESS = 10  # visitors come first: it takes what they leave of both cores
KEPT = 4  # readings of versions of the data on disk, two megabytes each: this one, and a few to come back to


def main(arguments: list[str] | None = None) -> int:
    """Compare two folders with a project each; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--keep", type=Path, required=True, metavar="FOLDER", help="where readings are kept")
    parsed = parser.parse_args(arguments)
    output = sys.stdout

    def say(line: dict[str, Any]) -> None:
        print(json.dumps(line), file=output, flush=True)

    os.nice(NICENESS)
    with redirect_stdout(sys.stderr):  # what libraries print is not part of the answer
        return _run(parsed.before, parsed.after, parsed.keep, say)


def _run(before: Path, after: Path, keep: Path, say: Callable[[dict[str, Any]], None]) -> int:
    say({"stage": "loading the classifier"})
    quieten()
    from rasa.shared.exceptions import RasaException  # takes seconds, and must come after the warnings are quiet

    try:
        say({"stage": "validating the training data"})
        problems = _validate(after)
        say({"stage": "cross-validating the data as it is"})
        old = _kept(before, keep)
        say({"stage": "cross-validating the data with the change"})
        new = _readings_after(before, after, old.blend)
    except (HandoffError, RasaException) as error:
        say({"error": str(error)})
        return FAILED
    say({"result": {"problems": problems, "numbers": compare(old.readings, new.readings)}})
    return 0


def _validate(root: Path) -> list[str]:
    """What ``rasa data validate --fail-on-warnings`` would fail for; empty when it passes."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    lines = _Lines()
    logging.getLogger("rasa").addHandler(lines)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            validator = Validator.from_importer(
                TrainingDataImporter.load_from_config(
                    str(root / "config.yml"), str(root / "domain.yml"), [str(root / "data")]
                )
            )
            passed = [
                validator.verify_domain_validity(),
                validator.verify_actions_in_stories_rules(),
                validator.verify_forms_in_stories_rules(),
                validator.verify_form_slots(),
                validator.verify_slot_mappings(),
                validator.verify_nlu(ignore_warnings=False),
                validator.verify_story_structure(ignore_warnings=False),
            ]
    finally:
        logging.getLogger("rasa").removeHandler(lines)
    if all(passed):
        return []
    said = [str(one.message).strip() for one in caught if issubclass(one.category, UserWarning)] + lines.said
    unfounded = [re.compile(pattern) for _, pattern in UNFOUNDED]
    found = [line for line in dict.fromkeys(said) if not any(pattern.search(line) for pattern in unfounded)]
    return found or ["Rasa says that the data is not valid. `make check` shows why."]


class _Lines(logging.Handler):
    """Keeps warnings and errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _kept(root: Path, folder: Path) -> HeldOutReadings:
    """Readings of the project in ``root``, from the disk where this very data was read before."""
    from handoff.nlu.tune.held_out_readings import HeldOutReadings, held_out_readings, identity
    from handoff.nlu.tune.project import load_project

    project = load_project(root)
    path = folder / f"{identity(project)}.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return HeldOutReadings([_reading(*one) for one in kept["readings"]], kept["blend"])
    except (OSError, ValueError, TypeError, KeyError):
        found = held_out_readings(project, project)
        _keep(path, asdict(found))
        return found


def _reading(text: str, label: str, likeliest: list[list[Any]]) -> Reading:
    return Reading(text, label, tuple((str(name), float(logarithm)) for name, logarithm in likeliest))


def _readings_after(before: Path, after: Path, blend: list[list[float]]) -> HeldOutReadings:
    from handoff.nlu.tune.held_out_readings import held_out_readings
    from handoff.nlu.tune.project import load_project

    return held_out_readings(load_project(after), load_project(before), blend)


def _keep(path: Path, found: Mapping[str, Any]) -> None:
    """Only saves time: where it cannot be written, the next preview takes longer."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    readings = [list(one.values()) for one in found["readings"]]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps({"blend": found["blend"], "readings": readings}), encoding="utf-8")
        os.replace(draft, path)
        kept = sorted(path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        print(f"{path} could not be written ({error}).", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
