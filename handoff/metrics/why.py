"""Why a visit or a handoff counts for a metric, in a few words for whoever looks through the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from handoff.metrics.durations import in_words
from handoff.metrics.labels import trigger_words
from handoff.persistence.metric_behind import HandoffBehind, VisitBehind

_COUNTS = {
    "answered": "answered",
    "not_understood": "not understood",
    "out_of_scope": "out of scope",
    "small_talk": "small talk or a form",
}


def why_visit(metric: str, visit: VisitBehind, conversions: Sequence[Any], return_days: float) -> str:
    """Why ``visit`` is behind ``metric``.

    Args:
        metric: its name.
        visit: the visit.
        conversions: those that belong to it.
        return_days: how many days somebody may take to come back.
    """
    if metric == "honest_containment":
        return f"answered {_times(visit.answered)}, and did not come back within {return_days:g} days"
    if metric == "conversion_handoff":
        return ", ".join(_bought(one) for one in conversions if visit.handoff_at and one["at"] >= visit.handoff_at)
    if metric.startswith("conversion"):
        return ", ".join(map(_bought, conversions))
    return _OF_VISITS.get(metric, _counted)(visit)


def why_handoff(metric: str, handoff: HandoffBehind) -> str:
    """Why ``handoff`` is behind ``metric``."""
    return _OF_HANDOFFS.get(metric, _made)(handoff)


def _counted(visit: VisitBehind) -> str:
    counts = [f"{words} {number}" for name, words in _COUNTS.items() if (number := getattr(visit, name))]
    return ", ".join(counts)


def _handed(visit: VisitBehind) -> str:
    return f"handed over: {trigger_words(visit.trigger or '')}"


def _contained(visit: VisitBehind) -> str:
    return f"answered {_times(visit.answered)}, nobody had to step in"


def _came_back(visit: VisitBehind) -> str:
    assert visit.returned_at is not None, "that is why it is in this list"
    return f"came back after {in_words((visit.returned_at - visit.last_at).total_seconds())}"


def _doubted(visit: VisitBehind) -> str:
    return "1 answer in doubt" if visit.doubts == 1 else f"{visit.doubts} answers in doubt"


def _not_understood(visit: VisitBehind) -> str:
    number = visit.not_understood
    return "1 message not understood" if number == 1 else f"{number} messages not understood"


def _made(handoff: HandoffBehind) -> str:
    return f"handed over: {trigger_words(handoff.trigger)}"


def _waited(handoff: HandoffBehind) -> str:
    assert handoff.first_reply_at is not None, "that is why it is in this list"
    return f"waited {in_words((handoff.first_reply_at - handoff.created_at).total_seconds())}"


def _waited_open(handoff: HandoffBehind) -> str:
    return f"waited {in_words(handoff.reply_open_seconds or 0)} of opening hours"


def _closed(handoff: HandoffBehind) -> str:
    assert handoff.closed_at is not None, "that is why it is in this list"
    how = handoff.status.replace("_", " ")
    return f"{how} after {in_words((handoff.closed_at - handoff.created_at).total_seconds())}"


def _missed(handoff: HandoffBehind) -> str:
    assert handoff.missed_at is not None, "that is why it is in this list"
    return f"nobody had taken it after {in_words((handoff.missed_at - handoff.created_at).total_seconds())}"


def _left(handoff: HandoffBehind) -> str:
    assert handoff.closed_at is not None, "cancelling closes it"
    return f"left after {in_words((handoff.closed_at - handoff.created_at).total_seconds())}"


def _rated(one: VisitBehind | HandoffBehind) -> str:
    return f"rated {one.score} of 5" + (f": {one.comment}" if one.comment else "")


def _bought(conversion: Any) -> str:
    if conversion["value"] is None:
        return str(conversion["name"])
    return f"{conversion['name']}: {conversion['value']:,.2f} {conversion['currency'] or ''}".rstrip()


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


_OF_VISITS: dict[str, Callable[[VisitBehind], str]] = {
    "handoff_rate": _handed,
    "containment": _contained,
    "csat_assistant": _rated,
    "repeat_rate": _came_back,
    "wrong_answer_rate": _doubted,
    "fallback_rate": _not_understood,
}
_OF_HANDOFFS: dict[str, Callable[[HandoffBehind], str]] = {
    "first_reply_median": _waited,
    "first_reply_p90": _waited,
    "first_reply_open_median": _waited_open,
    "first_reply_open_p90": _waited_open,
    "resolution_median": _closed,
    "missed_rate": _missed,
    "abandoned_rate": _left,
    "csat_handoff": _rated,
}
