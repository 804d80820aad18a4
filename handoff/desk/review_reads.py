"""Turns the review and its changes into what the API says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from handoff.bootstrap import Services
from handoff.desk.review_schemas import (
    AcceptedOut,
    ChangeDetailOut,
    ChangeIn,
    ChangeListOut,
    ChangeOut,
    FileDiffOut,
    GroupOut,
    HumanAnswerOut,
    IntentListOut,
    IntentOut,
    NearIntentOut,
    OperationOut,
    PeriodOut,
    PreviewOut,
    ReviewKind,
    ReviewMessageOut,
    ReviewOut,
)
from handoff.domain.rules import HandoffRules
from handoff.persistence.review_store import StoredChange
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.review.changes import DONE, PATCH, WARNINGS, ReviewChanges, Viewed
from handoff.review.edits import Edit
from handoff.review.groups import WrongKind
from handoff.review.limits import MOST_MESSAGES
from handoff.review.operations import Draft, Operation
from handoff.review.overview import ShownGroup, ShownText, read_review
from handoff.review.training_data import FAQ_START
from handoff.review.vectors import Vectors
from handoff.review.workbench import Workbench
from handoff.review.writing import is_writable
from handoff.service.ports import Clock
from handoff.settings import Settings


@dataclass(frozen=True)
class ReviewDesk:
    """Everything behind ``/api/review``."""

    uow: SqlUnitOfWork
    settings: Settings
    clock: Clock
    workbench: Workbench
    changes: ReviewChanges

    @classmethod
    def of(cls, services: Services) -> ReviewDesk:
        """The review of one desk."""
        workbench = Workbench(services.settings, Vectors())
        changes = ReviewChanges(services.uow, services.settings, services.clock, workbench)
        return cls(services.uow, services.settings, services.clock, workbench, changes)

    def groups(self, first: date | None, last: date | None, kind: ReviewKind | None) -> ReviewOut:
        """What went wrong; see :func:`handoff.review.overview.read_review`."""
        wanted = None if kind is None else WrongKind(kind)
        review = read_review(self.uow, self.workbench, self.clock, first, last, wanted)
        period = review.period
        return ReviewOut(
            period=PeriodOut.model_validate(
                {"from": str(period.first), "to": str(period.last), "timezone": period.timezone}
            ),
            groups=[_group(group, review.project.rules) for group in review.groups],
            total_groups=review.total_groups,
            total_messages=review.messages,
            left_out=review.left_out,
            encoder_ready=review.missing is None,
            encoder_missing=review.missing,
        )

    def intents(self) -> IntentListOut:
        """What examples can be added to, and the topics of new FAQs."""
        project = self.workbench.project()
        rules = project.rules
        topic_of = {intent: topic.name for topic in rules.topics.values() for intent in topic.intents}
        return IntentListOut(
            intents=[
                IntentOut(
                    name=intent,
                    label=rules.phrase(intent),
                    examples=count,
                    topic=topic_of.get(intent),
                    faq=intent.startswith(FAQ_START),
                )
                for intent, count in sorted(project.data.intents.items())
            ],
            topics=list(rules.topics),
        )

    def all_changes(self) -> ChangeListOut:
        """The latest changes."""
        return ChangeListOut(changes=[_change(change, _operations(change)) for change in self.changes.all()])

    def draft(self, body: ChangeIn, agent_id: str) -> ChangeDetailOut:
        """Keep a new change and show it."""
        drafts = [Draft(**operation.model_dump()) for operation in body.operations]
        return self.change(self.changes.draft(drafts, body.title, agent_id))

    def change(self, change_id: str) -> ChangeDetailOut:
        """One change."""
        viewed = self.changes.view(change_id)
        rules = self.workbench.project().rules
        edit = viewed.bench.edit if viewed.bench else None
        kept = viewed.change.preview
        done = kept.get(DONE)
        return ChangeDetailOut(
            **dict(_change(viewed.change, viewed.operations)),
            files=[_file(edit, path) for path in sorted(edit.after)] if edit else _files_of(kept.get(PATCH, "")),
            diff=edit.patch if edit else kept.get(PATCH, ""),
            warnings=list(edit.warnings) if edit else kept.get(WARNINGS, []),
            problems=list(viewed.problems),
            preview=_preview(viewed, rules, self.clock()),
            writable=is_writable(self.settings.root, edit.after if edit else {}),
            git=self.changes.git.usable,
            accepted=AcceptedOut(**done) if done else None,
        )


def _group(shown: ShownGroup, rules: HandoffRules) -> GroupOut:
    group = shown.group
    return GroupOut(
        id=group.id,
        name=group.name,
        faq_name=shown.faq_name,
        kinds={kind.value: count for kind, count in group.kinds.items()},
        visits=group.visits,
        count=len(group.messages),
        message_ids=[message.id for message in group.messages][:MOST_MESSAGES],
        messages=[_message(text) for text in shown.texts],
        human_answers=[HumanAnswerOut(**vars(answer)) for answer in shown.answers],
        nearest=[
            NearIntentOut(
                intent=near.intent, label=rules.phrase(near.intent), share=round(near.share, 3), example=near.example
            )
            for near in shown.nearest
        ],
    )


def _message(shown: ShownText) -> ReviewMessageOut:
    latest, after = shown.text.latest, shown.after
    return ReviewMessageOut(
        id=latest.id,
        text=latest.text,
        example=shown.example,
        times=len(shown.text.all),
        at=latest.at,
        page=latest.page,
        kind=shown.kind.value,
        visit_id=latest.visit_id,
        answer=after.answer,
        response=after.response,
        next=after.next,
    )


def _operations(change: StoredChange) -> list[Operation]:
    return list(map(Operation.restored, change.operations))


def _change(change: StoredChange, operations: Sequence[Operation]) -> ChangeOut:
    return ChangeOut(
        id=change.id,
        title=change.title,
        status=change.status,  # type: ignore[arg-type]  # one of the three that the store writes
        created_at=change.created_at,
        created_by=change.created_by,
        decided_at=change.decided_at,
        decided_by=change.decided_by,
        operations=[_operation(operation) for operation in operations],
        messages=len({message for operation in operations for message in operation.message_ids}),
    )


def _operation(operation: Operation) -> OperationOut:
    return OperationOut(
        kind=operation.kind.value,
        intent=operation.intent,
        name=operation.name,
        examples=list(operation.examples),
        answer=operation.answer,
        label=operation.label,
        topic=operation.topic,
        beside=operation.beside,
        message_ids=list(operation.message_ids),
    )


def _file(edit: Edit, path: str) -> FileDiffOut:
    return _file_of(path, edit.diff(path))


def _files_of(patch: str) -> list[FileDiffOut]:
    """The files of a patch that was made by :class:`Edit`."""
    parts = ["--- a/" + part for part in patch.split("--- a/")[1:]]
    return [_file_of(part.splitlines()[0].removeprefix("--- a/"), part) for part in parts]


def _file_of(path: str, diff: str) -> FileDiffOut:
    lines = diff.splitlines()[2:]
    return FileDiffOut(
        path=path,
        added=sum(line.startswith("+") for line in lines),
        removed=sum(line.startswith("-") for line in lines),
        diff=diff,
    )


def _preview(viewed: Viewed, rules: HandoffRules, now: datetime) -> PreviewOut:
    run = viewed.run or {"state": "none"}
    started = datetime.fromisoformat(run["started_at"]) if "started_at" in run else None
    so_far = round((now - started).total_seconds()) if started else None
    return PreviewOut(
        state=run["state"],
        stage=run.get("stage"),
        started_at=started,
        seconds=run.get("seconds", so_far),
        error=run.get("error"),
        problems=run.get("problems", []),
        numbers=_numbers(run.get("numbers"), rules),
        outdated=viewed.bench is not None and "base" in run and run["base"] != viewed.bench.edit.base,
    )


def _numbers(numbers: dict[str, Any] | None, rules: HandoffRules) -> Any:
    if numbers is None:
        return None
    return {**numbers, "intents": [{**one, "label": rules.phrase(one["intent"])} for one in numbers["intents"]]}
