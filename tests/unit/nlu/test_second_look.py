"""The second look: at what is not clear, as much as it helped before, and not at all where it does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from handoff.nlu import second_look
from handoff.nlu.encoder import Encoding
from handoff.nlu.pair_judge import PairJudge
from handoff.nlu.second_look import CLEAR, NO_LOOK, fit_second_look, look_again, look_again_held_out
from tests.unit.nlu.word_encoder import small_memory

FOLDS = 4
LABELS = 3
TEXTS = [f"desk{number % 4} late" for number in range(24)]
TEXTS += [f"desk{number % 4} broken" for number in range(24)]
TEXTS += [f"hello{number % 4}" for number in range(24)]
"""Of three labels; the first two differ in one word."""
CLASSES = np.repeat(np.arange(LABELS), len(TEXTS) // LABELS)
FOLD = np.arange(len(TEXTS)) % FOLDS
ROWS = np.arange(len(TEXTS))
TORN = np.log(np.repeat([[0.45, 0.45, 0.1]], len(TEXTS), axis=0))
"""Held-out log probabilities of a classifier that cannot tell the first two labels apart."""


@pytest.fixture(name="memory")
def _memory() -> tuple[PairJudge, list[Encoding], sparse.csr_matrix]:
    memory, encodings, ngrams = small_memory(TEXTS, CLASSES.tolist())
    return PairJudge(memory), encodings, ngrams


def test_it_tells_apart_what_the_classifier_cannot(memory) -> None:
    judge, encodings, ngrams = memory
    some = CLASSES < 2
    factors, logs = fit_second_look(judge, ROWS[some], TORN[some], FOLD, CLASSES[some])
    assert factors[1] > 1
    np.testing.assert_array_equal(logs.argmax(axis=1), CLASSES[some])
    np.testing.assert_allclose(np.exp(logs).sum(axis=1), 1)
    np.testing.assert_array_equal(logs, look_again_held_out(judge, ROWS[some], TORN[some], FOLD, factors))
    line = ngrams[30]
    one = look_again(judge, encodings[30], (line.indices, line.data), TORN[30], factors)
    assert one.argmax() == CLASSES[30]
    assert np.exp(one).sum() == pytest.approx(1)
    assert one[2] < TORN[30, 2], "what is not judged is no further ahead than the last of those that were"


def test_where_it_is_no_use_nobody_is_asked(memory, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, encodings, ngrams = memory
    by_chance = np.random.default_rng(3).permutation(CLASSES % 2)
    factors, logs = fit_second_look(judge, ROWS, TORN, FOLD, by_chance)
    assert factors is NO_LOOK
    assert logs is TORN
    monkeypatch.setattr(PairJudge, "compare", None)
    monkeypatch.setattr(PairJudge, "compare_held_out", None)
    line = ngrams[30]
    torn = TORN[30]
    assert look_again(judge, encodings[30], (line.indices, line.data), torn, factors) is torn
    assert look_again_held_out(judge, ROWS, TORN, FOLD, factors) is TORN


def test_what_is_clear_is_left_as_it_is(memory) -> None:
    judge, encodings, ngrams = memory
    factors = np.array([1.0, 2.0])
    clear = np.log(np.array([CLEAR, 0.6 * (1 - CLEAR), 0.4 * (1 - CLEAR)]))
    logs = TORN.copy()
    logs[::2] = clear
    looked = look_again_held_out(judge, ROWS, logs, FOLD, factors)
    np.testing.assert_array_equal(looked[::2], logs[::2])
    assert (looked[1::2] != logs[1::2]).all()
    line = ngrams[30]
    assert look_again(judge, encodings[30], (line.indices, line.data), clear, factors) is clear
    assert fit_second_look(judge, ROWS[::2], logs[::2], FOLD, CLASSES[::2])[0] is NO_LOOK, "nothing to fit it on"


def test_the_pairs_that_come_up_most_are_tried_first(memory, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, _, _ = memory
    logs = TORN.copy()
    logs[-3:] = np.log([0.1, 0.45, 0.45])
    asked: list[set[tuple[int, ...]]] = []
    compare = PairJudge.compare_held_out

    def spy(self: PairJudge, rows: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> np.ndarray:
        asked.append({tuple(sorted(line)) for line in labels.tolist()})
        return compare(self, rows, labels, folds)

    monkeypatch.setattr(PairJudge, "compare_held_out", spy)
    monkeypatch.setattr(second_look, "TRIED", len(TEXTS) - 3)
    fit_second_look(judge, ROWS, logs, FOLD, np.minimum(CLASSES, 1))
    assert asked == [{(0, 1)}, {(0, 1), (1, 2)}]


def test_one_label_has_nothing_to_be_told_apart_from(memory) -> None:
    judge, encodings, ngrams = memory
    alone = np.zeros(1)
    line = ngrams[0]
    assert look_again(judge, encodings[0], (line.indices, line.data), alone, np.array([1.0, 1.0])) is alone
