"""Which live chats there are: the section ``live_chat`` of ``endpoints.yml``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handoff.connectors.base import Connector
from handoff.connectors.registry import connector_class
from handoff.domain.errors import ConfigurationError
from handoff.domain.live_chat import DESK, FALLBACK_AFTER_SECONDS, POLL_EVERY_SECONDS, LiveChat, Route
from handoff.endpoints_file import Section, mistakes, read_section

SECTION = "live_chat"
HINT = "connectors, queues and so on; see docs/connectors.md"
NAME_PATTERN = r"^[a-z][a-z0-9_-]{0,39}$"  # part of addresses of webhooks and of names in the database
SHORTEST_POLL = 0.5  # seconds; every open handoff is asked about that often


@dataclass(frozen=True)
class LiveChatSetup:
    """The connectors, made but not called yet, and who serves what."""

    chats: LiveChat = field(default_factory=LiveChat)
    connectors: Mapping[str, Connector] = field(default_factory=dict)


class _Routing(BaseModel):
    """The keys that every connector has, besides its own."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    type: str
    fallback: str = DESK
    fallback_after: Annotated[float, Field(ge=1)] = FALLBACK_AFTER_SECONDS
    poll_every: Annotated[float, Field(ge=SHORTEST_POLL)] = POLL_EVERY_SECONDS


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    default: str = DESK
    queues: dict[str, str] = {}
    after_hours: str | None = None
    notify: list[str] = []
    connectors: dict[Annotated[str, Field(pattern=NAME_PATTERN)], dict[str, Any]] = {}


def load_live_chat(
    endpoints_file: Path, environ: Mapping[str, str], queues: Collection[str], desk_url: str
) -> LiveChatSetup:
    """Return what the section says; without one the desk serves everything.

    Args:
        endpoints_file: where it is.
        environ: values of ``${VARIABLES}``.
        queues: those of handoff.yml.
        desk_url: address of the desk, for links.

    Raises:
        ConfigurationError: the message names every key that is wrong, and the remedy, never a secret.
    """
    section = read_section(endpoints_file, SECTION, environ, HINT)
    if section is None:
        return LiveChatSetup()
    if section.problems:
        raise mistakes(endpoints_file, SECTION, list(section.problems))
    try:
        parsed = _Section.model_validate(section.values)
    except ValidationError as error:
        raise mistakes(endpoints_file, SECTION, _problems(error, "")) from None
    problems: list[str] = []
    routes: dict[str, Route] = {}
    connectors: dict[str, Connector] = {}
    for name, values in parsed.connectors.items():
        made = _connector(name, values, section, desk_url, problems)
        if made is not None:
            routes[name], connectors[name] = made
    if not problems:
        problems = _routing_problems(parsed, routes, queues)
    if problems:
        raise mistakes(endpoints_file, SECTION, problems)
    chats = LiveChat(routes, parsed.default, parsed.queues, parsed.after_hours, tuple(parsed.notify))
    return LiveChatSetup(chats, connectors)


def _connector(
    name: str, values: dict[str, Any], section: Section, desk_url: str, problems: list[str]
) -> tuple[Route, Connector] | None:
    place = f"connectors.{name}"
    if name == DESK:
        problems.append(f"{place}: 'desk' is the built-in desk and needs no entry; choose another name")
        return None
    try:
        routing = _Routing.model_validate(values)
        kind = connector_class(routing.type)
        own = {key: value for key, value in values.items() if key not in _Routing.model_fields}
        options = kind.options.model_validate(own)
        problems += _written_secrets(kind, own, section, place)
        connector = kind.create(name, options, desk_url)
    except ValidationError as error:
        problems += _problems(error, place)
        return None
    except ConfigurationError as error:
        problems.append(f"{place}: {error}")
        return None
    can = connector.capabilities
    route = Route(
        name=name,
        two_way=can.two_way,
        live=can.live,
        pulls=can.pulls,
        fallback=routing.fallback,
        fallback_after=routing.fallback_after,
        poll_every=routing.poll_every,
    )
    return route, connector


def _written_secrets(kind: type[Connector], own: dict[str, Any], section: Section, place: str) -> list[str]:
    return [
        f"{place}.{key}: a secret does not belong into a file; write ${{{key.upper()}}} and set that variable"
        for key, known in kind.options.model_fields.items()
        if key in own and "SecretStr" in repr(known.annotation) and f"{place}.{key}" not in section.variables
    ]


def _routing_problems(parsed: _Section, routes: Mapping[str, Route], queues: Collection[str]) -> list[str]:
    problems = [
        f"queues.{queue}: handoff.yml has no such queue. Known: {', '.join(sorted(queues))}"
        for queue in parsed.queues
        if queue not in queues
    ]
    serving = {"default": parsed.default, **{f"queues.{queue}": name for queue, name in parsed.queues.items()}}
    if parsed.after_hours is not None:
        serving["after_hours"] = parsed.after_hours
    serving |= {f"connectors.{name}.fallback": route.fallback for name, route in routes.items()}
    for place, name in serving.items():
        if name == DESK:
            continue
        if name not in routes:
            problems.append(f"{place}: there is no connector '{name}'. Known: {', '.join(sorted({DESK, *routes}))}")
        elif not routes[name].two_way:
            problems.append(f"{place}: '{name}' can only notify, nobody answers there; name it under notify")
    problems += [
        f"notify: there is no connector '{name}'. Known: {', '.join(sorted(routes))}"
        for name in parsed.notify
        if name not in routes
    ]
    problems += [
        f"notify: '{name}' is a live chat in which agents answer; name it under queues or default"
        for name in parsed.notify
        if name in routes and routes[name].two_way
    ]
    return problems or _circles(routes)


def _circles(routes: Mapping[str, Route]) -> list[str]:
    """A fallback must end at the desk, which is always there."""
    for start in routes:
        seen, name = [start], routes[start].fallback
        while name != DESK:
            if name in seen:
                return [f"connectors.{start}.fallback: {' -> '.join([*seen, name])} goes round in a circle"]
            seen.append(name)
            name = routes[name].fallback
    return []


def _problems(error: ValidationError, place: str) -> list[str]:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        where = ".".join([part for part in [place, *(str(step) for step in problem["loc"])] if part])
        lines.append(f"{where or '(the whole section)'}: {problem['msg']}")
    return lines
