"""Starts ``rasa run`` inside this process, so that no secret appears on a command line, where ``ps`` shows it."""

from __future__ import annotations

import os

from handoff.rasa.command import run_rasa
from handoff.rasa.time_limits import limit_waiting
from handoff.settings import Settings


def rasa_arguments(settings: Settings) -> list[str]:
    """What the Rasa server is started with, after ``rasa``."""
    arguments = ["run", "--enable-api", "--auth-token", settings.rasa_auth_token]
    arguments += ["--interface", settings.host, "--port", str(settings.rasa_port)]
    arguments += ["--model", "models", "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    if settings.allowed_origins:
        arguments += ["--cors", *settings.allowed_origins]
    return arguments


def main() -> None:
    """Run the server until it is stopped."""
    settings = Settings.load()
    os.chdir(settings.root)
    os.environ.update(settings.environment())
    limit_waiting()
    run_rasa(rasa_arguments(settings))


if __name__ == "__main__":
    main()
