"""What the three processes are: how each is started, which port it needs, and how to see that it is ready."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from handoff.settings import Settings
from handoff.supervisor.health import Check

# TensorFlow and Rasa load for 4 to 25 s on two cores; a small or busy machine needs several times that
RASA_START_SECONDS = 180.0
START_SECONDS = 60.0

RASA_NOT_READY = 409
"""What Rasa's /status answers when the server runs and its model could not be loaded."""

QUIET = {
    # of the libraries that Rasa 3.6 pins: nobody who runs this project can act on them, and ours are errors in tests
    "PYTHONWARNINGS": "ignore::DeprecationWarning,ignore::PendingDeprecationWarning",
    "TF_CPP_MIN_LOG_LEVEL": "2",  # TensorFlow's notes about the CPU and absent GPUs
}


@dataclass(frozen=True)
class ChildSpec:
    """One process.

    Attributes:
        name: short name in front of its log lines.
        title: name in sentences.
        module: Python module that it runs.
        port_variable: environment variable that moves it to another port.
        checks: requests that all succeed once it is ready.
        start_seconds: how long it may take until then.
    """

    name: str
    title: str
    module: str
    arguments: tuple[str, ...]
    host: str
    port: int
    port_variable: str
    checks: tuple[Check, ...]
    start_seconds: float = START_SECONDS
    environment: Mapping[str, str] = field(default_factory=dict)


def rasa_server(settings: Settings) -> ChildSpec:
    """The Rasa server: NLU, dialogue, visitors' channels."""
    return ChildSpec(
        name="rasa",
        title="Rasa server",
        module="handoff.rasa.server",
        arguments=(),
        host=settings.host,
        port=settings.rasa_port,
        port_variable="HANDOFF_RASA_PORT",
        checks=(
            Check(
                path=f"/status?token={settings.rasa_auth_token}",
                label="/status",
                fatal={RASA_NOT_READY: "The server runs, but could not load its model. Remedy: make train"},
            ),
            Check(path="/webhooks/web/"),
        ),
        start_seconds=RASA_START_SECONDS,
    )


def action_server(settings: Settings) -> ChildSpec:
    """The action server: what ``rasa run actions`` starts, without loading Rasa and TensorFlow for it."""
    return ChildSpec(
        name="actions",
        title="action server",
        module="handoff.supervisor.action_server",
        arguments=("--actions", "actions", "--port", str(settings.actions_port)),
        host=settings.host,
        port=settings.actions_port,
        port_variable="HANDOFF_ACTIONS_PORT",
        checks=(Check(path="/health"),),
        environment={"SANIC_HOST": settings.host},
    )


def desk(settings: Settings) -> ChildSpec:
    """The desk: pages and API for agents, and the dispatcher."""
    return ChildSpec(
        name="desk",
        title="desk",
        module="handoff.cli",
        arguments=("serve",),
        host=settings.host,
        port=settings.desk_port,
        port_variable="HANDOFF_DESK_PORT",
        checks=(Check(path="/healthz"),),
    )


def project_children(settings: Settings) -> list[ChildSpec]:
    """All three, in the order in which they are named to people."""
    return [rasa_server(settings), action_server(settings), desk(settings)]


def child_environment(settings: Settings, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of every child: ours, with the settings and secrets in it."""
    direct = ",".join(filter(None, (environ.get("NO_PROXY") or environ.get("no_proxy"), settings.host)))
    return {
        **environ,
        **QUIET,
        **settings.environment(),
        "HANDOFF_ROOT": str(settings.root),
        "HANDOFF_HOST": settings.host,
        "PYTHONUNBUFFERED": "1",  # log lines appear when they are written
        # the processes talk to each other directly, also where a proxy leads to the internet
        "NO_PROXY": direct,
        "no_proxy": direct,
    }
