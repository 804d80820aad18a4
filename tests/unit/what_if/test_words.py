"""What is said of an answer, and what is copied from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from handoff.domain.errors import ConfigurationError, InvalidInput
from handoff.rasa.offers import OFFERS
from handoff.rules_file import FILE_NAME, load_rules
from handoff.rules_overrides import rules_with
from handoff.what_if.command import parse_changes
from handoff.what_if.designers_rules import answers_with_offer
from handoff.what_if.settings import KEYS, SHOWN, check_keys, current_values, known_intents
from handoff.what_if.snippet import abstention_snippet, rules_snippet
from handoff.what_if.summary import Change, Totals
from handoff.what_if.words import caveats, duration, sentences, table
from tests.conftest import ROOT

FILE = ROOT / FILE_NAME
RULES = load_rules(FILE)


def test_everything_that_is_shown_is_in_the_file_and_can_be_tried() -> None:
    values = current_values(yaml.safe_load(FILE.read_text()))
    assert all(value is not None for value in values.values())
    assert {one.key for one in SHOWN} < KEYS
    for one in SHOWN:
        assert (one.minimum is None) == (one.kind == "intents")
        if one.minimum is not None and one.maximum is not None:
            assert one.minimum <= values[one.key] <= one.maximum
    assert {"faq", "complaint", "track_order", "nlu_fallback"} < set(known_intents(RULES))


def test_a_snippet_is_what_the_file_would_hold() -> None:
    changes = {
        "triggers.frustration.offer_from": 0.6,
        "triggers.frustration.window": 3,
        "account_intents": ["track_order", "faq/warranty"],
    }
    written = rules_snippet(changes, {"triggers.frustration.offer_from": 0.7, "triggers.frustration.window": 4})
    assert yaml.safe_load(written) == {
        "triggers": {"frustration": {"offer_from": 0.6, "window": 3}},
        "account_intents": ["track_order", "faq/warranty"],
    }
    assert "offer_from: 0.6  # now 0.7" in written
    assert yaml.safe_load(abstention_snippet(0.45))[0]["threshold"] == 0.45


def test_the_command_line_writes_values_as_the_file_does() -> None:
    assert parse_changes(["a.b=0.6", "c=[faq/warranty, x]", "d = 3"]) == {
        "a.b": 0.6,
        "c": ["faq/warranty", "x"],
        "d": 3,
    }
    for wrong in ("a.b", "=1", "a=", "a=[1"):
        with pytest.raises(InvalidInput, match="--set"):
            parse_changes([wrong])


def test_only_what_the_replay_understands_can_be_tried() -> None:
    check_keys({"account_intents": []})
    with pytest.raises(InvalidInput, match="waiting.missed_after cannot be tried"):
        check_keys({"waiting.missed_after": 60})


def test_the_rules_say_after_which_answers_a_person_is_offered(tmp_path: Path) -> None:
    found = answers_with_offer(ROOT / "data" / "rules", OFFERS)
    assert {"utter_payment_problem", "utter_order_noted", "utter_product_fit"} <= found
    assert not found & {"utter_offer_colleague", "utter_faq", "utter_offer_declined"}
    assert answers_with_offer(tmp_path, OFFERS) == frozenset()
    (tmp_path / "broken.yml").write_text("rules: [")
    with pytest.raises(ConfigurationError, match=r"broken\.yml"):
        answers_with_offer(tmp_path, OFFERS)


def test_rules_with_other_values() -> None:
    key = "triggers.frustration.offer_from"
    other = rules_with(FILE, {key: 0.6, "account_intents": []})
    assert (other.frustration.offer_from, other.account_intents) == (0.6, frozenset())
    assert rules_with(FILE, {}).trigger_intents == RULES.trigger_intents
    assert RULES.frustration.offer_from == 0.7, "the file and its rules stay as they are"


def test_sentences_count_and_say_what_is_certain() -> None:
    totals = Totals(visits=1000, before=100, after=101, decisions=7, reproduced=7)
    for kind, number, exact in ((Change.MORE, 1, 1), (Change.NOT_OFFERED, 2, 1)):
        totals.changes[kind].total, totals.changes[kind].exact = number, exact
    assert sentences(totals, 10, abstain_below=None) == [
        "A person would have come in 1 visit where none did.",
        "2 offers of a person would not have been made.",
        "Of 1,000 visits, a person would have come in 10.1 % instead of 10.0 %: 10.1 a day instead of 10.0.",
    ]
    said = caveats(totals)
    assert said[0].startswith("2 of these 3 changes are certain. The others are estimates:")
    assert said[1] == "Replayed with the rules as they are now, 7 of 7 recorded decisions come out the same."
    assert len(said) == 2


def test_nothing_that_changes_is_said_too() -> None:
    same = sentences(Totals(visits=50, before=5, after=5), 5, abstain_below=0.5)
    assert same == [
        "Nobody would have been offered or given a person at another moment.",
        "A person comes in 10.0 % of 50 visits either way, 1.0 a day.",
        "No message would have been understood differently at this threshold.",
    ]
    assert caveats(Totals(visits=50)) == ["50 visits are few. Take a longer period before you decide."]


def test_triggers_with_most_handoffs_come_first() -> None:
    totals = Totals()
    totals.triggers["frustration"][Change.OFFERED] += 9
    totals.triggers["low_confidence"][Change.MORE] += 2
    assert [trigger for trigger, _ in table(totals)] == ["low_confidence", "frustration"]


def test_durations() -> None:
    assert [duration(seconds) for seconds in (1, 59, 60, 90, 3600, 5400)] == [
        "1 second",
        "59 seconds",
        "1 minute",
        "2 minutes",
        "1.0 hours",
        "1.5 hours",
    ]
