"""Rasa's schemas are checked once; what is accepted and what is refused stays the same."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.utils.schemas.events import EVENTS_SCHEMA

from handoff.rasa.known_schemas import check_known_schemas_once

GOOD = {"events": [{"event": "slot", "name": "email", "value": None, "timestamp": None}], "responses": []}
BAD = [
    {"events": [{"event": "slot", "name": 7}], "responses": []},
    {"events": [{"event": "no such event"}], "responses": []},
    {"events": "none", "responses": []},
    {"events": [], "responses": ["text"]},
    [],
]


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the server, and undone afterwards."""
    monkeypatch.setattr(jsonschema, "validate", jsonschema.validate)
    monkeypatch.setattr(RemoteAction, "action_response_format_spec", RemoteAction.action_response_format_spec)
    check_known_schemas_once()


def says(answer: Any) -> str | None:
    """What Rasa says of an answer of the action server."""
    try:
        RemoteAction("action_handoff", None)._validate_action_result(answer)
    except jsonschema.ValidationError as error:
        return error.message
    return None


def test_the_same_is_refused_with_the_same_words(once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = [says(answer) for answer in [GOOD, *BAD]]
    monkeypatch.undo()
    assert [says(answer) for answer in [GOOD, *BAD]] == fast
    assert fast[0] is None
    assert all(fast[1:])


def test_the_schema_itself_is_not_looked_at_again(once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(schema: Any) -> None:
        raise AssertionError("the schema was checked again")

    kind: type[Validator] = validator_for(EVENTS_SCHEMA)
    monkeypatch.setattr(kind, "check_schema", never)
    assert says(GOOD) is None
    jsonschema.validate(GOOD["events"], EVENTS_SCHEMA)
    with pytest.raises(AssertionError, match="checked again"):
        jsonschema.validate({}, {"type": "object"})
