"""What Rasa's side hands to the use cases, made of the planned words: messages, requests for a person, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bench.traffic_company import TOPICS
from bench.traffic_happenings import Turn, Words
from handoff.domain.escalation import Decision, Step
from handoff.domain.escalation_record import as_record
from handoff.domain.model import HandoffRequest, Page, Sender, TriggerKind
from handoff.domain.model import Turn as RasaTurn
from handoff.domain.mood import REPEATED_QUESTION
from handoff.service.ports import NewMessage

CHANNEL = "web"


def message(message_id: str, conversation: str, at: datetime, page: str, words: Words) -> NewMessage:
    """What is recorded of a visitor's words."""
    return NewMessage(
        id=message_id,
        conversation_id=conversation,
        sender=Sender.VISITOR,
        text=words.text,
        at=at,
        page=page,
        intent=words.intent,
        confidence=words.confidence,
        frustration=words.frustration,
        signals=_signals(words),
        ranking=[{"name": words.intent, "confidence": words.confidence}],
        in_form=words.in_form,
    )


def _signals(words: Words) -> tuple[str, ...]:
    return ((REPEATED_QUESTION,) if words.again else ()) + (("negative_wording",) if words.angry else ())


def request(turn: Turn) -> HandoffRequest:
    """What ``action_handoff`` asks for in a turn."""
    said = (*turn.so_far, (turn.id, turn.words))
    graded = turn.opening is not None and turn.opening.graded
    return HandoffRequest(
        turn.conversation,
        CHANNEL,
        tuple(_rasa_turn(message_id, words, turn.at) for message_id, words in said),
        page=Page(url=turn.page),
        trigger=TriggerKind(turn.opening.trigger) if turn.opening is not None and graded else None,
        because=(turn.id,) if graded else (),
    )


def _rasa_turn(message_id: str, words: Words, at: datetime) -> RasaTurn:
    guess = TOPICS[words.topic].faqs[0][0] if words.topic and words.intent == "nlu_fallback" else None
    return RasaTurn(
        sender=Sender.VISITOR,
        text=words.text,
        at=at,
        message_id=message_id,
        intent=words.intent,
        confidence=words.confidence,
        guess=guess,
        frustration=words.frustration,
        signals=_signals(words),
    )


def decision_on(turn: Turn) -> Mapping[str, object] | None:
    """The event that Rasa's side stores with a graded decision."""
    if turn.opening is None or not turn.opening.graded:
        return None
    evidence = (_rasa_turn(turn.id, turn.words, turn.at),)
    return as_record(Decision(Step.HAND_OFF, TriggerKind(turn.opening.trigger), evidence, 0.9), turn.id)
