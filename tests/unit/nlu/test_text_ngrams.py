"""N-grams are scikit-learn's and the runs of words, and any text has some or none."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from sklearn.feature_extraction.text import TfidfVectorizer

from handoff.nlu.text_ngrams import (
    LONGEST,
    LONGEST_REMEMBERED,
    LONGEST_RUN,
    SEEN_IN,
    SHORTEST,
    SHORTEST_RUN,
    TextNgrams,
)
from tests.unit.nlu.any_text import any_text

TEXTS = ["Where is my order", "where is my desk?", "my order, please", "is it a desk", "I am", "a"]


def test_weights_are_scikit_learns() -> None:
    ours = TextNgrams.fit(TEXTS)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(SHORTEST, LONGEST)).build_analyzer()
    words = TfidfVectorizer(token_pattern=r"\S+", ngram_range=(SHORTEST_RUN, LONGEST_RUN)).build_analyzer()
    theirs = TfidfVectorizer(
        analyzer=lambda text: [*letters(text), *words(f"< {text} >" if text.strip() else "")],
        min_df=SEEN_IN,
        sublinear_tf=True,
    ).fit(TEXTS)
    assert list(ours.ngrams) == list(theirs.get_feature_names_out())
    new = [*TEXTS, "WHERE where where is it", "none: xyz", ""]
    np.testing.assert_allclose(ours.matrix(new).toarray(), theirs.transform(new).toarray(), atol=1e-6)


def test_texts_with_nothing_in_common_have_no_vocabulary() -> None:
    ngrams = TextNgrams.fit(["one", "two"])
    assert ngrams.matrix(["one", "three"]).shape == (2, len(ngrams.ngrams)) == (2, 0)
    assert ngrams.matrix([]).shape == (0, 0)


def test_runs_tell_the_order_of_words_and_where_a_text_begins_and_ends() -> None:
    ngrams = TextNgrams.fit(["is my desk here", "is my desk there", "my desk", "my desk"])
    known = {ngrams.ngrams[place] for place in ngrams.row("my desk is")[0]}
    assert {"my desk", "< my", "< my desk"} <= known
    assert not {"is my", "desk >", "my desk >"} & known


def test_long_words_count_as_short_ones_do_and_are_not_remembered() -> None:
    word = "x" * (LONGEST_REMEMBERED + 1)
    ngrams = TextNgrams.fit([word, word])
    tracemalloc.start()
    for number in range(200):
        places, _ = ngrams.row(f"{word * 100}{number}")
        assert {ngrams.ngrams[place] for place in places} == {"xxx", "xxxx", " xx", " xxx"}
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200 * len(word) * 100, "less than the words themselves"


@given(any_text(200))
def test_any_text_has_a_row_of_length_one_or_none(text: str) -> None:
    places, weights = TextNgrams.fit(TEXTS).row(text)
    assert len(set(places.tolist())) == len(places) == len(weights)
    assert not len(weights) or np.linalg.norm(weights) == pytest.approx(1, abs=1e-5)
