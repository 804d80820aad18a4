"""Where things are and which secrets hold, as one frozen object that is read once per process."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from handoff.domain.errors import ConfigurationError

SECRETS_FILE = "secrets.env"
SECRET_NAMES = ("HANDOFF_SECRET", "RASA_AUTH_TOKEN", "ACTIONS_TOKEN")
SHORTEST_SECRET = 16  # characters; what is shorter can be guessed by trying
SECRET_BYTES = 32  # 256 bits, as HMAC-SHA256 keys should have (RFC 2104)
OWNER_ONLY = 0o600
OWNER_ONLY_DIR = 0o700


@dataclass(frozen=True)
class Settings:
    """Settings of one installation.

    Attributes:
        root: the project folder, which holds ``config.yml``.
        var_dir: databases, logs and generated secrets.
        tracker_db: file of Rasa's own tracker store.
        db_url: SQLAlchemy URL of the handoff database.
        secret: signs visitor tokens.
        session_hours: how long an agent stays logged in.
        token_days: how long a visitor can come back to a conversation.
        endpoints_file: Rasa's endpoints.yml, which also says how e-mail is sent.
        rules_file: the designers' file, ``handoff.yml``.
        clock_file: moves the time in tests and demonstrations; see :mod:`handoff.clock`.
        public_desk_url: the desk's address as agents and live chats reach it, where that is not the local one.
        conversions_secret: signs what the shop's server tells of conversions; None: it can tell nothing.
        metrics_token: by which Prometheus may read numbers from the desk; None: nobody may.
        allowed_origins: web sites that may embed the widget from elsewhere, for example ``https://shop.example``.
    """

    root: Path
    var_dir: Path
    host: str
    rasa_port: int
    actions_port: int
    desk_port: int
    db_url: str
    secret: str
    rasa_auth_token: str
    actions_token: str
    tracker_db: str
    endpoints_file: Path
    rules_file: Path
    clock_file: Path | None = None
    conversions_secret: str | None = None
    metrics_token: str | None = None
    allowed_origins: tuple[str, ...] = ()
    public_desk_url: str | None = None
    session_hours: float = 12.0
    token_days: float = 30.0

    @property
    def desk_host(self) -> str:
        """Address that the desk listens on."""
        return self.host

    @property
    def rasa_url(self) -> str:
        """Base address of the Rasa server."""
        return f"http://{self.host}:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Base address of the action server."""
        return f"http://{self.host}:{self.actions_port}"

    @property
    def desk_url(self) -> str:
        """Base address of the desk on this machine."""
        return f"http://{self.host}:{self.desk_port}"

    @property
    def desk_link(self) -> str:
        """Base address of the desk in links: in context packages, and so in other live chats."""
        return self.public_desk_url or self.desk_url

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        own = (self.secret, self.rasa_auth_token, self.actions_token)
        return tuple(filter(None, (*own, self.conversions_secret, self.metrics_token)))

    def environment(self) -> dict[str, str]:
        """The variables that ``endpoints.yml`` refers to and that child processes need."""
        return {
            "HANDOFF_SECRET": self.secret,
            "RASA_AUTH_TOKEN": self.rasa_auth_token,
            "ACTIONS_TOKEN": self.actions_token,
            "ACTIONS_URL": f"{self.actions_url}/webhook",
            "TRACKER_DB": self.tracker_db,
            "HANDOFF_VAR": str(self.var_dir),
            "HANDOFF_DB_URL": self.db_url,
            "HANDOFF_RASA_PORT": str(self.rasa_port),
            "HANDOFF_ACTIONS_PORT": str(self.actions_port),
            "HANDOFF_DESK_PORT": str(self.desk_port),
            "HANDOFF_ENDPOINTS": str(self.endpoints_file),
            "HANDOFF_RULES": str(self.rules_file),
            **({"HANDOFF_CLOCK_FILE": str(self.clock_file)} if self.clock_file else {}),
            "RASA_TELEMETRY_ENABLED": "false",
        }

    @classmethod
    def load(cls, root: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read settings from the environment; generate missing secrets into ``var/secrets.env`` (mode 0600).

        Args:
            root: the project folder; default: ``HANDOFF_ROOT`` or the folder that holds this package.
            environ: the environment, replaceable in tests.

        Raises:
            ConfigurationError: a port is no number, or the secrets file cannot be written.
        """
        base = (root or Path(environ.get("HANDOFF_ROOT", Path(__file__).resolve().parent.parent))).resolve()
        var_dir = Path(environ.get("HANDOFF_VAR", base / "var"))
        found = _secrets(var_dir, environ)
        return cls(
            root=base,
            var_dir=var_dir,
            host=environ.get("HANDOFF_HOST", "127.0.0.1"),
            rasa_port=_port(environ, "HANDOFF_RASA_PORT", 5005),
            actions_port=_port(environ, "HANDOFF_ACTIONS_PORT", 5055),
            desk_port=_port(environ, "HANDOFF_DESK_PORT", 8080),
            db_url=environ.get("HANDOFF_DB_URL", f"sqlite:///{var_dir / 'handoff.db'}"),
            secret=found["HANDOFF_SECRET"],
            rasa_auth_token=found["RASA_AUTH_TOKEN"],
            actions_token=found["ACTIONS_TOKEN"],
            tracker_db=environ.get("TRACKER_DB", str(var_dir / "rasa.db")),
            endpoints_file=Path(environ.get("HANDOFF_ENDPOINTS", base / "endpoints.yml")),
            rules_file=Path(environ.get("HANDOFF_RULES", base / "handoff.yml")),
            clock_file=Path(environ["HANDOFF_CLOCK_FILE"]) if environ.get("HANDOFF_CLOCK_FILE") else None,
            conversions_secret=_given_secret(environ, "HANDOFF_CONVERSIONS_SECRET"),
            metrics_token=_given_secret(environ, "HANDOFF_METRICS_TOKEN"),
            allowed_origins=tuple(filter(None, environ.get("HANDOFF_ORIGINS", "").replace(",", " ").split())),
            public_desk_url=_address(environ, "HANDOFF_DESK_URL"),
        )


def _address(environ: Mapping[str, str], name: str) -> str | None:
    value = environ.get(name, "").strip().rstrip("/")
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query or parts.fragment:
        raise ConfigurationError(f"{name} is '{value}'; it must be like https://desk.example.com, without a path.")
    return value


def _given_secret(environ: Mapping[str, str], name: str) -> str | None:
    """A secret that is shared with somebody else, and so is not generated; None when it is not set."""
    value = environ.get(name, "").strip()
    if value and len(value) < SHORTEST_SECRET:
        raise ConfigurationError(f"{name} has {len(value)} characters; {SHORTEST_SECRET} is the least.")
    return value or None


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name, str(default))
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise ConfigurationError(f"{name} is '{value}'; it must be a port number from 1 to 65535.")
    return int(value)


def _secrets(var_dir: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Secrets from the environment, else from the file, else new ones that are written to the file."""
    if all(environ.get(name) for name in SECRET_NAMES):
        return {name: environ[name] for name in SECRET_NAMES}
    path = var_dir / SECRETS_FILE
    try:
        var_dir.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_DIR)
        _write_once(path)
        known = dict(
            line.strip().removeprefix("export ").split("=", 1)
            for line in path.read_text(encoding="utf-8").splitlines()
            if "=" in line and not line.lstrip().startswith("#")
        )
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read or written ({error.strerror}). Make the folder writable, or set "
            f"{', '.join(SECRET_NAMES)} in the environment."
        ) from error
    missing = [name for name in SECRET_NAMES if not (environ.get(name) or known.get(name))]
    if missing:
        raise ConfigurationError(f"{path} lacks {', '.join(missing)}. Delete the file to have new secrets generated.")
    return {name: environ.get(name) or known[name] for name in SECRET_NAMES}


def _write_once(path: Path) -> None:
    """Create the secrets file unless it exists; two processes that start together agree on one file."""
    if path.exists():
        return
    lines = ["# Generated on first start; keep it private. `set -a; . var/secrets.env` loads it into a shell."]
    lines += [f"{name}={secrets.token_urlsafe(SECRET_BYTES)}" for name in SECRET_NAMES]
    # a name of its own for each writer, also for two threads of one process; readable for the owner only
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    draft = Path(name)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its secrets hold
    finally:
        draft.unlink()
