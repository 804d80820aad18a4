"""What can be seen to be wrong before anything is started, each with its remedy."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from handoff.domain.errors import ConfigurationError
from handoff.live_chat_file import load_live_chat
from handoff.mail.settings import load_email_settings
from handoff.rules_file import load_rules
from handoff.settings import Settings
from handoff.supervisor.specs import ChildSpec

MODEL_PATTERN = "*.tar.gz"


def port_problems(specs: list[ChildSpec]) -> list[str]:
    """Ports that are taken, or wanted twice."""
    problems = []
    wanted: dict[int, ChildSpec] = {}
    for spec in specs:
        other = wanted.setdefault(spec.port, spec)
        if other is not spec:
            problems.append(
                f"The {other.title} and the {spec.title} both have port {spec.port}. "
                f"Give one of them another: {spec.port_variable}={spec.port + 1}"
            )
        elif not port_is_free(spec.host, spec.port):
            problems.append(
                f"Port {spec.port} on {spec.host} is in use; the {spec.title} needs it. Stop the program that has it "
                f"(another `make run`?), or choose another port: {spec.port_variable}={spec.port + 1}"
            )
    return problems


def model_problems(models: Path) -> list[str]:
    """A model that is not there."""
    if any(models.glob(MODEL_PATTERN)):
        return []
    return [f"There is no trained model in {models}. Remedy: make train"]


def endpoints_problems(settings: Settings) -> list[str]:
    """What is wrong in our sections of endpoints.yml: three processes read them, and would say so three times."""
    try:
        rules = load_rules(settings.rules_file)
        load_live_chat(settings.endpoints_file, os.environ, rules.queues, settings.desk_link)
        load_email_settings(settings.endpoints_file, os.environ)
    except ConfigurationError as error:
        return [str(error)]
    return []


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # as servers do: connections of the last run that still linger are no obstacle
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
