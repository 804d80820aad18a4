"""Checks that ``handoff.yml``, ``endpoints.yml`` and the Rasa project fit together."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handoff.check_experiment import experiment_response_problems
from handoff.domain.errors import ConfigurationError
from handoff.domain.rules import HandoffRules
from handoff.live_chat_file import load_live_chat
from handoff.mail.settings import load_email_settings
from handoff.rules_file import load_rules
from handoff.settings import Settings
from handoff.texts import REQUIRED, ResponseTexts
from handoff.yaml_file import read_yaml

RASA_INTENTS = frozenset({"nlu_fallback"})
"""Intents that Rasa makes itself; they are in no training data."""

_TEAM = frozenset({"team"})
_OPENS = _TEAM | {"opens_at"}
HANDOFF_RESPONSES: Mapping[str, frozenset[str]] = {
    "utter_handoff_low_confidence": _TEAM,
    "utter_handoff_frustration": _TEAM,
    "utter_handoff_sensitive": _TEAM,
    "utter_handoff_nobody_online": _TEAM,
    "utter_handoff_nobody_online_known": _TEAM,
    "utter_handoff_scheduled": _OPENS,
    "utter_handoff_scheduled_known": _OPENS,
    "utter_handoff_scheduled_holiday": _OPENS | {"closed_because"},
    "utter_handoff_scheduled_holiday_known": _OPENS | {"closed_because"},
    "utter_handoff_saved": frozenset(),
    "utter_handoff_already": _TEAM,
    "utter_handoff_already_nobody_online": _TEAM,
    "utter_handoff_already_scheduled": _OPENS,
    "utter_handoff_already_missed": _TEAM,
    "utter_handoff_already_follow_up": _TEAM,
    "utter_handoff_back_in_line": _TEAM,
    "utter_wait_estimate": frozenset({"minutes"}),
    "utter_wait_estimate_minute": frozenset(),
    "utter_handoff_failed": frozenset(),
    "utter_message_not_delivered": frozenset(),
    "utter_contact_saved": frozenset(),
    "utter_contact_not_saved": frozenset(),
    "utter_contact_no_handoff": frozenset(),
    "utter_no_guessing": frozenset(),
    "utter_empathy_offer_human": frozenset(),
    "utter_offer_after_repetition": frozenset(),
}
"""Responses that the code names, each with the values it can use besides slots; one for each topic comes on top."""

PLACEHOLDER = re.compile(r"{([^\n{}]+?)}")
"""A value in a response, as Rasa finds it."""

ENDPOINT_TYPES = {
    "event_broker": "handoff.rasa.event_broker.HandoffEventBroker",
    "tracker_store": "handoff.rasa.tracker_store.MaskingTrackerStore",
}


def check_project(settings: Settings) -> list[str]:
    """Return every mistake as one line that names the place and the remedy; empty when all is well."""
    try:
        rules = load_rules(settings.rules_file)
        ResponseTexts(settings.root / "data" / "responses")
        load_live_chat(settings.endpoints_file, os.environ, rules.queues, settings.desk_link)
        email = load_email_settings(settings.endpoints_file, os.environ)
        project = _read_project(settings.root)
    except ConfigurationError as error:
        return [str(error)]
    return [
        *_intents(rules, project.intents),
        *_intents_of_variants(rules, project.intents),
        *_responses(rules, project.responses),
        *experiment_response_problems(rules, project.responses),
        *_values(rules, project),
        *_endpoints(project.endpoints),
        *_report(rules, can_mail=email is not None),
    ]


def _report(rules: HandoffRules, *, can_mail: bool) -> list[str]:
    if rules.metrics.report is None or can_mail:
        return []
    return [
        "handoff.yml, metrics.report: no e-mail can be sent, since endpoints.yml has no section email. Add it "
        "(docs/email.md), or remove report here."
    ]


@dataclass(frozen=True)
class Project:
    """What the Rasa project holds: intents with sub-intents, the variants of each response, slots, endpoints."""

    intents: set[str]
    responses: dict[str, list[dict[str, Any]]]
    slots: set[str]
    endpoints: dict[str, Any]


def _read_project(root: Path) -> Project:
    intents: set[str] = set(RASA_INTENTS)
    responses: dict[str, list[dict[str, Any]]] = {}
    slots: set[str] = set()
    for path in [root / "domain.yml", *sorted((root / "data").glob("**/*.yml"))]:
        content = _yaml(path)
        intents |= {item["intent"] for item in content.get("nlu") or [] if "intent" in item}
        responses.update({name: variants or [] for name, variants in (content.get("responses") or {}).items()})
        slots |= set(content.get("slots") or {})
    return Project(intents, responses, slots, _yaml(root / "endpoints.yml"))


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


def _intents_of_variants(rules: HandoffRules, known: set[str]) -> list[str]:
    """What the variants of an experiment name besides."""
    usual = set(_intents(rules, known))
    return [
        f"In experiment.variants.{name}.set: {problem}"
        for name, changed in rules.rules_of_variants.items()
        for problem in _intents(changed, known)
        if problem not in usual
    ]


def _responses(rules: HandoffRules, known: Collection[str]) -> list[str]:
    needed = dict.fromkeys(HANDOFF_RESPONSES, "the assistant says it when it offers a person or hands over")
    needed.update({f"utter_handoff_{name}": f"topic '{name}' of handoff.yml needs it" for name in rules.topics})
    return [
        f"data/responses: the response {name} is missing; {why}."
        for name, why in sorted(needed.items())
        if name not in known
    ]


def _values(rules: HandoffRules, project: Project) -> list[str]:
    """Values in braces that nobody fills in: the visitor would read the braces."""
    topics = {f"utter_handoff_{name}": _TEAM for name in rules.topics}
    given = {**HANDOFF_RESPONSES, **topics}
    problems = []
    for name, variants in sorted(project.responses.items()):
        if name in REQUIRED:
            continue  # these are checked by ResponseTexts: no slot reaches them
        can_use = project.slots | given.get(name, frozenset())
        used = {value for variant in variants for value in PLACEHOLDER.findall(variant.get("text") or "")}
        own = ", ".join(f"{{{value}}}" for value in sorted(given.get(name, frozenset()))) or "none of its own"
        problems += [
            f"data/responses: the response {name} uses {{{value}}}, which nothing fills in. It can use the slots of "
            f"domain.yml, and {own}."
            for value in sorted(used - can_use)
        ]
    return problems


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
        content = read_yaml(path) or {}
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} is missing.") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path} must hold keys and values at its top.")
    return content
