"""Rasa's own JSON schemas are checked once, and not with everything that is validated against them.

With each answer of the action server and each event that is sent to it, Rasa 3.6 calls ``jsonschema.validate``, which
first checks that the schema is one: twenty times the work of looking at the events, and two fifths of the processor
time of a busy server (measured with ``make bench-live``). What is accepted and what is refused stays the same.
"""

from __future__ import annotations

from typing import Any

import jsonschema
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.utils.schemas.events import EVENTS_SCHEMA


def check_known_schemas_once() -> None:
    """Let ``jsonschema.validate`` remember the two schemas that Rasa uses in each turn. Call it once, at the start."""
    answer = RemoteAction.action_response_format_spec()
    RemoteAction.action_response_format_spec = staticmethod(lambda: answer)
    validators = {}
    for schema in (answer, EVENTS_SCHEMA):
        kind = validator_for(schema)
        kind.check_schema(schema)
        validators[id(schema)] = kind(schema)
    original = jsonschema.validate

    def validate(instance: Any, schema: Any, *arguments: Any, **options: Any) -> None:
        known = validators.get(id(schema))
        if known is None or arguments or options:
            original(instance, schema, *arguments, **options)
            return
        error = best_match(known.iter_errors(instance))
        if error is not None:
            raise error

    jsonschema.validate = validate
