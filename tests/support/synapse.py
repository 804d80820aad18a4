"""A real Matrix homeserver for tests: Synapse on SQLite, on a free port of loopback; accounts by its own API."""

from __future__ import annotations

import atexit
import base64
import hashlib
import hmac
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.conftest import ROOT

PYTHON = ROOT / ".tools/synapse/bin/python"
INSTALLED = ROOT / ".tools/synapse/installed.lock"
"""Written last by scripts/ensure_synapse.sh."""
SERVER_NAME = "chat.test"
START_SECONDS = 120.0  # four on a quiet machine with two cores
STOP_SECONDS = 20.0
CALL_SECONDS = 20.0
MUCH = {"per_second": 10_000, "burst_count": 10_000}
"""Nobody is limited, except in tests that limit an account on purpose."""
ROOMLESS = "roomless"
"""Accounts whose name begins so may not make rooms."""
MODULE = """
from synapse.module_api.errors import Codes, SynapseError


class Rules:
    def __init__(self, config, api):
        self.start = config["start"]
        api.register_third_party_rules_callbacks(on_create_room=self.look)

    async def look(self, requester, content, is_admin):
        if requester.user.localpart.startswith(self.start):
            raise SynapseError(403, "You may not make rooms.", Codes.FORBIDDEN)
"""


@dataclass(frozen=True)
class Person:
    """An account with a token."""

    id: str
    token: str


class Synapse:
    """A homeserver that runs."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self._secret = secret
        self.session = requests.Session()
        self.session.trust_env = False
        self.admin = self.register("admin", "Admin", admin=True)

    def register(self, localpart: str, name: str, *, admin: bool = False) -> Person:
        """Make an account by the shared secret of registration."""
        address = "/_synapse/admin/v1/register"
        nonce = self.call("GET", address)["nonce"]
        password = secrets.token_hex(8)
        parts = [nonce, localpart, password, "admin" if admin else "notadmin"]
        mac = hmac.new(self._secret.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": localpart, "displayname": name, "password": password, "admin": admin}
        made = self.call("POST", address, json=body | {"mac": mac})
        return Person(made["user_id"], made["access_token"])

    def call(self, method: str, path: str, person: Person | None = None, **more: Any) -> Any:
        """Make one call, as ``person``, and return its JSON; anything but a success fails the test."""
        headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        answer = self.session.request(method, self.url + path, headers=headers, timeout=CALL_SECONDS, **more)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()


@contextmanager
def running_synapse(folder: Path) -> Iterator[Synapse]:
    """A homeserver whose data is in ``folder``; skips, or fails where CI=true, when there is none to start.

    There is one per process: it takes seconds to start, and accounts of their own keep tests apart. It stops when the
    process ends.
    """
    if not INSTALLED.exists():
        reason = "No Matrix homeserver is installed: scripts/ensure_synapse.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    if not _running:
        _running.append(_started(folder))
    yield _running[0]


_running: list[Synapse] = []


def _started(folder: Path) -> Synapse:
    port, secret = _free_port(), secrets.token_hex(16)
    config = folder / "homeserver.yaml"
    config.write_text(yaml.safe_dump(_config(folder, port, secret)), encoding="utf-8")
    key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    (folder / "signing.key").write_text(f"ed25519 a_test {key}\n", encoding="ascii")
    (folder / "handoff_test_rules.py").write_text(MODULE, encoding="utf-8")
    output = folder / "output.txt"
    command: list[str | Path] = [PYTHON, "-m", "synapse.app.homeserver", "-c", config]
    with output.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, stdout=stream, stderr=stream
        )
    atexit.register(_stop, process)
    url = f"http://127.0.0.1:{port}"
    _wait(process, url, output)
    return Synapse(url, secret)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if requests.get(f"{url}/health", timeout=1).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.05)  # it is not listening yet
    pytest.fail(f"Synapse did not start: {output.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _config(folder: Path, port: int, secret: str) -> dict[str, Any]:
    return {
        "server_name": SERVER_NAME,
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "listeners": [
            {
                "port": port,
                "type": "http",
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
        "database": {
            "name": "sqlite3",
            "args": {"database": ":memory:"},
        },
        "signing_key_path": str(folder / "signing.key"),
        "media_store_path": str(folder / "media"),
        "pid_file": str(folder / "synapse.pid"),
        "registration_shared_secret": secret,
        "macaroon_secret_key": secrets.token_hex(16),
        "form_secret": secrets.token_hex(16),
        "report_stats": False,
        "modules": [{"module": "handoff_test_rules.Rules", "config": {"start": ROOMLESS}}],
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "url_preview_enabled": False,
        "presence": {"enabled": False},
        # else the second of two equal questions is answered from memory, and would prove nothing
        "caches": {"sync_response_cache_duration": "0s"},
        "bcrypt_rounds": 4,  # the least that there is: nobody guesses passwords here
        "rc_message": MUCH,
        "rc_registration": MUCH,
        "rc_room_creation": MUCH,
        "rc_joins": {"local": MUCH, "remote": MUCH},
        "rc_joins_per_room": MUCH,
        "rc_invites": {"per_room": MUCH, "per_user": MUCH, "per_issuer": MUCH},
        "rc_login": {"address": MUCH, "account": MUCH, "failed_attempts": MUCH},
    }
