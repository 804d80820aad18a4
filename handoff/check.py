"""Checks that ``handoff.yml``, ``endpoints.yml`` and the Rasa project fit together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from handoff.domain.errors import ConfigurationError
from handoff.domain.rules import HandoffRules
from handoff.rules_file import load_rules
from handoff.settings import Settings
from handoff.texts import ResponseTexts

RASA_INTENTS = frozenset({"nlu_fallback"})
"""Intents that Rasa makes itself; they are in no training data."""

HANDOFF_RESPONSES = (
    "utter_handoff_low_confidence",
    "utter_handoff_nobody_online",
    "utter_handoff_nobody_online_known",
    "utter_handoff_already",
    "utter_handoff_failed",
    "utter_message_not_delivered",
    "utter_contact_saved",
    "utter_no_guessing",
    "utter_empathy_offer_human",
    "utter_offer_after_repetition",
)
"""Responses that the code names; one for each topic comes on top."""

ENDPOINT_TYPES = {
    "event_broker": "handoff.rasa.event_broker.HandoffEventBroker",
    "tracker_store": "handoff.rasa.tracker_store.MaskingTrackerStore",
}


def check_project(settings: Settings) -> list[str]:
    """Return every mistake as one line that names the place and the remedy; empty when all is well."""
    try:
        rules = load_rules(settings.rules_file)
        ResponseTexts(settings.root / "data" / "responses")
        intents, responses, endpoints = _read_project(settings.root)
    except ConfigurationError as error:
        return [str(error)]
    return [*_intents(rules, intents), *_responses(rules, responses), *_endpoints(endpoints)]


def _read_project(root: Path) -> tuple[set[str], set[str], dict[str, Any]]:
    """(intents with sub-intents, responses, endpoints) of the Rasa project at ``root``."""
    intents: set[str] = set(RASA_INTENTS)
    responses: set[str] = set()
    for path in [root / "domain.yml", *sorted((root / "data").glob("**/*.yml"))]:
        content = _yaml(path)
        intents |= {item["intent"] for item in content.get("nlu") or [] if "intent" in item}
        responses |= set(content.get("responses") or {})
    return intents, responses, _yaml(root / "endpoints.yml")


def _intents(rules: HandoffRules, known: set[str]) -> list[str]:
    named: dict[str, str] = {}
    for topic in rules.topics.values():
        named.update(dict.fromkeys(topic.intents, f"topics.{topic.name}.intents"))
    for kind, intents in rules.trigger_intents.items():
        named.update(dict.fromkeys(intents, f"triggers.{kind}.intents"))
    named.update(dict.fromkeys(rules.frustration.answer_first, "triggers.frustration.answer_first"))
    named.update(dict.fromkeys(rules.account_intents, "account_intents"))
    named.update(dict.fromkeys(rules.urgency.intents, "urgency.intents"))
    named.update(dict.fromkeys(rules.readable, "readable"))
    bases = {intent.split("/")[0] for intent in known}
    return [
        f"handoff.yml, {place}: there is no intent '{intent}' in data/nlu. Add examples, or remove it here."
        for intent, place in sorted(named.items())
        if intent not in known and intent not in bases
    ]


def _responses(rules: HandoffRules, known: set[str]) -> list[str]:
    needed = dict.fromkeys(HANDOFF_RESPONSES, "the assistant says it when it offers a person or hands over")
    needed.update({f"utter_handoff_{name}": f"topic '{name}' of handoff.yml needs it" for name in rules.topics})
    return [
        f"data/responses: the response {name} is missing; {why}."
        for name, why in sorted(needed.items())
        if name not in known
    ]


def _endpoints(endpoints: dict[str, Any]) -> list[str]:
    problems = []
    for section, expected in ENDPOINT_TYPES.items():
        found = (endpoints.get(section) or {}).get("type")
        if found != expected:
            problems.append(f"endpoints.yml, {section}.type: is '{found}'; handoffs need '{expected}'.")
    if not (endpoints.get("action_endpoint") or {}).get("token"):
        problems.append("endpoints.yml, action_endpoint.token: is missing; the action server refuses calls without it.")
    return problems


def _yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} is missing.") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path} must hold keys and values at its top.")
    return content
