"""Adds up what became of all visits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from statistics import median

from handoff.what_if.visit_replay import Handover, Reread, VisitReplay


class Change(StrEnum):
    """How a visit would have gone differently; handoffs come before offers."""

    MORE = "more"
    FEWER = "fewer"
    EARLIER = "earlier"
    LATER = "later"
    OFFERED = "offered"
    NOT_OFFERED = "not_offered"


HANDOFFS = (Change.MORE, Change.FEWER, Change.EARLIER, Change.LATER)


@dataclass(frozen=True)
class VisitChange:
    """One visit that would have gone differently.

    Attributes:
        trigger: why a person comes (or came, where none would).
        exact: certain; else an estimate.
        message_id: where it happens, or would have.
        recorded_at, other_at: at which message of the visit a person came, and would have; None: none did.
        seconds: between the two, where there are both.
    """

    visit_id: int
    conversation_id: str
    started_at: datetime
    page: str | None
    change: Change
    trigger: str
    exact: bool
    message_id: str
    recorded_at: int | None
    other_at: int | None
    seconds: int | None


@dataclass
class Tally:
    """How often something changes, and how much of that is certain."""

    total: int = 0
    exact: int = 0

    def add(self, *, exact: bool) -> None:
        """One more."""
        self.total += 1
        self.exact += exact

    @property
    def estimated(self) -> int:
        """How many are estimates."""
        return self.total - self.exact


@dataclass
class Totals:
    """What the other rules would have changed.

    Attributes:
        visits: that were replayed.
        before, after: visits in which a person came, and would have.
        unknown_after: visits in which a person would not have come when one did; what they would have written then is
            not known, so a person may have come later.
        sooner_messages, sooner_seconds: medians of what comes earlier.
        later_messages, later_seconds: medians of what comes later.
        made, decisions, reproduced: recorded decisions; messages on which either decided; those where both agree.
        unexplained: visits with a decision that the rules of today do not give.
    """

    visits: int = 0
    before: int = 0
    after: int = 0
    unknown_after: int = 0
    changes: dict[Change, Tally] = field(default_factory=lambda: {change: Tally() for change in Change})
    triggers: dict[str, dict[Change, int]] = field(default_factory=lambda: defaultdict(Counter))
    sooner_messages: float | None = None
    sooner_seconds: float | None = None
    later_messages: float | None = None
    later_seconds: float | None = None
    made: int = 0
    decisions: int = 0
    reproduced: int = 0
    unexplained: int = 0
    reread: Reread = field(default_factory=Reread)


def add_up(replays: Iterable[VisitReplay]) -> tuple[Totals, list[VisitChange]]:
    """The totals, and the visits that change: those where a person comes or not first, the newest first."""
    totals, changed = Totals(), []
    for one in replays:
        totals.visits += 1
        totals.before += one.recorded is not None
        totals.after += one.other is not None
        totals.unknown_after += one.cut and one.other is None
        totals.made += one.made
        totals.decisions += one.decisions
        totals.reproduced += one.reproduced
        totals.unexplained += one.reproduced < one.decisions
        _add(totals.reread, one.reread)
        found = changes_of(one)
        for change in found:
            totals.changes[change.change].add(exact=change.exact)
            totals.triggers[change.trigger][change.change] += 1
        changed += found[:1]  # a visit is listed once, by what matters most
    _medians(totals, changed)
    changed.sort(key=lambda one: one.started_at, reverse=True)
    changed.sort(key=lambda one: one.change not in HANDOFFS)
    return totals, changed


def changes_of(one: VisitReplay) -> list[VisitChange]:
    """What changes in a visit: whether or when a person comes, then offers."""
    found = []
    kind = _kind(one.recorded, one.other)
    if kind is not None:
        first = min((at for at in (one.recorded, one.other) if at is not None), key=lambda at: at.position)
        cause = one.other if kind is not Change.FEWER else one.recorded
        assert cause is not None, "a person comes, or came"
        found.append(_change(one, kind, cause.trigger, first.position, (one.other or first).message_id))
    for kind, offers in ((Change.OFFERED, one.more_offers), (Change.NOT_OFFERED, one.fewer_offers)):
        found += [_change(one, kind, offer.trigger, offer.position, offer.message_id) for offer in offers]
    return found


def _kind(recorded: Handover | None, other: Handover | None) -> Change | None:
    if recorded is None:
        return None if other is None else Change.MORE
    if other is None:
        return Change.FEWER
    if recorded.position == other.position:
        return None
    return Change.EARLIER if other.position < recorded.position else Change.LATER


def _change(one: VisitReplay, kind: Change, trigger: str, position: int, message_id: str) -> VisitChange:
    recorded, other = one.recorded, one.other
    both = recorded is not None and other is not None
    return VisitChange(
        visit_id=one.facts.id,
        conversation_id=one.conversation_id,
        started_at=one.facts.started_at,
        page=one.facts.page,
        change=kind,
        trigger=trigger,
        exact=one.exact and position == one.parted and kind is not Change.LATER,
        message_id=message_id,
        recorded_at=recorded.position if recorded else None,
        other_at=(other.position if other else None) if kind in HANDOFFS else position,
        seconds=abs(int((recorded.at - other.at).total_seconds())) if both and recorded and other else None,
    )


def _medians(totals: Totals, changed: list[VisitChange]) -> None:
    for kind, name in ((Change.EARLIER, "sooner"), (Change.LATER, "later")):
        some = [one for one in changed if one.change is kind]
        if some:
            setattr(
                totals, f"{name}_messages", median(abs((one.other_at or 0) - (one.recorded_at or 0)) for one in some)
            )
            setattr(totals, f"{name}_seconds", median(one.seconds or 0 for one in some))


def _add(total: Reread, one: Reread) -> None:
    total.withheld += one.withheld
    total.doubted += one.doubted
    total.expected_wrong += one.expected_wrong
    total.answered += one.answered
    total.expected_new_wrong += one.expected_new_wrong
    total.measured += one.measured
    total.guessed += one.guessed
