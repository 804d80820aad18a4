"""A graded decision as it is kept with the conversation, and what the handoff that follows learns from it.

A record names messages by their ids: their words are on the conversation already, once and masked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handoff.domain.escalation import Decision, Step
from handoff.domain.model import Sender, TriggerKind, Turn
from handoff.domain.mood import DIGITS


@dataclass(frozen=True)
class Reason:
    """Why a handoff was decided on, and the ids of the messages behind it."""

    trigger: TriggerKind
    because: tuple[str, ...]


def as_record(decision: Decision, message_id: str | None) -> dict[str, Any]:
    """``decision`` as JSON-ready values.

    Args:
        decision: what was decided.
        message_id: id of the message that it was decided on.
    """
    return {
        "step": decision.step.value,
        "trigger": decision.trigger.value,
        "repetition": decision.repetition,
        "level": decision.level,
        "message_id": message_id,
        "evidence": [_fact(turn) for turn in decision.evidence],
    }


def _fact(turn: Turn) -> dict[str, Any]:
    return {
        "message_id": turn.message_id,
        "score": None if turn.frustration is None else round(turn.frustration, DIGITS),
        "signals": list(turn.signals),
    }


def reason_in(record: Mapping[str, Any] | None, turns: Sequence[Turn]) -> Reason | None:
    """The reason for the handoff that is being made, if the latest decision is one.

    A decision to hand off holds for the message that it was made on; an offer also for the next one, which accepts it.
    An older decision had no consequence and explains nothing now.

    Args:
        record: the latest decision as :func:`as_record` wrote it, or None.
        turns: the conversation so far, oldest first.
    """
    if not record:
        return None
    heard = [turn.message_id for turn in turns if turn.sender is Sender.VISITOR]
    holds_for = 1 if record["step"] == Step.HAND_OFF else 2
    if record["message_id"] not in heard[-holds_for:]:
        return None
    ids = tuple(fact["message_id"] for fact in record["evidence"] if fact["message_id"] is not None)
    return Reason(TriggerKind(record["trigger"]), ids)
