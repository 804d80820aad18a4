"""Who falls into which variant of an experiment, and when it runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from handoff.domain.experiment import Experiment, Variant, label, parts, throw
from handoff.domain.experiment_numbers import chance_of_split
from handoff.domain.rules import FrustrationRules, HandoffRules

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
VISITORS = [f"visitor-{number}" for number in range(20_000)]
TOO_UNLIKELY = 0.001  # the visitors above are the same each time, so this is no matter of luck


def experiment(name: str = "earlier-offer", **shares: float) -> Experiment:
    variants = tuple(Variant(variant, share) for variant, share in (shares or {"control": 50, "earlier": 50}).items())
    return Experiment(name, date(2026, 11, 1), None, "handoff_rate", 0.05, variants)


@pytest.mark.parametrize(
    "shares",
    [{"a": 50, "b": 50}, {"a": 90, "b": 10}, {"a": 33.3, "b": 33.3, "c": 33.4}, {"a": 0.5, "b": 99.5}],
    ids=str,
)
def test_visitors_fall_as_the_shares_say(shares: dict[str, float]) -> None:
    runs = experiment(**shares)
    fell = [runs.variant_of(visitor).name for visitor in VISITORS]
    counts = [fell.count(name) for name in shares]
    assert sum(counts) == len(VISITORS)
    assert chance_of_split(counts, list(shares.values())) > TOO_UNLIKELY


def test_throws_are_even_over_the_whole_range() -> None:
    tenths = [int(10 * throw("earlier-offer", visitor)) for visitor in VISITORS]
    counts = [tenths.count(tenth) for tenth in range(10)]
    assert sum(counts) == len(VISITORS)
    assert chance_of_split(counts, [1] * 10) > TOO_UNLIKELY


def test_a_visitor_stays_where_they_fell() -> None:
    # written down: another release must not move the visitors of an experiment that runs
    assert [round(throw("earlier-offer", visitor), 6) for visitor in VISITORS[:3]] == [0.537118, 0.241772, 0.72617]
    fell = [experiment().variant_of(visitor).name for visitor in VISITORS[:6]]
    assert fell == ["earlier", "control", "earlier", "earlier", "earlier", "earlier"]


def test_another_experiment_throws_anew() -> None:
    one, other = experiment("earlier-offer"), experiment("other-words")
    both = [(one.variant_of(visitor).name, other.variant_of(visitor).name) for visitor in VISITORS]
    counts = [both.count((first, second)) for first in ("control", "earlier") for second in ("control", "earlier")]
    assert chance_of_split(counts, [1] * 4) > TOO_UNLIKELY


def test_it_runs_on_its_days_in_the_teams_time_zone() -> None:
    amsterdam = replace(experiment(), ends=date(2026, 11, 3), zone=ZoneInfo("Europe/Amsterdam"))
    for at, runs in (
        ("2026-10-31T22:59:59Z", False),
        ("2026-10-31T23:00:00Z", True),  # midnight in Amsterdam
        ("2026-11-03T22:59:59Z", True),  # the last day counts whole
        ("2026-11-03T23:00:00Z", False),
    ):
        assert amsterdam.runs_at(datetime.fromisoformat(at)) is runs, at
    assert experiment().runs_at(datetime(2036, 1, 1, tzinfo=UTC))


def test_names_of_shares_come_apart_again() -> None:
    assert parts(label("earlier-offer", "control")) == ("earlier-offer", "control")


def test_rules_of_a_conversation(rules: HandoffRules) -> None:
    def with_offers_from(level: float) -> HandoffRules:
        numbers: FrustrationRules = replace(rules.frustration, offer_from=level)
        return replace(rules, frustration=numbers)

    plain = with_offers_from(0.7)
    running = replace(plain, experiment=experiment(), rules_of_variants={"earlier": with_offers_from(0.6)})
    assert plain.variant_of("c1", NOON) is None
    assert plain.for_conversation("c1", NOON) is plain
    offers = {}
    for visitor in VISITORS[:20]:
        named = running.variant_of(visitor, NOON)
        assert named is not None
        offers[named] = running.for_conversation(visitor, NOON).frustration.offer_from
    assert offers == {"earlier-offer:control": 0.7, "earlier-offer:earlier": 0.6}
    before = datetime(2026, 10, 1, tzinfo=UTC)
    assert running.variant_of("c1", before) is None
    assert {running.for_conversation(visitor, before).frustration.offer_from for visitor in VISITORS[:20]} == {0.7}
