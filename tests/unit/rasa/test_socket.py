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
