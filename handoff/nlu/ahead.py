"""The second process of :mod:`handoff.nlu.head_start`: trains the intent classifier without Rasa's components.

``python -m handoff.nlu.ahead CONFIG DOMAIN FOLDER DATA...``
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

import yaml
from rasa.shared.importers.importer import TrainingDataImporter

from handoff.nlu.encoder_folder import find_encoder
from handoff.nlu.encoding_store import kept_encodings
from handoff.nlu.head_start import HEAD_FILE, IDENTITY_FILE, NOTHING_TO_DO
from handoff.nlu.intent_head_file import save_head
from handoff.nlu.intent_training import Task, encoder_of, train_intents, usable, was_trained

COMPONENT = "EncoderIntentClassifier"
MOST_NEW_TEXTS = 200  # a quarter of a second; more are encoded once, by the featurizer, on both cores


def _task(config: str, domain: str, data: list[str]) -> Task | None:
    """What the classifier in ``config`` is about to be trained on; None unless there is exactly one."""
    pipeline = (yaml.safe_load(Path(config).read_text(encoding="utf-8")) or {}).get("pipeline") or []
    ours = [one for one in pipeline if str(one.get("name", "")).rpartition(".")[2] == COMPONENT]
    if len(ours) != 1:
        return None
    importer = TrainingDataImporter.load_from_config(config, domain, data)
    examples = usable(importer.get_nlu_data().intent_examples)
    return Task.of(examples, ours[0]) if examples else None


def main(arguments: list[str] | None = None) -> int:
    """The second process."""
    parser = argparse.ArgumentParser(prog="python -m handoff.nlu.ahead", description=main.__doc__)
    parser.add_argument("--again", action="store_true", help="train even what was trained before")
    parser.add_argument("config")
    parser.add_argument("domain")
    parser.add_argument("folder", type=Path, help=f"where {HEAD_FILE} and {IDENTITY_FILE} are to be")
    parser.add_argument("data", nargs="+")
    parsed = parser.parse_args(arguments)
    gc.disable()  # as for training itself: nearly all that is made is kept to the end
    task = _task(parsed.config, parsed.domain, parsed.data)
    if task is None or (was_trained(task) and not parsed.again):
        return NOTHING_TO_DO
    known = kept_encodings(find_encoder(task.settings).fingerprint, task.texts)
    missing = [text for text in dict.fromkeys(task.texts) if text not in known]
    if len(missing) > MOST_NEW_TEXTS:
        return NOTHING_TO_DO
    if missing:
        known.update(zip(missing, encoder_of(task).encodings(missing), strict=True))
    head = train_intents(task, [known[text] for text in task.texts]).head
    save_head(head, parsed.folder / HEAD_FILE)
    (parsed.folder / IDENTITY_FILE).write_text(task.identity(), encoding="ascii")
    return 0


def _end_at_once(code: int) -> None:
    """End the process as it is: to take it apart object by object takes as long as a third of the training."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _end_at_once(main())
