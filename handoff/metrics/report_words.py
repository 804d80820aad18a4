"""Numbers as the weekly report says them, and how they differ from those of the week before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handoff.domain.experiment_numbers import difference, share
from handoff.metrics.definitions import COUNT, HIGHER, MONEY, SCORE, SECONDS, SHARE
from handoff.metrics.durations import in_words
from handoff.metrics.values import Metric

NOTHING, MORE, LESS = "\u2013", "+", "\u2212"
FEW = 20  # times and scores from fewer are compared without a judgement
EXACT_BELOW, EXACT_ABOVE = 0.1, 0.99  # shares near the ends get a tenth, so that 0 % and 100 % mean none and all
CENTS_BELOW = 1000
SHARE_DIGITS = 3

_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+")
_NUMBER = re.compile(r"\d(?:[\s./-]?\d){5,}")  # of an order, a telephone, a customer: six digits and more


@dataclass(frozen=True)
class Change:
    """How a number differs from the week before, in words; ``tone`` is ``good``, ``bad`` or empty."""

    words: str
    tone: str = ""


def value_words(value: float | None, unit: str, currency: str | None = None) -> str:
    """For example "29 %", "14 min", "4.3 of 5", "1,549.00 EUR"."""
    if value is None:
        return NOTHING
    if unit == SHARE:
        exact = 0 < value < EXACT_BELOW or EXACT_ABOVE < value < 1
        return f"{value * 100:.{1 if exact else 0}f}\u00a0%"
    if unit == SECONDS:
        return in_words(value).replace(" ", "\u00a0")
    if unit == SCORE:
        return f"{value:.1f} of 5"
    if unit == MONEY:
        return f"{value:,.{2 if value < CENTS_BELOW else 0}f}\u00a0{currency or ''}".rstrip()
    return f"{value:,.0f}"


def made_from(metric: Metric) -> str:
    """What a number is made from: "118 of 412", "from 96"; empty for plain counts."""
    if metric.unit == COUNT or not metric.denominator:
        return ""
    if metric.unit == SHARE:
        return f"{metric.numerator or 0:,} of {metric.denominator:,}"
    return f"from {metric.denominator:,}"


def change_of(metric: Metric) -> Change:
    """How ``metric`` differs from the week before; a judgement only where chance alone would hardly do it."""
    before = metric.before
    if metric.value is None or before is None or before.value is None:
        return Change("")
    by = _difference(metric.value, before.value, metric.unit)
    if not by:
        return Change("as before")
    up = metric.value > before.value
    words = f"{MORE if up else LESS}{by}"
    if metric.unit in (COUNT, MONEY) or metric.better is None:
        return Change(words)
    if _may_be_chance(metric):
        return Change(f"{words}, may be chance")
    good = up == (metric.better == HIGHER)
    return Change(f"{words}, {'better' if good else 'worse'}", "good" if good else "bad")


def discreet(text: str) -> str:
    """A visitor's words without what they can be found by: an e-mail is read by more people than the desk."""
    return _NUMBER.sub("[number]", _ADDRESS.sub("[e-mail]", text))


def _difference(value: float, was: float, unit: str) -> str:
    """Without sign; empty where nobody would see it in the values as they are written."""
    if value_words(value, unit) == value_words(was, unit):
        return ""
    by = abs(value - was)
    if unit == SHARE:
        points = f"{by * 100:.{0 if by >= EXACT_BELOW else 1}f}".removesuffix(".0")
        return f"{points} point{'' if points == '1' else 's'}"
    if unit in (SECONDS, SCORE):
        return in_words(by) if unit == SECONDS else f"{by:.1f}"
    return f"{by / was * 100:,.0f}\u00a0%" if was else f"{by:,.0f}"


def _may_be_chance(metric: Metric) -> bool:
    before = metric.before
    assert before is not None, "asked before"
    if metric.unit != SHARE:
        return min(metric.denominator, before.denominator) < FEW
    now = share(metric.numerator or 0, metric.denominator)
    then = share(before.numerator or 0, before.denominator)
    if now is None or then is None:
        return True
    between = difference(now, then)
    return between.low <= 0 <= between.high
