"""The whole review of a period: groups with everything that a designer decides by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from handoff.domain.model import TriggerKind
from handoff.metrics.period import Period, period_of
from handoff.persistence.review_messages import (
    SaidLine,
    VisitHandoff,
    handoffs_in,
    said_in,
    wrong_messages,
)
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.review.groups import Group, WrongKind, WrongText, by_words, group_messages, kind_of
from handoff.review.human_answers import HumanAnswer, human_answers
from handoff.review.limits import MOST_GROUPS
from handoff.review.nearest import NearIntent, nearest_intents
from handoff.review.training_data import FAQ_START
from handoff.review.vectors import EncoderMissing
from handoff.review.what_happened import Aftermath, aftermath
from handoff.review.wording import as_example, name_from
from handoff.review.workbench import ProjectNow, Workbench


@dataclass(frozen=True)
class ShownText:
    """Words that went wrong, with the training example they would make and what followed the latest message."""

    text: WrongText
    kind: WrongKind
    example: str
    after: Aftermath


@dataclass(frozen=True)
class ShownGroup:
    """A group with everything around it."""

    group: Group
    faq_name: str
    texts: list[ShownText]
    answers: list[HumanAnswer]
    nearest: list[NearIntent]


@dataclass(frozen=True)
class Review:
    """Attributes:
    period: the days.
    groups: the most valuable first, ``MOST_GROUPS`` at most.
    total_groups: how many there are.
    messages: how many messages went wrong.
    left_out: how many of them were not looked at.
    missing: why there is no encoder; None when there is one.
    project: its files as they are now.
    """

    period: Period
    groups: list[ShownGroup]
    total_groups: int
    messages: int
    left_out: int
    missing: str | None
    project: ProjectNow


def read_review(
    uow: SqlUnitOfWork,
    workbench: Workbench,
    clock: Callable[[], datetime],
    first: date | None,
    last: date | None,
    kind: WrongKind | None,
) -> Review:
    """What went wrong from ``first`` to ``last`` and was not decided about, only of one ``kind`` if asked.

    Raises:
        InvalidInput: the period makes no sense.
        ConfigurationError: a file of the project cannot be read.
    """
    project, now = workbench.project(), clock()
    rules = project.rules
    period = period_of(rules, now, first, last)
    moods = rules.trigger_intents[TriggerKind.FRUSTRATION]
    with uow.read() as tx:
        wrong = wrong_messages(
            tx.connection, period.start, period.end, mood_from=rules.frustration.mood_from, moods=moods
        )
    wrong = [message for message in wrong if kind is None or kind_of(message, rules) is kind]
    texts, left_out = by_words(wrong)
    vectors, of_examples, missing = _vectors(workbench, project, texts)
    groups = group_messages(texts, vectors, rules, now)
    shown = groups[:MOST_GROUPS]
    visits = {message.visit_id for group in shown for message in group.messages if message.visit_id is not None}
    with uow.read() as tx:  # after the grouping: a transaction that waits for it would keep the database busy
        said, handoffs = said_in(tx.connection, visits), handoffs_in(tx.connection, visits)
    row_of = {text.latest.id: row for row, text in enumerate(texts)}
    taken = set(project.data.file_of)
    return Review(
        period=period,
        groups=[
            _shown(group, project, said, handoffs, taken, _rows(group, row_of, vectors), of_examples) for group in shown
        ],
        total_groups=len(groups),
        messages=len(wrong),
        left_out=left_out,
        missing=missing,
        project=project,
    )


def _vectors(
    workbench: Workbench, project: ProjectNow, texts: Sequence[WrongText]
) -> tuple[np.ndarray | None, np.ndarray | None, str | None]:
    """Of the texts, of the training examples, and why there are none."""
    try:
        of_examples = workbench.vectors_of(project) if project.data.examples else None
        if not texts:
            return None, of_examples, None
        return workbench.vectors_of_messages(project, [text.latest.text for text in texts]), of_examples, None
    except EncoderMissing as error:
        return None, None, str(error)


def _rows(group: Group, row_of: Mapping[str, int], vectors: np.ndarray | None) -> np.ndarray | None:
    return None if vectors is None else vectors[[row_of[text.latest.id] for text in group.texts]]


def _shown(
    group: Group,
    project: ProjectNow,
    said: Mapping[int, Sequence[SaidLine]],
    handoffs: Mapping[int, VisitHandoff],
    taken: set[str],
    vectors: np.ndarray | None,
    of_examples: np.ndarray | None,
) -> ShownGroup:
    near: list[NearIntent] = []
    if vectors is not None and of_examples is not None:
        near = nearest_intents(vectors, project.data.examples, of_examples)
    return ShownGroup(
        group=group,
        faq_name=_free_name(project.stand_ins(group.texts[0].latest.text), taken),
        texts=[_shown_text(text, project, said, handoffs) for text in group.shown],
        answers=human_answers(group.messages, said, handoffs, project.stand_ins),
        nearest=near,
    )


def _shown_text(
    text: WrongText,
    project: ProjectNow,
    said: Mapping[int, Sequence[SaidLine]],
    handoffs: Mapping[int, VisitHandoff],
) -> ShownText:
    message = text.latest
    visit = message.visit_id if message.visit_id is not None else -1
    return ShownText(
        text=text,
        kind=kind_of(message, project.rules),
        example=as_example(project.stand_ins(message.text)),
        after=aftermath(message, said.get(visit, ()), handoffs.get(visit)),
    )


def _free_name(text: str, taken: set[str]) -> str:
    """A name for an FAQ that no intent of the training data has."""
    name = name_from(text)
    numbered, number = name, 1
    while f"{FAQ_START}{numbered}" in taken:
        number += 1
        numbered = f"{name}_{number}"
    return numbered
