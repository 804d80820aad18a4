"""Found by rasa_sdk under this very name: lets nobody but our Rasa server call the action server.

rasa_sdk ignores a plugin that it cannot import, and would then serve everybody. So nothing is imported here that is not
there for certain whenever rasa_sdk runs.
"""

from __future__ import annotations

import hmac
import os

import pluggy
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

TOKEN_VARIABLE = "ACTIONS_TOKEN"
TOKEN_PARAMETER = "token"  # how Rasa sends `action_endpoint: token:` of endpoints.yml
OPEN_PATHS = frozenset({"/health"})
UNAUTHORISED = 401

MISSING = (
    f"The action server needs {TOKEN_VARIABLE}, or anybody could call it. `make run` and `make shell` set it; "
    'in your own shell: eval "$(.venv/bin/python -m handoff.cli env)"'
)

hookimpl = pluggy.HookimplMarker("rasa_sdk")


def init_hooks(manager: pluggy.PluginManager) -> None:
    """Called by rasa_sdk when it starts."""
    manager.register(TokenGuard())


class TokenGuard:
    """The plugin."""

    @hookimpl
    def attach_sanic_app_extensions(self, app: Sanic) -> None:
        """Put the guard before every route; refuse to start without a token."""
        token = os.environ.get(TOKEN_VARIABLE, "")
        if not token:
            raise SystemExit(MISSING)

        @app.middleware("request")
        async def guard(request: Request) -> HTTPResponse | None:
            return refusal(request.path, request.args.get(TOKEN_PARAMETER), token)


def refusal(path: str, given: str | None, expected: str) -> HTTPResponse | None:
    """The answer to a request that may not go on, or None."""
    if path in OPEN_PATHS:
        return None
    # compared in constant time: how long it takes says nothing about how much of a guess was right
    if given and hmac.compare_digest(given.encode(), expected.encode()):
        return None
    return response.json({"error": "The action server needs its token."}, status=UNAUTHORISED)
