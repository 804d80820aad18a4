"""How soon a person is needed: points per circumstance, each with a reason that agents read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from handoff.domain.model import Trigger, TriggerKind, Turn, Urgency
from handoff.domain.mood import sounds_frustrated
from handoff.domain.rules import HandoffRules, UrgencyPoint
from handoff.domain.subject import requests

REPEATED_FROM = 2
"""Asking for the same thing this often counts as repeated."""


def urgency_of(turns: Sequence[Turn], trigger: Trigger, previous_handoffs: int, rules: HandoffRules) -> Urgency:
    """Add up the points of ``handoff.yml`` (section ``urgency``) and name the reasons, weightiest first.

    Args:
        turns: the conversation so far, oldest first.
        trigger: why it goes to a person.
        previous_handoffs: how often this conversation was with a person before.
        rules: points and levels.
    """
    scored: list[UrgencyPoint] = []
    if trigger.kind in rules.urgency.triggers:
        scored.append(rules.urgency.triggers[trigger.kind])
    wishes = requests(turns)
    for intent in dict.fromkeys(turn.intent for turn in wishes):
        if intent in rules.urgency.intents:
            scored.append(rules.urgency.intents[intent])
    if trigger.kind is not TriggerKind.FRUSTRATION and sounds_frustrated(turns, rules):
        scored.append(rules.urgency.triggers[TriggerKind.FRUSTRATION])
    if any(count >= REPEATED_FROM for count in Counter(turn.intent for turn in wishes).values()):
        scored.append(rules.urgency.repeated_request)
    if previous_handoffs:
        scored.append(rules.urgency.returning)
    total = sum(point.points for point in scored)
    level = max((lvl for lvl, least in rules.urgency.levels.items() if total >= least), key=lambda lvl: lvl.rank)
    by_weight = sorted(scored, key=lambda point: -point.points)
    return Urgency(level, tuple(dict.fromkeys(point.reason for point in by_weight)))
