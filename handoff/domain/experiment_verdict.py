"""What may be said of two variants, in words that promise no more than the numbers hold.

How many visits it takes is settled before: enough to see the smallest difference that is worth finding four times in
five. Once they are there (or the experiment is over) the plain 95 % interval speaks, once. Looking every day until it
happens to say something finds a "difference" in one of four experiments without any; so before that only an interval
speaks that holds at all looks together, with a false alarm in a thousand experiments. Both together are wrong about an
experiment without a difference in at most 5.1 of 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from handoff.domain.experiment_numbers import LEVEL, Estimate, at_any_time, difference, needed, share

EARLY_ALPHA = 0.001
EARLY_FEWEST = 100  # visits of each variant; the interval for any time is exact only for many
UNLIKELY_SPLIT = 0.001  # a split that chance makes more rarely has another cause
POINTS = 100  # a share of 1 is a hundred points


class State(StrEnum):
    """How far an experiment has come.

    ``NOTHING``: nobody was counted yet. ``EARLY``: nothing can be said before more visits are there. ``CLEAR``: there
    is a difference. ``NO_DIFFERENCE``: none that could not be chance. ``UNSOUND``: visitors did not fall as they
    should.
    """

    NOTHING = "nothing"
    EARLY = "early"
    CLEAR = "clear"
    NO_DIFFERENCE = "no_difference"
    UNSOUND = "unsound"


@dataclass(frozen=True)
class Verdict:
    """What is said of a variant beside the first."""

    variant: str
    state: State
    words: str


@dataclass(frozen=True)
class Counted:
    """Visits of a variant: those that the metric counts, and of how many."""

    variant: str
    counted: int
    of: int


@dataclass(frozen=True)
class Question:
    """What is asked, and under which circumstances.

    Attributes:
        metric: the share that decides.
        alpha: how often a comparison may find a difference where there is none.
        over: nobody else will be counted.
        sound: visitors fell as the shares say.
    """

    metric: str
    alpha: float
    over: bool = False
    sound: bool = True


@dataclass(frozen=True)
class Plan:
    """What was settled before anybody looked.

    Attributes:
        smallest: the difference that is worth finding, as a share.
        base: the share without the experiment, by which it is planned.
        visits: by variant, how many visits that the metric counts it takes.
    """

    smallest: float
    base: float
    visits: dict[str, int]

    def is_complete(self, *groups: Counted) -> bool:
        """Whether these have as many as it takes."""
        return all(group.of >= self.visits[group.variant] for group in groups)


def alpha_of(variants: int) -> float:
    """How often each comparison with the first of so many variants may be wrong, so that all of them together are in
    one of twenty experiments at most (Bonferroni)."""
    return (1 - LEVEL) / max(1, variants - 1)


def plan(smallest: float, base: float, shares: dict[str, float]) -> Plan:
    """How many visits of each variant it takes.

    Args:
        smallest: the difference that is worth finding, as a share.
        base: the share without the experiment.
        shares: per cent of visitors by variant, the first being the one that the others are compared with.
    """
    first, *others = shares.values()
    of_first = max(needed(base, smallest, other / first, alpha_of(len(shares))) for other in others)
    return Plan(smallest, base, {name: ceil(of_first * part / first) for name, part in shares.items()})


def judge(one: Counted, other: Counted, plan: Plan | None, question: Question) -> Verdict:
    """What may be said of ``one`` beside ``other``, the first variant; ``plan`` is None where nothing was settled."""
    if not question.sound:
        words = "No verdict: visitors did not fall into the variants as they should."
        return Verdict(one.variant, State.UNSOUND, words)
    if not one.of or not other.of:
        return Verdict(one.variant, State.NOTHING, "Nothing to compare yet.")
    if question.over or (plan is not None and plan.is_complete(one, other)):
        return _final(one, other, plan, question)
    early = _early(one, other, plan, question) if plan else None
    if early is not None and not early.low <= 0 <= early.high:
        words = f"{_says(question, one, other, early)} That is clear already, before all planned visits are there."
        return Verdict(one.variant, State.CLEAR, words)
    return Verdict(one.variant, State.EARLY, "So far there is no difference that could not be chance.")


def interval(one: Counted, other: Counted, alpha: float) -> Estimate | None:
    """How much more ``one`` counts than ``other``; None where one of them is empty."""
    first, second = share(one.counted, one.of, 1 - alpha), share(other.counted, other.of, 1 - alpha)
    return difference(first, second) if first and second else None


def _final(one: Counted, other: Counted, plan: Plan | None, question: Question) -> Verdict:
    found = interval(one, other, question.alpha)
    assert found is not None, "both have visits"
    if not found.low <= 0 <= found.high:
        return Verdict(one.variant, State.CLEAR, _says(question, one, other, found))
    words = (
        f"No difference that could not be chance: with '{one.variant}', between {_points(-found.low)} fewer and "
        f"{_points(found.high)} more visits {_HAPPENS[question.metric]} than with '{other.variant}'."
    )
    if plan is not None and max(-found.low, found.high) < plan.smallest:
        words += f" A difference of {_points(plan.smallest)} is ruled out."
    elif plan is not None and not plan.is_complete(one, other):
        words += " There were too few visits to find what you were looking for."
    return Verdict(one.variant, State.NO_DIFFERENCE, words)


def _early(one: Counted, other: Counted, plan: Plan, question: Question) -> Estimate | None:
    if min(one.of, other.of) < EARLY_FEWEST:
        return None
    planned = plan.visits[one.variant] + plan.visits[other.variant]
    alpha = EARLY_ALPHA * question.alpha / (1 - LEVEL)
    return at_any_time((one.counted, one.of), (other.counted, other.of), planned, alpha)


def _says(question: Question, one: Counted, other: Counted, found: Estimate) -> str:
    """``With 'earlier', 3 to 7 points more visits are handed over than with 'control'.``"""
    least, most = sorted((abs(found.low), abs(found.high)))
    direction = "more" if found.value > 0 else "fewer"
    return (
        f"With '{one.variant}', {_number(least)} to {_points(most)} {direction} visits "
        f"{_HAPPENS[question.metric]} than with '{other.variant}'."
    )


_HAPPENS = {
    "handoff_rate": "are handed over",
    "containment": "are answered without a person",
    "honest_containment": "are answered so that nobody comes back",
    "repeat_rate": "are followed by another one",
}
"""The metrics that may decide, as something that happens to visits."""


def _number(share_of_visits: float) -> str:
    """``3``, or ``0.4`` where whole points would say nothing."""
    points = share_of_visits * POINTS
    return f"{points:.0f}" if points >= 1 else f"{points:.1f}"


def _points(share_of_visits: float) -> str:
    number = _number(share_of_visits)
    return f"{number} point" if number == "1" else f"{number} points"
