"""Runs the real supervisor over fake children: ``python -m tests.support.fake_project JSON``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from handoff.supervisor.console import Console
from handoff.supervisor.health import Check
from handoff.supervisor.specs import ChildSpec
from handoff.supervisor.watch import Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "s3cr3t-t0ken"
NOT_MENDED_BY_WAITING = 409


def spec_of(name: str, options: dict[str, Any]) -> ChildSpec:
    """The spec of one fake child."""
    return ChildSpec(
        name=name,
        title=f"{name} server",
        module="tests.support.fake_child",
        arguments=("--port", str(options["port"]), *options.get("arguments", [])),
        host="127.0.0.1",
        port=options["port"],
        port_variable=f"{name.upper()}_PORT",
        checks=(Check("/", fatal={NOT_MENDED_BY_WAITING: "Its model is broken. Remedy: make train"}),),
        start_seconds=options.get("start_seconds", 30.0),
    )


def main() -> int:
    specs = [spec_of(name, options) for name, options in json.loads(sys.argv[1]).items()]
    console = Console(secrets=(SECRET,))
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return Supervisor(specs, ROOT, environment, console).run(lambda _: console.block(["All ready."]))


if __name__ == "__main__":
    sys.exit(main())
