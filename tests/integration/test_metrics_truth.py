"""The overview tells the truth: traffic that was planned and counted apart from it gives the same numbers, all of them.

``make bench-traffic`` does the same with a month and 20,000 visits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bench.overview_store import bulk_engine, copy_month, stored
from bench.traffic_company import local
from bench.traffic_compare import compare, questions_about
from bench.traffic_numbers import Days
from bench.traffic_plan import Plan, plan
from bench.traffic_player import Player
from bench.traffic_truth import truth_of
from handoff.metrics.reads import MetricReads

FIRST = date(2026, 10, 23)  # a Friday; clocks go back on the Sunday
VISITS, DAYS, SEED = 90, 4, 109  # few, chosen so that no number is empty
QUESTIONS = 9  # more cost seconds; the benchmark asks all
AFTERWARDS = timedelta(days=5)  # so that some visits can be judged by whether their visitor came back, and some not yet
COPIED_BACK = 31  # days: to before clocks change
SUMS = ("visits", "handoffs")
RATIOS = ("containment", "first_reply_median", "resolution_median", "csat_assistant", "wrong_answer_rate")


@pytest.fixture
def planned() -> Plan:
    return plan(VISITS, FIRST, DAYS, SEED)


@pytest.fixture
def player(db_url: str, tmp_path: Path, planned: Plan) -> Iterator[Player]:
    """Everything has happened."""
    player = Player(db_url, tmp_path, planned)
    player.play(planned)
    yield player
    player.close()


def test_every_number_is_what_the_plan_says_and_a_wrong_one_would_be_noticed(planned: Plan, player: Player) -> None:
    truth, now = truth_of(planned), planned.happenings[-1].at + AFTERWARDS
    questions = questions_about(truth, Days(planned.first, planned.last))
    asked = [*questions[:4], *questions[4 :: len(questions) // (QUESTIONS - 4)]]
    checks = list(compare(player, truth, asked, now))
    assert [(one.where, one.what, one.wrong) for one in checks if one.wrong] == []
    compared = {one.what: one.truth for one in checks if one.where == checks[0].where}
    assert len(compared) == 38, "20 metrics, 9 of the trend, 5 breakdowns, 2 filters, unanswered and agents"
    assert [what for what, value in compared.items() if not value] == [], "nothing proves nothing"

    with player.engine.begin() as connection:
        connection.execute(text("UPDATE handoffs SET first_reply_at = created_at WHERE first_reply_at IS NOT NULL"))
        connection.execute(text("UPDATE visits SET topic = 'billing' WHERE topic = 'support'"))
    wrong = {one.what for one in compare(player, truth, questions[:1], now) if one.wrong}
    assert wrong >= {"first_reply_median", "trend first_reply_median", "by topic", "agents"}
    assert wrong.isdisjoint({"visits", "handoff_rate", "containment", "by trigger", "unanswered"})

    _history_behind_the_period_changes_nothing_and_more_traffic_in_it_counts(planned, player)


def _history_behind_the_period_changes_nothing_and_more_traffic_in_it_counts(planned: Plan, player: Player) -> None:
    """The benchmark of the overview copies months instead of playing them: a copy is as good."""
    days, end = Days(planned.first, planned.last), local(planned.last + timedelta(days=1), time.min)
    bulk, first = bulk_engine(str(player.services.settings.db_url)), local(planned.first, time.min)
    once = _numbers(player, days)
    with bulk.begin() as connection:
        before = stored(connection)
        of_nobody = connection.execute(text("SELECT count(*) FROM events WHERE conversation_id = ''")).scalar_one()
        copy_month(connection, 1, COPIED_BACK, first, end)
        assert stored(connection) == 2 * before - of_nobody, "that an agent is away belongs to no conversation"
    assert _numbers(player, days) == once
    back, a_day = timedelta(days=COPIED_BACK), timedelta(days=1)
    # the same moments are an hour later on the clocks of then, and the last hour is on the next day
    earlier = _numbers(player, Days(days.first - back, days.last - back + a_day))
    assert [earlier[name] for name in (*SUMS, *RATIOS)] == [once[name] for name in (*SUMS, *RATIOS)]
    with bulk.begin() as connection:
        copy_month(connection, 2, 0, first, end)
    twice = _numbers(player, days)
    assert [twice[name] for name in SUMS] == [2 * (once[name] or 0) for name in SUMS]
    assert [twice[name] for name in RATIOS] == [once[name] for name in RATIOS]
    bulk.dispose()


def _numbers(player: Player, days: Days) -> dict[str, float | None]:
    reads = MetricReads(player.services.uow, player.services.rules, player.services.clock)
    overview = reads.overview(reads.period(days.first, days.last))
    return {metric.name: metric.value for metric in overview.metrics}
