"""What stands between a sentence vector and an intent: a linear head, the examples themselves, true probabilities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from handoff.nlu.calibration import fit_blend, log_softmax, logit
from handoff.nlu.encoder import Encoding
from handoff.nlu.example_memory import ExampleMemory
from handoff.nlu.held_out import Fit, HeldOut, assign_folds, blended_views, candidates, fit_and_hold_out
from handoff.nlu.known_score import KnownScore
from handoff.nlu.linear_head import LinearHead, sentence_features
from handoff.nlu.pair_judge import PairJudge
from handoff.nlu.request_head import RequestHead, fit_request_head
from handoff.nlu.risk_curve import RiskCurve
from handoff.nlu.second_look import fit_second_look, look_again, look_again_held_out
from handoff.nlu.text_ngrams import TextNgrams

ASKED_FROM = 0.5  # from here on a request is more likely than not; to miss one annoys more than to hear one too many

_WORDS_OF_A_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")


@dataclass(frozen=True)
class Understanding:
    """Attributes:
    probabilities: float64 [labels], adding up to 1.
    known: probability that the likeliest answer is right, whatever the message is about.
    certain: whether that is no question: the message is recognised as one without an answer, or asks for something
        that may stand anywhere in a message.
    """

    probabilities: np.ndarray
    known: float
    certain: bool


@dataclass(frozen=True)
class HeldOutPrediction:
    """What was predicted for one example by a classifier that had not seen it."""

    text: str
    label: str
    predicted: str
    confidence: float
    known: float


@dataclass(frozen=True)
class IntentHead:
    """A trained head.

    Attributes:
        labels: str [labels], sorted.
        answers: bool [labels], those that are an answer; the others (``out_of_scope``) say that there is none.
        blend: float64 [4], factors of the views of :func:`handoff.nlu.held_out.blended_views`.
        judge: takes the second look at messages that are not clear.
        judge_factors: see :func:`handoff.nlu.second_look.fit_second_look`.
        requests: heads of the labels that may stand anywhere in a message, by label.
    """

    labels: np.ndarray
    answers: np.ndarray
    linear: LinearHead
    ngrams: TextNgrams
    memory: ExampleMemory
    blend: np.ndarray
    judge: PairJudge
    judge_factors: np.ndarray
    known: KnownScore
    risk: RiskCurve
    requests: dict[str, RequestHead]

    def understand(self, text: str, encoding: Encoding) -> Understanding:
        """Probabilities of all labels for one readable ``text``, and whether it is known ground."""
        row = self.ngrams.row(text)
        scores = self.linear.scores(sentence_features(encoding), row)
        labels = candidates(scores)
        alike = self.memory.compare(encoding, row, labels)
        found = np.stack([alike.words, alike.ngrams, alike.halfway])
        likeness = np.repeat(found.min(axis=1, keepdims=True), len(scores), axis=1)
        likeness[:, labels] = found
        letters = likeness[1]
        logs = log_softmax(self.blend @ blended_views(scores, *likeness))
        logs = look_again(self.judge, encoding, row, logs, self.judge_factors)
        sentence = np.zeros(len(scores), dtype=np.float32)
        sentence[labels] = alike.sentence
        probabilities, asked = np.exp(logs), 0.0
        for label, head in self.requests.items():
            place = int(np.searchsorted(self.labels, label))
            asks = head.probability(text, encoding, float(probabilities[place]))
            probabilities = with_probability(probabilities, place, asks)
            asked = max(asked, asks)
        sure = asked > ASKED_FROM
        one = np.newaxis
        final = np.log(np.maximum(probabilities, np.finfo(probabilities.dtype).tiny))
        views = known_views(final[one], scores[one], sentence[one], letters[one], self.answers)
        known = asked if sure else float(self.known.probability(views)[0])
        return Understanding(probabilities, known, sure or not self.answers[probabilities.argmax()])


@dataclass(frozen=True)
class Trained:
    """A head, and what cross-validation said on the way."""

    head: IntentHead
    held_out: list[HeldOutPrediction]


def train_head(
    texts: Sequence[str],
    encodings: Sequence[Encoding],
    labels: Sequence[str],
    *,
    names: dict[str, Encoding],
    no_answer: Iterable[str],
    anywhere: Iterable[str],
    regularisation: float,
    iterations: int,
    ngram_weight: float,
) -> Trained:
    """Train on ``texts`` with their ``encodings`` and ``labels``, in any order.

    Args:
        names: labels whose name, as :func:`words_of` spells it, is to be one more example, with its encoding.
        no_answer: labels that mean "there is no answer to this".
        anywhere: labels that count wherever in a message they stand, beside its subject.
        regularisation: see :meth:`LinearHead.fit`, and so ``iterations`` and ``ngram_weight``.
    """
    known_labels = np.array(sorted(set(labels)))
    place = {label: index for index, label in enumerate(known_labels.tolist())}
    everything = [*zip(texts, encodings, labels, [False] * len(texts), strict=True)]
    everything += [(words_of(label), encoding, label, True) for label, encoding in names.items()]
    everything.sort(key=lambda example: place[example[2]])  # stable: the order of the files within a label
    spelled, vectors, of_label, named = (list(column) for column in zip(*everything, strict=True))
    classes = np.array([place[label] for label in of_label])
    ngrams = TextNgrams.fit(spelled)
    matrix = ngrams.matrix(spelled).astype(np.float32)
    memory = ExampleMemory.build(vectors, matrix, classes, len(known_labels))
    fit = Fit(len(known_labels), regularisation, iterations, ngram_weight)
    folds = assign_folds(classes, np.array(named))
    linear, held = fit_and_hold_out(fit, vectors, matrix, classes, memory, folds)
    answers = ~np.isin(known_labels, list(no_answer))
    truth = classes[held.rows]
    judge = PairJudge(memory)
    blend, judge_factors, logs = blend_held_out(held, folds, truth, judge)
    views = known_views(logs, held.scores, held.sentence, held.ngrams, answers)
    best = best_answers(logs, answers)
    known = KnownScore.fit(views, answers[truth], best == truth)
    probability = known.probability(views)
    answered = answers[logs.argmax(axis=1)]
    risk = RiskCurve.of(probability[answered], (best != truth)[answered], len(truth))
    texts_held, encodings_held = [spelled[row] for row in held.rows], [vectors[row] for row in held.rows]
    requests = {
        label: fit_request_head(texts_held, encodings_held, truth == place[label], np.exp(logs[:, place[label]]))
        for label in anywhere
        if label in place and (truth == place[label]).any() and (truth != place[label]).any()
    }
    head = IntentHead(known_labels, answers, linear, ngrams, memory, blend, judge, judge_factors, known, risk, requests)
    held_out = [
        HeldOutPrediction(
            spelled[row], of_label[row], str(known_labels[line.argmax()]), float(np.exp(line.max())), value
        )
        for row, line, value in zip(held.rows, logs, probability.tolist(), strict=True)
    ]
    return Trained(head, held_out)


def blend_held_out(
    held: HeldOut,
    folds: np.ndarray,
    truth: np.ndarray,
    judge: PairJudge,
    factors: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up held-out views, and take the second look.

    Args:
        held: the views.
        folds: int [examples], the folds that they were held out in.
        truth: int [n], the right labels.
        judge: of the same memory.
        factors: ``blend`` and ``judge_factors`` of :class:`IntentHead`; None to fit them.

    Returns:
        Both, and the log probabilities float64 [n, labels].
    """
    views = held.blended()
    blend = fit_blend(views, truth) if factors is None else factors[0]
    logs = log_softmax(np.tensordot(blend, views, axes=1))
    if factors is None:
        return blend, *fit_second_look(judge, held.rows, logs, folds, truth)
    return blend, factors[1], look_again_held_out(judge, held.rows, logs, folds, factors[1])


def best_answers(logs: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """The likeliest label that is an answer, int [messages]; the likeliest of all when no label is one."""
    best: np.ndarray = np.where(answers if answers.any() else True, logs, -np.inf).argmax(axis=1)
    return best


def with_probability(probabilities: np.ndarray, place: int, probability: float) -> np.ndarray:
    """``probabilities`` [labels] with this one in ``place``; the others keep their proportions."""
    changed: np.ndarray = probabilities.copy()
    changed[place] = 0
    rest = changed.sum()  # not 1 - probabilities[place], which is all rounding error when that is nearly 1
    if rest > 0:
        changed = changed / rest * (1 - probability)
    changed[place] = probability if rest > 0 else 1.0
    return changed


def known_views(
    logs: np.ndarray, scores: np.ndarray, sentence: np.ndarray, letters: np.ndarray, answers: np.ndarray
) -> np.ndarray:
    """The views of :class:`KnownScore` on the likeliest answer, float64 [messages, views].

    The arguments are [messages, labels], but for ``answers`` [labels].
    """
    rows, best = np.arange(len(logs)), best_answers(logs, answers)
    return np.stack(
        [logit(np.exp(logs[rows, best])), scores[rows, best], sentence[rows, best], letters[rows, best]], axis=1
    ).astype(np.float64)


def words_of(label: str) -> str:
    """The words in a label's name: ``faq/delivery_time`` is "delivery time", ``CardArrival`` is "card arrival"."""
    return " ".join(_WORDS_OF_A_NAME.findall(label.split("/")[-1])).lower()
