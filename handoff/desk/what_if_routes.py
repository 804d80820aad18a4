"""API: administrators ask what other numbers in handoff.yml would have changed. Nothing is written."""

from __future__ import annotations

from fastapi import APIRouter

from handoff.desk.auth import AdminDep, ServicesDep
from handoff.desk.schemas import ERRORS
from handoff.desk.what_if_schemas import (
    AbstainOut,
    IntentOut,
    TryableOut,
    WhatIfIn,
    WhatIfOut,
    WhatIfSettingsOut,
)
from handoff.desk.what_if_views import what_if_out
from handoff.metrics.period import period_of
from handoff.what_if.settings import ABSTAIN_LEAST, ABSTAIN_MOST, ABSTAIN_STEP, SHOWN, current_values, known_intents

router = APIRouter(prefix="/api/what-if", tags=["what-if"], responses=ERRORS)


@router.get("/settings", response_model=WhatIfSettingsOut, summary="What can be tried")
def what_if_settings(_: AdminDep, services: ServicesDep) -> WhatIfSettingsOut:
    """The numbers and lists of handoff.yml that a replay can tell something about, with what they are now. 403
    `only_for_admins` for other agents."""
    values, period = current_values(services.what_if.values()), period_of(services.rules, services.clock())
    return WhatIfSettingsOut(
        settings=[
            TryableOut(
                key=one.key,
                kind=one.kind,
                group=one.group,
                label=one.label,
                help=one.help,
                value=values[one.key],
                unit=one.unit,
                min=one.minimum,
                max=one.maximum,
                step=one.step,
            )
            for one in SHOWN
        ],
        intents=[IntentOut(name=name, label=services.rules.phrase(name)) for name in known_intents(services.rules)],
        abstain_below=AbstainOut(
            value=services.what_if.abstains_below(), min=ABSTAIN_LEAST, max=ABSTAIN_MOST, step=ABSTAIN_STEP
        ),
        timezone=period.timezone,
        first=period.first,
        last=period.last,
    )


@router.post("", response_model=WhatIfOut, summary="What would have changed")
def ask_what_if(question: WhatIfIn, _: AdminDep, services: ServicesDep) -> WhatIfOut:
    """Replay the visits of some days with other values. 400 `invalid_input` when a key cannot be tried or a value is
    none that handoff.yml could hold; the message names it. 403 `only_for_admins` for other agents."""
    period = period_of(services.rules, services.clock(), question.first, question.last)
    answer = services.what_if.ask(period, question.changes, question.abstain_below)
    return what_if_out(answer)
