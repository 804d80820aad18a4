"""API: administrators look through what went wrong, and teach the assistant from it."""

from __future__ import annotations

import logging
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from handoff.desk.auth import AdminDep
from handoff.desk.review_reads import ReviewDesk
from handoff.desk.review_schemas import (
    AcceptIn,
    ChangeDetailOut,
    ChangeIn,
    ChangeListOut,
    IgnoredOut,
    IgnoreIn,
    IntentListOut,
    ReviewKind,
    ReviewOut,
)
from handoff.desk.schemas import ERRORS

logger = logging.getLogger(__name__)

UUID_LENGTH = 36

router = APIRouter(prefix="/api/review", tags=["review"], responses=ERRORS)


def get_review(request: Request) -> ReviewDesk:
    """What the review reads and does."""
    review: ReviewDesk = request.app.state.review
    return review


ReviewDep = Annotated[ReviewDesk, Depends(get_review)]
ChangeId = Annotated[str, Path(min_length=UUID_LENGTH, max_length=UUID_LENGTH)]
From = Annotated[date | None, Query(alias="from", description="First day; by default 29 days before `to`.")]
To = Annotated[date | None, Query(description="Last day, included; by default today, in the team's time zone.")]


@router.get("", response_model=ReviewOut, summary="What went wrong")
def show_review(
    _: AdminDep, review: ReviewDep, from_: From = None, to: To = None, kind: ReviewKind | None = None
) -> ReviewOut:
    """Messages of the period that were not understood, out of scope, badly answered or frustrated, and that nobody has
    decided about, in groups that mean much the same; the most valuable group first. 403 `only_for_admins` for other
    agents."""
    return review.groups(from_, to, kind)


@router.get("/intents", response_model=IntentListOut, summary="What examples can be added to")
def list_intents(_: AdminDep, review: ReviewDep) -> IntentListOut:
    """All intents of the training data with the number of their examples, and the topics of handoff.yml."""
    return review.intents()


@router.post("/ignore", response_model=IgnoredOut, summary="Nothing to learn from these")
def ignore(body: IgnoreIn, login: AdminDep, review: ReviewDep) -> IgnoredOut:
    """Take messages out of the review without changing anything."""
    return IgnoredOut(ignored=review.changes.ignore(body.message_ids, login.agent.id))


@router.get("/changes", response_model=ChangeListOut, summary="All changes")
def list_changes(_: AdminDep, review: ReviewDep) -> ChangeListOut:
    """Drafts, accepted and dropped ones, the latest 100, the latest first."""
    return review.all_changes()


@router.post("/changes", response_model=ChangeDetailOut, status_code=201, summary="Draft a change")
def draft_change(body: ChangeIn, login: AdminDep, review: ReviewDep) -> ChangeDetailOut:
    """Nothing is written yet: the answer shows the difference that it would make. 400 says what cannot be used."""
    return review.draft(body, login.agent.id)


@router.get("/changes/{change_id}", response_model=ChangeDetailOut, summary="One change")
def show_change(change_id: ChangeId, _: AdminDep, review: ReviewDep) -> ChangeDetailOut:
    """With the difference it makes to the files as they are now, and how far its preview is."""
    return review.change(change_id)


@router.get("/changes/{change_id}/patch", summary="A change as a patch", response_class=Response)
def download_patch(change_id: ChangeId, _: AdminDep, review: ReviewDep) -> Response:
    """For `git apply` or `patch -p1` in the project's folder, as a download."""
    name, text = review.changes.patch(change_id)
    return Response(
        text, media_type="text/x-diff; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.post("/changes/{change_id}/preview", response_model=ChangeDetailOut, status_code=202, summary="Try a change")
def preview_change(change_id: ChangeId, login: AdminDep, review: ReviewDep) -> ChangeDetailOut:
    """Validate the data with it and cross-validate the intents before and after, in a process of its own: a minute or
    so. Ask for the change until `preview.state` is `ready` or `failed`. A preview that runs or is up to date is not
    made again."""
    review.changes.preview(change_id)
    return review.change(change_id)


@router.post("/changes/{change_id}/accept", response_model=ChangeDetailOut, summary="Accept a change")
def accept_change(change_id: ChangeId, body: AcceptIn, login: AdminDep, review: ReviewDep) -> ChangeDetailOut:
    """Write it: into the files, on a git branch or as a patch file, all of it or nothing. 409 `files_changed` when the
    files have changed since it was shown, `not_a_draft` when it was decided about, `not_valid` when the project would
    not work with it, `read_only` when the files cannot be written (take the patch), `no_git` when there is no
    repository for a branch."""
    review.changes.accept(change_id, body.how, login.agent.id)
    logger.info("%s accepted change %s of the training data (%s)", login.agent.username, change_id, body.how)
    return review.change(change_id)


@router.post("/changes/{change_id}/drop", status_code=204, summary="Drop a change")
def drop_change(change_id: ChangeId, login: AdminDep, review: ReviewDep) -> None:
    """Nothing was written, and its messages stay in the review. 409 `not_a_draft` when it was decided about."""
    review.changes.drop(change_id, login.agent.id)
    logger.info("%s dropped change %s of the training data", login.agent.username, change_id)
