"""Puts the metrics of all variants side by side, with what may be said of each difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handoff.desk.experiment_schemas import Caveat, ComparedOut, DifferenceOut, SideOut
from handoff.domain.experiment_numbers import LEVEL, Estimate, difference, mean, quantile, share
from handoff.domain.experiment_verdict import alpha_of
from handoff.domain.rules import HandoffRules
from handoff.metrics.definitions import SLOW_PART
from handoff.metrics.facts import Facts
from handoff.metrics.overview import Metric, metrics_from

MEDIAN = 0.5
SELECTED = frozenset({"missed_rate", "abandoned_rate", "csat_handoff", "csat_assistant", "conversion_handoff"}) | {
    "conversion_assistant",
    "first_reply_median",
    "first_reply_p90",
    "first_reply_open_median",
    "first_reply_open_p90",
    "resolution_median",
}
"""Metrics of visits with, or without, a handoff. Who those are depends on the variant, so it is not chance alone that
tells the two sides apart."""

BY_MESSAGE = frozenset({"wrong_answer_rate", "fallback_rate"})
"""Metrics whose single cases come in bunches: several messages of one visit."""

_QUANTILES: Mapping[str, tuple[Callable[[Facts], list[float]], float]] = {
    "first_reply_median": (lambda facts: facts.first_replies, MEDIAN),
    "first_reply_p90": (lambda facts: facts.first_replies, SLOW_PART),
    "first_reply_open_median": (lambda facts: facts.first_replies_open, MEDIAN),
    "first_reply_open_p90": (lambda facts: facts.first_replies_open, SLOW_PART),
    "resolution_median": (lambda facts: facts.resolutions, MEDIAN),
}


@dataclass(frozen=True)
class Side:
    """A variant with what its metrics are made of."""

    variant: str
    facts: Facts
    metrics: Mapping[str, Metric]


def side_of(variant: str, facts: Facts, rules: HandoffRules) -> Side:
    """A variant with its metrics."""
    return Side(variant, facts, metrics_from(facts, rules))


def compare(sides: list[Side], deciding: str) -> list[ComparedOut]:
    """Every metric of all ``sides``, of which the first is what the others are compared with."""
    # the deciding one first, then as the overview has them
    names = sorted(sides[0].metrics, key=lambda name: name != deciding)
    return [_compared(name, sides, decides=name == deciding) for name in names]


def estimate(side: Side, name: str, level: float = LEVEL) -> Estimate | None:
    """A metric of a variant with its interval; None where none can be given."""
    metric, facts = side.metrics[name], side.facts
    if metric.value is None:
        return None
    if metric.numerator is not None:
        return share(metric.numerator, metric.denominator, level)
    if name in _QUANTILES:
        values, q = _QUANTILES[name]
        return quantile(values(facts), q, metric.value, level)
    if name == "csat_handoff":
        scores = facts.handoff_scores
        return mean(len(scores), sum(scores), sum(score * score for score in scores), level)
    if name == "csat_assistant":
        return mean(facts.visits.rated, facts.visits.score, facts.visits.score_squared, level)
    return None  # a count follows the share of the variant, and a sum of money a few large orders


def _compared(name: str, sides: list[Side], *, decides: bool) -> ComparedOut:
    first, *others = sides
    metric = first.metrics[name]
    level = 1 - alpha_of(len(sides))
    base = estimate(first, name, level)
    found = [(side.variant, estimate(side, name, level)) for side in others]
    return ComparedOut(
        name=name,
        label=metric.label,
        help=metric.help,
        unit=metric.unit,  # type: ignore[arg-type]  # the definitions have no other
        better=metric.better,  # type: ignore[arg-type]
        decides=decides,
        caveat=_caveat(name),
        currency=next((side.metrics[name].currency for side in sides if side.metrics[name].currency), None),
        sides=[_side(side, name) for side in sides],
        differences=[
            _difference(variant, difference(one, base), metric.better)
            for variant, one in found
            if one is not None and base is not None
        ],
    )


def _side(side: Side, name: str) -> SideOut:
    metric, around = side.metrics[name], estimate(side, name)
    return SideOut(
        variant=side.variant,
        value=metric.value,
        denominator=metric.denominator,
        low=around.low if around else None,
        high=around.high if around else None,
    )


def _difference(variant: str, found: Estimate, better: str | None) -> DifferenceOut:
    clear = not found.low <= 0 <= found.high
    good = (found.value > 0) == (better == "higher")
    leaning = "unclear" if not clear else "other" if better is None else "better" if good else "worse"
    return DifferenceOut(
        variant=variant,
        value=found.value,
        low=found.low,
        high=found.high,
        leaning=leaning,  # type: ignore[arg-type]  # one of the four
    )


def _caveat(name: str) -> Caveat | None:
    if name in SELECTED:
        return "selected"
    return "messages" if name in BY_MESSAGE else None
