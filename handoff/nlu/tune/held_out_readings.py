"""Cross-validates a project's intents in such a way that two versions of its data can be compared.

Each sentence is in the same fold before and after, and what is counted over all sentences (n-grams, directions of
features, tokens and sentences, weights of the views) comes from the data before, so that what differs comes from the
change and not from the lot. What is a toss-up before and after is left out by :mod:`handoff.nlu.tune.shifts`.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass

import numpy as np

from handoff.nlu.encoder import load_encoder
from handoff.nlu.encoder_export import Encoder
from handoff.nlu.encoder_folder import DIRECTORY, find_encoder
from handoff.nlu.encoding_store import cached_encodings
from handoff.nlu.example_memory import ExampleMemory
from handoff.nlu.held_out import FOLDS, Fit, fit_and_hold_out
from handoff.nlu.intent_classifier import EncoderIntentClassifier
from handoff.nlu.intent_head import blend_held_out, words_of
from handoff.nlu.intent_training import INTENT_NAMES, ITERATIONS, NGRAM_WEIGHT, REGULARISATION
from handoff.nlu.pair_judge import PairJudge
from handoff.nlu.text_ngrams import TextNgrams
from handoff.nlu.tune.project import Project
from handoff.nlu.tune.shifts import Reading

KEPT = 5  # labels of a sentence: as many as the classifier compares word by word
NAMED = -1  # the fold of the words of an intent's name: always trained on, never tested


@dataclass(frozen=True)
class _Sentence:
    text: str
    label: str
    fold: int


@dataclass(frozen=True)
class HeldOutReadings:
    """Attributes:
    readings: what each example is taken for by a classifier that has seen those of the other folds only.
    blend: weights of the views, and of the second look; see :func:`handoff.nlu.intent_head.blend_held_out`.
    """

    readings: list[Reading]
    blend: list[list[float]]


def identity(*projects: Project) -> str:
    """Changes when the readings may: with the data, the options, the encoder or the code."""
    parts: list[object] = [EncoderIntentClassifier.fingerprint_addon({})]
    for project in projects:
        examples = [[example.text, example.label] for example in project.examples]
        parts += [_files(project).fingerprint, project.setup.classifier, examples]
    whole = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def held_out_readings(project: Project, base: Project, blend: list[list[float]] | None = None) -> HeldOutReadings:
    """Read each example of ``project`` held out.

    The classifier is the one that is trained (:func:`handoff.nlu.intent_head.train_head`), without what decides only
    whether there is an answer at all.

    Args:
        project: the data to read.
        base: the data before the change, or ``project`` itself.
        blend: of ``base``; None to fit it here.
    """
    options = {**EncoderIntentClassifier.get_default_config(), **project.setup.classifier}
    files = _files(project)
    encoder = load_encoder(files)
    sentences, known = (_sentences(one, names=options[INTENT_NAMES]) for one in (project, base))
    labels = sorted({sentence.label for sentence in sentences})
    classes = np.array([labels.index(sentence.label) for sentence in sentences])
    encodings, of_base = (
        cached_encodings(encoder, files.fingerprint, [one.text for one in some]) for some in (sentences, known)
    )
    ngrams = TextNgrams.fit([one.text for one in known]).matrix([one.text for one in sentences]).astype(np.float32)
    memory = ExampleMemory.build(encodings, ngrams, classes, len(labels), of_base)
    fit = Fit(len(labels), options[REGULARISATION], options[ITERATIONS], options[NGRAM_WEIGHT])
    folds = np.array([sentence.fold for sentence in sentences])
    _, held = fit_and_hold_out(fit, encodings, ngrams, classes, memory, folds, of_base)
    truth = classes[held.rows]
    factors = None if blend is None else (np.array(blend[0]), np.array(blend[1]))
    *used, logs = blend_held_out(held, folds, truth, PairJudge(memory), factors)
    readings = []
    for row, line in zip(held.rows.tolist(), logs, strict=True):
        best = np.argsort(-line, kind="stable")[:KEPT]
        likeliest = tuple((labels[place], float(line[place])) for place in best.tolist())
        readings.append(Reading(sentences[row].text, sentences[row].label, likeliest))
    return HeldOutReadings(readings, [one.tolist() for one in used])


def _files(project: Project) -> Encoder:
    return find_encoder({DIRECTORY: project.setup.featurizer.get(DIRECTORY)})


def _sentences(project: Project, *, names: bool) -> list[_Sentence]:
    """Sorted by label, as the memory of examples needs them."""
    found = [_Sentence(one.text, one.label, fold_of(one.text)) for one in project.examples]
    if names:
        labels = sorted({one.label for one in found})
        found += [_Sentence(words, label, NAMED) for label in labels if (words := words_of(label))]
    return sorted(found, key=lambda sentence: sentence.label)


def fold_of(text: str) -> int:
    """The fold of a sentence: always the same, whatever else is in the data."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % FOLDS
