"""The policy that offers a person, or brings one in, when a conversation goes wrong whatever it is about.

What is decided is in :mod:`handoff.domain.escalation`; this component reads the tracker, picks the action that says
it, and keeps each decision with its evidence in the slot ``escalation``. It stands above rules and forms, so that none
of them needs a case for frustration, and below the guard, since nobody is offered a person while one has the
conversation.

A question that has an answer is answered first: the policy lets the rules begin and speaks after their first message,
in place of whatever they would ask next. One question at a time holds for forms too: an offer takes the place of the
form's question, and the form waits.
"""

from __future__ import annotations

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
from rasa.shared.core.events import ActiveLoop, Event, SlotSet
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.bootstrap import process_rules
from handoff.domain.escalation import Decision, Step, answer_comes_first, decide, matters
from handoff.domain.escalation_record import as_record
from handoff.domain.model import TriggerKind
from handoff.domain.rules import HandoffRules
from handoff.rasa.marks import ESCALATION_SLOT, HANDOFF_ACTION, OPEN_SLOT
from handoff.rasa.offers import AFTER_FRUSTRATION, AFTER_REPETITION, GRADED_OFFERS
from handoff.rasa.so_far import said_something, since_last_handoff, turn_of
from handoff.rasa.variant import rules_for, variant_events

BELOW_THE_GUARD = 9  # the guard has 10; Rasa's own policies go up to 6 (RulePolicy)
NO_GUESSING = "utter_no_guessing"
"""Said before the handoff that follows repeated misunderstanding. No rule predicts it as an action."""


@dataclass(frozen=True)
class Prediction:
    """An action, and the events that are applied before it runs."""

    action: str
    events: tuple[Event, ...] = ()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class EscalationPolicy(Policy):
    """See the module. It has nothing to learn; its numbers are in handoff.yml, and Rasa's ``priority`` is its only
    setting here."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Defaults; overridden in config.yml."""
        return {"priority": BELOW_THE_GUARD}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: TrackerFeaturizer | None = None,
    ) -> None:
        """Create the policy; it reads handoff.yml only when it predicts."""
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
        """An offer, a handoff, or nothing: then the other policies decide."""
        rules = process_rules()
        prediction = predict(tracker, rules_for(tracker, rules))
        probabilities = self._default_predictions(domain)
        variant = list(variant_events(tracker, rules))  # applied whoever decides, before anything is said
        if prediction is None:
            return self._prediction(probabilities, events=variant)
        probabilities[domain.index_for_action(prediction.action)] = 1.0
        # an open form predicts its next step "without user", which overrules everything that is not of the same kind
        return self._prediction(
            probabilities, events=variant, optional_events=list(prediction.events), is_no_user_prediction=True
        )


def predict(tracker: DialogueStateTracker, rules: HandoffRules) -> Prediction | None:
    """What this policy does next; None leaves it to the others.

    Rasa asks again after each action of a turn, until the assistant listens.
    """
    latest = tracker.latest_action_name
    if latest in GRADED_OFFERS:
        return Prediction(ACTION_LISTEN_NAME, _form_that_waits(tracker))
    if latest == NO_GUESSING:
        return Prediction(HANDOFF_ACTION)
    if tracker.latest_message is None or tracker.get_slot(OPEN_SLOT):
        return None
    turn = turn_of(tracker.latest_message)
    if not matters(turn, rules):
        return None  # as nearly always; the rest walks through the conversation
    begins = latest == ACTION_LISTEN_NAME
    if not begins and not _has_answered(tracker):
        return None
    so_far = since_last_handoff(tracker)
    decision = decide(so_far.turns, so_far.offers, rules, in_form=so_far.in_form)
    if decision is None or (
        begins and decision.step is Step.OFFER and answer_comes_first(turn, rules, in_form=so_far.in_form)
    ):
        return None
    return Prediction(_action_of(decision), (SlotSet(ESCALATION_SLOT, as_record(decision, turn.message_id)),))


def _action_of(decision: Decision) -> str:
    if decision.step is Step.OFFER:
        return AFTER_REPETITION if decision.repetition else AFTER_FRUSTRATION
    return NO_GUESSING if decision.trigger is TriggerKind.LOW_CONFIDENCE else HANDOFF_ACTION


def _has_answered(tracker: DialogueStateTracker) -> bool:
    """Whether the action that just ran told the visitor something, other than an open form that asks its question."""
    return tracker.latest_action_name != tracker.active_loop_name and said_something(tracker)


def _form_that_waits(tracker: DialogueStateTracker) -> tuple[Event, ...]:
    """Opens the form anew that stepped aside for a question. Rasa passes over a form that did, until it has run again,
    and the offer came instead; without this the visitor's next message would miss it."""
    return (ActiveLoop(tracker.active_loop_name),) if tracker.is_active_loop_rejected else ()
