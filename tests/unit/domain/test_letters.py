"""The subject of an e-mail comes from a headline that was written for agents: nothing else of it may leave."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handoff.domain.letters import subject_of
from handoff.domain.model import Sender, Trigger, TriggerKind, Turn, Visitor
from handoff.domain.summary import WHY, summarise
from handoff.rules_file import load_rules
from tests.conftest import ROOT

RULES = load_rules(ROOT / "handoff.yml")


@pytest.mark.parametrize("kind", TriggerKind)
@pytest.mark.parametrize("name", [None, "Anna Berg"])
def test_the_subject_of_a_real_headline(kind: TriggerKind, name: str | None) -> None:
    turns = [Turn(Sender.VISITOR, "where is FW-104233", datetime.now(UTC), intent="track_order", confidence=0.9)]
    trigger = Trigger(kind=kind, evidence={})
    headline = summarise(turns, trigger, Visitor(name=name), {"order_number": "FW-104233"}, RULES).headline
    subject = subject_of(headline)
    assert subject == f"{RULES.phrase('track_order')} (FW-104233)"
    assert subject in headline


@pytest.mark.parametrize(
    "headline",
    [
        f"Visitor: a question \u2013 {WHY[TriggerKind.FRUSTRATION]}",
        "Anna \u2013 is frustrated",
        "Anna: an order \u2013 is a nuisance",
        "is frustrated",
        "",
    ],
)
def test_when_in_doubt_there_is_none(headline: str) -> None:
    assert subject_of(headline) is None
