"""Whole turns with the project's rules, forms and actions, and scores as NLU would give them; only NLU is left out."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.model_training import train_core
from rasa.shared.core.events import SlotSet
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions import handoff as handoff_actions
from handoff.bootstrap import Services, utc_now
from handoff.persistence.engine import open_engine
from handoff.persistence.schema import upgrade
from handoff.rasa import escalation, guard
from handoff.rules_file import load_rules
from handoff.settings import Settings
from tests.conftest import ROOT

ANSWER = "utter_faq/delivery_time"
EMPATHY, REPETITION = "utter_empathy_offer_human", "utter_offer_after_repetition"
ASK_ORDER, NOTED = "utter_ask_order_form_order_number", "utter_order_noted"
NOBODY = "utter_handoff_nobody_online_known"  # the visitors here left an address, and no agent is logged in
DECLINED = "utter_offer_declined"
AGAIN = ("repeated_question",)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The project's policies, trained on its rules and stories."""
    folder = tmp_path_factory.mktemp("project")
    config = yaml.safe_load((ROOT / "config.yml").read_text())
    (folder / "config.yml").write_text(yaml.safe_dump(config | {"pipeline": []}))
    (folder / "domain").mkdir()
    shutil.copy(ROOT / "domain.yml", folder / "domain")
    shutil.copytree(ROOT / "data" / "responses", folder / "domain" / "responses")
    for name in ("rules", "stories"):
        shutil.copytree(ROOT / "data" / name, folder / "data" / name)
    # enough for Rasa to know that faq has answers
    faq = {"version": "3.1", "nlu": [{"intent": "faq/delivery_time", "examples": "- how long\n- how many days\n"}]}
    (folder / "data" / "nlu.yml").write_text(yaml.safe_dump(faq))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RASA_CACHE_DIRECTORY", str(folder / "cache"))  # not the cache of whoever works here
        environment.setenv("RASA_TELEMETRY_ENABLED", "false")
        paths = (folder / name for name in ("domain", "config.yml", "data", "models"))
        trained = train_core(*map(str, paths))
    assert trained is not None
    return trained


class InThisProcess(EndpointConfig):
    """An action server without a server; what it gets and gives went through JSON, as it would."""

    def __init__(self) -> None:
        super().__init__()
        self.executor = ActionExecutor()
        self.executor.register_package("actions")

    async def request(self, *_: Any, json: Any = None, **__: Any) -> Any:
        return _through_json(await self.executor.run(_through_json(json)))


def _through_json(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


@pytest.fixture(scope="module")
def agent(model: str) -> Agent:
    return Agent.load(model, action_endpoint=InThisProcess())


@dataclass
class Talk:
    """One visitor's conversation."""

    agent: Agent
    services: Services
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def say(self, intent: str, score: float | None = None, *signals: str, **entities: str) -> list[str]:
        """Say something that NLU makes this of; the names of the assistant's answers."""
        base, _, topic = intent.partition("/")
        parsed: dict[str, Any] = {
            "text": " ".join(entities.values()) or intent,
            "intent": {"name": base, "confidence": 0.9},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        }
        if topic:
            parsed["intent"]["full_retrieval_intent_name"] = intent
            answer = {"intent_response_key": intent, "utter_action": f"utter_{intent}", "responses": [{"text": "..."}]}
            parsed["response_selector"] = {"all_retrieval_intents": ["faq"], "faq": {"response": answer}}
        if score is not None:
            parsed["frustration"] = {"score": score, "signals": list(signals)}
        before = len(await self._said())
        await self.agent.handle_message(
            UserMessage(parsed["text"], sender_id=self.id, parse_data=parsed, input_channel="web")
        )
        return (await self._said())[before:]

    async def _said(self) -> list[str]:
        tracker = await self.agent.tracker_store.get_or_create_tracker(self.id)
        return [e.metadata["utter_action"] for e in tracker.events if e.type_name == "bot"]

    async def decisions(self) -> list[dict[str, Any] | None]:
        """What was kept of the decisions, in order; None where a handoff ended one."""
        tracker = await self.agent.tracker_store.get_or_create_tracker(self.id)
        return [e.value for e in tracker.events if isinstance(e, SlotSet) and e.key == "escalation"]

    def package(self) -> dict[str, Any]:
        """The context package of the handoff that was made."""
        (row,) = [row for row in self.services.desk.list() if row.conversation_id == self.id]
        return self.services.desk.get(row.id).package


@pytest.fixture
def talk(agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    settings = Settings.load(environ={"HANDOFF_VAR": str(tmp_path)})
    engine = open_engine(settings.db_url)
    upgrade(engine)
    services = Services(settings, engine, utc_now)
    for module in (guard, handoff_actions):
        monkeypatch.setattr(module, "process_services", lambda: services)
    monkeypatch.setattr(escalation, "process_rules", lambda: load_rules(ROOT / "handoff.yml"))
    yield Talk(agent, services)
    engine.dispose()


async def test_an_offer_and_a_yes(talk: Talk) -> None:
    assert await talk.say("nlu_fallback", 0.8, "negative_wording") == [EMPATHY]
    (record,) = await talk.decisions()
    assert record is not None
    assert (record["step"], record["trigger"], record["level"]) == ("offer", "frustration", 0.8)
    assert (await talk.say("affirm"))[0] == "utter_handoff_nobody_online"
    assert (await talk.decisions())[-1] is None
    trigger = talk.package()["trigger"]
    assert trigger["kind"] == "frustration"
    assert [item["reason"] for item in trigger["evidence"]] == ["sounds frustrated (0.80: negative wording)"]


async def test_an_offer_and_more_frustration(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("greet", 0.8) == [EMPATHY]
    assert await talk.say("nlu_fallback", 0.8) == [NOBODY]
    assert [item["frustration"] for item in talk.package()["trigger"]["evidence"]] == [0.8, 0.8]


async def test_a_no_is_taken_and_something_new_is_heard(talk: Talk) -> None:
    assert await talk.say("express_frustration") == [EMPATHY]
    assert await talk.say("deny", 0.6) == [DECLINED]
    assert await talk.say("faq/delivery_time", 0.1) == [ANSWER]
    assert await talk.say("express_frustration") == [EMPATHY]
    assert await talk.say("deny") == [DECLINED]
    assert await talk.say("express_frustration") == ["utter_empathy"]


async def test_a_question_is_answered_before_the_offer(talk: Talk) -> None:
    assert await talk.say("faq/delivery_time", 0.75) == [ANSWER, EMPATHY]
    assert await talk.say("deny") == [DECLINED]
    assert await talk.say("payment_problem", 0.8) == ["utter_payment_problem", EMPATHY]


async def test_the_same_question_again(talk: Talk) -> None:
    assert await talk.say("faq/delivery_time", 0.0) == [ANSWER]
    assert await talk.say("faq/delivery_time", 0.2, *AGAIN) == [ANSWER, REPETITION]
    assert await talk.say("faq/delivery_time", 0.2, *AGAIN) == [ANSWER]
    assert (await talk.say("request_human"))[0] == "utter_handoff_nobody_online"


async def test_strong_words_do_not_wait(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("faq/delivery_time", 0.95) == [NOBODY]


async def test_not_understood_twice(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("nlu_fallback") == ["utter_low_confidence_no_topics"]
    assert await talk.say("nlu_fallback") == ["utter_no_guessing", NOBODY]
    assert talk.package()["trigger"]["kind"] == "low_confidence"
    assert len(talk.package()["trigger"]["evidence"]) == 2


# --- in a form


async def test_a_form_goes_on_after_a_no(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("nlu_fallback", 0.8) == [EMPATHY]
    assert await talk.say("deny") == [DECLINED, ASK_ORDER]
    assert await talk.say("inform", order_number="FW-104233") == [NOTED, "utter_offer_colleague"]


async def test_a_form_is_left_after_a_yes(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("express_frustration") == [EMPATHY]
    assert (await talk.say("affirm"))[0] == "utter_handoff_nobody_online"
    package = talk.package()
    assert (package["trigger"]["kind"], package["topic"]) == ("frustration", "support")


async def test_a_form_takes_its_answer_instead_of_a_yes_or_no(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("nlu_fallback", 0.8) == [EMPATHY]
    assert await talk.say("inform", order_number="FW-104233") == [NOTED, "utter_offer_colleague"]


async def test_an_angry_answer_is_taken_and_then_a_person_offered(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("inform", 0.8, order_number="FW-104233") == [NOTED, EMPATHY]


async def test_an_angry_question_in_a_form_is_answered_and_the_form_takes_what_follows(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("faq/delivery_time", 0.8) == [ANSWER, EMPATHY]
    assert await talk.say("inform", order_number="FW-104233") == [NOTED, "utter_offer_colleague"]


async def test_anger_that_goes_on_in_a_form_leaves_it(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("demo_request") == ["utter_demo_request", NOBODY]
    other = Talk(talk.agent, talk.services)
    assert (await other.say("demo_request"))[-1] == "utter_ask_contact_form_email"
    assert await other.say("nlu_fallback", 0.8) == [EMPATHY]
    assert (await other.say("nlu_fallback", 0.75))[0] == "utter_handoff_nobody_online"
    assert other.package()["topic"] == "sales"


async def test_while_a_handoff_waits_anger_is_heard_and_offers_nothing(talk: Talk) -> None:
    assert (await talk.say("request_human"))[-1] == "utter_ask_contact_form_email"
    assert await talk.say("nlu_fallback", 0.8) == ["utter_handoff_already", "utter_ask_contact_form_email"]
    assert talk.package()["urgency"]["level"] == "high"
    assert await talk.say("inform", 0.75, email="tom@example.org") == ["utter_contact_saved"]


async def test_anger_in_the_queue_is_answered_and_raises_the_urgency(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("request_human") == [NOBODY]
    assert await talk.say("nlu_fallback", 0.2) == [], "a person has the conversation"
    before = talk.package()["urgency"]
    assert await talk.say("nlu_fallback", 0.8) == ["utter_handoff_already"]
    assert (before["level"], talk.package()["urgency"]["level"]) == ("normal", "high")
