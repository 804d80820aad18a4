"""Files with conversations in them are for their owner only, whatever the folder or an older release allowed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from handoff.persistence.engine import open_engine


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("before", [None, 0o644])
def test_a_database_is_for_its_owner(tmp_path: Path, before: int | None) -> None:
    path = tmp_path / "handoff.db"
    if before is not None:
        path.touch(before)
        path.chmod(before)
    engine = open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE words (word TEXT)")
        connection.commit()
        assert {file.name: oct(mode(file)) for file in tmp_path.iterdir()} == {
            name: oct(0o600) for name in ("handoff.db", "handoff.db-wal", "handoff.db-shm")
        }
    engine.dispose()


def test_a_database_in_memory_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_engine("sqlite:///:memory:").dispose()
    assert list(tmp_path.iterdir()) == []
