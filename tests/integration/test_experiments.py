"""An experiment as visitors meet it: whole turns with the project's rules, forms and actions, without NLU."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path

import pytest
import yaml

from actions import designer_rules
from handoff.domain.experiment import throw
from handoff.domain.rules import HandoffRules
from handoff.rasa import escalation
from handoff.rasa.marks import VARIANT_SLOT
from handoff.rules_file import load_rules
from tests.conftest import ROOT
from tests.support.dialogue import Talk

pytest_plugins = ["tests.support.dialogue"]

OFFER = "utter_empathy_offer_human"
NAME = "earlier-offer"
SECTION = {
    "name": NAME,
    "started": date(2026, 11, 1),
    "variants": {
        "control": {"share": 50},
        "earlier": {
            "share": 50,
            "set": {"triggers.frustration.offer_from": 0.6, "triggers.low_confidence.never_guess_from": 0.1},
        },
    },
}
CONTROL, EARLIER = "control", "earlier"


@pytest.fixture
def running(tmp_path: Path) -> HandoffRules:
    """The project's rules with an experiment."""
    file = tmp_path / "handoff.yml"
    content = yaml.safe_load((ROOT / "handoff.yml").read_text())
    file.write_text(yaml.safe_dump(content | {"experiment": SECTION}, sort_keys=False))
    return load_rules(file)


@pytest.fixture
def run(talk: Talk, running: HandoffRules, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process of the conversation has these rules."""
    use(running, talk, monkeypatch)


def use(rules: HandoffRules, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escalation, "process_rules", lambda: rules)
    monkeypatch.setattr(designer_rules, "designer_rules", lambda: rules)
    talk.services.rules = rules


def somebody_in(variant: str) -> str:
    """The id of a new conversation that falls into ``variant``."""
    ids = iter(lambda: uuid.uuid4().hex, "")
    return next(one for one in ids if (throw(NAME, one) < 0.5) is (variant == CONTROL))


@pytest.mark.usefixtures("run")
async def test_variants_offer_a_person_at_different_scores(talk: Talk) -> None:
    calm, other = somebody_in(CONTROL), somebody_in(EARLIER)
    talk.id = calm
    assert await talk.say("greet", 0.65) == ["utter_greet"]
    talk.id = other
    assert await talk.say("greet", 0.65) == [OFFER]
    talk.id = somebody_in(CONTROL)
    assert await talk.say("greet", 0.7) == [OFFER]


@pytest.mark.usefixtures("run")
async def test_actions_decide_by_the_variant_too(talk: Talk) -> None:
    unsure = ("what about my thing", "nlu_fallback", ("track_order", 0.15))
    talk.id = somebody_in(CONTROL)
    assert await talk.write(*unsure) == ["utter_low_confidence"]
    talk.id = somebody_in(EARLIER)
    assert (await talk.write(*unsure))[0] == "utter_no_guessing"


@pytest.mark.usefixtures("run")
async def test_responses_have_words_for_a_variant(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    condition = [{"type": "slot", "name": VARIANT_SLOT, "value": "earlier"}]
    monkeypatch.setitem(
        talk.agent.nlg.responses,  # type: ignore[union-attr]  # Rasa says object
        "utter_greet",
        [{"text": "Hello."}, {"text": "Hello, a person is never far.", "condition": condition}],
    )
    for variant, words in ((CONTROL, "Hello."), (EARLIER, "Hello, a person is never far.")):
        talk.id = somebody_in(variant)
        (said,) = await talk.say("greet")  # the first message of all
        assert (said, await talk.texts(1)) == ("utter_greet", [words])


async def test_the_slot_follows_the_experiment(
    talk: Talk, running: HandoffRules, rules: HandoffRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.id = somebody_in(EARLIER)
    await talk.say("greet")
    assert await talk.slot(VARIANT_SLOT) is None
    use(running, talk, monkeypatch)
    await talk.say("greet")
    assert await talk.slot(VARIANT_SLOT) == "earlier"
    use(rules, talk, monkeypatch)
    await talk.say("greet")
    assert await talk.slot(VARIANT_SLOT) is None
