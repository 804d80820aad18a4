"""Live chats of every type for tests over all of them, the real Matrix homeserver among them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.integration.connectors.attempts import DESK_URL
from tests.integration.connectors.conformance import Subject
from tests.support.live_chats.base import FakeLiveChat
from tests.support.live_chats.registry import connector_class
from tests.support.synapse import Synapse, running_synapse


def _webhooks_of_chatwoot(fake: Any) -> None:
    """An administrator has added ours, as the page of the connector says to do."""
    events = ["message_created", "conversation_status_changed", "conversation_updated"]
    ours = {"id": 1, "url": f"{DESK_URL}/webhooks/team_chat", "subscriptions": events}
    fake.routes.account_webhooks.append(ours)


SET_UP: dict[str, Callable[[Any], None]] = {"chatwoot": _webhooks_of_chatwoot}
"""What is set up in the live chat by hand, where its check looks for it."""


@pytest.fixture(scope="session")
def homeserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """Started by the first test that needs it; those tests are skipped where it is not installed."""
    with running_synapse(tmp_path_factory.mktemp("homeserver")) as synapse:
        yield synapse


@contextmanager
def subject_of(kind: type[FakeLiveChat], request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A started live chat of this kind, and its connector's class."""
    needs: dict[str, Any] = {}
    if "synapse" in inspect.signature(kind).parameters:
        needs["synapse"] = request.getfixturevalue("homeserver")
    with kind(**needs) as fake:
        SET_UP.get(kind.type_name, lambda _: None)(fake)
        yield Subject(kind.type_name, fake, connector_class(kind.type_name))
