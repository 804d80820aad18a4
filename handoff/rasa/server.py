"""Starts ``rasa run`` inside this process, so that no secret appears on a command line, where ``ps`` shows it."""

from __future__ import annotations

import os
import sys

from handoff.settings import Settings


def rasa_arguments(settings: Settings) -> list[str]:
    """The command line of the Rasa server."""
    arguments = ["rasa", "run", "--enable-api", "--auth-token", settings.rasa_auth_token]
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
    sys.argv = rasa_arguments(settings)
    from rasa.__main__ import main as rasa_main  # takes seconds: after everything that can be wrong was looked at

    rasa_main()


if __name__ == "__main__":
    main()
