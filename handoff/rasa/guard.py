"""The policy that keeps the assistant silent while a human owns the conversation, and never leaves anyone unanswered.

The database says who owns a conversation. Rasa's own pause is not used: a new session or ``/restart`` lifts it, and
between handing back and lifting it a visitor's message would reach nobody.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.bootstrap import process_services
from handoff.domain.errors import HandoffError
from handoff.domain.escalation import ANSWERS_A_QUESTION
from handoff.domain.lifecycle import Status
from handoff.domain.model import ConversationState, Owner, TriggerKind
from handoff.domain.mood import anger_of
from handoff.rasa.marks import HANDOFF_ACTION, OPEN_SLOT
from handoff.rasa.so_far import said_something, turn_of

logger = logging.getLogger(__name__)

ABOVE_ALL_POLICIES = 10  # Rasa's own go up to 6 (RulePolicy)
CONTACT_FORM = "contact_form"
MUST_SPEAK = frozenset({HANDOFF_ACTION, "action_low_confidence", "action_low_confidence_reply"})
"""Actions that always tell the visitor something; when one did not, the action server failed."""

NOT_DELIVERED = "utter_message_not_delivered"
FAILED = "utter_handoff_failed"
ON_ITS_WAY = "utter_handoff_general"
BROKEN = "utter_internal_error"
OWN_WORDS = frozenset({NOT_DELIVERED, FAILED, ON_ITS_WAY, BROKEN})
"""What only this policy predicts; after it the assistant listens."""


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
        action = self._decide(tracker)
        if action is None:
            return self._prediction(self._default_predictions(domain))
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(action)] = 1.0
        # an open form predicts its next step "without user", which overrules everything that is not of the same kind
        return self._prediction(probabilities, is_no_user_prediction=True)

    def _decide(self, tracker: DialogueStateTracker) -> str | None:
        if tracker.get_latest_input_channel() is None:
            return None  # a story under `rasa test`: nobody owns it, and its custom actions are never run
        last = tracker.latest_action_name
        if last == ACTION_LISTEN_NAME:
            return self._at_turn_start(tracker)
        if last in OWN_WORDS:
            return ACTION_LISTEN_NAME
        if said_something(tracker):
            return None
        if last in MUST_SPEAK:
            return self._after_failed_action(tracker)
        if last == tracker.active_loop_name and last is not None:
            return BROKEN  # a form that is still open asks something; silence means that its validation failed
        return None

    def _at_turn_start(self, tracker: DialogueStateTracker) -> str | None:
        try:
            state = process_services().state(tracker.sender_id)
        except HandoffError as error:
            if tracker.get_slot(OPEN_SLOT):
                logger.error("a message could not be passed on to an agent: %s", error)
                return NOT_DELIVERED
            return None  # by Rasa's copy the assistant owns the conversation, and it can answer
        if state.owner is not Owner.HUMAN or _made_by_this_turn(state, tracker):
            return None
        if state.status is Status.QUEUED:
            if _asks_again(tracker):
                return HANDOFF_ACTION  # says that somebody is on the way, and raises the urgency where that is due
            if tracker.active_loop_name == CONTACT_FORM:
                return None  # nobody is online: the assistant may still ask where to send the answer
        return ACTION_LISTEN_NAME

    @staticmethod
    def _after_failed_action(tracker: DialogueStateTracker) -> str:
        try:
            state = process_services().state(tracker.sender_id)
        except HandoffError as error:
            logger.error("the action server failed and the database did not answer: %s", error)
            return FAILED
        # the action server may have stored the handoff and died before it could say so
        return ON_ITS_WAY if state.owner is Owner.HUMAN else FAILED


def _asks_again(tracker: DialogueStateTracker) -> bool:
    """Whether the visitor's message is a reason for a handoff by itself, while one is waiting already."""
    if tracker.latest_message is None:
        return False
    turn, rules = turn_of(tracker.latest_message), process_services().rules
    answers = tracker.active_loop_name == CONTACT_FORM and turn.intent in ANSWERS_A_QUESTION
    if anger_of(turn, rules) >= rules.frustration.offer_from and not answers:
        return True
    return rules.trigger_of(turn.intent) not in {None, TriggerKind.LOW_CONFIDENCE}


def _made_by_this_turn(state: ConversationState, tracker: DialogueStateTracker) -> bool:
    """Whether this very message opened the handoff: the turn is processed again after a crash."""
    latest = tracker.latest_message
    return latest is not None and state.trigger_message_id is not None and latest.message_id == state.trigger_message_id
