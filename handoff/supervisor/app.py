"""``make run``: checks, starts, and says where everything is."""

from __future__ import annotations

import sys

from handoff.bootstrap import build_services
from handoff.first_agents import ensure_first_agents
from handoff.settings import Settings
from handoff.supervisor.console import Console
from handoff.supervisor.preflight import endpoints_problems, model_problems, port_problems
from handoff.supervisor.specs import child_environment, project_children
from handoff.supervisor.watch import FAILED, Supervisor

FORGOTTEN = "an agent account (new password: .venv/bin/python -m handoff.cli users password NAME)"


def run_project() -> int:
    """Run Rasa server, action server and desk until Ctrl-C; returns the exit code."""
    settings = Settings.load()
    specs = project_children(settings)
    problems = [
        *endpoints_problems(settings),
        *model_problems(settings.root / "models"),
        *port_problems(specs),
    ]
    if problems:
        print("\n".join(f"handoff: {problem}" for problem in problems), file=sys.stderr)
        return FAILED
    logins = _prepare(settings)
    console = Console(secrets=settings.secrets)
    console.say("starting the Rasa server, the action server and the desk")
    supervisor = Supervisor(specs, settings.root, child_environment(settings), console)
    return supervisor.run(lambda seconds: console.block(_ready(settings, logins, seconds)))


def _prepare(settings: Settings) -> list[tuple[str, str]]:
    """Bring the database up to date before three processes want it; returns the first agents' logins."""
    services = build_services(settings)
    try:
        return ensure_first_agents(services)
    finally:
        services.engine.dispose()


def _ready(settings: Settings, logins: list[tuple[str, str]], seconds: float) -> list[str]:
    width = max((len(name) for name, _ in logins), default=0)
    people = [f"{name:<{width}}  {password}" for name, password in logins] or [FORGOTTEN]
    return [
        f"Ready after {seconds:.0f} s. Ctrl-C stops everything.",
        "",
        f"Demo shop   {settings.rasa_url}/webhooks/web/",
        f"Desk        {settings.desk_url}/desk",
        f"Log in as   {people[0]}",
        *(f"            {person}" for person in people[1:]),
    ]
