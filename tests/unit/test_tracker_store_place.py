"""Where `handoff export` and `handoff erase` look for Rasa's conversations is where Rasa keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.tracker_store import SQLTrackerStore

from handoff.domain.errors import ConfigurationError
from handoff.privacy.tracker_store import RASA_DEFAULTS, tracker_store_url
from tests.conftest import ROOT

OURS = "handoff.rasa.tracker_store.MaskingTrackerStore"
SERVER = {"type": OURS, "dialect": "postgresql", "url": "db.internal", "db": "rasa", "username": "u", "password": "p"}


def place(tmp_path: Path, section: dict[str, Any], **environ: str) -> str:
    file = tmp_path / "endpoints.yml"
    file.write_text(yaml.safe_dump({"tracker_store": section}), encoding="utf-8")
    return tracker_store_url(file, tmp_path, environ).render_as_string(hide_password=False)


def test_the_project_s_own_file() -> None:
    assert (
        str(tracker_store_url(ROOT / "endpoints.yml", ROOT, {"TRACKER_DB": "/data/rasa.db"}))
        == "sqlite:////data/rasa.db"
    )


def test_a_relative_file_is_where_rasa_is_started(tmp_path: Path) -> None:
    assert place(tmp_path, {"type": "SQL", "db": "a/b.db"}) == f"sqlite:///{tmp_path}/a/b.db"
    assert place(tmp_path, {"type": "sql"}) == f"sqlite:///{tmp_path}/{RASA_DEFAULTS['db']}"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dialect": "postgresql+psycopg2"},
        {"port": 5433},
        {"url": "db.internal:5433"},
        {"query": {"sslmode": "require"}},
        {"password": "p@ss/word:%"},
    ],
)
def test_a_server_is_addressed_as_rasa_does(tmp_path: Path, changes: dict[str, Any]) -> None:
    section = SERVER | changes
    keys = {key: value for key, value in section.items() if key not in ("type", "url")}
    rasas = SQLTrackerStore.get_db_url(host=section["url"], **({"query": {}} | keys))
    assert place(tmp_path, section) == rasas.render_as_string(hide_password=False)


def test_a_whole_address(tmp_path: Path) -> None:
    address = "postgresql://u:p@db.internal:5433/rasa"
    assert place(tmp_path, {"type": OURS, "url": address}) == address


def test_rasas_variable_for_a_schema_holds(tmp_path: Path) -> None:
    assert "search_path%3Dchat" in place(tmp_path, SERVER, POSTGRESQL_SCHEMA="chat")


def test_what_is_missing_is_named_and_no_password_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="tracker_store.password: the variable TRACKER_DB_PASSWORD is not set"):
        place(tmp_path, SERVER | {"password": "${TRACKER_DB_PASSWORD}"})
    with pytest.raises(ConfigurationError, match="no database address") as caught:
        place(tmp_path, SERVER | {"port": "many", "password": "hunter2"})
    assert "hunter2" not in str(caught.value)
