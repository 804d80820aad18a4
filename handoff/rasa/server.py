"""Starts ``rasa run`` inside this process, so that no secret appears on a command line, where ``ps`` shows it."""

from __future__ import annotations

import os
from pathlib import Path

from handoff.persistence.engine import keep_private
from handoff.rasa.command import run_rasa
from handoff.rasa.time_limits import ACTION_SECONDS, LOCK_SECONDS, LOCK_VARIABLE
from handoff.settings import Settings

NOT_FOR_OTHERS = 0o077  # umask: what this process writes, conversations above all, is for its owner


def rasa_arguments(settings: Settings) -> list[str]:
    """What the Rasa server is started with, after ``rasa``."""
    # with "=": a generated token may begin with a dash
    arguments = ["run", "--enable-api", f"--auth-token={settings.rasa_auth_token}"]
    arguments += ["--interface", settings.host, "--port", str(settings.rasa_port)]
    arguments += ["--model", "models", "--endpoints", str(settings.endpoints_file), "--credentials", "credentials.yml"]
    if settings.allowed_origins:
        arguments += ["--cors", *settings.allowed_origins]
    return arguments


def limit_waiting() -> None:
    """Set the limits of :mod:`handoff.rasa.time_limits`. Rasa has no setting for actions, and its
    modules copy the constant when they are imported: call this before."""
    os.environ[LOCK_VARIABLE] = str(LOCK_SECONDS)
    import rasa.core.constants  # imports nothing else of Rasa

    # also the default of --request-timeout: the time in which a visitor's request must have arrived
    rasa.core.constants.DEFAULT_REQUEST_TIMEOUT = ACTION_SECONDS


def main() -> None:
    """Run the server until it is stopped."""
    settings = Settings.load()
    os.chdir(settings.root)
    os.umask(NOT_FOR_OTHERS)
    if Path(settings.tracker_db).exists():  # made by an older release; on PostgreSQL there is none
        keep_private(Path(settings.tracker_db))
    os.environ.update(settings.environment())
    limit_waiting()
    from handoff.rasa.known_schemas import check_known_schemas_once  # imports Rasa, which must come after the limits

    check_known_schemas_once()
    run_rasa(rasa_arguments(settings))


if __name__ == "__main__":
    main()
