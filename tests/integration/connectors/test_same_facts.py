"""The same conversation, handed over through each connector and on the desk, gives the agent the same facts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.connectors.card import card_of
from handoff.desk.app import create_app
from handoff.domain.model import Agent
from handoff.domain.rules import HandoffRules
from handoff.settings import Settings
from tests.integration.connectors.attempts import package
from tests.integration.connectors.conformance import Case, Subject, facts_of, missing_facts, plain
from tests.integration.connectors.live_chat_fixtures import homeserver, subject_of
from tests.integration.desk_api.client import BASE, log_in
from tests.support.desk import hand_over
from tests.support.live_chats.registry import all_fakes

__all__ = ["homeserver"]

LABELS = {
    "Why",
    "Because of",
    "Open question",
    "Already answered",
    "Urgency",
    "Topic",
    "Queue",
    "Intent",
    "Name",
    "E-mail",
    "Phone",
    "Language",
    "Time zone",
    "Was here before",
    "Page",
    "Order number",
}
"""What is known in the package of these tests: every kind of fact that there is."""


@pytest.fixture(params=all_fakes(), ids=lambda kind: kind.type_name)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with ExitStack() as stack:
        yield stack.enter_context(subject_of(request.param, request))


def test_the_conversation_has_every_kind_of_fact(rules: HandoffRules) -> None:
    card = card_of(package(rules))
    assert {fact.label for fact in card.facts} == LABELS
    assert len(card.said) == 3
    assert len(set(facts_of(package(rules)))) >= len(LABELS)


def test_each_live_chat(subject: Subject, rules: HandoffRules) -> None:
    case = Case(subject, rules)
    case.open()
    shown = case.shown()
    assert missing_facts(case.package, shown) == []
    # each under the name that it has everywhere
    whole = plain("\n".join(shown)).replace("*", "")
    assert [label for label in LABELS if label not in whole] == []


def test_nothing_is_missed_by_chance(subject: Subject, rules: HandoffRules) -> None:
    """The comparison itself: a fact that no live chat was told is missing in each."""
    case = Case(subject, rules)
    case.open()
    other = case.package | {"fields": {"order_number": "FW-999999"}}
    assert missing_facts(other, case.shown()) == ["FW-999999"]


def test_the_desk(services: Services, sanne: Agent) -> None:
    """The desk's pages draw what its API says: the same package, to the letter, that connectors are given."""
    app = create_app(services, services.settings)
    with TestClient(app, BASE):
        agent = log_in(app, "sanne")
        handoff_id = hand_over(services).handoff_id
        shown = agent.get(f"/api/handoffs/{handoff_id}").json()["package"]
    with services.uow.read() as tx:
        given = tx.handoffs.get(handoff_id).package
    assert card_of(shown) == card_of(given)
    assert card_of(shown).desk_url == f"{Settings.load().desk_url}/desk/handoffs/{handoff_id}"
