"""API: experiments in numbers, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from handoff.desk.auth import AdminDep, ServicesDep
from handoff.desk.experiment_reads import ExperimentReads
from handoff.desk.experiment_schemas import ExperimentOut, ExperimentsOut
from handoff.desk.schemas import ERRORS

LONGEST_NAME = 64  # of an experiment, as handoff.yml takes it

router = APIRouter(prefix="/api/experiments", tags=["experiments"], responses=ERRORS)


def get_experiment_reads(services: ServicesDep) -> ExperimentReads:
    """What is read of experiments."""
    return ExperimentReads(services.uow, services.rules, services.clock)


ReadsDep = Annotated[ExperimentReads, Depends(get_experiment_reads)]
Name = Annotated[str, Path(min_length=1, max_length=LONGEST_NAME)]


@router.get("", response_model=ExperimentsOut, summary="Experiments")
def list_experiments(_: AdminDep, reads: ReadsDep) -> ExperimentsOut:
    """The experiment of `handoff.yml` with every metric by variant, what may be said of the differences, and how many
    visits it takes; and which experiments there were before. 403 `only_for_admins` for other agents."""
    return reads.all()


@router.get("/{name}", response_model=ExperimentOut, summary="An experiment of the past")
def past_experiment(name: Name, _: AdminDep, reads: ReadsDep) -> ExperimentOut:
    """An experiment that `handoff.yml` does not hold any more, in numbers. 404 when no visit remembers it."""
    return reads.past(name)
