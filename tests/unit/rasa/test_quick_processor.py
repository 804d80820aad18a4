"""What a message is checked for: the same warnings as Rasa's processor gives, without a domain for each message."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain

from handoff.rasa.quick_processor import QuickProcessor

DOMAIN = Domain.from_dict({"intents": ["greet"], "entities": ["name"]})


def warned(kind: type[MessageProcessor], domain: Domain | None, intent: str | None, *entities: str) -> list[str]:
    processor = kind.__new__(kind)
    processor.domain = domain
    parse_data: dict[str, Any] = {"intent": {"name": intent}, "entities": [{"entity": entity} for entity in entities]}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        processor._check_for_unseen_features(parse_data)
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize("domain", [DOMAIN, Domain.empty(), None])
@pytest.mark.parametrize("intent", ["greet", "restart", "unheard_of", None])
@pytest.mark.parametrize("entities", [(), ("name",), ("name", "colour"), ("colour", "size")])
def test_it_warns_as_rasas_does(domain: Domain | None, intent: str | None, entities: tuple[str, ...]) -> None:
    expected = warned(MessageProcessor, domain, intent, *entities)
    assert warned(QuickProcessor, domain, intent, *entities) == expected
    assert bool(expected) == (domain is DOMAIN and (intent == "unheard_of" or {*entities} - {"name"} != set()))


def test_the_domain_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Domain] = []
    monkeypatch.setattr(Domain, "is_empty", lambda self: bool(looked.append(self)))
    processor = QuickProcessor.__new__(QuickProcessor)
    processor.domain = DOMAIN
    for _ in range(3):
        processor._check_for_unseen_features({"intent": {"name": "greet"}, "entities": []})
    assert looked == [DOMAIN]
