"""Words and pairs of neighbouring words with TF-IDF weights: wording ("for the", "nobody answers") that one sentence
vector for everything does not keep apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

SEEN_IN = 2  # a pair of words from a single example says more about the example than about its label
_BETWEEN = " "  # tokens hold no space, so it can join two of them


@dataclass(frozen=True)
class WordNgrams:
    """A fitted vocabulary: ``ngrams`` [size], tokens and pairs, and their inverse document frequencies ``idf`` [size].

    How often something stands in one message does not count, only whether: messages are short. Better than the
    logarithm of the count in seven of eight kinds of held-out text.
    """

    ngrams: np.ndarray
    idf: np.ndarray

    @classmethod
    def fit(cls, texts: Sequence[Sequence[str]]) -> WordNgrams:
        """Take all tokens and pairs that are in at least ``SEEN_IN`` of ``texts``, each given as its tokens."""
        documents: Counter[str] = Counter()
        for tokens in texts:
            documents.update(_ngrams(tokens))
        kept = sorted(ngram for ngram, seen in documents.items() if seen >= SEEN_IN)
        counts = np.array([documents[ngram] for ngram in kept], dtype=np.float64)
        idf = np.log((1 + len(texts)) / (1 + counts)) + 1
        return cls(np.array(kept, dtype=str), idf.astype(np.float32))

    @cached_property
    def _index(self) -> dict[str, int]:
        return {str(ngram): place for place, ngram in enumerate(self.ngrams)}

    def row(self, tokens: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Places and weights of the known n-grams, ascending; the weights have length 1, or there are none."""
        index = self._index
        found = sorted(place for ngram in _ngrams(tokens) if (place := index.get(ngram)) is not None)
        places = np.array(found, dtype=np.int64)
        weights = self.idf[places]
        length = float(np.sqrt(weights @ weights))
        return places, weights / length if length else weights

    def matrix(self, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """Weights of ``texts``, each given as its tokens, as float32 [len(texts), size]."""
        rows = [self.row(tokens) for tokens in texts]
        ends = np.cumsum([0, *(len(places) for places, _ in rows)])
        places = np.concatenate([row[0] for row in rows]) if rows else np.zeros(0, dtype=np.int64)
        weights = np.concatenate([row[1] for row in rows]) if rows else np.zeros(0, dtype=np.float32)
        return sparse.csr_matrix((weights, places, ends), shape=(len(texts), len(self.ngrams)))


def _ngrams(tokens: Sequence[str]) -> set[str]:
    return {*tokens, *(first + _BETWEEN + second for first, second in zip(tokens, tokens[1:], strict=False))}
