"""Makes stories of what is stored, one conversation after the other, so that few are in memory at once."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from handoff.domain.visits import Outcome
from handoff.metrics.period import Period
from handoff.persistence.what_if_reads import Step, answers_in, decisions_in, handoffs_in, moves_in, said_in, visits_in
from handoff.what_if.story import FIRST_STEPS, STEPS, Moved, Said, Story, VisitFacts, moved

HUMAN, ANSWERED = Outcome.HUMAN.value, Outcome.ANSWERED.value
NO_SIGNALS = frozenset({None, "null", "[]"})
"""How an empty list is stored: JSON has a null of its own."""


def facts_of(connection: Connection, period: Period) -> dict[int, VisitFacts]:
    """The visits of the period that the assistant heard, by id."""
    rows = visits_in(connection, period.scope())
    return {row.id: VisitFacts(row.id, row.started_at, row.page, row.variant) for row in rows}


def stories_of(connection: Connection, period: Period) -> Iterator[Story]:
    """The conversations that have a visit in the period, each from its beginning."""
    scope = period.scope()
    stored = _Stored(decisions_in(connection, scope), handoffs_in(connection, scope), answers_in(connection, scope))
    steps = moves_in(connection, scope, STEPS)
    for conversation_id, rows in groupby(said_in(connection, scope), itemgetter(0)):
        said = [stored.said(row) for row in rows]
        moves = _moves(steps.get(conversation_id, ()), {one.id for one in said})
        yield Story(conversation_id, said, moves)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What belongs to messages, by their ids."""

    decisions: Mapping[str, dict[str, Any]]
    handed_off: Mapping[str, str]
    answers: Mapping[str, tuple[str, ...]]

    def said(self, row: tuple[Any, ...]) -> Said:
        """One message, from a row of :func:`handoff.persistence.what_if_reads.said_in`."""
        (_, key, visit, at, intent, confidence, mood, signals, ranking, in_form, outcome, known, doubt) = row
        return Said(
            id=key,
            visit=visit,
            at=at,
            intent=intent,
            confidence=confidence,
            frustration=mood,
            signals=() if signals in NO_SIGNALS else tuple(json.loads(signals)),
            ranking=ranking,
            in_form=bool(in_form),
            heard=outcome != HUMAN,
            answered=outcome == ANSWERED,
            known=known,
            doubt=doubt is not None,
            replies=self.answers.get(key, ()),
            decision=self.decisions.get(key),
            handed_off=self.handed_off.get(key),
        )


def _moves(steps: Iterable[Step], known: Container[str]) -> list[Moved]:
    moves: list[Moved] = []
    for step in steps:
        before = moves[-1].status if moves else None
        move = moved(step.kind, step.data, step.at, before)
        first = step.kind in FIRST_STEPS and before is None and step.message_id in known
        moves.append(replace(move, on=step.message_id) if first else move)
    return moves
