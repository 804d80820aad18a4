"""The contract of a connector: how a handoff reaches a live chat, and how what agents do there comes back.

A connector is one file with one class. It talks to the live chat and knows nothing of databases, retries or Rasa:

- **out**: :meth:`Connector.open`, :meth:`~Connector.send`, :meth:`~Connector.typing` and :meth:`~Connector.close`
  return when the live chat has it. They raise :class:`NotYet` when it may work later and :class:`Undeliverable` when
  the live chat refuses for good. Whoever calls them keeps the order within a handoff, tries again, and falls back.
- **in**: :meth:`~Connector.receive` checks a webhook and says what it is about; :meth:`~Connector.pull` asks the live
  chat what happened since. Where a live chat can be asked, the webhook is a bell only: what is pulled has no gaps, no
  repeats and one order, whatever happened to the webhooks.

After a crash or a lost answer the same call comes again with :attr:`Attempt.repeated`: look before you write then.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from handoff.domain.model import Message
from handoff.service.counterpart import (
    AgentJoined,
    AgentMessage,
    AgentOfLiveChat,
    Attempt,
    Closed,
    DeliveryState,
    Event,
    Link,
    Pulled,
    Ring,
    Transferred,
)
from handoff.service.delivery import NotYet, Undeliverable, WebhookRefused

__all__ = [
    "AgentJoined",
    "AgentMessage",
    "AgentOfLiveChat",
    "Attempt",
    "Capabilities",
    "Closed",
    "Connector",
    "DeliveryState",
    "Event",
    "Finding",
    "Link",
    "NotYet",
    "Options",
    "Pulled",
    "Ring",
    "Transferred",
    "Undeliverable",
    "WebhookRefused",
    "WebhookRequest",
]


@dataclass(frozen=True)
class Capabilities:
    """What a live chat can do.

    Attributes:
        two_way: agents answer there; without it the connector only notifies, and the desk serves the handoff.
        live: agents sit in front of it and answer within minutes; a ticket system is two-way but not live.
        pulls: :meth:`Connector.pull` works, so that a lost webhook loses nothing.
        attachments: agents can send files; their addresses come as :attr:`AgentMessage.attachments`.
        priority: the urgency is shown there.
        queues: a queue can be mapped to a team, department or group there.
        typing: it is told that the visitor types.
    """

    two_way: bool
    live: bool = True
    pulls: bool = False
    attachments: bool = False
    priority: bool = False
    queues: bool = False
    typing: bool = False


class Options(BaseModel):
    """Base of a connector's keys in ``endpoints.yml``: a key that it does not know is a mistake, said at the start.

    Secrets are ``SecretStr``; in the file they must be ``${VARIABLES}``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True)
class WebhookRequest:
    """A webhook as it came in: headers by lower-case name, the body untouched, and the time of arrival."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One thing that ``handoff check --live`` tried: what, whether it works, and the remedy where it does not."""

    what: str
    ok: bool
    remedy: str = ""


class Connector(ABC):
    """Adapter to one live chat. One object serves all threads of a process: keep no state of a conversation in it."""

    capabilities: ClassVar[Capabilities]
    options: ClassVar[type[Options]]

    def __init__(self, name: str) -> None:
        """``name`` is the connector's key in ``endpoints.yml``."""
        self.name = name

    @classmethod
    @abstractmethod
    def create(cls, name: str, options: Any, desk_url: str) -> Self:
        """Make the connector from its checked options (an instance of :attr:`options`); nothing is called yet.

        ``desk_url`` is the address of the desk, for links.
        """

    @abstractmethod
    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        """Show a new handoff to the agents of ``package["queue"]``; ``package`` is a ``handoff.context/1``.

        A two-way connector remembers its reference (:meth:`Attempt.remember`) as soon as it is known. Texts in the
        package come from visitors: show them as text.
        """

    def send(self, message: Message, attempt: Attempt) -> None:  # noqa: B027  # notify-only connectors have no need
        """Show what the visitor (or, outside the live chat, an agent or the system) wrote in an open handoff."""

    def typing(self, link: Link, on: bool) -> None:  # noqa: B027
        """The visitor types, or stopped; best effort, errors are dropped by the caller."""

    def close(self, reason: str, attempt: Attempt) -> None:  # noqa: B027
        """It is over on our side, or somebody else has it; ``reason`` is one sentence for the agents there.

        Not called for what the live chat itself closed.
        """

    def receive(self, request: WebhookRequest) -> Sequence[Event]:
        """Check a webhook, then say what it is about: :class:`Ring` where :meth:`pull` knows more, else events.

        Notes, our own messages and whatever does not concern visitors give nothing.

        Raises:
            WebhookRefused: signature, time or token is wrong; nothing of the body was parsed before that was known.
        """
        raise WebhookRefused(f"{self.name} takes no webhooks.")

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """The live chat's id of this webhook, the same in repetitions, where it sends one; for replay protection."""
        return None

    def pull(self, link: Link) -> Pulled:
        """What happened since ``link.cursor``; only where ``capabilities.pulls``."""
        raise NotImplementedError

    @abstractmethod
    def check(self) -> list[Finding]:
        """Make harmless calls and say what works and which right is missing; never raises for what a server says."""
