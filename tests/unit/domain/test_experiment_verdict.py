"""What is said of an experiment, and that it is seldom wrong however often one looks."""

from __future__ import annotations

import random
from math import ceil

import pytest

from handoff.domain.experiment_numbers import needed
from handoff.domain.experiment_verdict import Counted, Plan, Question, State, Verdict, alpha_of, judge, plan

PLAN = plan(0.05, 0.3, {"control": 50, "earlier": 50})


def verdict(
    earlier: tuple[int, int],
    control: tuple[int, int],
    settled: Plan | None = PLAN,
    *,
    over: bool = False,
    sound: bool = True,
) -> Verdict:
    question = Question("handoff_rate", alpha_of(2), over=over, sound=sound)
    return judge(Counted("earlier", *earlier), Counted("control", *control), settled, question)


def test_what_it_takes_is_shared_out() -> None:
    assert PLAN.visits == {"control": 1377, "earlier": 1377}
    uneven = plan(0.05, 0.3, {"control": 75, "earlier": 25})
    assert uneven.visits["control"] == needed(0.3, 0.05, 1 / 3)
    assert uneven.visits["earlier"] == ceil(uneven.visits["control"] / 3)
    three = plan(0.05, 0.3, {"control": 40, "a": 30, "b": 30})
    assert alpha_of(3) == pytest.approx(0.025)
    assert three.visits["control"] > needed(0.3, 0.05, 30 / 40)


def test_nothing_is_said_too_early() -> None:
    assert verdict((0, 0), (3, 9)).state is State.NOTHING
    # a plain 95 % interval of this one leaves zero out: 40 % against 28 %
    early = verdict((80, 200), (56, 200))
    assert (early.state, early.words) == (
        State.EARLY,
        "So far there is no difference that could not be chance.",
    )
    assert verdict((99, 99), (0, 99)).state is State.EARLY, "so few say nothing, however different they are"


def test_what_is_clear_is_said_early() -> None:
    found = verdict((210, 400), (110, 400))
    assert found.state is State.CLEAR
    assert found.words.startswith("With 'earlier', ")
    assert found.words.endswith("than with 'control'. That is clear already, before all planned visits are there.")


def test_the_planned_number_decides() -> None:
    more = verdict((490, 1400), (420, 1400))  # 35 % and 30 %, by Newcombe 1.5 to 8.5 points
    assert (more.state, more.words) == (
        State.CLEAR,
        "With 'earlier', 2 to 8 points more visits are handed over than with 'control'.",
    )
    less = verdict((350, 1400), (420, 1400))
    assert less.words == "With 'earlier', 2 to 8 points fewer visits are handed over than with 'control'."
    same = verdict((427, 1400), (420, 1400))
    assert (same.state, same.words) == (
        State.NO_DIFFERENCE,
        "No difference that could not be chance: with 'earlier', between 3 points fewer and 4 points more visits are "
        "handed over than with 'control'. A difference of 5 points is ruled out.",
    )


def test_an_experiment_that_is_over_is_judged_by_what_there_is() -> None:
    found = verdict((30, 100), (28, 100), over=True)
    assert found.state is State.NO_DIFFERENCE
    assert found.words.endswith("There were too few visits to find what you were looking for.")
    assert verdict((60, 100), (28, 100), over=True).state is State.CLEAR
    forgotten = verdict((60, 100), (28, 100), None, over=True)  # handoff.yml does not hold it any more
    assert forgotten.state is State.CLEAR


def test_a_split_that_is_wrong_is_not_judged() -> None:
    assert verdict((900, 1400), (420, 1400), sound=False).state is State.UNSOUND


def test_looking_every_day_does_not_find_what_is_not_there() -> None:
    dice = random.Random(3)
    settled = plan(0.1, 0.3, {"control": 50, "earlier": 50})
    each_day, rounds, wrong = 20, 300, 0
    for _ in range(rounds):
        counted, of = [0, 0], 0
        while True:
            counted = [had + sum(dice.random() < 0.3 for _ in range(each_day)) for had in counted]
            of += each_day
            found = verdict((counted[0], of), (counted[1], of), settled)
            if found.state is not State.EARLY:
                break
        wrong += found.state is State.CLEAR
    assert wrong / rounds < 0.08  # 5.1 of 100, and the luck of 300 throws
