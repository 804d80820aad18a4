"""Export the sentence encoder and train the assistant, unless both are up to date.

What a model was made from is remembered by content, not by file times: a fresh checkout, a copied folder or an edit
that was taken back never retrains for nothing. ``--force`` trains in any case.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
MODEL_NAME = "assistant"
MODEL = MODELS / f"{MODEL_NAME}.tar.gz"
MADE_FROM = MODELS / f"{MODEL_NAME}.inputs.json"
TRAINING = MODELS / ".training"

DATA = ("config.yml", "domain.yml", "data/**/*.yml", "handoff/nlu/mood_*/*.txt")
"""Rasa's own inputs, and files in a component's fingerprint: Rasa's cache trains only what a change concerns."""

CODE = ("handoff/nlu/*.py", "requirements.lock")
"""Rasa's cache knows a component's class and nothing that the class calls: a change here trains everything. What lies
deeper (handoff/nlu/tune) only reports."""


def fingerprints(root: Path, patterns: tuple[str, ...]) -> dict[str, str]:
    """SHA-256 of every file under ``root`` that matches, by path from ``root``."""
    found = sorted({path for pattern in patterns for path in root.glob(pattern) if path.is_file()})
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def changed(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Paths that were added, removed or edited."""
    return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def remembered() -> dict[str, dict[str, str]]:
    """What the present model was made from; empty when there is no model or the note about it cannot be read."""
    if not MODEL.is_file():
        return {}
    try:
        note = json.loads(MADE_FROM.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return note if isinstance(note, dict) else {}


def main(arguments: list[str]) -> int:
    """Train when needed; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train everything from nothing")
    parsed = parser.parse_args(arguments)
    now = {"data": fingerprints(ROOT, DATA), "code": fingerprints(ROOT, CODE)}
    before = remembered()
    new_data = changed(before.get("data", {}), now["data"])
    new_code = changed(before.get("code", {}), now["code"])
    if before and not new_data and not new_code and not parsed.force:
        print(f"==> The model is up to date ({MODEL.relative_to(ROOT)})", flush=True)
        return 0
    if before:
        _say_why([*new_data, *new_code])
    code = _run("Exporting the sentence encoder", ["-m", "handoff.nlu.encoder_export"])
    if code == 0:
        code = _train(everything=parsed.force or bool(new_code))
    if code == 0:
        MADE_FROM.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    return code


def _say_why(paths: list[str], most: int = 4) -> None:
    if paths:
        more = f" and {len(paths) - most} more" if len(paths) > most else ""
        print(f"==> Changed since the last training: {', '.join(paths[:most])}{more}", flush=True)


def _train(everything: bool) -> int:
    """Train beside the present model and put the new one in its place only when it is complete."""
    started = time.monotonic()
    shutil.rmtree(TRAINING, ignore_errors=True)
    TRAINING.mkdir(parents=True)
    command = [
        "-m",
        "handoff.rasa.command",
        "train",
        "--quiet",
        "--skip-validation",  # reads all data once more; `make check` says the same and more
        "--augmentation",  # stories glued together: our policies pass over them, but Rasa hashes every event of them
        "0",
        "--out",
        str(TRAINING),
        "--fixed-model-name",
        MODEL_NAME,
    ]
    code = _run("Training the assistant", [*command, *(["--force"] if everything else [])])
    if code == 0:
        os.replace(TRAINING / MODEL.name, MODEL)
        print(f"    {MODEL.relative_to(ROOT)} is ready, trained in {time.monotonic() - started:.0f} s", flush=True)
    shutil.rmtree(TRAINING, ignore_errors=True)
    return code


def _run(title: str, arguments: list[str]) -> int:
    step = [sys.executable, str(ROOT / "scripts" / "step.py"), title, sys.executable]
    return subprocess.run([*step, *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
