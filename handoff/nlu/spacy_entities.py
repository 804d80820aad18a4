"""Rasa entity extractor: spaCy's entity ruler for platforms, patterns for addresses, numbers and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from handoff.nlu import entity_patterns, order_numbers, person_names, platforms, spacy_tokenizer
from handoff.nlu.entity_patterns import Match, account_numbers, emails, phones, urls
from handoff.nlu.fingerprint import source_fingerprint
from handoff.nlu.order_numbers import OrderNumbers
from handoff.nlu.person_names import names
from handoff.nlu.platforms import AMBIGUOUS, PLATFORMS
from handoff.nlu.spacy_tokenizer import for_spacy

ORDER_PREFIX = "order_prefix"
ORDER_DIGITS = "order_digits"
EXTRA_PLATFORMS = "platforms"
MOST_ORDER_DIGITS = 20


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpacyPatternExtractor(GraphComponent, EntityExtractorMixin):
    """Extracts email, order_number, phone, url, platform and name; the values are normalised, the offsets as typed.

    Config:
        order_prefix, order_digits: how the shop's order numbers look (``FW`` and 6 for FW-104233).
        platforms: more platforms, as a mapping from the name to a list of spellings.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {ORDER_PREFIX: "FW", ORDER_DIGITS: 6, EXTRA_PLATFORMS: {}}

    @staticmethod
    def required_packages() -> list[str]:
        """Packages whose versions belong to the fingerprint."""
        return ["spacy"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The patterns live in other modules."""
        return source_fingerprint(entity_patterns, order_numbers, person_names, platforms, spacy_tokenizer)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyPatternExtractor:
        """Create the component."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """Compile the patterns.

        Raises:
            InvalidConfigException: names the key and what it must be.
        """
        prefix, digits, more = config[ORDER_PREFIX], config[ORDER_DIGITS], config[EXTRA_PLATFORMS] or {}
        if not isinstance(prefix, str) or not prefix.strip():
            raise InvalidConfigException(f"{self.name}: '{ORDER_PREFIX}' must be the letters before the number.")
        if not isinstance(digits, int) or not 1 <= digits <= MOST_ORDER_DIGITS:
            raise InvalidConfigException(f"{self.name}: '{ORDER_DIGITS}' must be from 1 to {MOST_ORDER_DIGITS}.")
        if not isinstance(more, dict) or not all(isinstance(spellings, list) for spellings in more.values()):
            raise InvalidConfigException(f"{self.name}: '{EXTRA_PLATFORMS}' must map each name to a list of spellings.")
        self._orders = OrderNumbers(prefix.strip(), digits)
        spellings = {**PLATFORMS, **more}
        self._nlp = platform_ruler(spellings)
        self._may_begin = beginnings(self._nlp, [text.lower() for texts in spellings.values() for text in texts])
        self._as_a_name = beginnings(self._nlp, AMBIGUOUS)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message's text."""
        for message in messages:
            text = message.get(TEXT)
            if not isinstance(text, str):
                continue
            found = [
                {"entity": match.entity, "start": match.start, "end": match.end, "value": match.value}
                for match in self.find(text)
            ]
            entities = (message.get(ENTITIES) or []) + self.add_extractor_name(found)
            message.set(ENTITIES, entities, add_to_output=True)
        return messages

    def find(self, text: str) -> list[Match]:
        """Every entity in ``text``, left to right, none overlapping another."""
        # In order of certainty: an address with a scheme or @ is sure, a bare platform word is the weakest.
        candidates = [
            *urls_with_scheme_first(text),
            *account_numbers(text),
            *self._orders.find(text),
            *phones(text),
            *names(text),
            *self._platforms(text),
        ]
        return [match for match in without_overlaps(candidates) if match.value]

    def _platforms(self, text: str) -> Iterator[Match]:
        text = for_spacy(text)
        if not (self._may_begin.search(text.lower()) or self._as_a_name.search(text)):
            return
        for entity in self._nlp(text).ents:
            yield Match("platform", entity.ent_id_, entity.start_char, entity.end_char)


def urls_with_scheme_first(text: str) -> list[Match]:
    """Web and e-mail addresses: an @ inside a full web address belongs to it, a domain after an @ does not."""
    addresses = list(urls(text))
    full = [match for match in addresses if "://" in match.value]
    rest = [match for match in addresses if "://" not in match.value]
    return [*full, *emails(text), *rest]


def without_overlaps(candidates: Iterable[Match]) -> list[Match]:
    """Keep a match unless an earlier one in ``candidates`` covers part of it; sorted by place."""
    kept: list[Match] = []
    for match in candidates:
        if match.start < match.end and all(match.end <= other.start or other.end <= match.start for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def beginnings(nlp: Language, spellings: Iterable[str]) -> re.Pattern[str]:
    """Finds places where one of ``spellings``, written just so, may begin: the first word of one, at no letter's end.

    Most messages name no platform. To learn that from spaCy takes 0.2 ms, a tenth of the time of all understanding.
    """
    words = {nlp.make_doc(spelling)[0].text for spelling in spellings if spelling}
    return re.compile(f"(?<![a-zA-Z])(?:{'|'.join(sorted(map(re.escape, words)))})")


def platform_ruler(spellings_of: Mapping[str, Sequence[str]]) -> Language:
    """A blank pipeline whose entities are platforms, with the written name as their id."""
    nlp = spacy.blank("en")
    by_spelling = [
        {"label": "platform", "pattern": spelling, "id": name}
        for name, spellings in spellings_of.items()
        for spelling in spellings
    ]
    by_name = [{"label": "platform", "pattern": [{"TEXT": word}], "id": name} for word, name in AMBIGUOUS.items()]
    # whole phrases go through spaCy's PhraseMatcher, which looks them up; token patterns would be tried one by one
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(by_spelling + by_name)
    return nlp
