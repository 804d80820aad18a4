"""What the mood of messages is learnt from, and the mathematics that learn it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.exceptions import InvalidConfigException
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from handoff.nlu.logistic_regression import fit_logistic
from handoff.nlu.mood_data import ENGLISH, FOLDS, Mood, MoodDataError, MoodExamples, labelled, read_mood_files
from handoff.nlu.mood_head import MoodHead, Recipe, fit_mood_head
from handoff.nlu.mood_style import STYLES, style
from handoff.nlu.mood_tokens import mood_tokens
from handoff.nlu.mood_training import example_weights, train_mood_head
from handoff.nlu.word_ngrams import WordNgrams

RECIPE = Recipe(regularisation=1, iterations=50, ngram_weight=1, style_weight=0.4, frustrated_share=0.3)


def lines(mood: str) -> list[str]:
    return (ENGLISH / f"{mood}.txt").read_text(encoding="utf-8").splitlines()


def test_the_librarys_messages_are_balanced_and_in_one_file_only() -> None:
    found = read_mood_files(ENGLISH)
    assert len(found.texts) == len(found.frustrated) == len(found.folds)
    assert 0.48 < found.frustrated.mean() < 0.52
    assert len({text.lower() for text in found.texts}) == len(found.texts)


@pytest.mark.parametrize(
    "mark", ["?", "http", "@", "#", "\U0001f602"], ids=["question", "link", "mention", "tag", "joy"]
)
def test_no_mark_gives_the_mood_away(mark: str) -> None:
    counts = [sum(mark in line for line in lines(mood)) for mood in ("frustrated", "calm")]
    assert max(counts) < 4 * min(counts), f"{mark} must occur in both moods, or it is learnt instead of the mood"


def test_comments_and_empty_lines_are_no_messages_but_hashtags_are(tmp_path: Path) -> None:
    (tmp_path / "frustrated.txt").write_text("# a comment\n#fail again\n\nnever\u200b again\n", encoding="utf-8")
    (tmp_path / "calm.txt").write_text("thanks\n", encoding="utf-8")
    assert read_mood_files(tmp_path).texts == ["#fail again", "never again", "thanks"]


def test_a_line_of_both_moods_is_refused(tmp_path: Path) -> None:
    for mood in ("frustrated", "calm"):
        (tmp_path / f"{mood}.txt").write_text("hello\n", encoding="utf-8")
    with pytest.raises(MoodDataError, match=r"'hello' is in frustrated\.txt and in calm\.txt"):
        read_mood_files(tmp_path)


def test_neighbours_are_in_one_fold() -> None:
    folds = read_mood_files(ENGLISH).folds
    assert set(folds) == set(range(FOLDS))
    assert np.count_nonzero(np.diff(folds)) < len(folds) / 10


@pytest.mark.parametrize(
    ("intent", "metadata", "expected"),
    [
        ("anger", {}, [True]),
        ("anger/loud", {}, [True]),
        ("faq/price", {}, [False]),
        ("mixed", {}, []),
        ("mixed", {"example": {"mood": "calm"}}, [False]),
        ("faq/price", {"intent": {"mood": "frustrated"}}, [True]),
        ("faq/price", {"intent": {"mood": "frustrated"}, "example": {"mood": "unclear"}}, []),
        ("faq/price", {"intent": {"sentiment": "x"}, "example": None}, [False]),
    ],
)
def test_the_mood_of_an_example(intent: str, metadata: dict[str, object], expected: list[bool]) -> None:
    places, found = labelled([("some text", intent, metadata)], frustrated=["anger"], unclear=["mixed"])
    assert found.frustrated.tolist() == expected
    assert places == list(range(len(expected)))


def test_unreadable_examples_and_commands_are_left_out() -> None:
    places, found = labelled([("\u2060", "a", {}), ("/restart", "a", {}), ("hi", "a", {})], frustrated=[], unclear=[])
    assert (places, found.texts) == ([2], ["hi"])


def test_a_wrong_mood_is_named() -> None:
    with pytest.raises(MoodDataError, match="'some text'.*'mood: angry'.*frustrated, calm, unclear"):
        labelled([("some text", "a", {"example": {"mood": "angry"}})], frustrated=[], unclear=[])
    assert list(Mood) == ["frustrated", "calm", "unclear"]


def test_a_projects_examples_weigh_their_share_half_for_each_mood() -> None:
    base, own = np.array([True, False] * 20), np.array([True, True, False, False, False, False, False, False])
    weights = example_weights(base, own, 0.1)
    assert weights[:40].tolist() == [1] * 40
    assert weights[40:42].sum() == pytest.approx(0.1 * 40 / 2)
    assert weights[42:].sum() == pytest.approx(0.1 * 40 / 2)


def test_no_example_of_a_project_weighs_more_than_one_of_the_library() -> None:
    assert example_weights(np.array([True, False] * 20), np.array([True, False]), 1)[40:].tolist() == [1, 1]
    assert example_weights(np.zeros(0, dtype=bool), np.array([True, False]), 1).tolist() == [1, 1]


def test_of_few_examples_every_fold_gets_some() -> None:
    _, found = labelled([(f"line {number}", "a", {}) for number in range(7)], frustrated=[], unclear=[])
    assert set(found.folds) == set(range(FOLDS))


def test_tokens_carry_the_mood() -> None:
    tokens = mood_tokens("@Shop SOOOO late, 3 hrs?!! see https://x.y/z I'm done :(")
    assert tokens == ["<at>", "soo", "late", ",", "0", "hrs", "?!!", "see", "<link>", "i'm", "done", ":("]


@given(st.text(max_size=200))
def test_any_text_has_tokens_and_style(text: str) -> None:
    tokens = mood_tokens(text)
    assert all(tokens)
    found = style(tokens)
    assert found.shape == (STYLES,)
    assert np.isfinite(found).all()


def test_words_and_pairs_are_weighted_by_their_rarity() -> None:
    texts = [mood_tokens(text) for text in ("you never answer", "you never call", "you answer")]
    found = WordNgrams.fit(texts)
    assert found.ngrams.tolist() == ["answer", "never", "you", "you never"]
    places, weights = found.row(mood_tokens("never you never"))
    assert found.ngrams[places].tolist() == ["never", "you", "you never"]
    assert weights[1] < weights[0] == weights[2]
    assert np.linalg.norm(weights) == pytest.approx(1)
    np.testing.assert_allclose(found.matrix([mood_tokens("never you never")]).toarray()[0, places], weights)
    assert found.row(["unheard"])[1].size == 0


def test_logistic_regression_is_scikit_learns() -> None:
    generator = np.random.default_rng(0)
    dense = generator.normal(size=(60, 5)).astype(np.float32)
    ngrams = sparse.random(60, 7, density=0.3, format="csr", dtype=np.float32, random_state=0)
    truth = dense[:, 0] + generator.normal(size=60) > 0
    weights = generator.uniform(0.1, 2, size=60)
    found = fit_logistic(dense, ngrams, truth, weights, regularisation=3, iterations=500)
    both = np.hstack([dense, ngrams.toarray()])
    model = LogisticRegression(C=3, max_iter=500).fit(both, truth, sample_weight=weights)
    np.testing.assert_allclose(found, [*model.coef_[0], model.intercept_[0]], atol=5e-3)


def tiny_head(frustrated_share: float = 0.3) -> MoodHead:
    """Told apart by words, "bad" and "good", of which one in five is wrong."""
    texts = [f"{word} day" for word in ("bad", "bad", "bad", "bad", "bad", "good", "good", "good", "good", "good")] * 6
    frustrated = np.array([True, True, True, True, False, False, False, False, False, True] * 6)
    recipe = Recipe(1, 50, 1, 0.4, frustrated_share)
    vectors = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32) / 100 + 1
    return fit_mood_head(texts, vectors, frustrated, np.ones(60), np.arange(60) // 12, recipe)


def test_a_saved_head_is_the_same_and_holds_no_pickle(tmp_path: Path) -> None:
    head = tiny_head()
    head.save(tmp_path / "mood.npz")
    read = MoodHead.read(tmp_path / "mood.npz")  # refuses pickled arrays
    for text in ("bad", "good day", "unheard of", ""):
        vector = np.ones(4, dtype=np.float32)
        assert read.probability(mood_tokens(text), vector) == head.probability(mood_tokens(text), vector)


def test_the_length_of_the_sentence_vector_does_not_matter() -> None:
    head, vector = tiny_head(), np.array([1, 2, 3, 4], dtype=np.float32)
    long = head.probability(["bad"], vector * 20)
    assert long == pytest.approx(head.probability(["bad"], vector), abs=1e-6)
    assert 0 <= head.probability(["bad"], vector * 0) <= 1


def test_the_named_share_moves_the_probabilities() -> None:
    def of(share: float) -> float:
        return tiny_head(share).probability(mood_tokens("bad"), np.ones(4, dtype=np.float32))

    assert of(0.1) < of(0.3) < of(0.5)


def test_one_mood_alone_gives_no_head() -> None:
    one = MoodExamples(["a", "b"], np.array([True, True]), np.array([0, 1]))
    none = MoodExamples([], np.zeros(0, dtype=bool), np.zeros(0, dtype=int))
    vectors = np.ones((2, 3), dtype=np.float32)
    assert train_mood_head(none, one, vectors, lambda texts: vectors, 1, RECIPE) is None


def test_another_encoder_than_the_featurizers_is_refused() -> None:
    one = MoodExamples(["a"], np.array([True]), np.array([0]))
    other = MoodExamples(["b"], np.array([False]), np.array([1]))
    with pytest.raises(InvalidConfigException, match="'directory'"):
        train_mood_head(one, other, np.ones((1, 3), np.float32), lambda texts: np.ones((1, 4), np.float32), 1, RECIPE)
