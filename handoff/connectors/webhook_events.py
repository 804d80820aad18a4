"""What a receiver of the generic webhook may tell: strict JSON, as ``docs/handoff.webhook-1.schema.json`` has it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic import model_validator as validated

from handoff.connectors.base import (
    AgentJoined,
    AgentMessage,
    AgentOfLiveChat,
    Closed,
    DeliveryState,
    Event,
    Transferred,
)
from handoff.domain.errors import InvalidInput

LONGEST_ID = 200  # characters; ids of all live chats seen are below 64
LONGEST_NAME = 200
LONGEST_TEXT = 20_000  # characters of one message; live chats stop at 10 000 to 20 000
LONGEST_URL = 2000
LONGEST_CAUSE = 500
MOST_ATTACHMENTS = 15
MOST_MISTAKES = 5  # named in one error; whoever mends these sees the next

Id = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ID)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]
Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$", max_length=LONGEST_URL)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class _Agent(_Strict):
    id: Id
    name: Name

    def to_agent(self) -> AgentOfLiveChat:
        return AgentOfLiveChat(self.id, self.name)


class _Told(_Strict):
    id: Id
    reference: Id | None = None
    handoff_id: Id | None = None

    @validated(mode="after")
    def _says_where(self) -> Self:
        if (self.reference is None) == (self.handoff_id is None):
            raise ValueError("exactly one of reference and handoff_id says which handoff it is")
        return self

    @property
    def where(self) -> str:
        """The reference of the link: what the receiver answered to handoff.opened, else the handoff's id."""
        return self.reference or self.handoff_id or ""

    def to_event(self) -> Event:
        raise NotImplementedError


class _AgentJoined(_Told):
    type: Literal["agent.joined"]
    agent: _Agent

    def to_event(self) -> Event:
        return AgentJoined(self.where, self.agent.to_agent())


class _AgentMessage(_Told):
    type: Literal["agent.message"]
    agent: _Agent
    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] = ""
    at: Annotated[AwareDatetime, Field(strict=False)] | None = None
    attachments: Annotated[list[Url], Field(max_length=MOST_ATTACHMENTS)] = []

    @validated(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and not self.attachments:
            raise ValueError("text or attachments must hold something")
        return self

    def to_event(self) -> Event:
        agent = self.agent.to_agent()
        return AgentMessage(self.where, self.id, agent, self.text, self.at, tuple(self.attachments))


class _AgentTransferred(_Told):
    type: Literal["agent.transferred"]
    to: Name
    agent: _Agent | None = None

    def to_event(self) -> Event:
        return Transferred(self.where, self.to, self.agent.to_agent() if self.agent else None)


class _AgentClosed(_Told):
    type: Literal["agent.closed"]
    agent: _Agent | None = None

    def to_event(self) -> Event:
        return Closed(self.where, self.agent.to_agent() if self.agent else None)


class _DeliveryState(_Told):
    type: Literal["delivery.state"]
    message_id: Id
    state: Literal["delivered", "read", "failed"]
    cause: Annotated[str, StringConstraints(max_length=LONGEST_CAUSE)] = ""

    def to_event(self) -> Event:
        return DeliveryState(self.where, self.message_id, self.state, self.cause)


_ANY: TypeAdapter[_AgentJoined | _AgentMessage | _AgentTransferred | _AgentClosed | _DeliveryState] = TypeAdapter(
    Annotated[
        _AgentJoined | _AgentMessage | _AgentTransferred | _AgentClosed | _DeliveryState, Field(discriminator="type")
    ]
)


def read_event(body: bytes) -> tuple[str, Event]:
    """Return (id, event) of a body whose signature was checked.

    Raises:
        InvalidInput: it is not one of the five kinds; the message names the keys and what is wrong with each.
    """
    try:
        told = _ANY.validate_json(body)
    except ValidationError as error:
        mistakes = [_said(item["loc"], item["msg"]) for item in error.errors(include_url=False, include_input=False)]
        shown = "; ".join(mistakes[:MOST_MISTAKES])
        raise InvalidInput(f"The webhook's JSON cannot be used: {shown}. See docs/connectors-webhook.md.") from None
    return told.id, told.to_event()


def _said(place: tuple[int | str, ...], message: str) -> str:
    # the first step of the place is the kind, which is no key of the sender's
    keys = ".".join(str(step) for step in place[1:])
    return f"{keys}: {message}" if keys else message
