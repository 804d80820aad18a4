"""``handoff what-if``: the same question on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from handoff.domain.errors import InvalidInput
from handoff.what_if.answers import Answer
from handoff.what_if.summary import Change, VisitChange

SHOWN = 10  # visits on the terminal; --json has all that are listed


def parse_changes(assignments: Sequence[str]) -> dict[str, Any]:
    """``KEY=VALUE`` pairs as keys and values, which are written as in handoff.yml: ``0.6``, ``[faq, complaint]``.

    Raises:
        InvalidInput: one of them is no such pair, or its value is no YAML.
    """
    changes: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, written = assignment.partition("=")
        if not equals or not key.strip() or not written.strip():
            raise InvalidInput(f"--set {assignment}: write KEY=VALUE, such as triggers.frustration.offer_from=0.6.")
        try:
            changes[key.strip()] = yaml.safe_load(written)
        except yaml.YAMLError as error:
            raise InvalidInput(f"--set {assignment}: the value is not written as in handoff.yml.") from error
    return changes


def as_text(answer: Answer) -> str:
    """The answer for the terminal."""
    period = answer.period
    lines = [f"{period.first} to {period.last} ({period.timezone}), {answer.totals.visits:,} visits", ""]
    lines += answer.sentences
    if answer.caveats:
        lines += ["", *(f"- {line}" for line in answer.caveats)]
    if answer.changed:
        lines += ["", "Visits that would have gone differently:"]
        lines += [f"  {_visit(one)}  {words!r}" for one, words in answer.changed[:SHOWN]]
        if answer.changed_total > SHOWN:
            lines.append(f"  and {answer.changed_total - SHOWN:,} more")
    return "\n".join(lines)


def _visit(one: VisitChange) -> str:
    sure = "certain " if one.exact else "estimate"
    what = {
        Change.MORE: f"a person at message {one.other_at}",
        Change.FEWER: f"no person at message {one.recorded_at}",
        Change.EARLIER: f"a person at message {one.other_at} instead of {one.recorded_at}",
        Change.LATER: f"a person at message {one.other_at} instead of {one.recorded_at}",
        Change.OFFERED: f"offered at message {one.other_at}",
        Change.NOT_OFFERED: f"not offered at message {one.other_at}",
    }[one.change]
    return f"{one.started_at:%Y-%m-%d %H:%M}  {sure}  visit {one.visit_id}: {what} ({one.trigger})"
