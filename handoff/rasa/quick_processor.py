"""A message processor that does not build a domain with each message.

Rasa's asks after each message whether intent and entities are in the domain, and before that whether there is a domain
at all: it prints its own and an empty one, and compares. Here what the domain knows is looked up, and Rasa's own
check comes only where it has something to say. Rasa 3.6 has no setting for it, so :func:`use_quick_processor` puts this
class in the place where Rasa's agent looks.
"""

from __future__ import annotations

from collections.abc import Set
from functools import cached_property
from typing import Any

from rasa.core import agent
from rasa.core.processor import MessageProcessor
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY


class QuickProcessor(MessageProcessor):
    """Rasa's, with a quicker look at what is not in the domain."""

    @cached_property
    def _known(self) -> tuple[Set[str], Set[str]] | None:
        """Intents and entities of the domain, which stays as it was loaded; None when it is empty."""
        if not self.domain or self.domain.is_empty():
            return None
        return frozenset(self.domain.intents), frozenset(self.domain.entities)

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Warn of an intent or an entity that the domain does not know, as Rasa's processor does."""
        if self._known is None:
            return
        intents, entities = self._known
        intent = parse_data[INTENT][INTENT_NAME_KEY]
        found = {entity["entity"] for entity in parse_data[ENTITIES] or ()}
        if (intent and intent not in intents) or not found <= entities:
            super()._check_for_unseen_features(parse_data)


def use_quick_processor() -> None:
    """Let every agent that this process loads from now on use :class:`QuickProcessor`."""
    agent.MessageProcessor = QuickProcessor
