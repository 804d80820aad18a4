"""What the assistant does about one message besides answering: the same decisions as in a live conversation.

:mod:`handoff.domain.escalation` is the arithmetic. Around it stand three circumstances that it does not know: a
question that has an answer gets it first, a message that was not understood may be about something that only a person
may answer, and a bare yes after "I am not sure" takes the person who was offered.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from handoff.domain.escalation import (
    ANSWERS_A_QUESTION,
    BY_RULES,
    Decision,
    Offer,
    Step,
    answer_comes_first,
    decide,
)
from handoff.domain.lifecycle import HUMAN_OWNED, Status
from handoff.domain.model import TriggerKind, Turn
from handoff.domain.mood import anger_of
from handoff.domain.rules import HandoffRules
from handoff.domain.subject import SMALL_TALK
from handoff.domain.visits import FALLBACK

AFFIRM = "affirm"
ONLY_A_PERSON = "utter_low_confidence_no_topics"
"""The response that offers nothing but a person; a yes to it takes that."""
NO_ANSWERS = ("utter_ask_", "utter_handoff_")
"""How the names of forms' questions begin, and of what is said when a person comes: nothing that an offer follows."""
ROUNDED = 5e-5  # stored probabilities have four digits


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else counts for a message.

    Attributes:
        in_form: a form had asked.
        status: where the conversation's handoff stands; None without one.
        replies: what the assistant answered.
        offers: the names of all responses that offer a person.
        graded: those of them that come from a decision made here.
        likeliest: what the message could mean, with probabilities, the likeliest first.
        before: what the assistant said last before it.
    """

    in_form: bool
    status: Status | None
    replies: tuple[str, ...]
    offers: Container[str]
    graded: frozenset[str]
    likeliest: Sequence[tuple[str, float]]
    before: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What follows; ``sure`` is false where what is stored leaves it open."""

    decision: Decision | None
    sure: bool = True


NOTHING = Found(None)


def next_step(
    turns: Sequence[Turn], offers: Sequence[Offer], rules: HandoffRules, about: Circumstances, raw: Turn
) -> Found:
    """What follows from the latest of ``turns``.

    Args:
        turns: the visitor's since the last handoff, as the arithmetic counts them: without the intent of what a form
            could not use.
        offers: of a person since then, before this message.
        rules: the numbers.
        about: the circumstances of the latest turn.
        raw: the latest turn with its own intent.
    """
    if about.status in HUMAN_OWNED:
        return NOTHING
    if about.status is Status.SCHEDULED and _is_passed_on(raw, rules, about):
        return NOTHING
    decision = decide(turns, offers, rules, in_form=about.in_form)
    if decision is not None:
        waits = decision.step is Step.OFFER and answer_comes_first(turns[-1], rules, in_form=about.in_form)
        if not waits or _was_answered(about):
            return Found(decision)
    if about.in_form or decision is not None:
        return NOTHING
    if raw.intent == FALLBACK:
        return _only_a_person_may_answer(raw, rules, about)
    if raw.intent == AFFIRM and about.before == ONLY_A_PERSON:
        return Found(Decision(Step.HAND_OFF, TriggerKind.LOW_CONFIDENCE, tuple(turns[-2:-1])))
    return NOTHING


def _is_passed_on(turn: Turn, rules: HandoffRules, about: Circumstances) -> bool:
    """Whether the guard takes an angry message to the handoff that waits for the opening."""
    if rules.trigger_of(turn.intent) in BY_RULES or (about.in_form and turn.intent in ANSWERS_A_QUESTION):
        return False
    return not rules.answers_first(turn.intent) and anger_of(turn, rules) >= rules.frustration.offer_from


def _was_answered(about: Circumstances) -> bool:
    """Whether the assistant said something before the offer that an offer can follow."""
    own = [reply for reply in about.replies if reply not in about.graded]
    return bool(own) and own[0] not in about.offers and not own[0].startswith(NO_ANSWERS)


def _only_a_person_may_answer(turn: Turn, rules: HandoffRules, about: Circumstances) -> Found:
    least = rules.low_confidence.never_guess_from
    guesses = [(name, likely) for name, likely in about.likeliest if name not in SMALL_TALK]
    if not guesses:
        # what is kept of the ranking is small talk; what comes after it is less likely than the last of that
        return Found(None, sure=not about.likeliest or about.likeliest[-1][1] < least)
    name, likely = guesses[0]
    close = abs(likely - least) <= ROUNDED
    sensitive = rules.trigger_intents[TriggerKind.SENSITIVE_TOPIC]
    if name not in rules.account_intents and name not in sensitive:
        return NOTHING
    if likely < least:
        return Found(None, sure=not close)
    return Found(Decision(Step.HAND_OFF, TriggerKind.LOW_CONFIDENCE, (turn,)), sure=not close)
