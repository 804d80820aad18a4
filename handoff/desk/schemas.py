"""What goes over the desk's API around logging in, and what all of it shares, as pydantic models. The OpenAPI
description is made of these, and of ``handoff_schemas`` and ``people_schemas``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PlainSerializer, SecretStr, WithJsonSchema

from handoff.domain.context import iso

USERNAME_LIMIT = 64
PASSWORD_LIMIT = 1024  # longer ones would only keep argon2 busy

Timestamp = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-23T20:15:00.000Z"]}),
]
PresenceState = Literal["online", "away"]
Role = Literal["agent", "admin"]


class ErrorDetail(BaseModel):
    """What went wrong."""

    code: str = Field(description="Stable name for programs, for example `already_claimed`.")
    message: str = Field(description="For people: what, and what to do about it.")


class ErrorBody(BaseModel):
    """The shape of every error."""

    error: ErrorDetail


ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {"model": ErrorBody, "description": "Any error, with the HTTP status that fits."}
}


class Credentials(BaseModel):
    """What an agent logs in with."""

    username: str = Field(min_length=1, max_length=USERNAME_LIMIT)
    password: SecretStr = Field(min_length=1, max_length=PASSWORD_LIMIT)


class AgentOut(BaseModel):
    """An agent."""

    id: str
    username: str
    display_name: str = Field(description="The name that visitors see.")
    role: str = Field(description="`agent` or `admin`.")
    topics: list[str] = Field(description="Topics the agent looks after; empty means all.")


class Me(BaseModel):
    """The agent who is logged in."""

    agent: AgentOut
    presence: PresenceState = Field(description="What the agent says of being there.")
    csrf: str = Field(description="Goes into the header X-CSRF-Token of every request that changes something.")


class PresenceIn(BaseModel):
    """Whether an agent takes new conversations."""

    state: PresenceState


class PasswordChange(BaseModel):
    """An agent's own new password."""

    current: SecretStr = Field(min_length=1, max_length=PASSWORD_LIMIT)
    new: SecretStr = Field(min_length=1, max_length=PASSWORD_LIMIT, description="At least 10 characters.")


class Health(BaseModel):
    """The desk is up."""

    status: Literal["ok"] = "ok"
