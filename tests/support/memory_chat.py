"""A live chat within the test's process: it keeps what it gets, says what it is told, and fails when told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from handoff.connectors.base import (
    AgentMessage,
    AgentOfLiveChat,
    Attempt,
    Capabilities,
    Closed,
    Connector,
    Event,
    Finding,
    Link,
    Options,
    Pulled,
    Ring,
    WebhookRefused,
    WebhookRequest,
)
from handoff.domain.model import Message

MAYA = AgentOfLiveChat("7", "Maya Okafor")


@dataclass
class Chat:
    """One counterpart."""

    package: dict[str, Any]
    got: list[str] = field(default_factory=list)
    said: list[Event] = field(default_factory=list)
    closed_because: str | None = None


class MemoryChatOptions(Options):
    """Nothing to set."""

    live: bool = True


class MemoryChat(Connector):
    """See :class:`handoff.connectors.base.Connector`. ``failures`` are raised one after the other."""

    capabilities: ClassVar[Capabilities] = Capabilities(two_way=True, pulls=True, typing=True)
    options: ClassVar[type[Options]] = MemoryChatOptions

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.chats: dict[str, Chat] = {}
        self.failures: list[Exception] = []
        self.always: Exception | None = None
        self.repeated: list[bool] = []
        self.typed: list[bool] = []

    @classmethod
    def create(cls, name: str, options: Any, desk_url: str) -> Self:
        return cls(name)

    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        self._fail(attempt)
        reference = f"{self.name}-{package['handoff_id']}"
        self.chats.setdefault(reference, Chat(package))
        attempt.remember(reference, number=len(self.chats))

    def send(self, message: Message, attempt: Attempt) -> None:
        self._fail(attempt)
        self._chat(attempt.link).got.append(f"{message.sender.value}: {message.text}")

    def typing(self, link: Link, on: bool) -> None:
        self._fail(None)
        self.typed.append(on)

    def close(self, reason: str, attempt: Attempt) -> None:
        self._fail(attempt)
        self._chat(attempt.link).closed_because = reason

    def receive(self, request: WebhookRequest) -> Sequence[Event]:
        if request.headers.get("x-secret") != "right":
            raise WebhookRefused("The secret is wrong.")
        return [Ring(request.body.decode())]

    def delivery_id(self, request: WebhookRequest) -> str | None:
        return request.headers.get("x-delivery")

    def pull(self, link: Link) -> Pulled:
        self._fail(None)
        chat, seen = self._chat(link), int(link.cursor or 0)
        return Pulled(chat.said[seen:], str(len(chat.said)))

    def check(self) -> list[Finding]:
        return [Finding("the memory", True)]

    # what tests do in place of agents

    def only(self) -> Chat:
        (chat,) = self.chats.values()
        return chat

    def agent_says(self, text: str, agent: AgentOfLiveChat = MAYA) -> None:
        ((reference, chat),) = self.chats.items()
        chat.said.append(AgentMessage(reference, f"a{len(chat.said)}", agent, text))

    def agent_closes(self) -> None:
        ((reference, chat),) = self.chats.items()
        chat.said.append(Closed(reference, MAYA))

    def _chat(self, link: Link) -> Chat:
        assert link.reference is not None
        return self.chats[link.reference]

    def _fail(self, attempt: Attempt | None) -> None:
        if attempt is not None:
            self.repeated.append(attempt.repeated)
        if self.failures:
            raise self.failures.pop(0)
        if self.always is not None:
            raise self.always


class MemoryTickets(MemoryChat):
    """A ticket system: nobody sits in front of it."""

    capabilities: ClassVar[Capabilities] = Capabilities(two_way=True, pulls=True, live=False)


class MemoryBell(MemoryChat):
    """It only notifies."""

    capabilities: ClassVar[Capabilities] = Capabilities(two_way=False)
