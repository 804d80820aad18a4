"""`handoff check --live` for Chatwoot: all well, and each missing right with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from handoff.connectors.base import Finding
from handoff.connectors.chatwoot import ChatwootConnector
from handoff.connectors.chatwoot_options import ChatwootOptions
from tests.integration.connectors.attempts import DESK_URL
from tests.support.live_chats.base import Fault
from tests.support.live_chats.chatwoot import BOT_TOKEN, FakeChatwoot

OURS = f"{DESK_URL}/webhooks/team_chat"


@pytest.fixture
def fake() -> Iterator[FakeChatwoot]:
    with FakeChatwoot(bot=True) as chat:
        yield chat
        assert chat.complaints == []


def check(fake: FakeChatwoot, **changes: Any) -> list[Finding]:
    return ChatwootConnector.create("team_chat", ChatwootOptions(**(fake.options() | changes)), DESK_URL).check()


def only_fault(found: list[Finding]) -> str:
    [wrong] = [finding for finding in found if not finding.ok]
    return wrong.remedy


def test_all_well_leaves_no_trace(fake: FakeChatwoot) -> None:
    found = check(fake)
    assert [finding for finding in found if not finding.ok] == []
    assert len(found) == 6
    assert "Fernway Website, administrator" in found[0].what
    assert fake.references() == []
    assert fake.state.contacts == {}


def test_the_inboxs_own_webhook_is_as_good(fake: FakeChatwoot) -> None:
    fake.routes.account_webhooks.clear()
    fake.routes.inbox["webhook_url"] = f"{OURS}?token=x"
    assert all(finding.ok for finding in check(fake))


def test_an_agents_token_cannot_tell_about_webhooks(fake: FakeChatwoot) -> None:
    fake.owner.role = "agent"
    fake.routes.account_webhooks.clear()
    found = check(fake)
    assert all(finding.ok for finding in found)
    assert "only an administrator's token could tell" in found[-1].what


def settings(change: Callable[[FakeChatwoot], object]) -> Callable[[FakeChatwoot], dict[str, Any]]:
    def applied(fake: FakeChatwoot) -> dict[str, Any]:
        change(fake)
        return {}

    return applied


def options(**changes: Any) -> Callable[[FakeChatwoot], dict[str, Any]]:
    return lambda fake: changes


def not_a_member(fake: FakeChatwoot) -> dict[str, Any]:
    fake.owner.role = "agent"
    fake.routes.member = False
    return {"webhook_secret": None}


@pytest.mark.parametrize(
    ("broken", "remedy"),
    [
        (options(token="stale"), "Invalid Access Token"),
        (options(token=BOT_TOKEN), "the token of an agent bot can neither make contacts nor read"),
        (options(account_id=99), "Invite the token's owner to account 99"),
        (options(inbox_id=99, webhook_secret=None), "Correct inbox_id"),
        (not_a_member, "a member of the inbox"),
        (settings(lambda fake: fake.routes.inbox.update(channel_type="Channel::WebWidget")), "of the type API"),
        (settings(lambda fake: fake.routes.inbox.update(greeting_enabled=True)), "greeting off"),
        (options(teams={"billing": 77}), "no team for billing: 77. Teams are: 5 (Sales), 6 (Support)"),
        (options(bot_token="stale"), "`bot_token` must be the token of an agent bot"),
        (settings(lambda fake: fake.routes.account_webhooks.clear()), f"Add a webhook with {OURS}"),
        (
            settings(lambda fake: fake.routes.account_webhooks[0]["subscriptions"].pop()),
            "Subscribe the webhook to conversation_updated",
        ),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(
    fake: FakeChatwoot, broken: Callable[[FakeChatwoot], dict[str, Any]], remedy: str
) -> None:
    changes = broken(fake)
    assert remedy in only_fault(check(fake, **changes))


def test_a_server_that_does_not_answer_is_a_finding(fake: FakeChatwoot) -> None:
    for step in range(6):
        fake.faults.extend([None] * step + [Fault.REFUSED])  # type: ignore[list-item]
        assert "got no answer" in only_fault(check(fake))


def test_without_a_secret_polling_is_said(fake: FakeChatwoot) -> None:
    assert "found by asking" in check(fake, webhook_secret=None)[-1].what
