"""``make shell``: ``rasa shell`` with the project's environment, and an action server beside it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from handoff.domain.errors import ConfigurationError, HandoffError
from handoff.settings import OWNER_ONLY_DIR, Settings
from handoff.supervisor.health import pending
from handoff.supervisor.preflight import model_problems, port_is_free, port_problems
from handoff.supervisor.process import ChildProcess
from handoff.supervisor.specs import ChildSpec, action_server, child_environment

LOOK_SECONDS = 0.2
STOP_SECONDS = 10.0
FAILED = 1


def run_shell(arguments: list[str]) -> int:
    """Talk to the assistant in the terminal; ``arguments`` go to ``rasa shell``. Returns its exit code.

    Raises:
        ConfigurationError: there is no model, or the action server does not start.
    """
    settings = Settings.load()
    problems = model_problems(settings.root / "models")
    if problems:
        raise ConfigurationError("\n".join(problems))
    with _actions(settings):
        return _rasa_shell(settings, arguments)


@contextmanager
def _actions(settings: Settings) -> Iterator[None]:
    """An action server for as long as the shell is open: the one that runs already, or one of its own."""
    spec = action_server(settings)
    if not port_is_free(spec.host, spec.port):
        if pending(spec.host, spec.port, spec.checks) is not None:
            raise ConfigurationError("\n".join(port_problems([spec])))
        print(f"Using the action server that already runs on port {spec.port}.", flush=True)
        yield
        return
    logs = settings.var_dir / "log"
    logs.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_DIR)
    with (logs / "actions.log").open("w", encoding="utf-8", buffering=1) as log:
        child = ChildProcess(
            spec, settings.root, child_environment(settings), lambda _, line: print(line, file=log, flush=True)
        )
        try:
            _wait_until_ready(child, spec)
            print(f"The action server runs on port {spec.port}; its log is {log.name}", flush=True)
            yield
        finally:
            child.ask_to_stop()
            if not child.wait(STOP_SECONDS):
                child.kill()
                child.wait(STOP_SECONDS)


def _wait_until_ready(child: ChildProcess, spec: ChildSpec) -> None:
    deadline = time.monotonic() + spec.start_seconds
    while (missing := pending(spec.host, spec.port, spec.checks)) is not None:
        ended = child.exit_status()
        if ended is not None or time.monotonic() > deadline:
            last = "\n".join(f"  {line}" for line in child.last_lines())
            raise ConfigurationError(f"The action server failed: it {ended or missing}.\n{last}")
        time.sleep(LOOK_SECONDS)


def _rasa_shell(settings: Settings, arguments: list[str]) -> int:
    command = [
        sys.executable,
        "-m",
        "handoff.rasa.command",
        "shell",
        "--model",
        "models",
        "--endpoints",
        str(settings.endpoints_file),
    ]
    # on loopback only, and on a port of its own, so that `make run` can go on beside it
    command += ["--interface", settings.host, "--port", str(_free_port(settings.host)), *arguments]
    # the shell has the terminal: Ctrl-C is for it, and we follow when it ends
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run(command, cwd=settings.root, env=child_environment(settings), check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Entry point; errors of ours are said in one line."""
    try:
        return run_shell(sys.argv[1:])
    except HandoffError as error:
        print(f"handoff: {error}", file=sys.stderr)
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
