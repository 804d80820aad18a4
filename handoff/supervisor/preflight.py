"""What can be seen to be wrong before anything is started, each with its remedy."""

from __future__ import annotations

import socket
from pathlib import Path

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
