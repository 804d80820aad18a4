"""Rasa component: reads a typed answer to the buttons that the assistant just showed as if one had been pressed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import RESPONSE_SELECTOR_PROPERTY_NAME
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME, INTENT_MESSAGE_PREFIX
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from handoff.domain.short_answers import yes_or_no
from handoff.nlu.abstention import ABSTENTION
from handoff.nlu.choice import Button, Question, choice_of, question_in
from handoff.nlu.typed_text import readable
from handoff.rasa.parsed_choice import BY, KEY

CERTAIN = 1.0  # the confidence that Rasa gives a pressed button
AFFIRM, DENY = "affirm", "deny"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class OfferedChoice(GraphComponent, IntentClassifier):
    """Lets visitors answer buttons in words: "the second one", "2", "warranty" for "The warranty".

    The message gets the intent and the entities of the button's payload, as Rasa gives them to a pressed button, so
    that rules need no case for it. A bare yes or no after buttons is ``affirm`` or ``deny`` however it is spelled; what
    it means is up to data/rules. A message that says anything more is left as it was.

    Only buttons that the assistant showed since the visitor's previous message count. Without a conversation
    (``rasa test``, ``/model/parse``) there are none.

    It must stand last, behind everything that sets an intent.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OfferedChoice:
        """Create the component."""
        return cls()

    def process(
        self,
        messages: list[Message],
        tracker: Optional[DialogueStateTracker] = None,  # noqa: UP045 (Rasa's check of the graph takes no "| None")
    ) -> list[Message]:
        """Change the messages that choose; they also get :data:`handoff.rasa.parsed_choice.KEY`."""
        question = question_of(tracker) if tracker is not None else Question()
        if question.buttons:
            for message in messages:
                _read(message, question)
        return messages


def question_of(tracker: DialogueStateTracker) -> Question:
    """What the visitor's next message answers."""
    lists = [_buttons(message) for message in _said_since_last_message(tracker)]
    return question_in(lists[::-1], in_form=tracker.active_loop_name is not None)


def _said_since_last_message(tracker: DialogueStateTracker) -> Iterator[BotUttered]:
    """Latest first."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return
        if isinstance(event, BotUttered):
            yield event


def _buttons(message: BotUttered) -> tuple[Button, ...]:
    """Those that stand for an intent; one that opens a page cannot be pressed in words."""
    offered = [(button.get("title"), button.get("payload")) for button in message.data.get("buttons") or []]
    return tuple(
        Button(title, payload)
        for title, payload in offered
        if isinstance(title, str) and isinstance(payload, str) and payload.startswith(INTENT_MESSAGE_PREFIX)
    )


def _read(message: Message, question: Question) -> None:
    text = message.get(TEXT) or ""
    if readable(text).startswith(INTENT_MESSAGE_PREFIX):
        return  # a button that was pressed, which Rasa reads itself; or a command that somebody typed
    choice = choice_of(text, question)
    if choice is not None:
        # what Rasa itself does with a pressed button
        pressed = YAMLStoryReader.unpack_regex_message(
            Message({TEXT: choice.button.payload}), entity_extractor_name=OfferedChoice.__name__
        )
        if pressed.get(INTENT) is None:
            return
        whole = {ENTITY_ATTRIBUTE_START: 0, ENTITY_ATTRIBUTE_END: len(text)}
        entities = [entity | whole for entity in pressed.get(ENTITIES)]
        _understand(message, pressed.get(INTENT)[INTENT_NAME_KEY], entities)
        message.set(KEY, {**vars(choice.button), BY: choice.by}, add_to_output=True)
        return
    answer = yes_or_no(text)
    if answer is not None:
        _understand(message, AFFIRM if answer else DENY, message.get(ENTITIES) or [])


def _understand(message: Message, intent: str, entities: list[dict[str, Any]]) -> None:
    """Put ``intent`` first, and take away what was found before the message was seen as an answer."""
    first = {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: CERTAIN}
    overruled = {intent, DEFAULT_NLU_FALLBACK_INTENT_NAME}
    others = [other for other in message.get(INTENT_RANKING_KEY) or [] if other.get(INTENT_NAME_KEY) not in overruled]
    message.set(INTENT, first, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [dict(first), *others], add_to_output=True)
    message.set(ENTITIES, entities, add_to_output=True)
    # Rasa would read the FAQ's name off the selection instead of the button's entity
    for found in (RESPONSE_SELECTOR_PROPERTY_NAME, ABSTENTION):
        message.data.pop(found, None)
