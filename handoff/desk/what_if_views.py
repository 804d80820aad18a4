"""A what-if's answer as the API and ``handoff what-if --json`` give it."""

from __future__ import annotations

from dataclasses import asdict

from handoff.desk.what_if_schemas import (
    AgreementOut,
    ChangedVisitOut,
    PeriodOut,
    RereadOut,
    TallyOut,
    TriggerOut,
    WhatIfOut,
)
from handoff.what_if.answers import Answer
from handoff.what_if.words import table


def what_if_out(answer: Answer) -> WhatIfOut:
    """An answer as programs get it."""
    totals, period = answer.totals, answer.period
    numbers = RereadOut(**{name: getattr(totals.reread, name) for name in RereadOut.model_fields})
    return WhatIfOut(
        period=PeriodOut.model_validate(
            {"from": period.first, "to": period.last, "days": period.days, "timezone": period.timezone}
        ),
        visits=totals.visits,
        before=totals.before,
        after=totals.after,
        unknown_after=totals.unknown_after,
        changes={change: TallyOut(total=tally.total, exact=tally.exact) for change, tally in totals.changes.items()},
        triggers=[TriggerOut(trigger=trigger, changes=changes) for trigger, changes in table(totals)],
        reread=numbers if answer.config_snippet else None,
        agreement=AgreementOut(
            decisions=totals.decisions, reproduced=totals.reproduced, unexplained_visits=totals.unexplained
        ),
        sentences=answer.sentences,
        caveats=answer.caveats,
        visits_changed=[
            ChangedVisitOut(**{k: v for k, v in asdict(one).items() if k != "message_id"}, words=words)
            for one, words in answer.changed
        ],
        visits_changed_total=answer.changed_total,
        snippet=answer.snippet,
        config_snippet=answer.config_snippet,
    )
