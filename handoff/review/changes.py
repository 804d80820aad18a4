"""Changes of the training data: drafted, tried out, then accepted or dropped."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from handoff.domain.errors import Conflict, InvalidInput, NotFound
from handoff.persistence.review_store import ACCEPTED, DRAFT, DROPPED, ReviewStore, StoredChange
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.review.edits import Edit
from handoff.review.errors import FilesChanged, NotADraft, NothingToDo, NotValid
from handoff.review.git_branch import Git
from handoff.review.limits import TITLE_LIMIT
from handoff.review.operations import DECISION, Draft, Operation, cleaned
from handoff.review.previews import FAILED, READY, RUNNING, Previews, Run
from handoff.review.wording import name_from
from handoff.review.workbench import Bench, Workbench
from handoff.review.writing import write_all, write_patch
from handoff.settings import Settings

Way = Literal["files", "branch", "patch"]

BASE, RUN, DONE, PATCH, WARNINGS = "base", "run", "accepted", "patch", "warnings"
"""Keys of what is kept with a change: the identity of the edit that was shown last, its preview, and of an accepted one
what was done and with which patch and warnings."""

_DASHES = re.compile(r"_+")
TRAIN = {
    "files": "Restart the product (`make run`): it trains the assistant with the change first, which takes a minute. "
    "Where you start the processes yourself, run `make train` and restart all three.",
    "branch": "Look at the branch, merge it, and train (`make run` or `make train`).",
    "patch": "Apply the patch with `git apply` in the project's folder, and train (`make run` or `make train`).",
}
"""What to do after each way of accepting."""


@dataclass(frozen=True)
class Viewed:
    """A change with what it does to the files: as they are now for a draft, or as they were when it was accepted.

    Attributes:
        change: as it is stored.
        operations: what it is made of.
        bench: the project and the edit; None of a change that was decided about.
        problems: why it cannot be accepted.
        run: its preview; None when there was none.
    """

    change: StoredChange
    operations: tuple[Operation, ...]
    bench: Bench | None
    problems: tuple[str, ...]
    run: Run | None


class ReviewChanges:
    """What administrators do with changes."""

    def __init__(
        self, uow: SqlUnitOfWork, settings: Settings, clock: Callable[[], datetime], workbench: Workbench
    ) -> None:
        self._uow = uow
        self._settings = settings
        self._clock = clock
        self._workbench = workbench
        self._previews = Previews(settings.root, settings.var_dir, clock, self._keep_run)
        self.git = Git(settings.root)

    def close(self) -> None:
        """End the preview that runs."""
        self._previews.close()

    def draft(self, drafts: Sequence[Draft], title: str | None, agent_id: str) -> str:
        """Keep a new change; returns its id. Nothing is written into files.

        Raises:
            InvalidInput: something in it cannot be used.
            Conflict: the files are such that it cannot be done.
        """
        project = self._workbench.project()
        operations = [cleaned(one, project.data, sorted(project.rules.topics), project.stand_ins) for one in drafts]
        if any(first.intent == other.intent for first, other in _new_faqs(operations)):
            raise InvalidInput("Two operations make the same FAQ. Put their examples together.")
        bench = self._workbench.bench(operations)
        change_id = str(uuid.uuid4())
        made_up = "; ".join(dict.fromkeys(operation.title for operation in operations))
        name = (title or "").strip() or made_up
        with self._uow.write() as tx:
            store = ReviewStore(tx.connection)
            stored = [operation.stored() for operation in operations]
            store.add(change_id, name[:TITLE_LIMIT], stored, agent_id, self._clock())
            store.set_preview(change_id, {BASE: bench.edit.base})
        return change_id

    def all(self) -> list[StoredChange]:
        """The latest changes, the latest first."""
        with self._uow.read() as tx:
            return ReviewStore(tx.connection).latest()

    def view(self, change_id: str) -> Viewed:
        """One change.

        Raises:
            NotFound: there is none with this id.
        """
        change = self._find(change_id)
        operations = tuple(map(Operation.restored, change.operations))
        run = change.preview.get(RUN)
        if change.status != DRAFT:
            return Viewed(change, operations, None, (), run)
        if run is not None and run["state"] == RUNNING and not self._previews.is_running(change_id, run):
            run = run | {"state": FAILED, "error": "It was interrupted. Try it again."}
        try:
            bench = self._workbench.bench(operations)
        except Conflict as error:  # the project has moved on: it can still be looked at, and dropped
            bench = Bench(Edit({}, {}, {}, ()), (str(error),))
        return Viewed(change, operations, bench, bench.problems, run)

    def preview(self, change_id: str) -> None:
        """Try a draft out in the background, unless that runs or is done for the files as they are.

        Raises:
            NotFound: there is none with this id.
            NotADraft: it was decided about.
        """
        viewed = self._draft(change_id)
        edit, run = _edit(viewed), viewed.run
        current = run is not None and run["base"] == edit.base
        if current and (self._previews.is_here(change_id) or (run or {}).get("state") == READY):
            return
        self._keep(change_id, {BASE: edit.base})
        self._previews.start(change_id, edit.base, edit.after)

    def accept(self, change_id: str, how: Way, agent_id: str) -> None:
        """Write a draft, and note that its messages are done with.

        Raises:
            NotFound: there is none with this id.
            NotADraft: it was decided about.
            FilesChanged: the files are not those that it was shown with; they are from now on.
            NotValid: the project would not work with it.
            NothingToDo: there is nothing to put on a branch or into a patch.
            ReadOnly: the files cannot be written.
            NoGit: there is no repository, or the change does not fit its latest commit.
        """
        viewed = self._draft(change_id)
        edit = _edit(viewed)
        self._ready(viewed, edit, how)
        now = self._clock()
        with self._uow.write() as tx:
            store = ReviewStore(tx.connection)
            kept = viewed.change.preview | {PATCH: edit.patch, WARNINGS: list(edit.warnings)}
            if not store.decide(change_id, ACCEPTED, agent_id, now):
                raise NotADraft("Somebody else has decided about this change a moment ago.")
            for operation in viewed.operations:
                store.settle(DECISION[operation.kind], operation.message_ids, agent_id, now, change_id)
            # last, so that nothing is written when the database fails; what fails here takes the rest back
            agent = tx.agents.get(agent_id)
            author = agent.display_name if agent else "Handoff desk"
            done = self._write(viewed.change, edit, how, author, now)
            store.set_accepted(change_id, kept | {DONE: done})
        self._previews.end(change_id)

    def drop(self, change_id: str, agent_id: str) -> None:
        """Decide against a draft; its messages stay in the review.

        Raises:
            NotFound: there is none with this id.
            NotADraft: it was decided about.
        """
        self._find(change_id)
        with self._uow.write() as tx:
            if not ReviewStore(tx.connection).decide(change_id, DROPPED, agent_id, self._clock()):
                raise NotADraft("This change was accepted or dropped already.")
        self._previews.end(change_id)

    def ignore(self, message_ids: Sequence[str], agent_id: str) -> int:
        """Take messages out of the review; returns how many were in it."""
        with self._uow.write() as tx:
            return ReviewStore(tx.connection).settle("ignored", message_ids, agent_id, self._clock())

    def patch(self, change_id: str) -> tuple[str, str]:
        """Name and text of a change as a patch.

        Raises:
            NotFound: there is none with this id.
            NothingToDo: it changes no file, or was dropped.
        """
        viewed = self.view(change_id)
        text = viewed.bench.edit.patch if viewed.bench else viewed.change.preview.get(PATCH, "")
        if not text:
            raise NothingToDo("This change makes no difference to the files, so there is no patch.")
        return f"{_slug(viewed.change, viewed.change.created_at)}.patch", text

    def _ready(self, viewed: Viewed, edit: Edit, how: Way) -> None:
        change = viewed.change
        if change.preview.get(BASE) != edit.base:
            self._keep(change.id, {BASE: edit.base})
            raise FilesChanged(
                "The files have changed since this change was shown, so it would do something else now. Look at it "
                "again, then accept it."
            )
        if viewed.problems:
            raise NotValid("The project would not work with this change: " + " ".join(viewed.problems))
        if not edit.after and how != "files":
            raise NothingToDo("This change makes no difference to the files. Accept it without a branch or a patch.")

    def _write(self, change: StoredChange, edit: Edit, how: Way, author: str, now: datetime) -> dict[str, Any]:
        files = sorted(edit.after)
        done: dict[str, Any] = {"how": how, "files": files, "branch": None, "commit": None, "patch": None}
        next_step = TRAIN[how]
        if how == "branch":
            made = self.git.branch(f"review/{_slug(change, now)}", edit.patch, change.title, author)
            done |= {"branch": made.name, "commit": made.commit}
        elif how == "patch":
            done["patch"] = write_patch(self._settings.root, f"{_slug(change, now)}-{change.id[:8]}.patch", edit.patch)
        elif files:
            write_all(self._settings.root, edit.before, edit.after)
        else:
            next_step = "Nothing had to be written, so there is nothing to train."
        return done | {"next_step": next_step}

    def _draft(self, change_id: str) -> Viewed:
        viewed = self.view(change_id)
        if viewed.change.status != DRAFT:
            raise NotADraft("This change was accepted or dropped already.")
        return viewed

    def _find(self, change_id: str) -> StoredChange:
        with self._uow.read() as tx:
            found = ReviewStore(tx.connection).find(change_id)
        if found is None:
            raise NotFound(f"There is no change {change_id}. Go back to the review.")
        return found

    def _keep_run(self, change_id: str, run: Run) -> None:
        self._keep(change_id, {RUN: run})

    def _keep(self, change_id: str, more: dict[str, Any]) -> None:
        with self._uow.write() as tx:
            store = ReviewStore(tx.connection)
            found = store.find(change_id)
            if found is not None:
                store.set_preview(change_id, found.preview | more)


def _edit(viewed: Viewed) -> Edit:
    assert viewed.bench is not None, "a draft has one"
    return viewed.bench.edit


def _new_faqs(operations: Sequence[Operation]) -> list[tuple[Operation, Operation]]:
    """Pairs of operations that make an FAQ each."""
    new = [operation for operation in operations if operation.name is not None]
    return [(one, other) for index, one in enumerate(new) for other in new[index + 1 :]]


def _slug(change: StoredChange, at: datetime) -> str:
    """``2026-11-26-new-faq-gift-cards``: what branches and patch files are called."""
    return f"{at.date().isoformat()}-{_DASHES.sub('-', name_from(change.title))}"
