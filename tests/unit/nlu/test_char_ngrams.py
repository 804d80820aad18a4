"""Character n-grams are scikit-learn's, and any text has some or none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from sklearn.feature_extraction.text import TfidfVectorizer

from handoff.nlu.char_ngrams import LONGEST, SEEN_IN, SHORTEST, CharNgrams
from tests.unit.nlu.any_text import any_text

TEXTS = ["Where is my order", "where is my desk?", "my order, please", "is it a desk", "I am", "a"]


def test_weights_are_scikit_learns() -> None:
    ours = CharNgrams.fit(TEXTS)
    theirs = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(SHORTEST, LONGEST), min_df=SEEN_IN, sublinear_tf=True
    ).fit(TEXTS)
    assert list(ours.ngrams) == list(theirs.get_feature_names_out())
    new = [*TEXTS, "WHERE where where is it", "none: xyz", ""]
    np.testing.assert_allclose(ours.matrix(new).toarray(), theirs.transform(new).toarray(), atol=1e-6)


def test_texts_with_nothing_in_common_have_no_vocabulary() -> None:
    ngrams = CharNgrams.fit(["one", "two"])
    assert ngrams.matrix(["one", "three"]).shape == (2, len(ngrams.ngrams)) == (2, 0)
    assert ngrams.matrix([]).shape == (0, 0)


@given(any_text(200))
def test_any_text_has_a_row_of_length_one_or_none(text: str) -> None:
    places, weights = CharNgrams.fit(TEXTS).row(text)
    assert len(set(places.tolist())) == len(places) == len(weights)
    assert not len(weights) or np.linalg.norm(weights) == pytest.approx(1, abs=1e-5)
