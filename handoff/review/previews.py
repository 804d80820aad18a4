"""Tries a change out: validation and cross-validation before and after, in a process of its own, since both load Rasa.

One at a time: it takes both cores for half a minute, which visitors would notice if it were two. The process makes
itself small beside the others (``nice``).
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from handoff.domain.errors import HandoffError
from handoff.review.project_copy import copy_project

logger = logging.getLogger(__name__)

MOST_SECONDS = 900.0
"""After that it is ended: half a minute on two free cores and a minute the first time, but it takes only what the
others leave, and on a busy machine that is little."""
MODULE = "handoff.nlu.tune.before_after"
PACKAGE = Path(__file__).resolve().parents[2]
FOLDER = "review"  # in the folder of databases: readings of the data as it is, which save half of the time
LAST_WORDS = 2000  # characters of what a failed process said that go into the log

RUNNING, READY, FAILED = "running", "ready", "failed"

Run = dict[str, Any]
"""How far a preview is: ``state``, ``stage``, ``started_at``, ``seconds``, ``error``, ``problems``, ``numbers`` and
``base``, the identity of the edit that it belongs to."""

Keep = Callable[[str, Run], None]
"""Keeps a run of the change with this id."""


class Previews:
    """Runs previews one after the other in the background."""

    def __init__(self, root: Path, var_dir: Path, clock: Callable[[], datetime], keep: Keep) -> None:
        self._root = root
        self._kept_readings = var_dir / FOLDER
        self._clock = clock
        self._began = clock()
        self._keep = keep
        self._turn = threading.Lock()
        self._state = threading.Lock()
        self._runs: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None
        self._process_of = ""
        self._closed = False

    def start(self, change_id: str, base: str, changed: Mapping[str, bytes]) -> Run | None:
        """Begin; None when this very preview runs already.

        Args:
            change_id: of the change.
            base: identity of the edit.
            changed: the files as they would be.
        """
        run: Run = {"state": RUNNING, "stage": "waiting for its turn", "started_at": self._clock().isoformat()}
        run["base"] = base
        with self._state:
            if self._closed or self._runs.get(change_id) == base:
                return None
            self._runs[change_id] = base
        self._keep(change_id, run)
        # a daemon: the desk can stop at any time, and close() ends the process
        threading.Thread(
            target=self._work, args=(change_id, run, dict(changed)), name="review-preview", daemon=True
        ).start()
        return run

    def is_here(self, change_id: str) -> bool:
        """Whether this process works on the preview of a change."""
        return change_id in self._runs

    def is_running(self, change_id: str, run: Run) -> bool:
        """Whether somebody still works on a run that says so. A desk that was stopped does not, so one that began
        before this desk did counts as left behind; one that began later may be another desk's."""
        started = datetime.fromisoformat(run["started_at"])
        others = self._began <= started and self._clock() - started < timedelta(seconds=MOST_SECONDS)
        return self.is_here(change_id) or others

    def end(self, change_id: str) -> None:
        """The change was decided about: its preview is of no use any more, and visitors need the cores."""
        with self._state:
            self._runs.pop(change_id, None)
            if self._process is not None and self._process_of == change_id:
                self._process.kill()

    def close(self) -> None:
        """End what runs; nothing begins after that."""
        with self._state:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def _work(self, change_id: str, run: Run, changed: Mapping[str, bytes]) -> None:
        try:
            with self._turn:
                result = self._try_out(change_id, run, changed) if self.is_here(change_id) else {}
            if not self.is_here(change_id):
                result = {"error": "It was ended, since the change was decided about."}
        except OSError as error:
            logger.error("preview of change %s: %s", change_id, error)
            result = {"error": f"It could not be tried out: {error}"}
        finally:
            with self._state:
                if self._runs.get(change_id) == run["base"]:
                    del self._runs[change_id]
        took = {"seconds": round((self._clock() - datetime.fromisoformat(run["started_at"])).total_seconds())}
        state = {"state": FAILED if "error" in result else READY, "stage": None}
        self._tell(change_id, run | took | state | result)

    def _tell(self, change_id: str, run: Run) -> None:
        try:
            self._keep(change_id, run)
        except HandoffError as error:  # the database is away: the run is kept for too old then, and can be repeated
            logger.error("preview of change %s could not be kept: %s", change_id, error)

    def _try_out(self, change_id: str, run: Run, changed: Mapping[str, bytes]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="handoff-review-") as folder, tempfile.TemporaryFile("w+") as words:
            before, after = Path(folder) / "before", Path(folder) / "after"
            for place, files in ((before, {}), (after, changed)):
                place.mkdir()
                copy_project(self._root, place, files)
            process = self._begin(change_id, before, after, words)
            if process is None:
                return {"error": "It was ended before it began."}
            late = threading.Timer(MOST_SECONDS, process.kill)
            late.start()
            try:
                result = self._listen(process, change_id, run)
            finally:
                late.cancel()
                with self._state:
                    self._process = None
            if result is None:
                words.seek(0)
                logger.error("preview of change %s ended: %s", change_id, words.read()[-LAST_WORDS:])
                result = {"error": "It ended before it was done; the desk's log says more. Try it again."}
            return result

    def _begin(self, change_id: str, before: Path, after: Path, words: Any) -> subprocess.Popen[str] | None:
        paths = os.pathsep.join(filter(None, (str(PACKAGE), os.environ.get("PYTHONPATH"))))
        with self._state:
            if self._closed or not self.is_here(change_id):
                return None
            self._process_of = change_id
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(before), str(after), "--keep", str(self._kept_readings)],
                cwd=self._root,  # where Rasa's training cache is, with the encodings of the examples
                env={**os.environ, "PYTHONPATH": paths},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=words,
                text=True,
            )
            return self._process

    def _listen(self, process: subprocess.Popen[str], change_id: str, run: Run) -> dict[str, Any] | None:
        result: dict[str, Any] | None = None
        with process:
            assert process.stdout is not None, "it was opened as a pipe"
            for line in process.stdout:
                try:
                    said = json.loads(line)
                except ValueError:
                    logger.info("preview of change %s: %s", change_id, line.rstrip())  # a library that prints
                    continue
                if "stage" in said:
                    self._tell(change_id, run | {"stage": said["stage"]})
                else:
                    result = said.get("result") or {"error": said["error"]}
        return result
