"""What both forms share: translates between Rasa's tracker and :mod:`actions.form_turn`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.designer_rules import designer_rules
from actions.form_remarks import Remark, remark_in
from actions.form_turn import FormTurn, Step, next_step
from actions.form_words import asks
from handoff.domain.short_answers import yes_or_no
from handoff.domain.typed_text import as_typed
from handoff.rasa.offers import GRADED_OFFERS
from handoff.rasa.parsed_frustration import frustration_score

LISTEN = "action_listen"
REQUESTED_SLOT = "requested_slot"
MISSES_SLOT = "form_misses"
NO_PROBLEM = "none"
# Why the question comes again when no value was tried. These are values of the problem slots in data/responses.
ASKED_AGAIN = "asked_again"  # nothing is wrong with the answer, there just was none ("yes")
THANKED = "thanked"
REPEATED = "repeated"  # the request that opened the form, once more
CANNOT_ANSWER = "cannot_answer"  # a question that the assistant has no answer to
NOT_UNDERSTOOD = "not_understood"
UNCLEAR = frozenset({"nlu_fallback", "out_of_scope"})


@dataclass(frozen=True)
class Reading:
    """What a form knows after a message.

    Attributes:
        values: slots to set, by name; cleaned values, or None for one that cannot be used.
        known: the form has what it needs.
        found_now: this message holds a value or an attempt at one.
        problem: why an attempt in this message cannot be used.
        unmistakable: that attempt cannot be anything else than a value for this form.
        aside: what else worth noting the message holds, as a value of the problem slot: the question thanks for it.
    """

    values: dict[str, str | None]
    known: bool
    found_now: bool
    problem: str | None
    unmistakable: bool = False
    aside: str | None = None


class FormAction(Action, ABC):
    """Validates a form that asks for one thing. Subclasses say what that is."""

    form: str
    asks_for: str  # the slot that Rasa requests; its question is utter_ask_<form>_<slot>
    problem_slot: str
    declined_slot: str
    not_found: str
    own_intents: frozenset[str]
    remarks: frozenset[Remark]  # those about the question that its text in data/responses has an answer to

    def name(self) -> str:
        """Name in the domain."""
        return f"validate_{self.form}"

    @abstractmethod
    def read(self, text: str, tracker: Tracker) -> Reading:
        """Return what the message and the slots give."""

    def decide(self, turn: FormTurn, tracker: Tracker) -> Step:
        """Return what to do with ``turn``; what holds for every form by default."""
        return next_step(turn)

    def extras(self, step: Step, tracker: Tracker, reading: Reading) -> dict[str, Any]:
        """Further slots to set for ``step``; none by default."""
        return {}

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Return the events that make Rasa's form take the step that was decided."""
        text = as_typed(tracker.latest_message.get("text") or "")
        opening = tracker.get_slot(REQUESTED_SLOT) is None
        reading = self.read(text, tracker)
        turn = FormTurn(
            intent=_intent(text, tracker),
            text=text,
            answering=not opening and previous_action(tracker) == LISTEN,
            known=reading.known,
            found_now=reading.found_now,
            opens_with_attempt=opening and reading.problem is not None and reading.unmistakable,
            declined=bool(tracker.get_slot(self.declined_slot)),
            misses=int(tracker.get_slot(MISSES_SLOT) or 0),
            own_intents=self.own_intents,
            aside=reading.aside is not None,
            offered=last_question(tracker) in GRADED_OFFERS,
            upset=(frustration_score(tracker.latest_message) or 0.0) >= designer_rules().frustration.mood_from,
            remark=self._remark(text) is not None,
        )
        return self._events(self.decide(turn, tracker), turn, reading, tracker)

    def _events(self, step: Step, turn: FormTurn, reading: Reading, tracker: Tracker) -> list[EventType]:
        slots: dict[str, Any] = {
            name: value for name, value in reading.values.items() if value != tracker.get_slot(name)
        }
        slots |= self._outcome(step, turn, reading, tracker)
        slots |= self.extras(step, tracker, reading)
        events: list[EventType] = [SlotSet(name, value) for name, value in slots.items()]
        if step is Step.LEAVE:
            # The form is over before the rules look: they see a plain conversation and the visitor's new request.
            return [*events, ActiveLoop(None), ActionExecutionRejected(self.form)]
        if step is Step.DIGRESS:
            return [*events, ActionExecutionRejected(self.form)]
        return events

    def _outcome(self, step: Step, turn: FormTurn, reading: Reading, tracker: Tracker) -> dict[str, Any]:
        if step is Step.DIGRESS:
            return {}
        if step is Step.ASK:
            return {self.problem_slot: NO_PROBLEM, MISSES_SLOT: 0, REQUESTED_SLOT: self.asks_for}
        if step is Step.AGAIN:
            # the count of misses stays: a polite word neither is one nor makes up for one
            reason = reading.aside or (THANKED if turn.intent == "thank" else ASKED_AGAIN)
            return {self.problem_slot: reason, REQUESTED_SLOT: self.asks_for}
        if step is Step.EXPLAIN:
            return {
                self.problem_slot: self.problem(turn, reading, tracker),
                MISSES_SLOT: turn.misses + 1,
                REQUESTED_SLOT: self.asks_for,
            }
        ended = {self.problem_slot: NO_PROBLEM, MISSES_SLOT: 0, REQUESTED_SLOT: None}
        if step is Step.DONE:
            return {**ended, self.declined_slot: False}
        if step in {Step.DECLINED, Step.GIVE_UP}:
            return {**ended, self.declined_slot: True}
        return ended

    def problem(self, turn: FormTurn, reading: Reading, tracker: Tracker) -> str:
        """Why the message could not be used, as a value of the problem slot."""
        if reading.problem:
            return reading.problem
        remark = self._remark(turn.text)
        if remark is not None:
            return remark.value
        if turn.intent in self.own_intents:
            return REPEATED
        if asks(turn.text):
            return CANNOT_ANSWER
        return NOT_UNDERSTOOD if turn.intent in UNCLEAR else self.not_found

    def _remark(self, text: str) -> Remark | None:
        found = remark_in(text)
        return found if found in self.remarks else None


def _intent(text: str, tracker: Tracker) -> str | None:
    """What NLU says, except for a bare yes or no, which needs no guessing."""
    answer = yes_or_no(text)
    if answer is not None:
        return "affirm" if answer else "deny"
    name: str | None = (tracker.latest_message.get("intent") or {}).get("name")
    return name


def previous_action(tracker: Tracker) -> str | None:
    """The action that ran before the form that is running now."""
    return _action_before(tracker, 1)


def last_question(tracker: Tracker) -> str | None:
    """The action after which the assistant listened, when the form is the first to see the visitor's reply."""
    return _action_before(tracker, 2) if previous_action(tracker) == LISTEN else None


def _action_before(tracker: Tracker, steps: int) -> str | None:
    """The action that ran ``steps`` before the running form, which Rasa appends to the events it sends."""
    names = [event.get("name") for event in tracker.events if event.get("event") == "action"]
    return names[-1 - steps] if len(names) > steps else None
