"""What the replay needs is stored with a turn of Rasa, and visits of an experiment go by the rules of their variant."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from handoff import cli
from handoff.bootstrap import Services
from handoff.domain.escalation import Step
from handoff.metrics.period import period_of
from handoff.persistence.tables import events, messages
from handoff.rasa.event_broker import HandoffEventBroker
from handoff.what_if.summary import Change
from tests.conftest import ROOT, Clock
from tests.integration.what_if.visitor import Visitor

OFFER = "triggers.frustration.offer_from"
RECORD = {
    "step": "hand_off",
    "trigger": "low_confidence",
    "repetition": False,
    "level": 0.0,
    "message_id": "m1",
    "evidence": [{"message_id": "m1", "score": None, "signals": []}],
}


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"event": kind, "sender_id": "c1", **more}


def test_a_decision_that_led_to_a_handoff_is_kept_with_its_message(services: Services, clock: Clock) -> None:
    """The handoff empties the slot that held it."""
    parsed = {"intent": {"name": "nlu_fallback"}, "abstention": {"known": 0.31, "threshold": 0.5}}
    turn = [
        event("user", text="hm", message_id="m1", timestamp=clock().timestamp(), parse_data=parsed),
        event("slot", name="escalation", value=RECORD),
        event("action", name="utter_no_guessing"),
        event("action", name="action_handoff"),
        event("active_loop", name=None),
        event("slot", name="escalation", value=None),
        event("action", name="contact_form"),
        event("active_loop", name="contact_form"),
    ]
    HandoffEventBroker(services).publish_turn(turn)
    with services.uow.read() as tx:
        (data,) = tx.connection.execute(select(events.c.data).where(events.c.kind == "escalation")).scalars()
        heard = tx.connection.execute(select(messages)).one()
    assert data == RECORD
    assert (heard.known, heard.in_form, heard.outcome) == (0.31, False, "not_understood")


@pytest.fixture
def experiment(services: Services, tmp_path: Path, clock: Clock) -> Services:
    """The product while an experiment runs."""
    content = yaml.safe_load((ROOT / "handoff.yml").read_text(encoding="utf-8"))
    content["experiment"] = {
        "name": "sooner",
        "started": clock().date(),
        "variants": {"control": {"share": 50}, "early": {"share": 50, "set": {OFFER: 0.5}}},
    }
    file = tmp_path / "handoff.yml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return Services(replace(services.settings, rules_file=file), services.engine, clock)


def test_visits_of_an_experiment_are_replayed_with_their_own_rules(experiment: Services, clock: Clock) -> None:
    offered = 0
    for number in range(12):
        key = f"v{number}"
        one = Visitor(experiment, clock, key, experiment.rules.for_conversation(key, clock()))
        offered += one.say("slow", "track_order", 0.55) is Step.OFFER
    assert 0 < offered < 12, "both variants have visits"
    period = period_of(experiment.rules, clock())
    same = experiment.what_if.ask(period, {})
    assert (same.totals.decisions, same.totals.reproduced, same.changed_total) == (offered, offered, 0)
    early = experiment.what_if.ask(period, {OFFER: 0.53})
    assert early.totals.changes[Change.OFFERED].total == 12 - offered
    assert early.totals.changes[Change.NOT_OFFERED].total == 0
    later = experiment.what_if.ask(period, {OFFER: 0.6}).totals.changes
    assert (later[Change.OFFERED].total, later[Change.NOT_OFFERED].exact) == (0, offered)


def test_the_command_line_asks_the_same(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Visitor(services, clock, "c1").say("so slow", score=0.65)
    monkeypatch.setattr("handoff.bootstrap.build_services", lambda _: services)
    assert cli.main(["what-if", "--set", f"{OFFER}=0.6", "--since", "7d"]) == 0
    said = capsys.readouterr().out
    assert "A person would have been offered 1 time where none was." in said
    assert "certain   visit 1: offered at message 1 (frustration)  'so slow'" in said
    assert cli.main(["what-if", "--abstain-below", "0.97", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["reread"]["withheld"], told["visits"], told["config_snippet"] != "") == (1, 1, True)
    assert cli.main(["what-if", "--set", "triggers.frustration.offer=1"]) == 1
    assert "cannot be tried" in capsys.readouterr().err
