"""Guessing passwords gets slower and slower."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from handoff.desk import throttle
from handoff.desk.throttle import LoginThrottle


class Seconds:
    """A clock under the test's control."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(guard: LoginThrottle, times: int, username: str = "sanne", address: str = "a") -> None:
    for _ in range(times):
        assert guard.start(username, address) == 0.0


def test_the_first_tries_are_free_then_waits_double() -> None:
    now = Seconds()
    guard = LoginThrottle(now)
    fail(guard, throttle.FREE_TRIES_PER_ACCOUNT)
    assert guard.start("sanne", "a") == throttle.FIRST_WAIT_SECONDS
    now.now += throttle.FIRST_WAIT_SECONDS
    fail(guard, 1)
    assert guard.start("sanne", "a") == 2 * throttle.FIRST_WAIT_SECONDS


def test_the_wait_has_a_ceiling_and_is_forgotten_in_the_end() -> None:
    now = Seconds()
    guard = LoginThrottle(now)
    for _ in range(40):
        now.now += guard.start("sanne", "a")
        guard.start("sanne", "a")
    assert throttle.FIRST_WAIT_SECONDS < guard.start("sanne", "a") <= throttle.LONGEST_WAIT_SECONDS
    now.now += throttle.FORGET_AFTER_SECONDS + 1
    fail(guard, throttle.FREE_TRIES_PER_ACCOUNT)


def test_the_account_counts_whatever_its_case_and_from_every_address() -> None:
    guard = LoginThrottle(Seconds())
    for number in range(throttle.FREE_TRIES_PER_ACCOUNT):
        fail(guard, 1, username=" SANNE " if number % 2 else "sanne", address=f"a{number}")
    assert guard.start("sanne", "new") > 0


def test_one_address_cannot_try_many_accounts() -> None:
    guard = LoginThrottle(Seconds())
    for number in range(throttle.FREE_TRIES_PER_ADDRESS):
        fail(guard, 1, username=f"agent{number}")
    assert guard.start("somebody", "a") > 0
    assert guard.start("somebody", "b") == 0.0


def test_a_right_password_clears_the_account_but_not_the_failures_of_the_address() -> None:
    guard = LoginThrottle(Seconds())
    fail(guard, throttle.FREE_TRIES_PER_ACCOUNT - 1)
    for _ in range(50):  # a working account must not reset the count for guessing others
        assert guard.start("jonas", "a") == 0.0
        guard.succeeded("jonas", "a")
    fail(guard, 1)
    assert guard.start("sanne", "a") > 0
    for number in range(throttle.FREE_TRIES_PER_ADDRESS - throttle.FREE_TRIES_PER_ACCOUNT):
        fail(guard, 1, username=f"agent{number}")
    assert guard.start("jonas", "a") > 0


def test_tries_at_the_same_moment_do_not_slip_through() -> None:
    guard = LoginThrottle(Seconds())
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda _: guard.start("sanne", "a"), range(100)))
    assert waits.count(0.0) == throttle.FREE_TRIES_PER_ACCOUNT


def test_memory_is_bounded() -> None:
    guard = LoginThrottle(Seconds())
    for number in range(throttle.MOST_KEYS):
        guard.start(f"agent{number}", f"address{number}")
    assert len(guard._tries) <= throttle.MOST_KEYS
