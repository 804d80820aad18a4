"""The counterpart of a handoff in a live chat: the link to it, an attempt at a call, and what happened there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Link:
    """What ties a handoff to its counterpart in the live chat.

    Attributes:
        handoff_id: ours; the same in every repetition.
        conversation_id: ours.
        reference: the live chat's name of the counterpart (a conversation, a room, a ticket), once there is one.
        data: whatever else the connector wrote down with :meth:`Attempt.remember`; JSON.
        cursor: where the next :meth:`Connector.pull` begins; None at first.
    """

    handoff_id: str
    conversation_id: str
    reference: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    cursor: str | None = None


class Attempt:
    """One try at one call: the link, whether it may be a repetition, and what to tell whoever makes it."""

    def __init__(
        self,
        link: Link,
        *,
        repeated: bool = False,
        keep: Callable[[], None] = lambda: None,
        save: Callable[[Link], None] = lambda link: None,
    ) -> None:
        """``keep`` renews the lease; ``save`` stores the link at once."""
        self.link = link
        self.repeated = repeated
        self._keep = keep
        self._save = save
        self.unsaved = False
        """whether the link holds something that is not stored yet, see :meth:`note`"""

    def keep(self) -> None:
        """Say that another call begins: there is time for it (14 s) from now on.

        Raises:
            NotYet: somebody else does this by now; stop without a trace.
        """
        self._keep()

    def remember(self, reference: str | None = None, **data: Any) -> Link:
        """Write down what the live chat said, at once: a crash after this line repeats only what comes after it."""
        self.note(reference, **data)
        self.save()
        return self.link

    def note(self, reference: str | None = None, **data: Any) -> None:
        """Like :meth:`remember`, but stored when the attempt ends: for what a repetition finds again by itself."""
        known = self.link
        self.link = Link(
            handoff_id=known.handoff_id,
            conversation_id=known.conversation_id,
            reference=reference or known.reference,
            data={**known.data, **data},
            cursor=known.cursor,
        )
        self.unsaved = True

    def save(self) -> None:
        """Store what is not stored yet."""
        if self.unsaved:
            self.unsaved = False
            self._save(self.link)


@dataclass(frozen=True)
class AgentOfLiveChat:
    """An agent there: ``id`` is stable, ``name`` is what visitors may see."""

    id: str
    name: str


@dataclass(frozen=True)
class Event:
    """Something that happened in the live chat. ``reference`` says where; see :attr:`Link.reference`."""

    reference: str


@dataclass(frozen=True)
class Ring(Event):
    """Something happened, :meth:`Connector.pull` knows what."""


@dataclass(frozen=True)
class AgentJoined(Event):
    """An agent took it."""

    agent: AgentOfLiveChat


@dataclass(frozen=True)
class AgentMessage(Event):
    """An agent wrote to the visitor.

    Attributes:
        id: the live chat's own id of the message: a repetition has the same.
        text: plain text; may be empty when there are attachments.
        attachments: addresses (https) of files.
    """

    id: str
    agent: AgentOfLiveChat
    text: str
    at: datetime | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transferred(Event):
    """It was given to another team, or to another agent who has not written yet. ``to`` is what people call it."""

    to: str
    agent: AgentOfLiveChat | None = None


@dataclass(frozen=True)
class Closed(Event):
    """It is over there: resolved or closed. ``agent`` is who did it, where that is known."""

    agent: AgentOfLiveChat | None = None


@dataclass(frozen=True)
class DeliveryState(Event):
    """How far a message of ours got in the live chat: ``delivered``, ``read`` or ``failed`` with the cause."""

    message_id: str
    state: str
    cause: str = ""


@dataclass(frozen=True)
class Pulled:
    """What :meth:`Connector.pull` found, in the order in which it happened, and where the next one begins."""

    events: Sequence[Event]
    cursor: str | None
