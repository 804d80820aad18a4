"""The variant of a conversation on trackers as Rasa keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.domain.experiment import Experiment, Variant
from handoff.domain.rules import HandoffRules
from handoff.rasa.marks import VARIANT_SLOT
from handoff.rasa.variant import rules_for, variant_events
from tests.conftest import ROOT

DOMAIN = Domain.load([ROOT / "domain.yml"])
DURING = datetime(2026, 11, 2, 12, 0, tzinfo=UTC).timestamp()
AFTER = datetime(2026, 12, 2, 12, 0, tzinfo=UTC).timestamp()
EXPERIMENT = Experiment(
    "offers", date(2026, 11, 1), date(2026, 11, 30), "handoff_rate", 0.05, (Variant("a", 50), Variant("b", 50))
)
IDS = {EXPERIMENT.variant_of(name).name: name for name in ("1", "2", "3", "4", "5", "6")}
"""A conversation of each variant."""


@pytest.fixture
def running(rules: HandoffRules) -> HandoffRules:
    other = replace(rules, summary_words=rules.summary_words + 1)
    return replace(rules, experiment=EXPERIMENT, rules_of_variants={"b": other})


def tracker(conversation: str, *before: Event, at: float = DURING, channel: str | None = "web") -> DialogueStateTracker:
    said = UserUttered("hi", {"name": "greet"}, input_channel=channel, timestamp=at)
    events = [*before, ActionExecuted("action_listen"), said]
    return DialogueStateTracker.from_events(conversation, events, DOMAIN.slots, domain=DOMAIN)


def test_the_slot_and_the_rules_are_those_of_the_variant(running: HandoffRules) -> None:
    for variant, conversation in IDS.items():
        assert variant_events(tracker(conversation), running) == (SlotSet(VARIANT_SLOT, variant),)
        assert variant_events(tracker(conversation, SlotSet(VARIANT_SLOT, variant)), running) == ()
    assert rules_for(tracker(IDS["a"]), running) is running
    assert rules_for(tracker(IDS["b"]), running) is running.rules_of_variants["b"]


def test_without_an_experiment_nothing_happens(rules: HandoffRules) -> None:
    assert variant_events(tracker("1"), rules) == ()
    assert rules_for(tracker("1"), rules) is rules


def test_an_experiment_that_is_over_leaves_nothing_behind(running: HandoffRules, rules: HandoffRules) -> None:
    stale = tracker(IDS["b"], SlotSet(VARIANT_SLOT, "b"), at=AFTER)
    for now in (running, rules):
        assert variant_events(stale, now) == (SlotSet(VARIANT_SLOT, None),)
        assert rules_for(stale, now) is now


def test_a_story_of_rasa_test_is_no_visitor(running: HandoffRules) -> None:
    story = tracker(IDS["b"], SlotSet(VARIANT_SLOT, "a"), channel=None)
    assert variant_events(story, running) == ()
    assert rules_for(story, running) is running
