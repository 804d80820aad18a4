"""The answer in sentences, for the page and the terminal alike."""

from __future__ import annotations

from handoff.what_if.summary import HANDOFFS, Change, Totals

MINUTE, HOUR = 60, 3600
FEW_VISITS = 100
"""With fewer visits a change of one of them is a point of the share: too few to decide on."""


def sentences(totals: Totals, days: int, *, abstain_below: float | None) -> list[str]:
    """What would have changed, the most important first."""
    if not totals.visits:
        return ["There were no visits in these days, so there is nothing to replay."]
    lines = [*_handoffs(totals), *_offers(totals)]
    if not lines:
        lines = ["Nobody would have been offered or given a person at another moment."]
    lines.append(_share(totals, days))
    if abstain_below is not None:
        lines += _reread(totals)
    return lines


def caveats(totals: Totals) -> list[str]:
    """What is certain, what is an estimate, and how well the replay knows the past."""
    lines = []
    changed = sum(tally.total for tally in totals.changes.values())
    exact = sum(tally.exact for tally in totals.changes.values())
    if changed:
        lines.append(_certainty(changed, exact))
    if totals.unknown_after:
        lines.append(
            f"In {count(totals.unknown_after, 'visit')} no person would have come where one did. What the visitor "
            "would have written next is unknown; a person may still have come later."
        )
    if totals.decisions:
        same = f"{totals.reproduced:,} of {count(totals.decisions, 'recorded decision')}"
        lines.append(f"Replayed with the rules as they are now, {same} come out the same.")
    if totals.unexplained:
        lines.append(
            f"{count(totals.unexplained, 'visit')} went by other rules than today's, or some of what they went by is "
            "not stored. Changes there are estimates."
        )
    if totals.reread.guessed:
        lines.append(
            f'For {count(totals.reread.guessed, "message")} the score behind "I am not sure" was not kept; the '
            "confidence of the answer stands in for it."
        )
    if 0 < totals.visits < FEW_VISITS:
        lines.append(f"{count(totals.visits, 'visit')} are few. Take a longer period before you decide.")
    return lines


def count(number: int, thing: str) -> str:
    """A number with its noun: ``1 visit``, ``1,200 visits``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def duration(seconds: float) -> str:
    """A stretch of time as people say it."""
    if seconds < MINUTE:
        return count(round(seconds), "second")
    return count(round(seconds / MINUTE), "minute") if seconds < HOUR else f"{seconds / HOUR:.1f} hours"


def _handoffs(totals: Totals) -> list[str]:
    changes = totals.changes
    lines = []
    if changes[Change.MORE].total:
        lines.append(f"A person would have come in {count(changes[Change.MORE].total, 'visit')} where none did.")
    if changes[Change.FEWER].total:
        lines.append(f"No person would have come in {count(changes[Change.FEWER].total, 'visit')} where one did.")
    for kind, word, by, time in (
        (Change.EARLIER, "sooner", totals.sooner_messages, totals.sooner_seconds),
        (Change.LATER, "later", totals.later_messages, totals.later_seconds),
    ):
        if changes[kind].total and by is not None and time is not None:
            middle = f"{count(round(by), 'message')} or {duration(time)}"
            lines.append(
                f"A person would have come {word} in {count(changes[kind].total, 'visit')}: by {middle} in the middle."
            )
    return lines


def _offers(totals: Totals) -> list[str]:
    more, fewer = (totals.changes[kind].total for kind in (Change.OFFERED, Change.NOT_OFFERED))
    lines = []
    if more:
        lines.append(f"A person would have been offered {count(more, 'time')} where none was.")
    if fewer:
        lines.append(f"{count(fewer, 'offer')} of a person would not have been made.")
    return lines


def _share(totals: Totals, days: int) -> str:
    before, after = (_percent(number, totals.visits) for number in (totals.before, totals.after))
    daily = [f"{number / days:.1f}" for number in (totals.before, totals.after)]
    if totals.before == totals.after:
        return f"A person comes in {before} of {count(totals.visits, 'visit')} either way, {daily[0]} a day."
    return (
        f"Of {count(totals.visits, 'visit')}, a person would have come in {after} instead of {before}: "
        f"{daily[1]} a day instead of {daily[0]}."
    )


def _reread(totals: Totals) -> list[str]:
    reread, lines = totals.reread, []
    if reread.withheld:
        lines.append(
            f"{count(reread.withheld, 'answer')} would not have been given. About {reread.expected_wrong:.0f} of them "
            f"were wrong by the assistant's own probabilities, and after {reread.doubted:,} the visitor asked again or "
            "was annoyed."
        )
    if reread.answered:
        lines.append(
            f"{count(reread.answered, 'message')} would have been answered instead of asked about; about "
            f"{reread.expected_new_wrong:.0f} of these answers would have been wrong."
        )
    return lines or ["No message would have been understood differently at this threshold."]


def _certainty(changed: int, exact: int) -> str:
    if exact == changed:
        return "All of these changes are certain: up to there, everything happened as it is stored."
    why = (
        "something before them in the visit would have gone differently, or they follow from rules and answers that "
        "nobody can replay"
    )
    if not exact:
        return f"All of these changes are estimates: {why}."
    return f"{exact:,} of these {changed:,} changes are certain. The others are estimates: {why}."


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def table(totals: Totals) -> list[tuple[str, dict[Change, int]]]:
    """How often each trigger is behind a change, the most frequent first; only triggers that have any."""
    rows = [(trigger, dict(counts)) for trigger, counts in totals.triggers.items()]
    return sorted(rows, key=lambda row: (-sum(row[1].get(kind, 0) for kind in HANDOFFS), -sum(row[1].values()), row[0]))
