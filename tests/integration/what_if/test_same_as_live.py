"""Without changes the replay decides as the assistant did: random dialogues with its policies, rules and actions."""

from __future__ import annotations

import random
from typing import Any

import pytest

from handoff.domain.lifecycle import Status
from handoff.domain.rules import HandoffRules
from handoff.metrics.period import period_of
from handoff.rasa import escalation
from handoff.rasa.offers import OFFERS
from handoff.rules_file import load_rules
from handoff.rules_overrides import rules_with
from handoff.what_if.designers_rules import answers_with_offer
from handoff.what_if.replay import replay
from handoff.what_if.rulebook import Rulebook
from handoff.what_if.stories import stories_of
from handoff.what_if.story import Story, VisitFacts
from handoff.what_if.visit_replay import VisitReplay
from tests.conftest import ROOT
from tests.integration.what_if.recorded import Recorded, what_if
from tests.support.dialogue import Talk

pytest_plugins = ["tests.support.dialogue"]

RULES = load_rules(ROOT / "handoff.yml")
OTHER_NUMBERS = {
    "triggers.frustration.offer_from": 0.45,
    "triggers.frustration.hand_off_from": 0.7,
    "triggers.frustration.window": 3,
    "triggers.frustration.offers": 1,
    "triggers.low_confidence.consecutive": 1,
}
DIALOGUES = 16
LONGEST = 9  # messages of a visitor
INTENTS = {
    "faq/delivery_time": 5,
    "nlu_fallback": 5,
    "out_of_scope": 2,
    "express_frustration": 2,
    "affirm": 4,
    "deny": 3,
    "track_order": 2,
    "payment_problem": 2,
    "account_problem": 1,
    "request_refund": 1,
    "sales_objection": 1,
    "custom_pricing": 1,
    "greet": 1,
    "thank": 1,
    "inform": 2,
    "request_human": 0.5,
}
"""What visitors say, and how often. A real one asks for a person sooner, but then nothing is left to decide."""
SCORES = (None, 0.0, 0.2, 0.35, 0.5, 0.7, 0.8, 0.92)
RANKINGS: tuple[list[tuple[str, float]], ...] = (
    [("track_order", 0.4), ("faq", 0.2)],
    [("track_order", 0.2), ("faq", 0.1)],
    [("faq", 0.5), ("complaint", 0.3)],
    [("greet", 0.6), ("complaint", 0.3)],
    [],
)


async def dialogues(talk: Talk, agent: str) -> list[str]:
    """Many of them, the same each time as far as the assistant answers the same; the ids of the conversations."""
    return [await a_dialogue(talk, random.Random(seed), agent) for seed in range(DIALOGUES)]


async def a_dialogue(talk: Talk, chance: random.Random, agent: str) -> str:
    """Somebody says this and that; now and then a person takes over and gives it back."""
    one = Recorded(Talk(talk.agent, talk.services, talk.clock))
    for _ in range(chance.randint(1, LONGEST)):
        (intent,) = chance.choices(list(INTENTS), list(INTENTS.values()))
        more: dict[str, Any] = {"ranking": chance.choice(RANKINGS)} if intent == "nlu_fallback" else {}
        if intent == "inform":
            more = chance.choice([{"order_number": "FW-104233"}, {"email": "tom@example.org"}, {}])
        signals = ("repeated_question",) if chance.random() < 0.2 else ()
        await one.say(intent, chance.choice(SCORES), *signals, **more)
        await _desk(one, talk, chance, agent)
    return one.talk.id


async def _desk(one: Recorded, talk: Talk, chance: random.Random, agent: str) -> None:
    state = talk.services.state(one.talk.id)
    if state.handoff_id is None or chance.random() < 0.4:
        return
    talk.clock.advance(5)
    what = chance.choice(["resolve", "cancel", "miss"])
    if what == "cancel" or state.status is not Status.QUEUED:
        talk.services.cancel(one.talk.id)
    elif what == "miss":
        talk.clock.advance(talk.services.rules.waiting.missed_after)
        talk.services.sweep().run_once()
    else:
        talk.services.claim(state.handoff_id, agent)
        talk.services.resolve(state.handoff_id, agent)
    await one.arrived()


def stories(talk: Talk) -> dict[str, Story]:
    period = period_of(talk.services.rules, talk.clock())
    with talk.services.uow.read() as tx:
        return {story.conversation_id: story for story in stories_of(tx.connection, period)}


def replayed(story: Story, other: HandoffRules) -> VisitReplay:
    """The only visit of a conversation, by other rules than the project's."""
    facts = {said.visit: VisitFacts(said.visit or 0, said.at, None, None) for said in story.said}
    book = Rulebook(RULES, other, OFFERS, answers_with_offer(ROOT / "data" / "rules", OFFERS))
    (only,) = replay(story, {key: value for key, value in facts.items() if key is not None}, {None: book})
    return only


def steps(story: Story) -> list[Any]:
    """What the assistant decided on each message, or which rule brought in a person."""
    return [(said.decision or {}).get("step") or said.handed_off for said in story.said]


async def test_the_replay_decides_as_the_assistant_did_and_would_have(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same dialogues are had with other numbers too: where the two part, the replay of the first knew it."""
    agent = talk.services.agents.create("kim", "Kim", "correct horse battery").id
    monkeypatch.setattr(escalation, "process_rules", lambda: RULES)
    before = await dialogues(talk, agent)
    answer = what_if(talk.services).ask(period_of(RULES, talk.clock()), {})
    totals = answer.totals
    print(f"{totals.reproduced} of {totals.decisions} decisions in {totals.visits} visits come out the same")
    assert totals.made > DIALOGUES / 2, "there was something to decide"
    assert totals.reproduced == totals.decisions == totals.made
    assert not answer.changed
    assert totals.before == totals.after > 0

    other = rules_with(ROOT / "handoff.yml", OTHER_NUMBERS)
    monkeypatch.setattr(escalation, "process_rules", lambda: other)
    after = await dialogues(talk, agent)
    told, parted = stories(talk), 0
    for one, again in zip(before, after, strict=True):
        found = replayed(told[one], other)
        pairs = zip(steps(told[one]), steps(told[again]), strict=True)
        first = next((place for place, (was, is_now) in enumerate(pairs, start=1) if was != is_now), None)
        if first is not None and (found.recorded is None or first <= found.recorded.position):
            assert (found.parted, found.exact) == (first, True), (one, found)
            parted += 1
        else:
            assert found.parted == 0, (one, found)
    print(f"{parted} of {DIALOGUES} dialogues part with other numbers, each where the replay says")
    assert parted > DIALOGUES / 4
