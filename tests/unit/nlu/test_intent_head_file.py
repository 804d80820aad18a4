"""A stored head understands what it understood before, and its file holds nothing that could run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from handoff.nlu.intent_head import IntentHead
from handoff.nlu.intent_head_file import read_head, save_head
from tests.unit.nlu.test_intent_head import SUBJECTS, WORDS, train

ASKING = "talk to a person|can I talk to somebody|a human please|let me speak to an agent|real person now"
TEXTS = ["delivery days", "my warranty, and can I talk to somebody", "zeppelin", "", "recipe for a warranty"]


def stored(head: IntentHead, folder: Path) -> IntentHead:
    save_head(head, folder / "head.npz")
    return read_head(folder / "head.npz")


@pytest.fixture(scope="module")
def head() -> IntentHead:
    return train(
        {**SUBJECTS, "request_human": ASKING, "faq/größe": "size|how big|sizes"}, anywhere="request_human"
    ).head


def test_it_understands_the_same_afterwards(head: IntentHead, tmp_path: Path) -> None:
    again = stored(head, tmp_path)
    assert again.labels.tolist() == head.labels.tolist()
    assert list(again.requests) == list(head.requests) == ["request_human"]
    np.testing.assert_array_equal(again.answers, head.answers)
    for text in TEXTS:
        before, after = (one.understand(text, WORDS.encoding(text)) for one in (head, again))
        np.testing.assert_allclose(after.probabilities, before.probabilities, atol=2e-3)
        assert after.known == pytest.approx(before.known, abs=5e-3)
        assert after.certain == before.certain


def test_the_risk_is_the_same_afterwards(head: IntentHead, tmp_path: Path) -> None:
    again = stored(head, tmp_path)
    for wrong_answers in (0.0, 0.05, 0.5):
        threshold = again.risk.threshold(wrong_answers)
        assert threshold == head.risk.threshold(wrong_answers)
        assert again.risk.at(threshold) == head.risk.at(threshold)


def test_a_second_copy_is_equal_to_the_first(head: IntentHead, tmp_path: Path) -> None:
    once = stored(head, tmp_path)
    twice = stored(once, tmp_path)
    for text in TEXTS:
        one, other = (copy.understand(text, WORDS.encoding(text)) for copy in (once, twice))
        np.testing.assert_array_equal(one.probabilities, other.probabilities)


@pytest.mark.parametrize(
    "subjects", [{"greet": "hello"}, {"greet": "hello", "bye": "zzz"}, {"out_of_scope": "soup|rain"}, {"greet": ""}]
)
def test_the_smallest_heads_can_be_stored(subjects: dict[str, str], tmp_path: Path) -> None:
    head = train(subjects, named=False).head
    again = stored(head, tmp_path)
    for text in ("hello", "something else"):
        one, other = (copy.understand(text, WORDS.encoding(text)) for copy in (head, again))
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=2e-3)


def test_nothing_is_pickled_and_no_pickle_is_opened(head: IntentHead, tmp_path: Path) -> None:
    file = tmp_path / "head.npz"
    save_head(head, file)
    with np.load(file, allow_pickle=False) as arrays:
        assert {array.dtype.kind for array in arrays.values()} <= set("iufbU")
        names = {name: arrays[name] for name in arrays.files}
    np.savez(file, **{**names, "labels": np.array(["greet"], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        read_head(file)
