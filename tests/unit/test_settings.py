from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from handoff.domain.errors import ConfigurationError
from handoff.settings import SECRET_NAMES, Settings


def load(var: Path, **environ: str) -> Settings:
    return Settings.load(environ={"HANDOFF_VAR": str(var), **environ})


def test_secrets_are_generated_once_and_only_for_the_owner(tmp_path: Path) -> None:
    first = load(tmp_path / "var")
    file = tmp_path / "var" / "secrets.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load(tmp_path / "var").secret == first.secret
    assert len({first.secret, first.rasa_auth_token, first.actions_token}) == 3


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load(tmp_path / "var").secret, range(8)))
    assert len(set(found)) == 1


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    load(tmp_path)
    assert load(tmp_path, HANDOFF_SECRET="mine").secret == "mine"


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_bad_port_is_named(port: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="HANDOFF_DESK_PORT"):
        load(tmp_path, HANDOFF_DESK_PORT=port)


def test_a_damaged_secrets_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("HANDOFF_SECRET=x\n")
    with pytest.raises(ConfigurationError, match="RASA_AUTH_TOKEN"):
        load(tmp_path)


def test_children_get_every_secret(tmp_path: Path) -> None:
    assert all(load(tmp_path).environment()[name] for name in SECRET_NAMES)


def test_links_lead_where_agents_can_go(tmp_path: Path) -> None:
    local = Settings.load(environ={"HANDOFF_VAR": str(tmp_path), "HANDOFF_DESK_PORT": "8090"})
    assert local.desk_link == local.desk_url == "http://127.0.0.1:8090"
    public = Settings.load(environ={"HANDOFF_VAR": str(tmp_path), "HANDOFF_DESK_URL": "https://desk.example/"})
    assert public.desk_link == "https://desk.example"
    assert public.desk_url == "http://127.0.0.1:8080"
    for wrong in ("desk.example", "ftp://desk.example", "https://desk.example/desk", "https://"):
        with pytest.raises(ConfigurationError, match="HANDOFF_DESK_URL"):
            Settings.load(environ={"HANDOFF_VAR": str(tmp_path), "HANDOFF_DESK_URL": wrong})
