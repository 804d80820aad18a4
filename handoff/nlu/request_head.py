"""Whether a message, whatever else it says, asks for something in particular: here, for a person.

An intent classifier gives each message one subject. A request for a person is no subject: it stands beside one ("my
parcel is lost, let me talk to somebody"). So it is judged by itself, by the passage that sounds most like it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from handoff.nlu.calibration import fit_sigmoid, logit, sigmoid
from handoff.nlu.contact_wording import wordings
from handoff.nlu.encoder import Encoding
from handoff.nlu.passages import passages
from handoff.nlu.softmax_regression import fit_softmax

ROUNDS = 2  # of choosing the telling passages anew; each costs a fit
HARDEST = 3  # passages kept of each message that does not ask: the most misleading ones
REGULARISATION = 10.0  # inverse strength, for passages of length 1
BLEND_REGULARISATION = 1.0
ITERATIONS = 15
LATER_ITERATIONS = 6  # of the other rounds, which begin where the one before ended: better than 15 from zero
FOLDS = 3
SEED = 11
WORKERS = 2  # fits side by side, each on one core


@dataclass(frozen=True)
class RequestHead:
    """Attributes:
    passage_weights: float32 [dimensions + 1], the last one is the bias.
    means: float64 [views], and ``spreads`` [views]: the scale of the views.
    weights: float64 [views + 1], the last one is the bias.
    """

    passage_weights: np.ndarray
    means: np.ndarray
    spreads: np.ndarray
    weights: np.ndarray

    def probability(self, text: str, encoding: Encoding, by_subject: float) -> float:
        """Probability that ``text`` asks for it.

        Args:
            text: readable text.
            encoding: its encoding.
            by_subject: the intent classifier's probability for the same.
        """
        views = _views(_Bags.of([passages(encoding)]).best(self.passage_weights)[0], wordings(text), by_subject)
        return float(sigmoid(((views - self.means) / self.spreads) @ self.weights[:-1] + self.weights[-1]))


def fit_request_head(
    texts: Sequence[str], encodings: Sequence[Encoding], asks: np.ndarray, by_subject: np.ndarray
) -> RequestHead:
    """Train on ``texts`` with their ``encodings``.

    Args:
        asks: bool [texts], which of them ask for it; both kinds must occur.
        by_subject: float [texts], held-out probabilities of the intent classifier.
    """
    bags = _Bags.of([passages(encoding) for encoding in encodings])
    folds = np.random.default_rng(SEED).permutation(len(texts)) % FOLDS
    held_out = np.zeros(len(texts))
    used = [folds != fold for fold in range(FOLDS)] + [np.ones(len(texts), dtype=bool)]
    # One thread of BLAS a worker: on two cores, four of them would only wait for each other.
    with threadpool_limits(limits=1), ThreadPoolExecutor(WORKERS) as pool:
        fits = pool.map(lambda rows: _fit_passages(bags, asks, rows), used)
        wording = [wordings(text) for text in texts]  # while they are at work
        *without, whole = fits
    for fold, weights in enumerate(without):
        held_out[folds == fold] = bags.best(weights)[folds == fold]
    views = np.stack([_views(*row) for row in zip(held_out.tolist(), wording, by_subject.tolist(), strict=True)])
    means, spreads = views.mean(axis=0), np.maximum(views.std(axis=0), 1e-6)
    scaled = (views - means) / spreads
    blend = _logistic(scaled.astype(np.float32), asks, BLEND_REGULARISATION).astype(np.float64)
    slope, offset = fit_sigmoid(scaled @ blend[:-1] + blend[-1], asks)
    blend = blend * slope
    blend[-1] += offset
    return RequestHead(whole, means, spreads, blend)


def _views(best_passage: float, wording: np.ndarray, by_subject: float) -> np.ndarray:
    return np.concatenate([[best_passage, float(logit(np.array(by_subject)))], wording])


@dataclass(frozen=True)
class _Bags:
    """All passages of some messages, float32 [passages, dimensions]; ``starts`` [messages], ``owner`` [passages]."""

    vectors: np.ndarray
    starts: np.ndarray
    owner: np.ndarray

    @classmethod
    def of(cls, bags: Sequence[np.ndarray]) -> _Bags:
        sizes = np.array([len(bag) for bag in bags])
        return cls(np.concatenate(bags), np.cumsum(sizes) - sizes, np.repeat(np.arange(len(bags)), sizes))

    def best(self, weights: np.ndarray) -> np.ndarray:
        """Score of each message's best passage, float64 [messages]."""
        return np.maximum.reduceat(self.vectors @ weights[:-1], self.starts).astype(np.float64) + float(weights[-1])

    def top(self, weights: np.ndarray, most: np.ndarray) -> np.ndarray:
        """The best passages of each message, as places; ``most`` [messages] says how many of each."""
        order = np.lexsort((-(self.vectors @ weights[:-1]), self.owner))
        rank = np.arange(len(order)) - self.starts[self.owner[order]]
        return order[rank < most[self.owner[order]]]


def _fit_passages(bags: _Bags, asks: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Multiple-instance learning: of a message that asks, only the passage that asks is an example of asking.

    Args:
        bags: passages of all messages.
        asks: bool [messages].
        used: bool [messages], those to learn from.
    """
    most = np.where(used, np.where(asks, 1, HARDEST), 0)
    places = bags.starts[used]  # whole messages first
    weights = _logistic(bags.vectors[places], asks[bags.owner[places]], REGULARISATION)
    for _ in range(ROUNDS):
        places = bags.top(weights, most)
        weights = _logistic(bags.vectors[places], asks[bags.owner[places]], REGULARISATION, weights)
    return weights


def _logistic(
    features: np.ndarray, truth: np.ndarray, regularisation: float, start: np.ndarray | None = None
) -> np.ndarray:
    """Weights float32 [columns + 1] of a class-balanced logistic regression, which may begin at earlier ones."""
    nothing = sparse.csr_matrix((len(features), 0), dtype=np.float32)
    both = fit_softmax(
        features,
        nothing,
        truth.astype(np.int64),
        count=2,
        regularisation=regularisation,
        iterations=ITERATIONS if start is None else LATER_ITERATIONS,
        start=None if start is None else np.stack([-start, start], axis=1) / 2,
    )
    found: np.ndarray = both[:, 1] - both[:, 0]
    return found
