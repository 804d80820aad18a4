"""The section ``live_chat`` of endpoints.yml: every mistake is named with its place and remedy, never with a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from handoff.domain.errors import ConfigurationError
from handoff.domain.live_chat import DESK
from handoff.live_chat_file import LiveChatSetup, load_live_chat

QUEUES = ("sales", "support")
DESK_URL = "http://127.0.0.1:8080"
SECRET = "s3cret-token-of-ours"
CHATWOOT = """
      type: chatwoot
      url: https://chat.fernway.example
      account_id: 1
      inbox_id: 3
      token: ${TOKEN}
"""
SLACK = """
    bell:
      type: slack
      url: ${SLACK}
"""


def load(tmp_path: Path, section: str, **environ: str) -> LiveChatSetup:
    file = tmp_path / "endpoints.yml"
    file.write_text(section, encoding="utf-8")
    given = {"TOKEN": SECRET, "SLACK": "https://hooks.slack.com/services/T/B/x", **environ}
    return load_live_chat(file, given, QUEUES, DESK_URL)


def team(more: str = "", top: str = "", others: str = "") -> str:
    return f"live_chat:\n  {top or 'default: team'}\n  connectors:\n    team:{CHATWOOT}{more}{others}"


def test_without_a_section_the_desk_serves_everything(tmp_path: Path) -> None:
    for nothing in ("tracker_store: {type: sql}\n", "live_chat:\n"):
        setup = load(tmp_path, nothing)
        assert setup.connectors == {}
        assert {setup.chats.serving(queue) for queue in QUEUES} == {DESK}


def test_who_serves_what(tmp_path: Path) -> None:
    top = "queues: {sales: team}\n  after_hours: team\n  notify: [bell]"
    setup = load(tmp_path, team("      fallback_after: 30\n      poll_every: 2\n", top, SLACK))
    chats = setup.chats
    assert (chats.serving("sales"), chats.serving("support")) == ("team", DESK)
    assert chats.serving("support", is_open=False) == "team"
    assert (chats.routes["team"].fallback_after, chats.routes["team"].poll_every) == (30.0, 2.0)
    assert chats.notify == ("bell",)
    assert chats.fallback_of("team") == DESK
    assert SECRET not in repr(setup)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (team("      tokn: x\n"), "connectors.team.tokn"),
        (team().replace("inbox_id: 3", "inbox_id: three"), "connectors.team.inbox_id"),
        (
            team().replace("${TOKEN}", "written-in-the-file"),
            "connectors.team.token: a secret does not belong into a file",
        ),
        (team().replace("${TOKEN}", "${MISSING}"), "the variable MISSING is not set"),
        (team().replace("chatwoot", "chatwot"), "there is no connector 'chatwot'. Known: chatwoot"),
        (team().replace("chatwoot", "no.such.Module"), "cannot be imported"),
        (team().replace("type: chatwoot", "type: handoff.domain.live_chat.Route"), "is no connector"),
        (team("      fallback: nobody\n"), "connectors.team.fallback: there is no connector 'nobody'"),
        (team("      fallback: team\n"), "goes round in a circle"),
        (team("      fallback_after: 0\n"), "connectors.team.fallback_after"),
        (team(top="default: tem"), "default: there is no connector 'tem'. Known: desk, team"),
        (team(top="queues: {sale: team}"), "queues.sale: handoff.yml has no such queue. Known: sales, support"),
        (team(top="queues: {sales: bell}", others=SLACK), "queues.sales: 'bell' can only notify"),
        (team(top="notify: [team]"), "notify: 'team' is a live chat in which agents answer"),
        (team(top="notify: [nobody]"), "notify: there is no connector 'nobody'"),
        (team(top="defaults: team"), "defaults"),
        (team().replace("    team:", "    desk:"), "'desk' is the built-in desk"),
        (team().replace("    team:", "    Team Chat:"), "connectors"),
        ("live_chat: desk\n", "must hold keys: connectors"),
        ("live_chat: [\n", "is not valid YAML"),
    ],
)
def test_mistakes(tmp_path: Path, section: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(tmp_path, section)
    assert words in str(raised.value)
    assert "endpoints.yml" in str(raised.value)
    assert SECRET not in str(raised.value)
    assert "written-in-the-file" not in str(raised.value)
