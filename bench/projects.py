"""The two projects that are compared: this one, and the one that ``rasa init`` makes."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from handoff.settings import Settings
from handoff.supervisor.health import Check, pending
from handoff.supervisor.process import ChildProcess
from handoff.supervisor.specs import ChildSpec, action_server, child_environment, rasa_server
from scripts.train import CODE, DATA, MODEL, ROOT, fingerprints

OUT = ROOT / "bench" / "out"
START_SECONDS = 180.0
STOP_SECONDS = 15.0
LOOK_SECONDS = 0.05
MIB = 1024.0  # KiB, the unit of /proc/PID/status


@dataclass(frozen=True)
class Server:
    """A server that was measured while it ran."""

    pid: int
    port: int
    start_seconds: float

    def resident_mb(self) -> float:
        """Memory of the server process now, in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / MIB


def bench_settings() -> Settings:
    """Settings of this project on ports and databases of their own; old ones are thrown away."""
    var = OUT / "var"
    shutil.rmtree(var, ignore_errors=True)
    ports = {name: str(free_port()) for name in ("HANDOFF_RASA_PORT", "HANDOFF_ACTIONS_PORT", "HANDOFF_DESK_PORT")}
    return Settings.load(ROOT, {**ports, "HANDOFF_VAR": str(var)})


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def rasa_package() -> Path:
    """Folder of the installed Rasa, found without importing it, which takes seconds."""
    spec = importlib.util.find_spec("rasa")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def train_ours() -> float:
    """Seconds that training this project takes from nothing."""
    inputs = fingerprints(ROOT, (*DATA, *CODE))
    return _timed_training("ours", inputs, ROOT, OUT / "ours")


def train_stock() -> float:
    """Seconds that training Rasa's default project takes from nothing."""
    project = OUT / "stock"
    if not (project / "domain.yml").is_file():
        shutil.copytree(rasa_package() / "cli" / "initial_project", project, dirs_exist_ok=True)
    return _timed_training("stock", fingerprints(ROOT, ("requirements.lock",)), project, project)


def _timed_training(name: str, inputs: dict[str, str], project: Path, out: Path) -> float:
    """Train in ``project`` with an empty cache; remembered as long as ``inputs`` are the same."""
    note = OUT / f"{name}.training.json"
    if note.is_file():
        known = json.loads(note.read_text(encoding="utf-8"))
        if known["inputs"] == inputs and (out / "models" / MODEL.name).is_file():
            return float(known["seconds"])
    cache = out / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    print(f"training {name} from nothing ...", file=sys.stderr, flush=True)
    environment = {**child_environment(bench_settings()), "RASA_CACHE_DIRECTORY": str(cache)}
    command = [sys.executable, "-m", "rasa", "train", "--out", str(out / "models"), "--fixed-model-name", "assistant"]
    log = OUT / f"{name}.training.log"
    started = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        code = subprocess.run(
            command, cwd=project, env=environment, stdout=output, stderr=subprocess.STDOUT, check=False
        ).returncode
    seconds = time.perf_counter() - started
    if code != 0:
        raise RuntimeError(f"training {name} failed with exit code {code}; see {log}")
    note.write_text(json.dumps({"seconds": seconds, "inputs": inputs}), encoding="utf-8")
    return seconds


@contextmanager
def ours() -> Iterator[Server]:
    """This project's Rasa server, with its action server beside it, on the model of `make train`."""
    settings = bench_settings()
    environment = child_environment(settings)
    with _running(action_server(settings), ROOT, environment), _running(rasa_server(settings), ROOT, environment) as it:
        yield it


@contextmanager
def stock() -> Iterator[Server]:
    """The server of Rasa's default project, exactly as its own commands start it."""
    port = free_port()
    spec = ChildSpec(
        name="stock",
        title="stock Rasa server",
        module="rasa",
        arguments=("run", "--model", "models", "--port", str(port), "--interface", "127.0.0.1"),
        host="127.0.0.1",
        port=port,
        port_variable="",
        checks=(Check("/"),),
        start_seconds=START_SECONDS,
    )
    # the package that looks after children is this project's, the working folder is the other's
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(ROOT)}
    with _running(spec, OUT / "stock", environment) as server:
        yield server


@contextmanager
def _running(spec: ChildSpec, folder: Path, environment: dict[str, str]) -> Iterator[Server]:
    log = OUT / f"{spec.name}.log"
    started = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        child = ChildProcess(spec, folder, environment, lambda _, line: print(line, file=output))
        try:
            while (missing := pending(spec.host, spec.port, spec.checks)) is not None:
                ended = child.exit_status()
                if ended or time.perf_counter() - started > spec.start_seconds:
                    raise RuntimeError(f"the {spec.title} failed: it {ended or missing}; see {log}")
                time.sleep(LOOK_SECONDS)
            yield Server(child.pid, spec.port, time.perf_counter() - started)
        finally:
            child.ask_to_stop()
            if not child.wait(STOP_SECONDS):
                child.kill()
                child.wait(STOP_SECONDS)
