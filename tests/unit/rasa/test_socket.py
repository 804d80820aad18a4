from __future__ import annotations

import pytest

from handoff.domain.errors import NotAllowed
from handoff.rasa.web.socket import _is_same_site
from handoff.rasa.web.tokens import VisitorTokens
from tests.conftest import Clock


@pytest.mark.parametrize(
    ("origin", "same"), [("https://shop.example", True), ("https://evil.example", False), ("http://[", False)]
)
def test_the_origin_of_a_connection(origin: str, same: bool) -> None:
    assert _is_same_site(origin, "shop.example") is same


@pytest.mark.parametrize("token", [None, "", "nonsense", "\ud83d", "a.b.\udcff"])
def test_what_is_no_token(token: str | None, clock: Clock) -> None:
    with pytest.raises(NotAllowed):
        VisitorTokens("x" * 32, 30.0, clock).conversation_of(token)


def test_a_token_lives_by_the_clock_that_wrote_it(clock: Clock) -> None:
    tokens = VisitorTokens("x" * 32, 30.0, clock)
    token = tokens.issue("c1")
    clock.advance(30 * 86_400 - 1)
    assert tokens.conversation_of(token) == "c1"
    clock.advance(1)
    with pytest.raises(NotAllowed):
        tokens.conversation_of(token)


def test_a_token_signed_with_another_secret_is_none(clock: Clock) -> None:
    with pytest.raises(NotAllowed):
        VisitorTokens("x" * 32, 30.0, clock).conversation_of(VisitorTokens("y" * 32, 30.0, clock).issue("c1"))
