"""When frustration, repetition and repeated misunderstanding become an offer of a person, or a handoff.

Pure arithmetic on what the visitor said since the last handoff; the numbers are ``triggers.frustration`` and
``triggers.low_confidence`` of handoff.yml. What depends on one intent alone (a request for a person, a sensitive topic,
sales) is decided by data/rules, and nothing is decided here on such a message.

**Level.** Scores of several messages add up as chances do (a "noisy or"): ``1 - (1 - s1)(1 - s2)...``. The sum stays
between 0 and 1, so thresholds are read on the same scale as scores: 0.4 and 0.45 give 0.67, with 0.5 it is 0.84. Calm
messages (below ``counts_from``) add nothing, and only the last ``window`` messages count.

**What is new.** After an offer only later messages count; after a "no" to it only those after the "no". So nothing is
offered twice for the same words, and nothing after a "no" without something new. The latest message must be part of
what is new: a calm message never leads to anything.

**Steps.** The level of what is new reaches ``offer_from``: a person is offered. It does so again while that offer
stands (not declined, within the window): handed off. One message of ``hand_off_from`` is handed off whatever came
before. A person is offered ``offers`` times; who declined the last of these is not asked any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import prod

from handoff.domain.model import TriggerKind, Turn
from handoff.domain.mood import DIGITS, REPEATED_QUESTION, anger_of
from handoff.domain.rules import HandoffRules
from handoff.domain.subject import SMALL_TALK

OUT_OF_SCOPE = "out_of_scope"
DECLINES = "deny"
ANSWERS_A_QUESTION = frozenset({"inform", "affirm", "deny"})
"""Intents that reply to what a form asks, in whatever tone."""

BY_RULES = frozenset({TriggerKind.EXPLICIT_REQUEST, TriggerKind.SENSITIVE_TOPIC, TriggerKind.SALES_INTENT})


class Step(StrEnum):
    """What follows; ordered by how far it goes."""

    OFFER = "offer"
    HAND_OFF = "hand_off"


@dataclass(frozen=True)
class Offer:
    """A person was offered.

    ``turn`` is the position of the message that it followed; ``trigger`` why, None when a rule in data/rules offers a
    person together with an answer.
    """

    turn: int
    trigger: TriggerKind | None = None


@dataclass(frozen=True)
class Decision:
    """What to do about the latest message, why, and the messages that caused it, oldest first.

    ``level`` is what their scores add up to. ``repetition``: they ask the same again and hold nothing else.
    """

    step: Step
    trigger: TriggerKind
    evidence: tuple[Turn, ...]
    level: float = 0.0
    repetition: bool = False


def decide(
    turns: Sequence[Turn], offers: Sequence[Offer], rules: HandoffRules, *, in_form: bool = False
) -> Decision | None:
    """Decide about the latest of ``turns``; None when nothing follows from it.

    Args:
        turns: the visitor's turns since the last handoff, oldest first.
        offers: the offers of a person since then, oldest first.
        rules: the numbers.
        in_form: the latest turn replies to a form. It explains by itself what it cannot use and why it asks again, so
            only frustration counts.
    """
    if not turns or not matters(turns[-1], rules) or any(offer.turn == len(turns) - 1 for offer in offers):
        return None
    found = [_frustration(turns, offers, rules)]
    if not in_form:
        found += [_misunderstanding(turns, rules), _repetition(turns, offers, rules)]
    decisions = [decision for decision in found if decision is not None]
    return next((one for one in decisions if one.step is Step.HAND_OFF), decisions[0] if decisions else None)


def matters(turn: Turn, rules: HandoffRules) -> bool:
    """Whether anything can follow from ``turn``; most messages are calm and understood."""
    if rules.trigger_of(turn.intent) in BY_RULES:
        return False
    return anger_of(turn, rules) > 0 or REPEATED_QUESTION in turn.signals or _is_unclear(turn, rules)


def answer_comes_first(turn: Turn, rules: HandoffRules, *, in_form: bool) -> bool:
    """Whether ``turn`` is answered before a person is offered: a question that has an answer, or in an open form the
    reply to what it asks."""
    return rules.answers_first(turn.intent) or (in_form and turn.intent in ANSWERS_A_QUESTION)


def level_of(turns: Sequence[Turn], rules: HandoffRules) -> float:
    """What the frustration of ``turns`` adds up to, 0 to 1; see the module."""
    return round(1 - prod(1 - anger_of(turn, rules) for turn in turns), DIGITS)


def _frustration(turns: Sequence[Turn], offers: Sequence[Offer], rules: HandoffRules) -> Decision | None:
    numbers = rules.frustration
    latest = anger_of(turns[-1], rules)
    if latest == 0:
        return None
    if latest >= numbers.hand_off_from:
        return _angry(Step.HAND_OFF, turns[-numbers.window :], rules)
    fresh = _fresh(turns, offers, rules)
    if level_of(fresh, rules) < numbers.offer_from:
        return None
    if not _stands(turns, offers, rules):
        if _made(offers) < numbers.offers:
            return _angry(Step.OFFER, fresh, rules)
        if _declined(offers[-1], turns):
            return None
    return _angry(Step.HAND_OFF, turns[-numbers.window :], rules)


def _angry(step: Step, turns: Sequence[Turn], rules: HandoffRules) -> Decision:
    evidence = tuple(turn for turn in turns if anger_of(turn, rules) > 0)
    repetition = all(set(turn.signals) == {REPEATED_QUESTION} for turn in evidence)
    return Decision(step, TriggerKind.FRUSTRATION, evidence, level_of(evidence, rules), repetition)


def _repetition(turns: Sequence[Turn], offers: Sequence[Offer], rules: HandoffRules) -> Decision | None:
    """An offer for asking the same again in calm words; it never is a handoff by itself."""
    numbers = rules.frustration
    # with a single turn, what is repeated was asked before the last handoff, and a person heard it
    if not _repeats(turns[-1]) or len(turns) == 1 or _stands(turns, offers, rules) or _made(offers) >= numbers.offers:
        return None
    again = tuple(turn for turn in _fresh(turns, offers, rules) if _repeats(turn))
    if len(again) < numbers.repeated_questions:
        return None
    return Decision(Step.OFFER, TriggerKind.FRUSTRATION, again, level_of(again, rules), repetition=True)


def _repeats(turn: Turn) -> bool:
    return REPEATED_QUESTION in turn.signals and turn.intent not in SMALL_TALK


def _misunderstanding(turns: Sequence[Turn], rules: HandoffRules) -> Decision | None:
    """A handoff for ``consecutive`` messages in a row that were not understood.

    A message about something else entirely was understood, so it does not count: nobody needs a person to hear again
    that the assistant does not know the weather.
    """
    unclear: list[Turn] = []
    for turn in reversed(turns):
        if not _is_unclear(turn, rules):
            break
        unclear.append(turn)
    if len(unclear) < rules.low_confidence.consecutive:
        return None
    return Decision(Step.HAND_OFF, TriggerKind.LOW_CONFIDENCE, tuple(reversed(unclear)))


def _is_unclear(turn: Turn, rules: HandoffRules) -> bool:
    return rules.trigger_of(turn.intent) is TriggerKind.LOW_CONFIDENCE and turn.intent != OUT_OF_SCOPE


def _fresh(turns: Sequence[Turn], offers: Sequence[Offer], rules: HandoffRules) -> Sequence[Turn]:
    """What is new: within the window, after the last offer and, where it was declined, after the "no"."""
    begin = max(0, len(turns) - rules.frustration.window)
    if offers:
        begin = max(begin, offers[-1].turn + (2 if _declined(offers[-1], turns) else 1))
    return turns[begin:]


def _stands(turns: Sequence[Turn], offers: Sequence[Offer], rules: HandoffRules) -> bool:
    """Whether the last offer does: it is within the window and was not declined."""
    recent = bool(offers) and offers[-1].turn >= len(turns) - rules.frustration.window
    return recent and not _declined(offers[-1], turns)


def _declined(offer: Offer, turns: Sequence[Turn]) -> bool:
    """Whether the visitor's next message was a "no"."""
    return offer.turn + 1 < len(turns) and turns[offer.turn + 1].intent == DECLINES


def _made(offers: Sequence[Offer]) -> int:
    """How many of ``offers`` were decided here and not by a rule."""
    return sum(offer.trigger is not None for offer in offers)
