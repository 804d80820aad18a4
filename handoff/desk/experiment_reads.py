"""What the desk reads of experiments: what runs, what ran, and how the variants compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from handoff.desk.experiment_comparison import compare, side_of
from handoff.desk.experiment_planning import Arm, Planner, days_of
from handoff.desk.experiment_schemas import (
    BalanceOut,
    ExperimentOut,
    ExperimentsOut,
    PastOut,
    Status,
    VariantOut,
    VerdictOut,
)
from handoff.domain.errors import NotFound
from handoff.domain.experiment import WHOLE, Experiment, Variant, label, parts
from handoff.domain.experiment_numbers import chance_of_split
from handoff.domain.experiment_verdict import UNLIKELY_SPLIT, Plan, Question, alpha_of, judge
from handoff.domain.rules import HandoffRules
from handoff.metrics.facts import read_facts
from handoff.metrics.period import Period, period_of
from handoff.persistence.experiment_reads import Seen, fallen, variants_seen
from handoff.persistence.metric_scope import Filters
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.ports import Clock

USUAL_METRIC = "handoff_rate"
"""What an experiment of the past is judged by, since nobody remembers what it was about."""


@dataclass(frozen=True)
class ExperimentReads:
    """Reads for administrators, each in one transaction."""

    uow: SqlUnitOfWork
    rules: HandoffRules
    clock: Clock

    def all(self) -> ExperimentsOut:
        """What runs in numbers, and the names of what ran."""
        with self.uow.read() as tx:
            seen = variants_seen(tx.connection)
            own = self.rules.experiment
            current = self._current(tx.connection, own) if own else None
        return ExperimentsOut(current=current, past=self._past(seen))

    def past(self, name: str) -> ExperimentOut:
        """An experiment of the past in numbers.

        Raises:
            NotFound: no visit remembers it.
        """
        with self.uow.read() as tx:
            seen = [one for one in variants_seen(tx.connection) if parts(one.labelled)[0] == name]
            known = next((past for past in self._past(seen) if past.name == name), None)
            if known is None:
                raise NotFound("No visit of the past was in an experiment of this name.")
            variants = tuple(Variant(variant, 0) for variant in known.variants)
            days = self._days(known.first_day, known.last_day)
            arms = self._arms(tx.connection, name, variants, days)
        question = Question(USUAL_METRIC, alpha_of(max(2, len(variants))), over=True)
        return self._out(name, "past", (known.first_day, known.last_day), days, question, arms)

    def _past(self, seen: Sequence[Seen]) -> list[PastOut]:
        found: dict[str, list[Seen]] = {}
        for one in seen:
            found.setdefault(parts(one.labelled)[0], []).append(one)
        if self.rules.experiment is not None:
            found.pop(self.rules.experiment.name, None)
        zone = self._days(self._today(), self._today())
        past = [
            PastOut(
                name=name,
                first_day=zone.day_of(min(one.first for one in ones)),
                last_day=zone.day_of(max(one.latest for one in ones)),
                variants=_control_first([parts(one.labelled)[1] for one in ones]),
            )
            for name, ones in found.items()
        ]
        return sorted(past, key=lambda one: (one.last_day, one.name), reverse=True)

    def _current(self, connection: Connection, own: Experiment) -> ExperimentOut:
        today = self._today()
        last = min(own.ends or today, today)
        over = own.ends is not None and own.ends < today
        status: Status = "waiting" if own.started > today else "over" if over else "running"
        days = self._days(min(own.started, last), last)
        arms = self._arms(connection, own.name, own.variants, days)
        balance = _balance(own, arms)
        question = Question(own.metric, alpha_of(len(own.variants)), over=over, sound=balance.sound)
        settled, how = Planner(connection, self.rules, self.clock()).plan(own, arms, today)
        found = self._out(own.name, status, (own.started, own.ends), days, question, arms, settled)
        return found.model_copy(update={"plan": how, "balance": balance})

    def _arms(self, connection: Connection, name: str, variants: tuple[Variant, ...], days: Period) -> list[Arm]:
        arms: list[Arm] = []
        for variant in variants:
            scope = days.scope(Filters(variant=label(name, variant.name)))
            facts = read_facts(connection, self.rules, scope, self.clock())
            if arms:
                facts = facts.in_currency_of(arms[0].side.facts)
            arms.append(Arm(variant, fallen(connection, scope), side_of(variant.name, facts, self.rules)))
        return arms

    def _out(
        self,
        name: str,
        status: Status,
        dates: tuple[date, date | None],
        days: Period,
        question: Question,
        arms: list[Arm],
        settled: Plan | None = None,
    ) -> ExperimentOut:
        first, *others = [arm.counted(question.metric) for arm in arms]
        verdicts = [judge(other, first, settled, question) for other in others]
        return ExperimentOut(
            name=name,
            status=status,
            started=dates[0],
            ends=dates[1],
            first_day=days.first,
            last_day=days.last,
            metric=question.metric,
            metric_label=arms[0].side.metrics[question.metric].label,
            variants=[_variant(arm, shared=status != "past") for arm in arms],
            metrics=compare([arm.side for arm in arms], question.metric),
            verdicts=[VerdictOut(**vars(verdict)) for verdict in verdicts],
            plan=None,
            balance=None,
        )

    def _days(self, first: date, last: date) -> Period:
        return days_of(self.rules, first, last)

    def _today(self) -> date:
        return period_of(self.rules, self.clock()).last


def _balance(own: Experiment, arms: list[Arm]) -> BalanceOut:
    counts = [arm.fell.conversations for arm in arms]
    chance = chance_of_split(counts, [variant.share for variant in own.variants])
    sound = chance >= UNLIKELY_SPLIT
    if sound:
        return BalanceOut(chance=chance, sound=True, words="Visitors fell into the variants as the shares say.")
    total = sum(counts)
    fell = ", ".join(
        f"{count:,} into '{arm.variant.name}' where {total * arm.variant.share / WHOLE:,.0f} were due"
        for arm, count in zip(arms, counts, strict=True)
    )
    words = (
        f"Something is wrong with how visitors fell into the variants: {fell}. Chance does that in less than one of "
        f"{1 / UNLIKELY_SPLIT:,.0f} experiments. Were shares changed while it ran? Begin anew with another name."
    )
    return BalanceOut(chance=chance, sound=False, words=words)


def _variant(arm: Arm, *, shared: bool) -> VariantOut:
    return VariantOut(
        name=arm.variant.name,
        share=arm.variant.share if shared else None,
        changes=dict(arm.variant.changes),
        conversations=arm.fell.conversations,
        visits=arm.fell.visits,
    )


def _control_first(names: list[str]) -> list[str]:
    """Visits do not remember which variant the others were compared with; mostly it is called so."""
    return sorted(names, key=lambda name: (name != "control", name))
