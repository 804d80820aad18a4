"""Times from one person's act to another's screen, and the lines of an event stream."""

from __future__ import annotations

import pytest

from bench.live_times import (
    BUDGET_MS,
    CARD,
    EVENT,
    MESSAGE,
    REPLY,
    ROW,
    WORDS,
    Missing,
    StreamEvent,
    StreamParser,
    Times,
    percentile,
    summary,
)


class StoppedWatch:
    """Stands in for the time; moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("bench.live_times.time.perf_counter", lambda: self.now)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> StoppedWatch:
    return StoppedWatch(monkeypatch)


def test_a_way_takes_from_its_start_to_its_end(watch: StoppedWatch) -> None:
    times = Times()
    times.start("one", EVENT, CARD)
    watch.now += 0.010
    times.start("two", CARD)
    watch.now += 0.020
    times.end(CARD, "two")
    times.end(CARD, "one")
    times.end(EVENT, "one", at=100.005)
    rows = {row["what"]: row for row in times.rows()}
    assert (rows[CARD]["samples"], rows[CARD]["p50_ms"], rows[CARD]["max_ms"]) == (2, 20.0, 30.0)
    assert (rows[EVENT]["samples"], rows[EVENT]["max_ms"]) == (1, 5.0)


def test_rows_are_in_the_order_of_the_report_and_only_of_what_was_gone(watch: StoppedWatch) -> None:
    times = Times()
    for what in (MESSAGE, EVENT, CARD):
        times.start("one", what)
        times.end(what, "one")
    assert [row["what"] for row in times.rows()] == [EVENT, CARD, MESSAGE]


def test_what_arrives_twice_is_an_error() -> None:
    times = Times()
    times.start("one", REPLY)
    times.end(REPLY, "one")
    with pytest.raises(Missing, match="one got 'reply' twice"):
        times.end(REPLY, "one")


def test_what_reaches_somebody_else_is_an_error() -> None:
    times = Times()
    times.start("one", REPLY)
    with pytest.raises(Missing, match="two got 'reply'"):
        times.end(REPLY, "two")


def test_what_never_arrived_is_named() -> None:
    times = Times()
    times.start("one", REPLY, MESSAGE)
    times.end(MESSAGE, "one")
    assert times.under_way() == ["agent's reply -> visitor's screen, one"]


def test_a_budget_is_kept_up_to_its_last_millisecond() -> None:
    assert summary(REPLY, [0.150])["within"] is True
    assert summary(REPLY, [0.151])["within"] is False
    assert summary(CARD, [0.250])["within"] is True
    assert summary(CARD, [0.251])["within"] is False


def test_the_budget_is_one_of_the_95th_percentile() -> None:
    row = summary(REPLY, [0.010] * 95 + [0.900] * 5)
    assert (row["p95_ms"], row["max_ms"], row["within"]) == (10.0, 900.0, True)
    assert summary(REPLY, [0.010] * 94 + [0.900] * 6)["within"] is False


def test_a_way_without_a_budget_cannot_miss_it() -> None:
    row = summary(MESSAGE, [5.0])
    assert (row["budget_ms"], row["within"]) == (None, None)


def test_every_budget_is_that_of_something_measured() -> None:
    assert BUDGET_MS.keys() <= WORDS.keys()
    assert {CARD, ROW, REPLY} == BUDGET_MS.keys()


@pytest.mark.parametrize(
    ("count", "share", "rank"),
    [(1, 0.5, 1), (1, 0.95, 1), (2, 0.5, 1), (4, 0.5, 2), (20, 0.95, 19), (50, 0.95, 48), (100, 0.95, 95)],
)
def test_a_percentile_is_the_nearest_rank_whatever_the_order(count: int, share: float, rank: int) -> None:
    values = [float(number) for number in range(1, count + 1)]
    assert percentile(list(reversed(values)), share) == rank


def test_a_stream_is_read_event_by_event() -> None:
    parser = StreamParser()
    lines = ["retry: 1000", "", "id: 7", "event: handoff", 'data: {"id": "a:b"}', "", ": still here", ""]
    lines += ["event:queue", "data:one", "data: two", ""]
    found = [event for line in lines if (event := parser.feed(line))]
    assert found == [StreamEvent("handoff", '{"id": "a:b"}'), StreamEvent("queue", "one\ntwo")]


def test_an_event_without_a_name_is_a_message_and_no_name_is_kept_for_the_next() -> None:
    parser = StreamParser()
    found = [parser.feed(line) for line in ("event: presence", "", "data: {}", "")]
    assert found == [None, None, None, StreamEvent("message", "{}")]
