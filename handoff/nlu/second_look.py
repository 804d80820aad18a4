"""A second look at messages that are not clear: their likeliest labels are told apart by :class:`PairJudge`.

How much that counts is fitted on held-out messages; where it does not help, nobody is asked again.
"""

from __future__ import annotations

import numpy as np

from handoff.nlu.calibration import fit_blend, log_softmax
from handoff.nlu.encoder import Encoding
from handoff.nlu.pair_judge import PairJudge

CLEAR = 0.99
"""Messages whose likeliest label is at least as likely are not looked at again. On CLINC150's validation part three of
four; with a second look at all of them, as many come out right, and the likelihood is 2 % worse."""
JUDGED = 2  # likeliest labels that are told apart; with 3 as many come out right, and with 5 fewer
TRIED = 1500
"""Held-out messages that tell whether the judge is of use before it is asked about all: those of the pairs that come up
most often, so that few pairs must be worked out."""
WORTH = 0.1
"""Factor below which it is not asked at all. It is 1.4 on CLINC150, 0.2 to 0.4 on BANKING77, and below 0.02 on this
project's own sentences, where training would take two seconds longer and messages 0.1 ms, for the same answers."""
NO_LOOK = np.array([1.0, 0.0])  # the judge does not count


def look_again(
    judge: PairJudge,
    encoding: Encoding,
    ngrams: tuple[np.ndarray, np.ndarray],
    logs: np.ndarray,
    factors: np.ndarray,
) -> np.ndarray:
    """Log probabilities [labels] of one message after a second look, if it needs one.

    Args:
        judge: of the examples.
        encoding: the message.
        ngrams: its row of n-grams: places and weights.
        logs: before it.
        factors: see :func:`fit_second_look`.
    """
    line = logs[np.newaxis]
    if factors[1] == 0 or not len(_unclear(line)):
        return logs
    labels = _likeliest(line)
    return _settle(line, labels, judge.compare(encoding, ngrams, labels[0])[np.newaxis], factors)[0]


def look_again_held_out(
    judge: PairJudge, rows: np.ndarray, logs: np.ndarray, folds: np.ndarray, factors: np.ndarray
) -> np.ndarray:
    """The same for examples, as if those of their folds were not there: log probabilities [rows, labels].

    Args:
        judge: of the examples.
        rows: int [rows], which examples these are.
        logs: their held-out log probabilities [rows, labels].
        folds: int [examples], the folds that they were held out in.
        factors: see :func:`fit_second_look`.
    """
    if factors[1] == 0:
        return logs
    again = _unclear(logs)
    labels = _likeliest(logs[again])
    return _with_lines(
        logs, again, _settle(logs[again], labels, judge.compare_held_out(rows[again], labels, folds), factors)
    )


def fit_second_look(
    judge: PairJudge, rows: np.ndarray, logs: np.ndarray, folds: np.ndarray, truth: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How much the log probabilities count in a second look and how much the judge, by maximum likelihood.

    Args:
        judge: as for :func:`look_again_held_out`, and so ``rows``, ``logs`` and ``folds``.
        truth: int [rows], the right labels.

    Returns:
        The factors float64 [2], of which the judge's is 0 where it is not worth asking, and what
        :func:`look_again_held_out` makes of ``logs`` with them.
    """
    again = _unclear(logs)
    if not len(again):
        return NO_LOOK, logs
    for some in (again[_of_frequent_pairs(_likeliest(logs[again]))], again):
        labels = _likeliest(logs[some])
        ahead = judge.compare_held_out(rows[some], labels, folds)
        factors = fit_blend(np.stack(_views(logs[some], labels, ahead)), truth[some])
        if factors[1] < WORTH:
            return NO_LOOK, logs
    return factors, _with_lines(logs, again, _settle(logs[again], labels, ahead, factors))


def _of_frequent_pairs(labels: np.ndarray) -> np.ndarray:
    """Places of ``TRIED`` of the messages with these ``labels`` [messages, n] to tell apart, or a few more."""
    _, pair, often = np.unique(np.sort(labels, axis=1), axis=0, return_inverse=True, return_counts=True)
    frequent = np.argsort(-often, kind="stable")
    enough = np.searchsorted(np.cumsum(often[frequent]), TRIED) + 1
    return np.flatnonzero(np.isin(pair, frequent[:enough]))


def _unclear(logs: np.ndarray) -> np.ndarray:
    """Which rows of ``logs`` [messages, labels] need a second look, int."""
    return np.flatnonzero(logs.max(axis=1) < np.log(CLEAR))


def _likeliest(logs: np.ndarray) -> np.ndarray:
    """The labels to tell apart, int [messages, n], of ``logs`` [messages, labels]."""
    return np.argsort(-logs, axis=1, kind="stable")[:, :JUDGED]


def _settle(logs: np.ndarray, labels: np.ndarray, ahead: np.ndarray, factors: np.ndarray) -> np.ndarray:
    before, judged = _views(logs, labels, ahead)
    return log_softmax(factors[0] * before + factors[1] * judged)


def _views(logs: np.ndarray, labels: np.ndarray, ahead: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both [messages, labels]; a label that was not judged is as far behind as the last of those that were."""
    judged = np.empty(logs.shape)
    judged[:] = ahead.min(axis=1, keepdims=True)
    np.put_along_axis(judged, labels, ahead, axis=1)
    return logs, judged


def _with_lines(logs: np.ndarray, places: np.ndarray, lines: np.ndarray) -> np.ndarray:
    changed = logs.copy()
    changed[places] = lines
    return changed
