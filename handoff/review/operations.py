"""What a change of the training data is made of, cleaned and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from handoff.domain.errors import InvalidInput
from handoff.nlu.tune.duplicates import plain
from handoff.review.limits import FEWEST_EXAMPLES
from handoff.review.stand_ins import StandIns
from handoff.review.training_data import FAQ, FAQ_START, OUT_OF_SCOPE, TrainingData
from handoff.review.wording import as_answer, as_example, is_name, words_of_name


class Kind(StrEnum):
    """What is done."""

    ADD_TO_INTENT = "add_to_intent"
    NEW_FAQ = "new_faq"
    OUT_OF_SCOPE = "out_of_scope"
    IGNORE = "ignore"


DECISION = {
    Kind.ADD_TO_INTENT: "intent",
    Kind.NEW_FAQ: "faq",
    Kind.OUT_OF_SCOPE: "out_of_scope",
    Kind.IGNORE: "ignored",
}
"""What is noted about the messages of an operation."""


@dataclass(frozen=True)
class Operation:
    """One edit.

    Attributes:
        kind: what is done.
        examples: lines for the training data, clean.
        intent: where they go; of a new FAQ with its ``faq/``; None of ``IGNORE``.
        answer: of a new FAQ.
        label: of a new FAQ: how people say it.
        topic: of a new FAQ: in handoff.yml.
        beside: of a new FAQ: the one whose files it goes into.
        message_ids: the messages that are settled with it.
    """

    kind: Kind
    examples: tuple[str, ...] = ()
    intent: str | None = None
    answer: str | None = None
    label: str | None = None
    topic: str | None = None
    beside: str | None = None
    message_ids: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self) | {
            "kind": self.kind.value,
            "examples": list(self.examples),
            "message_ids": list(self.message_ids),
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Operation:
        """What :meth:`stored` made."""
        return cls(
            **{
                **stored,
                "kind": Kind(stored["kind"]),
                "examples": tuple(stored["examples"]),
                "message_ids": tuple(stored["message_ids"]),
            }
        )

    @property
    def name(self) -> str | None:
        """The name of a new FAQ, without its ``faq/``."""
        return (self.intent or "").removeprefix(FAQ_START) if self.kind is Kind.NEW_FAQ else None

    @property
    def title(self) -> str:
        """What it does, in a few words."""
        if self.kind is Kind.NEW_FAQ:
            return f"New FAQ: {self.label}"
        if self.kind is Kind.ADD_TO_INTENT:
            return f"More examples of {self.intent}"
        return "Out of scope" if self.kind is Kind.OUT_OF_SCOPE else "Nothing to learn"


@dataclass(frozen=True)
class Draft:
    """What somebody asks for, as they wrote it."""

    kind: str
    intent: str | None = None
    name: str | None = None
    examples: Sequence[str] = ()
    answer: str | None = None
    label: str | None = None
    topic: str | None = None
    beside: str | None = None
    message_ids: Sequence[str] = ()


def cleaned(draft: Draft, data: TrainingData, topics: Sequence[str], stand_ins: StandIns) -> Operation:
    """The operation that ``draft`` asks for, in the project as it is now.

    Raises:
        InvalidInput: something in it cannot be used; the message says what.
    """
    kind = Kind(draft.kind)
    lines = _lines(draft.examples, stand_ins)
    whole = Operation(kind, lines, message_ids=tuple(dict.fromkeys(draft.message_ids)))
    if kind is Kind.IGNORE:
        return replace(whole, examples=())
    if not lines:
        raise InvalidInput("There are no examples: give at least one sentence with words in it.")
    if kind is Kind.OUT_OF_SCOPE:
        return replace(whole, intent=_known(OUT_OF_SCOPE, data))
    if kind is Kind.ADD_TO_INTENT:
        return replace(whole, intent=_known(draft.intent or "", data))
    return _new_faq(whole, draft, data, topics, stand_ins)


def _new_faq(
    whole: Operation, draft: Draft, data: TrainingData, topics: Sequence[str], stand_ins: StandIns
) -> Operation:
    name = (draft.name or "").removeprefix(FAQ_START)
    if not is_name(name):
        raise InvalidInput(f"name: '{name}' cannot be the name of an FAQ. Use small letters, digits and underscores.")
    intent = FAQ_START + name
    if intent in data.file_of or f"utter_{intent}" in data.responses:
        raise InvalidInput(f"name: there is an FAQ {intent} already. Add to it, or take another name.")
    if not any(known.startswith(FAQ_START) for known in data.file_of):
        raise InvalidInput(
            f"This project has no FAQs yet, so there is no rule that answers them. Make the first one by hand: the "
            f"intent {FAQ} in domain.yml, a rule that says utter_{FAQ}, examples and a response."
        )
    if len(whole.examples) < FEWEST_EXAMPLES:
        raise InvalidInput(f"A new FAQ needs at least {FEWEST_EXAMPLES} different examples, to be told from others.")
    answer = as_answer(stand_ins(draft.answer or ""))
    if not answer:
        raise InvalidInput("answer: is empty. Write what the assistant shall say.")
    if draft.topic is not None and draft.topic not in topics:
        raise InvalidInput(f"topic: handoff.yml has no topic '{draft.topic}'. Known: {', '.join(topics)}.")
    if draft.beside is not None and not draft.beside.startswith(FAQ_START):
        raise InvalidInput(f"beside: '{draft.beside}' is no FAQ; give one as {FAQ_START}name.")
    beside = None if draft.beside is None else _known(draft.beside, data)
    label = as_example(draft.label or "") or words_of_name(name)
    return replace(whole, intent=intent, answer=answer, label=label, topic=draft.topic, beside=beside)


def _known(intent: str, data: TrainingData) -> str:
    if intent not in data.file_of:
        raise InvalidInput(f"intent: there is no intent '{intent}' in data/nlu.")
    return intent


def _lines(texts: Sequence[str], stand_ins: StandIns) -> tuple[str, ...]:
    """Clean lines, each once however it is written."""
    found: dict[str, str] = {}
    for text in texts:
        line = as_example(stand_ins(text))
        if any(character.isalnum() for character in line):
            found.setdefault(plain(line), line)
    return tuple(found.values())
