from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from handoff.rasa.web.refusal import TooManySessions
from handoff.rasa.web.session_limit import SESSIONS_AT_ONCE, SESSIONS_PER_SECOND, SessionLimit, address_of


def test_one_address_is_slowed_down_and_others_are_not() -> None:
    now = [0.0]
    limit = SessionLimit(lambda: now[0])
    for _ in range(SESSIONS_AT_ONCE):
        limit.check("192.0.2.1")
    with pytest.raises(TooManySessions):
        limit.check("192.0.2.1")
    limit.check("192.0.2.2")
    now[0] += 1 / SESSIONS_PER_SECOND
    limit.check("192.0.2.1")
    with pytest.raises(TooManySessions):
        limit.check("192.0.2.1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "192.0.2.9", "192.0.2.9"),
        ("127.0.0.1", "made up, 192.0.2.9", "192.0.2.9"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("192.0.2.1", "made up", "192.0.2.1"),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(peer: str, forwarded: str | None, address: str) -> None:
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert address_of(cast(Any, SimpleNamespace(ip=peer, headers=headers))) == address
