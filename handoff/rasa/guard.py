"""The policy that keeps the assistant silent while a human owns the conversation, and never leaves anyone unanswered.

The database says who owns a conversation. Rasa's own pause is not used: a new session or ``/restart`` lifts it, and
between handing back and lifting it a visitor's message would reach nobody. A human owns it while it is queued or
assigned; scheduled for the next opening, missed or left for later, it stays with the assistant, which goes on
answering. The desk changes this at any time, so each turn begins with putting Rasa's copy of it right.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.bootstrap import process_services
from handoff.domain.errors import HandoffError
from handoff.domain.escalation import ANSWERS_A_QUESTION, BY_RULES
from handoff.domain.lifecycle import WAITING, Status
from handoff.domain.model import ConversationState, Owner, TriggerKind, Turn
from handoff.domain.mood import anger_of
from handoff.rasa.marks import CONTACT_FORM, HANDOFF_ACTION, OPEN_SLOT
from handoff.rasa.so_far import said_something, turn_of
from handoff.rasa.variant import rules_for

logger = logging.getLogger(__name__)

ABOVE_ALL_POLICIES = 10  # Rasa's own go up to 6 (RulePolicy)
CONTACT_SAVED = "action_contact_saved"
MUST_SPEAK = frozenset({HANDOFF_ACTION, CONTACT_SAVED, "action_low_confidence", "action_low_confidence_reply"})
"""Actions that always tell the visitor something; when one did not, the action server failed."""

NOT_DELIVERED = "utter_message_not_delivered"
FAILED = "utter_handoff_failed"
ON_ITS_WAY = "utter_handoff_general"
SAVED = "utter_handoff_saved"
NO_ADDRESS_SAVED = "utter_contact_not_saved"
BROKEN = "utter_internal_error"
OWN_WORDS = frozenset({NOT_DELIVERED, FAILED, ON_ITS_WAY, SAVED, NO_ADDRESS_SAVED, BROKEN})
"""What only this policy predicts; after it the assistant listens."""


@dataclass(frozen=True)
class Decision:
    """The next action, None where the other policies decide it, and what is put right on the tracker before it."""

    action: str | None = None
    events: tuple[Event, ...] = ()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class HandoffGuard(Policy):
    """See the module. It has nothing to learn and no settings but Rasa's ``priority``."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Defaults; overridden in config.yml."""
        return {"priority": ABOVE_ALL_POLICIES}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: TrackerFeaturizer | None = None,
    ) -> None:
        """Create the policy; it reads the database only when it predicts."""
        super().__init__(config, model_storage, resource, execution_context, featurizer)

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """There is nothing to learn."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Silence, an honest word when something failed, or nothing: then the other policies decide."""
        decision = self._decide(tracker)
        probabilities = self._default_predictions(domain)
        if decision.action is not None:
            probabilities[domain.index_for_action(decision.action)] = 1.0
        return self._prediction(
            probabilities,
            events=list(decision.events),  # applied whoever decides
            # an open form predicts its next step "without user", which overrules everything of another kind
            is_no_user_prediction=decision.action is not None,
        )

    def _decide(self, tracker: DialogueStateTracker) -> Decision:
        if tracker.get_latest_input_channel() is None:
            return Decision()  # a story under `rasa test`: nobody owns it, and its custom actions are never run
        if tracker.latest_action_name == ACTION_LISTEN_NAME:
            return self._at_turn_start(tracker)
        return Decision(self._after(tracker.latest_action_name, tracker))

    def _after(self, last: str | None, tracker: DialogueStateTracker) -> str | None:
        if last in OWN_WORDS:
            return ACTION_LISTEN_NAME
        if said_something(tracker):
            return None
        if last in MUST_SPEAK:
            return self._after_failed_action(last, tracker)
        if last == tracker.active_loop_name and last is not None:
            return BROKEN  # a form that is still open asks something; silence means that its validation failed
        return None

    def _at_turn_start(self, tracker: DialogueStateTracker) -> Decision:
        try:
            state = process_services().state(tracker.sender_id)
        except HandoffError as error:
            if tracker.get_slot(OPEN_SLOT):
                logger.error("a message could not be passed on to an agent: %s", error)
                return Decision(NOT_DELIVERED)
            return Decision()  # by Rasa's copy the assistant owns the conversation, and it can answer
        human = state.owner is Owner.HUMAN
        copy = () if bool(tracker.get_slot(OPEN_SLOT)) is human else (SlotSet(OPEN_SLOT, human),)
        if _made_by_this_turn(state, tracker):
            return Decision()
        return Decision(_first(state, tracker), copy)

    @staticmethod
    def _after_failed_action(last: str | None, tracker: DialogueStateTracker) -> str:
        if last == CONTACT_SAVED:
            return NO_ADDRESS_SAVED
        try:
            state = process_services().state(tracker.sender_id)
        except HandoffError as error:
            logger.error("the action server failed and the database did not answer: %s", error)
            return FAILED
        # the action server may have stored the handoff and died before it could say so
        if state.owner is Owner.HUMAN:
            return ON_ITS_WAY
        return SAVED if last == HANDOFF_ACTION and state.status in WAITING else FAILED


def _first(state: ConversationState, tracker: DialogueStateTracker) -> str | None:
    """The first action of a turn, where this policy decides it."""
    in_contact_form = tracker.active_loop_name == CONTACT_FORM
    if state.owner is Owner.ASSISTANT:
        if state.status is Status.SCHEDULED and _is_angry(tracker):
            return HANDOFF_ACTION  # to offer a person again would be no help: one is asked for, and comes later
        wants_it_saved = state.status in WAITING and tracker.active_loop_name is None and _is_an_address(tracker)
        return CONTACT_SAVED if wants_it_saved else None
    if state.status is Status.QUEUED:
        if _asks_again(tracker):
            return HANDOFF_ACTION  # says that somebody is on the way, and raises the urgency where that is due
        if in_contact_form:
            return None  # nobody comes soon: the assistant may still ask where to send the answer
        if _is_an_address(tracker):
            return CONTACT_SAVED  # a visitor who says where to be reached is told that it arrived
    return ACTION_LISTEN_NAME


def _is_an_address(tracker: DialogueStateTracker) -> bool:
    """Whether the visitor's message gives an e-mail address and asks nothing."""
    latest = tracker.latest_message
    return (
        latest is not None
        and turn_of(latest).intent == "inform"
        and any(entity["entity"] == "email" for entity in latest.entities)
    )


def _is_angry(tracker: DialogueStateTracker) -> bool:
    """Whether the visitor's message alone would lead to the offer of a person, and no rule leads to one by itself."""
    if tracker.latest_message is None:
        return False
    turn, rules = turn_of(tracker.latest_message), rules_for(tracker, process_services().rules)
    if rules.trigger_of(turn.intent) in BY_RULES or _answers_form(turn, tracker):
        return False
    return not rules.answers_first(turn.intent) and anger_of(turn, rules) >= rules.frustration.offer_from


def _answers_form(turn: Turn, tracker: DialogueStateTracker) -> bool:
    return tracker.active_loop_name == CONTACT_FORM and turn.intent in ANSWERS_A_QUESTION


def _asks_again(tracker: DialogueStateTracker) -> bool:
    """Whether the visitor's message is a reason for a handoff by itself, while one is waiting already."""
    if tracker.latest_message is None:
        return False
    turn, rules = turn_of(tracker.latest_message), rules_for(tracker, process_services().rules)
    if anger_of(turn, rules) >= rules.frustration.offer_from and not _answers_form(turn, tracker):
        return True
    return rules.trigger_of(turn.intent) not in {None, TriggerKind.LOW_CONFIDENCE}


def _made_by_this_turn(state: ConversationState, tracker: DialogueStateTracker) -> bool:
    """Whether this very message opened the handoff: the turn is processed again after a crash."""
    latest = tracker.latest_message
    return latest is not None and state.trigger_message_id is not None and latest.message_id == state.trigger_message_id
