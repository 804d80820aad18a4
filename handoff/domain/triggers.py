"""Why a handoff starts: the trigger and its evidence (DESIGN section 6)."""

from __future__ import annotations

from collections.abc import Sequence

from handoff.domain.model import Evidence, Sender, Trigger, TriggerKind, Turn
from handoff.domain.mood import DIGITS, anger_of, score_in_words, signals_in_words
from handoff.domain.rules import HandoffRules
from handoff.domain.subject import subject

REASONS = {
    TriggerKind.EXPLICIT_REQUEST: "asked for a person",
    TriggerKind.LOW_CONFIDENCE: "the assistant was not sure enough to answer",
    TriggerKind.FRUSTRATION: "sounds frustrated",
    TriggerKind.SENSITIVE_TOPIC: "a matter that a person has to decide",
    TriggerKind.SALES_INTENT: "a question for sales",
}


def find_trigger(
    turns: Sequence[Turn], rules: HandoffRules, hint: TriggerKind | None = None, because: Sequence[str] = ()
) -> Trigger:
    """Return why this conversation goes to a person.

    Args:
        turns: the conversation so far, oldest first.
        rules: which intent is which trigger.
        hint: the reason that a graded decision gave; wins over what the turns suggest.
        because: ids of the messages behind that decision.

    An explicit request in the visitor's own words comes first, if it is the latest message; then the decision's reason,
    also when a button of its offer was pressed; then what the conversation is about; a yes to "shall I bring in a
    colleague?" without any of these is an explicit request, with what it was about as evidence.
    """
    visitor = [turn for turn in turns if turn.sender is Sender.VISITOR]
    latest = visitor[-1] if visitor else None
    asks = latest is not None and rules.trigger_of(latest.intent) is TriggerKind.EXPLICIT_REQUEST
    if latest is not None and asks and not (latest.payload and hint is not None):
        return Trigger(TriggerKind.EXPLICIT_REQUEST, _evidence(TriggerKind.EXPLICIT_REQUEST, [latest], rules))
    if hint is not None:
        behind = [turn for turn in visitor if turn.message_id in because]
        return Trigger(hint, _evidence(hint, behind or _turns_behind(hint, visitor, rules), rules))
    about = subject(turns)
    kind = rules.trigger_of(about.intent) if about else None
    if about is not None and kind is not None:
        return Trigger(kind, _evidence(kind, [about], rules))
    frustrated = [turn for turn in visitor if rules.trigger_of(turn.intent) is TriggerKind.FRUSTRATION]
    if frustrated:
        return Trigger(TriggerKind.FRUSTRATION, _evidence(TriggerKind.FRUSTRATION, frustrated, rules))
    behind = [turn for turn in dict.fromkeys([about, latest]) if turn is not None]
    return Trigger(TriggerKind.EXPLICIT_REQUEST, _evidence(TriggerKind.EXPLICIT_REQUEST, behind, rules))


def _turns_behind(kind: TriggerKind, visitor: Sequence[Turn], rules: HandoffRules) -> Sequence[Turn]:
    """The visitor's turns that speak for ``kind``: those with a listed intent, else the latest one."""
    matching = [turn for turn in visitor if rules.trigger_of(turn.intent) is kind]
    return matching[-rules.low_confidence.consecutive :] or visitor[-1:]


def _evidence(kind: TriggerKind, turns: Sequence[Turn], rules: HandoffRules) -> tuple[Evidence, ...]:
    return tuple(_fact(kind, turn, rules) for turn in turns)


def _fact(kind: TriggerKind, turn: Turn, rules: HandoffRules) -> Evidence:
    if kind is not TriggerKind.FRUSTRATION or turn.frustration is None:
        return Evidence(text=turn.text, reason=REASONS[kind], intent=turn.intent, confidence=turn.confidence)
    # how sure the intent is says nothing about the mood, so the score of the mood stands in its place
    return Evidence(
        text=turn.text,
        reason=f"{REASONS[kind]} ({score_in_words(turn)})" if anger_of(turn, rules) else signals_in_words(turn),
        intent=turn.intent,
        frustration=round(turn.frustration, DIGITS),
        signals=turn.signals,
    )
