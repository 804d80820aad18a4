"""What the visitor hears when a handoff, or an address for the answer, could not be stored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import handoff
from actions.handoff import ActionContactSaved, ActionHandoff
from handoff.domain.errors import StorageUnavailable
from handoff.rasa.time_limits import ACTION_SECONDS


class Services:
    """Stands for the database's side; remembers whether it was asked."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self.asked = 0
        self._answer = answer

    def request(self, _request: Any) -> Any:
        self.asked += 1
        return self._answer()

    def add_contact(self, _conversation_id: str, _details: dict[str, str | None]) -> Any:
        return self._answer()


def fail() -> Any:
    raise StorageUnavailable("The database did not answer.")


def said(action: Action, services: Services, monkeypatch: pytest.MonkeyPatch, age: float = 0.0) -> str:
    monkeypatch.setattr(handoff, "process_services", lambda: services)
    event = {"event": "user", "text": "a person, please", "timestamp": time.time() - age, "parse_data": {}}
    slots = {"email": "tom@example.org"}
    tracker = Tracker("c", slots, {}, [event], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    asyncio.run(action.run(dispatcher, tracker, {}))
    (message,) = dispatcher.messages
    return message["response"]


def test_a_request_that_rasa_gave_up_is_not_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(fail)
    assert said(ActionHandoff(), services, monkeypatch, age=ACTION_SECONDS + 1) == "utter_handoff_failed"
    assert services.asked == 0
    said(ActionHandoff(), services, monkeypatch, age=ACTION_SECONDS - 2)
    assert services.asked == 1


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda: True, "utter_contact_saved"),
        (lambda: False, "utter_contact_no_handoff"),
        (fail, "utter_contact_not_saved"),
    ],
)
def test_what_became_of_an_address(answer: Callable[[], Any], text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(ActionContactSaved(), Services(answer), monkeypatch) == text
