"""Every built-in connector passes the conformance suite against its fake live chat."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.connectors.conformance import Conformance, Subject
from tests.integration.connectors.live_chat_fixtures import homeserver, subject_of
from tests.support.live_chats.registry import all_fakes, built_in

__all__ = ["homeserver"]

WITHOUT_A_SERVER = {"desk"}
"""The desk reads the same database; there is nothing to talk to."""


@pytest.fixture(params=all_fakes(), ids=lambda kind: kind.type_name)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with subject_of(request.param, request) as found:
        yield found


class TestBuiltIn(Conformance):
    """The suite itself."""


def test_every_connector_has_a_fake() -> None:
    assert set(built_in()) - WITHOUT_A_SERVER == {kind.type_name for kind in all_fakes()}
