"""What people answered when the assistant could not, and which of it would make a good FAQ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from handoff.domain.model import Sender
from handoff.nlu.tune.duplicates import plain
from handoff.persistence.review_messages import SaidLine, VisitHandoff, WrongMessage
from handoff.review.limits import ANSWERS_SHOWN
from handoff.review.stand_ins import StandIns
from handoff.review.wording import as_answer, is_courtesy, without_courtesies

FIRST_REPLIES = 3  # of a person, after the message: what comes later is about something else
ENOUGH = 300  # characters; longer answers are not better, they are about one visitor's case


@dataclass(frozen=True)
class HumanAnswer:
    """Attributes:
    text: without greeting and closing, and without personal details.
    agent: the name that visitors see.
    handoff_id: the handoff that it was said in.
    """

    text: str
    agent: str
    handoff_id: str


def human_answers(
    wrong: Iterable[WrongMessage],
    said: Mapping[int, Sequence[SaidLine]],
    handoffs: Mapping[int, VisitHandoff],
    stand_ins: StandIns,
) -> list[HumanAnswer]:
    """Answers to these messages, the best one first: the longest of the first replies, as far as length helps.

    Questions back ("What is your order number?") answer nothing, so they come behind everything else.
    """
    found: dict[str, HumanAnswer] = {}
    for message in wrong:
        if message.visit_id is None:
            continue
        handoff = handoffs.get(message.visit_id)
        for line in _replies(message, said.get(message.visit_id, ())):
            names = [name for name in (handoff.visitor if handoff else None, line.agent) if name]
            text = as_answer(stand_ins(without_courtesies(line.text), names))
            if text and line.handoff_id:
                found.setdefault(plain(text), HumanAnswer(text, line.agent or "", line.handoff_id))
    return sorted(found.values(), key=_worth, reverse=True)[:ANSWERS_SHOWN]


def _replies(message: WrongMessage, lines: Sequence[SaidLine]) -> list[SaidLine]:
    agents = [line for line in lines if line.seq > message.seq and line.sender == Sender.AGENT.value and line.agent_id]
    return [line for line in agents if not is_courtesy(line.text)][:FIRST_REPLIES]


def _worth(answer: HumanAnswer) -> tuple[bool, int]:
    return not answer.text.endswith("?"), min(len(answer.text), ENOUGH)
