"""What the definition of a metric is made of, and the ways in which metrics are computed from the facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handoff.metrics.facts import Facts
from handoff.metrics.numbers import median, percentile, share

SHARE, SECONDS, COUNT, SCORE, MONEY = "share", "seconds", "count", "score", "money"
HIGHER, LOWER = "higher", "lower"
VISITS, HANDOFFS = "visits", "handoffs"
SLOW_PART = 0.9


@dataclass(frozen=True)
class Measured:
    """What a definition finds in the facts; see :class:`handoff.metrics.overview.Metric`."""

    value: float | None
    numerator: int | None
    denominator: int
    currency: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Definition:
    """One metric.

    Attributes:
        name: stable, for programs.
        label: a few words for people.
        help: one plain sentence of what is counted; ``{days}`` stands for ``metrics.return_days``.
        formula: the same, exactly.
        unit: what the value is.
        better: which direction is good, None for neither.
        population: whether it is about visits that began in the period or about handoffs made in it.
        measure: computes it.
    """

    name: str
    label: str
    help: str
    formula: str
    unit: str
    better: str | None
    population: str
    measure: Callable[[Facts], Measured]


def count_of(number: Callable[[Facts], int]) -> Callable[[Facts], Measured]:
    """A count, which is its own population."""
    return lambda facts: Measured(number(facts), None, number(facts))


def share_of(part: Callable[[Facts], int], whole: Callable[[Facts], int]) -> Callable[[Facts], Measured]:
    """A part of a whole."""
    return lambda facts: Measured(share(part(facts), whole(facts)), part(facts), whole(facts))


def typical_of(values: Callable[[Facts], Sequence[float]]) -> Callable[[Facts], Measured]:
    """The median of some values."""
    return lambda facts: Measured(median(values(facts)), None, len(values(facts)))


def slow_of(values: Callable[[Facts], Sequence[float]]) -> Callable[[Facts], Measured]:
    """The value that nine in ten stay below."""
    return lambda facts: Measured(percentile(values(facts), SLOW_PART), None, len(values(facts)))


def honest_containment(facts: Facts) -> Measured:
    """Contained visits whose visitor did not come back, of those with a request that can be judged."""
    counted = facts.visits
    found = share(counted.honest, counted.asked_over)
    return Measured(found, counted.honest, counted.asked_over, note=_too_recent(counted.asked - counted.asked_over))


def repeated(facts: Facts) -> Measured:
    """Visits whose visitor came back, of those that can be judged."""
    counted = facts.visits
    found = share(counted.repeated, counted.over)
    return Measured(found, counted.repeated, counted.over, note=_too_recent(counted.visits - counted.over))


def _too_recent(visits: int) -> str | None:
    if not visits:
        return None
    count = "1 visit is" if visits == 1 else f"{visits:,} visits are"
    return f"{count} too recent to tell, and not counted yet."


def assistant_score(facts: Facts) -> Measured:
    """The mean score of visits without a person."""
    counted = facts.visits
    return Measured(share(counted.score, counted.rated), None, counted.rated)


def conversion_value(facts: Facts) -> Measured:
    """The sum in the most frequent currency; the note names the others."""
    if not facts.money:
        return Measured(None, None, 0)
    main, *others = facts.money
    note = None
    if others:
        rest = ", ".join(f"{one.value:,.2f} {one.currency or 'without a currency'}" for one in others)
        note = f"The most frequent currency only; besides there is {rest}."
    return Measured(main.value, None, main.conversions, main.currency, note)
