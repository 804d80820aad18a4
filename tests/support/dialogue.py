"""Conversations with the project's own policies, rules, forms and actions in this process; only NLU is left out.

A pytest plugin: test modules name it in ``pytest_plugins`` and take the fixture ``talk``.
"""

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
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.model_training import train_core
from rasa.shared.core.events import BotUttered, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions import handoff as handoff_actions
from handoff.bootstrap import Services
from handoff.nlu.offered_choice import OfferedChoice
from handoff.persistence.engine import open_engine
from handoff.rasa import escalation, guard
from handoff.rasa.client import RasaClient
from handoff.rasa.marks import CHANNEL_NAME, RECORDED
from handoff.rasa.parsed_intent import intent_name
from handoff.rules_file import load_rules
from handoff.settings import Settings
from tests.conftest import ROOT, Clock

CONFIDENCE = 0.9  # of whatever NLU is said to make of a message


@pytest.fixture(scope="session")
def dialogue_model(tmp_path_factory: pytest.TempPathFactory) -> str:
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


@pytest.fixture(scope="session")
def dialogue_agent(dialogue_model: str) -> Agent:
    """An agent that runs them and the project's actions."""
    return Agent.load(dialogue_model, action_endpoint=InThisProcess())


class OnTheWeb(CollectingOutputChannel):
    """Takes what is said as the channel `web` would: responses have variants for some channels."""

    @classmethod
    def name(cls) -> str:
        """Name of the channel that it stands for."""
        return CHANNEL_NAME


class RasaInThisProcess(RasaClient):
    """The desk's way to Rasa without a server: keeps the events that would be sent."""

    def __init__(self) -> None:
        super().__init__("http://rasa", "")
        self.events: list[dict[str, Any]] = []

    def _call(self, method: str, path: str, params: dict[str, str], body: Any) -> dict[str, Any]:
        self.events += _through_json(body)
        return {}


@dataclass
class Talk:
    """One visitor's conversation."""

    agent: Agent
    services: Services
    clock: Clock
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def say(self, intent: str, score: float | None = None, *signals: str, **entities: str) -> list[str]:
        """Say something that NLU makes this of; the names of the assistant's answers."""
        parsed = _parsed(" ".join(entities.values()) or intent, intent, entities)
        if score is not None:
            parsed["frustration"] = {"score": score, "signals": list(signals)}
        return await self._handle(parsed)

    async def write(self, text: str, intent: str, *ranking: tuple[str, float], **entities: str) -> list[str]:
        """Write ``text``, which NLU by itself takes for ``intent`` (and, in ``ranking``, for what else); what it
        makes of an answer to buttons is left to the real component."""
        parsed = _parsed(text, intent, entities)
        parsed["intent_ranking"] = [
            {"name": name, "confidence": likely} for name, likely in ((intent.split("/")[0], CONFIDENCE), *ranking)
        ]
        message = Message(parsed, output_properties=set(parsed))
        OfferedChoice().process([message], await self._tracker())
        return await self._handle(message.as_dict(only_output_properties=True))

    async def press(self, title: str) -> list[str]:
        """Press a button of the assistant's latest message."""
        (payload,) = [button["payload"] for button in await self.buttons() if button["title"] == title]
        pressed = YAMLStoryReader.unpack_regex_message(Message({"text": payload}))
        return await self._handle(pressed.as_dict(only_output_properties=True))

    async def buttons(self) -> list[dict[str, str]]:
        """Those of the assistant's latest message."""
        said = [event for event in (await self._tracker()).events if isinstance(event, BotUttered)]
        return said[-1].data.get("buttons") or []

    async def understood(self) -> str | None:
        """What the visitor's latest message was taken for."""
        latest = (await self._tracker()).latest_message
        return intent_name(latest.parse_data if latest else None)

    async def slot(self, name: str) -> Any:
        """The value of a slot."""
        return (await self._tracker()).get_slot(name)

    async def _handle(self, parsed: dict[str, Any]) -> list[str]:
        before = len(await self._said())
        await self.agent.handle_message(
            UserMessage(parsed["text"], OnTheWeb(), self.id, parse_data=parsed, input_channel=CHANNEL_NAME)
        )
        return (await self._said())[before:]

    async def _tracker(self) -> DialogueStateTracker:
        return await self.agent.tracker_store.get_or_create_tracker(self.id)

    async def _said(self) -> list[str]:
        said = [e for e in (await self._tracker()).events if e.type_name == "bot"]
        return [e.metadata["utter_action"] for e in said if RECORDED not in e.metadata]

    async def decisions(self) -> list[dict[str, Any] | None]:
        """What was kept of the decisions, in order; None where a handoff ended one."""
        return [e.value for e in (await self._tracker()).events if isinstance(e, SlotSet) and e.key == "escalation"]

    async def texts(self, said: int) -> list[str]:
        """The words of the latest ``said`` messages of the assistant."""
        return [event.text for event in (await self._tracker()).events if isinstance(event, BotUttered)][-said:]

    async def time_passes(self, seconds: float) -> list[str]:
        """Let the desk's timers happen and its lines arrive; their words."""
        self.clock.advance(seconds)
        self.services.sweep().run_once()
        return await self.arrived()

    async def arrived(self) -> list[str]:
        """Let the desk deliver what is on its way to this visitor, with the events that it sends along; the words."""
        rasa = RasaInThisProcess()
        self.services.rasa = rasa
        dispatcher = self.services.dispatcher()
        while dispatcher.run_once():
            pass
        tracker, arrived = await self._tracker(), []
        for event in map(Event.from_parameters, rasa.events):
            assert event is not None
            tracker.update(event, self.agent.domain)
            arrived += [event.text] if isinstance(event, BotUttered) else []
        await self.agent.tracker_store.save(tracker)
        return arrived

    def package(self) -> dict[str, Any]:
        """The context package of the handoff that was made."""
        return self.services.desk.get(self._handoff_id()).package

    def resolve(self) -> None:
        """An agent takes the handoff that was made and resolves it; the news has not reached Rasa yet."""
        kim = self.services.agents.create("kim", "Kim", "correct horse battery")
        self.services.claim(self._handoff_id(), kim.id)
        self.services.resolve(self._handoff_id(), kim.id)

    def _handoff_id(self) -> str:
        (row,) = [row for row in self.services.desk.list() if row.conversation_id == self.id]
        return row.id


@pytest.fixture
def talk(
    dialogue_agent: Agent, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> Iterator[Talk]:
    """A conversation that has not begun, with a database of its own; no agent is logged in.

    It is a Monday morning within the opening hours of handoff.yml, whatever time it really is.
    """
    settings = Settings.load(environ={"HANDOFF_VAR": str(tmp_path), "HANDOFF_DB_URL": sqlite_url})
    engine = open_engine(sqlite_url)
    services = Services(settings, engine, clock)
    for module in (guard, handoff_actions):
        monkeypatch.setattr(module, "process_services", lambda: services)
    monkeypatch.setattr(escalation, "process_rules", lambda: load_rules(ROOT / "handoff.yml"))
    yield Talk(dialogue_agent, services, clock)
    engine.dispose()


def _parsed(text: str, intent: str, entities: dict[str, str]) -> dict[str, Any]:
    """Parse data as the pipeline makes it, ready for the tracker."""
    base, _, topic = intent.partition("/")
    parsed: dict[str, Any] = {
        "text": text,
        "intent": {"name": base, "confidence": CONFIDENCE},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }
    if topic:
        parsed["intent"]["full_retrieval_intent_name"] = intent
        answer = {"intent_response_key": intent, "utter_action": f"utter_{intent}", "responses": [{"text": "..."}]}
        parsed["response_selector"] = {"all_retrieval_intents": ["faq"], "faq": {"response": answer}}
    return parsed
