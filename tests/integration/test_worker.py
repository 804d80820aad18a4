"""``handoff worker`` and ``handoff check --live``, as processes, with a live chat on the other side."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
import yaml

from handoff.bootstrap import Services
from handoff.persistence.engine import open_engine
from handoff.settings import Settings
from tests.conftest import ROOT
from tests.integration.test_service import REQUEST, said
from tests.support.live_chats.chatwoot import FakeChatwoot

PATIENCE_SECONDS = 60.0


@pytest.fixture
def chatwoot() -> Iterator[FakeChatwoot]:
    with FakeChatwoot() as running:
        yield running


@pytest.fixture
def environ(chatwoot: FakeChatwoot, db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    options = chatwoot.options()
    secrets = {"CHAT_TOKEN": options.pop("token"), "CHAT_SECRET": options.pop("webhook_secret")}
    connector = {"type": "chatwoot", **options, "token": "${CHAT_TOKEN}", "webhook_secret": "${CHAT_SECRET}"}
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoints["live_chat"] = {"default": "team", "connectors": {"team": connector}}
    file = tmp_path / "endpoints.yml"
    file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    rules = yaml.safe_load((ROOT / "handoff.yml").read_text(encoding="utf-8"))
    rules.pop("hours", None)  # whatever time it is
    (tmp_path / "handoff.yml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")}
    return inherited | {
        "HANDOFF_VAR": str(tmp_path / "var"),
        "HANDOFF_DB_URL": db_url,
        "HANDOFF_ENDPOINTS": str(file),
        "HANDOFF_RULES": str(tmp_path / "handoff.yml"),
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture
def services(environ: dict[str, str], db_url: str) -> Iterator[Services]:
    engine = open_engine(db_url)
    yield Services(Settings.load(environ=environ), engine)
    engine.dispose()


def command(environ: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "handoff.cli", *arguments],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def eventually(holds: Callable[[], bool], what: str) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while not holds():
        assert monotonic() < deadline, what
        sleep(0.05)


def test_a_worker_that_is_killed_is_replaced_without_a_trace(
    environ: dict[str, str], services: Services, chatwoot: FakeChatwoot
) -> None:
    worker = command(environ, "worker")
    services.request(REQUEST)
    eventually(lambda: bool(chatwoot.references()), "the handoff arrives")
    worker.kill()
    worker.communicate()
    services.record([said("still there?")], "web")
    worker = command(environ, "worker")
    try:
        (reference,) = chatwoot.references()

        def visitor_lines() -> list[str]:
            return [line.text for line in chatwoot.seen_by_agents(reference) if line.kind == "visitor"]

        eventually(lambda: visitor_lines() == ["still there?"], "what was said afterwards arrives")
        assert sum(line.kind == "package" for line in chatwoot.seen_by_agents(reference)) == 1
    finally:
        worker.terminate()
        out, _ = worker.communicate(timeout=30)
    assert worker.returncode == 0, out
    assert chatwoot.complaints == []


def test_check_live_says_what_works_and_what_does_not(environ: dict[str, str], services: Services) -> None:
    well = command(environ, "check", "--live")
    out, _ = well.communicate(timeout=60)
    assert "team: works: " in out, out
    wrong = command(environ | {"CHAT_TOKEN": "wrong-token"}, "check", "--live")
    out, _ = wrong.communicate(timeout=60)
    assert wrong.returncode == 1
    assert "team: FAILS: " in out
    assert "wrong-token" not in out
