"""What counts of a conversation at one moment: the turns and offers since a person had it last."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from handoff.domain.escalation import Offer
from handoff.domain.model import Sender, TriggerKind, Turn
from handoff.domain.visits import FALLBACK
from handoff.what_if.rulebook import Rulebook
from handoff.what_if.story import Said

SPOKE_OF_PERSON = "utter_handoff_"
"""How the names of responses begin that ``action_handoff`` says, with which the conversation begins anew."""
RESTART = "restart"


@dataclass(slots=True)
class Path:
    """The visitor's turns and the offers of a person since the last handoff; ``before`` is the latest reply."""

    turns: list[Turn] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    before: str | None = None

    def begin_anew(self) -> None:
        """A person had it, or takes it: what was said counts no more."""
        self.turns.clear()
        self.offers.clear()

    def copy(self) -> Path:
        """The same so far."""
        return Path(list(self.turns), list(self.offers), self.before)

    def offered(self, trigger: TriggerKind | None) -> None:
        """A person was offered after the latest turn."""
        self.offers.append(Offer(len(self.turns) - 1, trigger))

    def accepts(self) -> bool:
        """Whether the latest turn follows an offer directly, so that a yes takes it."""
        return bool(self.offers) and self.offers[-1].turn == len(self.turns) - 2


def turn_of(said: Said, intent: str | None) -> Turn:
    return Turn(
        Sender.VISITOR,
        "",
        said.at,
        message_id=said.id,
        intent=intent,
        frustration=said.frustration,
        signals=said.signals,
    )


def as_counted(turn: Turn, said: Said) -> Turn:
    """As the form saw it that had asked: whether it could use "no idea", NLU does not know."""
    return replace(turn, intent=None) if turn.intent == FALLBACK and said.in_form else turn


def follow(path: Path, said: Said, book: Rulebook) -> None:
    """What the assistant said to the latest turn is part of the story now."""
    for reply in said.replies:
        if reply in book.offers:
            path.offered(book.offers[reply])
    if said.replies:
        path.before = said.replies[-1]
    spoke = any(reply.startswith(SPOKE_OF_PERSON) for reply in said.replies)
    if said.handed_off is not None or spoke or said.intent == RESTART:
        path.begin_anew()
