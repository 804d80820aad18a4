"""The database of the traffic: one whose commits do not wait for the disk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

from handoff.persistence.engine import open_engine

KINDS = ("sqlite", "postgresql")
HURRY = {"sqlite": "PRAGMA synchronous=OFF", "postgresql": "SET synchronous_commit TO off"}


def quick_engine(url: str) -> Engine:
    """An engine whose commits do not wait for the disk: a power cut may well take traffic that never was."""
    engine = open_engine(url)

    @event.listens_for(engine, "connect")
    def hurry(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(HURRY[engine.dialect.name])
        cursor.close()
        if engine.dialect.name == "postgresql":
            connection.commit()  # or the setting would be rolled back with the first transaction

    return engine
