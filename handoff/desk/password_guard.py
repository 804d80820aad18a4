"""Every place where a password is asked for: guesses are slowed down, and few are computed at the same time."""

from __future__ import annotations

import asyncio
import math

from starlette.concurrency import run_in_threadpool

from handoff.accounts import Accounts
from handoff.desk.errors import TooManyLogins
from handoff.desk.throttle import LoginThrottle
from handoff.domain.model import Agent

CHECKS_AT_ONCE = 2  # argon2 takes 64 MB and a core each; the others wait their turn without holding a thread


class PasswordGuard:
    """One for the whole desk, so that no second door lets anybody guess afresh."""

    def __init__(self, accounts: Accounts) -> None:
        """Check passwords against ``accounts``."""
        self._accounts = accounts
        self._throttle = LoginThrottle()
        self._turns = asyncio.Semaphore(CHECKS_AT_ONCE)

    async def check(self, username: str, password: str, address: str) -> Agent | None:
        """The agent whose name and password these are, or None.

        Args:
            username: as typed.
            password: as typed.
            address: network address that asks.

        Raises:
            TooManyLogins: after several wrong ones.
        """
        wait = self._throttle.start(username, address)
        if wait > 0:
            seconds = math.ceil(wait)
            raise TooManyLogins(f"Too many wrong passwords. Try again in {_in_words(seconds)}.", seconds)
        async with self._turns:
            agent = await run_in_threadpool(self._accounts.authenticate, username, password)
        if agent is not None:
            self._throttle.succeeded(username, address)
        return agent


def _in_words(seconds: int) -> str:
    if seconds == 1:
        return "a second"
    return f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
