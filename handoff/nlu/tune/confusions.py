"""Pairs of labels that are taken for each other, and the examples that show it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from handoff.nlu.tune.cases import ANSWERED, Case
from handoff.nlu.tune.hints import Facts, hint


@dataclass(frozen=True)
class Mistake:
    """An example that was read as another label.

    Attributes:
        text: the example, which stands under ``label`` and was read as ``predicted``.
        confidence: of the predicted label.
        known: probability that the likeliest answer is right.
        outcome: what a visitor gets at the chosen threshold: the wrong answer (``answered``), the question what they
            mean (``asked``), or that there is no answer (``no_answer``).
    """

    text: str
    label: str
    predicted: str
    confidence: float
    known: float
    outcome: str


@dataclass(frozen=True)
class Pair:
    """Two labels that are taken for each other.

    Attributes:
        label: the one whose examples are misread more often.
        other: what they are taken for.
        mistakes: all of both directions, the surest first.
        forth: how many examples of ``label`` were read as ``other``.
        back: how many the other way round.
        answered: how many of them a visitor would get a wrong answer to.
        hint: what to do about it.
    """

    label: str
    other: str
    mistakes: list[Mistake]
    forth: int
    back: int
    answered: int
    hint: str

    @property
    def count(self) -> int:
        """Mistakes in both directions."""
        return self.forth + self.back


def confusions(
    cases: Sequence[Case],
    threshold: float,
    *,
    no_answer: Collection[str],
    alike: Mapping[frozenset[str], int],
) -> list[Pair]:
    """Every pair that was confused, the most frequent first.

    Args:
        cases: all of them; those that are right are left out.
        threshold: the chosen one.
        no_answer: labels that mean "we have no answer to this".
        alike: how many nearly equal examples two labels have between them.
    """
    sizes = Counter(case.label for case in cases)
    wrong: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if not case.right:
            wrong[min(case.label, case.predicted), max(case.label, case.predicted)].append(case)
    pairs = [_pair(*labels, some, threshold, sizes, no_answer, alike) for labels, some in wrong.items()]
    return sorted(pairs, key=lambda pair: (-pair.count, -pair.answered, pair.label, pair.other))


def _pair(
    one: str,
    two: str,
    cases: list[Case],
    threshold: float,
    sizes: Mapping[str, int],
    no_answer: Collection[str],
    alike: Mapping[frozenset[str], int],
) -> Pair:
    of_one = sum(case.label == one for case in cases)
    of_two = len(cases) - of_one
    label, other, forth, back = (one, two, of_one, of_two) if of_one >= of_two else (two, one, of_two, of_one)
    mistakes = sorted(
        (
            Mistake(case.text, case.label, case.predicted, case.confidence, case.known, case.outcome(threshold))
            for case in cases
        ),
        key=lambda mistake: -mistake.confidence,
    )
    facts = Facts(
        label=label,
        other=other,
        forth=forth,
        back=back,
        confidences=[mistake.confidence for mistake in mistakes],
        examples=sizes[label],
        examples_of_other=sizes[other],
        no_answer=no_answer,
        alike=alike.get(frozenset((one, two)), 0),
    )
    answered = sum(mistake.outcome == ANSWERED for mistake in mistakes)
    return Pair(label, other, mistakes, forth, back, answered, hint(facts))
