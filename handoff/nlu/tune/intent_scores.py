"""Precision and recall of each intent, and which of them need attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from handoff.nlu.tune.cases import Case, is_faq

FEWEST_FOR_FAQ = 20
"""Examples of one FAQ: its subject is narrow, and its examples say much the same. docs/nlu.md says so too."""

FEWEST = 40
"""Examples of any other intent, which people word in more ways."""

WEAK = 0.7
"""Recall and precision below it are flagged: three in ten are wrong. That names a quarter of this project's intents; at
0.75 it would be half of them, too many to look at in one sitting."""

FEW_EXAMPLES = "few_examples"
LOW_RECALL = "low_recall"
LOW_PRECISION = "low_precision"


@dataclass(frozen=True)
class IntentScore:
    """How one label fared in cross-validation.

    Attributes:
        label: an intent, or an answer of a retrieval intent.
        examples: in the training data.
        precision: of what was read as this label, the share that is; None when nothing was.
        recall: of its examples, the share that was read as such.
        f1: harmonic mean of both; 0 when nothing was found.
        fewest: how many examples it should have.
        flags: any of ``few_examples``, ``low_recall`` and ``low_precision``.
    """

    label: str
    examples: int
    precision: float | None
    recall: float
    f1: float
    fewest: int
    flags: tuple[str, ...]


def intent_scores(cases: Sequence[Case]) -> list[IntentScore]:
    """A score for each label, the weakest first."""
    examples = Counter(case.label for case in cases)
    predicted = Counter(case.predicted for case in cases)
    found = Counter(case.label for case in cases if case.right)
    scores = [_score(label, count, predicted[label], found[label]) for label, count in examples.items()]
    return sorted(scores, key=lambda score: (score.f1, score.label))


def _score(label: str, examples: int, predicted: int, found: int) -> IntentScore:
    fewest = fewest_of(label)
    recall = found / examples
    precision = found / predicted if predicted else None
    weak = {
        FEW_EXAMPLES: examples < fewest,
        LOW_RECALL: recall < WEAK,
        LOW_PRECISION: precision is not None and precision < WEAK,
    }
    return IntentScore(
        label=label,
        examples=examples,
        precision=precision,
        recall=recall,
        f1=2 * found / (examples + predicted),  # the harmonic mean, without dividing by 0 when nothing was found
        fewest=fewest,
        flags=tuple(flag for flag, is_so in weak.items() if is_so),
    )


def fewest_of(label: str) -> int:
    """How many examples the label should have at least."""
    return FEWEST_FOR_FAQ if is_faq(label) else FEWEST
