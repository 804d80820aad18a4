"""Where Rasa keeps its conversations, as far as they can be reached: section ``tracker_store`` of endpoints.yml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from handoff.domain.errors import ConfigurationError
from handoff.endpoints_file import mistakes, read_section
from handoff.persistence.engine import MEMORY, open_engine
from handoff.settings import Settings

SECTION = "tracker_store"
HINT = "type, dialect, db; and for PostgreSQL url, username, password"
SQL_TYPES = ("sql", "rasa.core.tracker_store.sqltrackerstore", "handoff.rasa.tracker_store.maskingtrackerstore")
"""Stores of which we know the table, in lower case; Rasa's short name first."""

RASA_DEFAULTS = {"dialect": "sqlite", "db": "rasa.db"}
"""What rasa.core.tracker_store.SQLTrackerStore takes for keys that are left out."""

SCHEMA = "POSTGRESQL_SCHEMA"  # the variable from which Rasa's store takes a schema


def open_tracker_store(settings: Settings, environ: Mapping[str, str]) -> Engine | None:
    """The database of Rasa's tracker store; None when it is a file that does not exist yet.

    Raises:
        ConfigurationError: it is of a kind that cannot be reached from here, or a variable is not set.
    """
    url = tracker_store_url(settings.endpoints_file, settings.root, settings.environment() | dict(environ))
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None
    return open_engine(url.render_as_string(hide_password=False))


def tracker_store_url(endpoints_file: Path, root: Path, environ: Mapping[str, str]) -> URL:
    """The address of Rasa's tracker store. A relative file is looked for in ``root``, where Rasa is started.

    Raises:
        ConfigurationError: see :func:`open_tracker_store`.
    """
    section = read_section(endpoints_file, SECTION, environ, HINT)
    if section is None or "type" not in section.values:
        raise _out_of_reach(endpoints_file, "keeps conversations in Rasa's memory: they are gone when it restarts")
    if section.problems:
        raise mistakes(endpoints_file, SECTION, list(section.problems))
    kind = str(section.values["type"])
    if kind.lower() not in SQL_TYPES:
        raise _out_of_reach(endpoints_file, f"is of type '{kind}', whose data this command does not know")
    url = _url(endpoints_file, RASA_DEFAULTS | section.values)
    backend = url.get_backend_name()
    if backend == "postgresql":
        schema = environ.get(SCHEMA)
        return url.update_query_dict({"options": f"-csearch_path={schema}"}) if schema else url
    if backend != "sqlite":
        raise _out_of_reach(endpoints_file, f"is a database of the kind '{backend}', not SQLite or PostgreSQL")
    if not url.database or url.database == MEMORY:
        raise _out_of_reach(endpoints_file, "keeps conversations in Rasa's memory: they are gone when it restarts")
    return url.set(database=str(root / url.database))


def _url(endpoints_file: Path, values: Mapping[str, Any]) -> URL:
    host = values.get("url")
    try:
        if host and "://" in host:
            return make_url(host)
        port = values.get("port")
        if host and ":" in host:
            host, _, port = host.rpartition(":")  # as Rasa reads it
        return URL.create(
            drivername=values["dialect"],
            username=values.get("username"),
            password=values.get("password"),
            host=host,
            port=int(port) if port else None,
            database=values["db"],
            query=values.get("query") or {},
        )
    except (ArgumentError, TypeError, ValueError) as error:
        raise mistakes(endpoints_file, SECTION, [f"url: no database address can be made of it: {error}"]) from error


def _out_of_reach(endpoints_file: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The section '{SECTION}' of {endpoints_file} {why}. Nothing was read or erased. See to Rasa's store "
        "yourself, and run this again with --without-rasa, which leaves it out."
    )
