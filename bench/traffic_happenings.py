"""What happens in the planned traffic, as plain values: one line for each thing that somebody does, or that the clock
does by itself. :mod:`bench.traffic_player` plays them, :mod:`bench.traffic_truth` counts them; neither sees the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ANSWER_TAKES = timedelta(milliseconds=400)
"""From a visitor's message to the assistant's answer: about what Rasa takes."""


class Kind(StrEnum):
    """What a visitor's message is, as the plan means it."""

    REQUEST = "request"
    SMALL_TALK = "small_talk"
    FORM_REPLY = "form_reply"
    UNCLEAR = "unclear"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True)
class Words:
    """What a visitor writes, with all that Rasa would have made of it.

    Attributes:
        text: the words.
        kind: what the plan means them to be.
        intent: what NLU says.
        topic: whom a request is for; of an unclear message, what it was meant to be about.
        confidence: of the intent, 0 to 1.
        frustration: score of the mood, 0 to 1.
        angry: whether that counts as frustrated.
        again: the same question as before.
        is_faq: a request with a fixed answer.
        in_form: a form had asked.
    """

    text: str
    kind: Kind
    intent: str
    topic: str | None = None
    confidence: float = 0.9
    frustration: float = 0.0
    angry: bool = False
    again: bool = False
    is_faq: bool = False
    in_form: bool = False


@dataclass(frozen=True)
class Happening:
    """Something that happens at a moment (UTC) in a conversation."""

    at: datetime
    conversation: str


@dataclass(frozen=True)
class Opening:
    """A handoff as it begins. ``graded``: a decision about the mood or about not understanding led to it, so that Rasa
    names the trigger; ``opens`` says whether its queue is open, so that it waits there and not for the next morning."""

    handoff: int
    trigger: str
    topic: str
    queue: str
    graded: bool
    opens: bool


@dataclass(frozen=True)
class Turn(Happening):
    """A visitor writes and the assistant hears it and answers.

    Attributes:
        id: of the message.
        page: where the visitor is.
        words: what they write.
        answers: names of the responses.
        opening: the handoff that it begins.
        again: a person is asked for while a handoff waits already; the number of that handoff.
        requeued: such a handoff goes into its queue again.
        so_far: what the visitor wrote before in this stay, by id.
        there: from whom the desk hears when the handoff begins.
    """

    id: str
    page: str
    words: Words
    answers: tuple[str, ...]
    opening: Opening | None = None
    again: int | None = None
    requeued: bool = False
    so_far: tuple[tuple[str, Words], ...] = ()
    there: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToPerson(Happening):
    """A visitor writes while a person has the conversation, so that the assistant does not hear it."""

    id: str
    page: str
    words: Words


@dataclass(frozen=True)
class OfHandoff(Happening):
    """Something that happens to a handoff."""

    handoff: int


@dataclass(frozen=True)
class Claims(OfHandoff):
    """An agent takes it."""

    agent: str


@dataclass(frozen=True)
class Replies(OfHandoff):
    """An agent writes to the visitor."""

    agent: str
    id: str
    text: str


@dataclass(frozen=True)
class Resolves(OfHandoff):
    """It is settled."""

    agent: str


@dataclass(frozen=True)
class HandsBack(OfHandoff):
    """The agent leaves it to the assistant."""

    agent: str


@dataclass(frozen=True)
class Releases(OfHandoff):
    """The agent gives it back to its queue; ``opens``: which is open."""

    agent: str
    opens: bool


@dataclass(frozen=True)
class MovesToQueue(OfHandoff):
    """The agent passes it to another team, which has its own topic; ``opens``: which is there now."""

    agent: str
    queue: str
    topic: str
    opens: bool


@dataclass(frozen=True)
class MovesToAgent(OfHandoff):
    """The agent passes it to a colleague."""

    agent: str
    colleague: str
    there: tuple[str, ...]


@dataclass(frozen=True)
class Cancels(OfHandoff):
    """The visitor goes on without a person. ``waited_in``: queued, scheduled, missed or follow_up."""

    waited_in: str


@dataclass(frozen=True)
class LeavesEmail(OfHandoff):
    """The visitor says where to be reached."""

    email: str


@dataclass(frozen=True)
class Rates(OfHandoff):
    """The visitor rates a resolved handoff; without a score the question was skipped."""

    score: int | None
    comment: str | None


@dataclass(frozen=True)
class RatesAssistant(Happening):
    """The visitor rates the assistant at the end of a stay in which no person was."""

    score: int | None
    comment: str | None


@dataclass(frozen=True)
class Buys(Happening):
    """The shop tells of something that it wanted. A ``reference`` that was told before changes nothing."""

    name: str
    reference: str
    value: float | None
    currency: str | None


class ByItself(StrEnum):
    """What the clock does."""

    TOLD = "told how it stands"
    MISSED = "missed"
    OPENED = "entered its queue at the opening"
    CLOSED = "left for the next opening"
    REQUEUED = "back in its queue, since the agent is gone"
    RESCHEDULED = "left for the next opening, since the agent is gone"


@dataclass(frozen=True)
class Rings(OfHandoff):
    """A timer does something. ``there``: from whom the desk hears just then."""

    what: ByItself
    there: tuple[str, ...]


@dataclass(frozen=True)
class SaysPresence(Happening):
    """An agent says to be away, or there again."""

    agent: str
    there: bool
