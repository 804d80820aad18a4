"""What `handoff check --live` finds out about a Matrix homeserver and the bot's account on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handoff.connectors.base import Finding
from handoff.connectors.matrix_api import MatrixApi
from handoff.service.delivery import NotYet, Undeliverable

NEWEST_PATHS = "v1."  # the paths with /v3/ came with version 1.1; older versions are called r0.x
ONCE_MORE = "Run the check again; if it stays so, look into the log of the homeserver."


def findings(api: MatrixApi, invite: Mapping[str, Sequence[str]], *, files: bool) -> list[Finding]:
    """Try server, token, the right to make rooms and every account; what cannot be tried is said as well.

    Args:
        api: the bot's.
        invite: accounts by queue.
        files: whether there is an address where visitors get files.
    """
    found = [_server(api)]
    if not found[-1].ok:
        return found
    found += _token(api)
    if not found[1].ok:
        return found
    found.append(_rooms(api))
    for account in dict.fromkeys(account for accounts in invite.values() for account in accounts):
        queues = ", ".join(queue for queue, accounts in invite.items() if account in accounts)
        found.append(_account(api, account, queues))
    found.append(Finding("Rooms are made without end-to-end encryption: the bot could not read answers in it", True))
    passed = "" if files else "not "
    return [*found, Finding(f"Files of agents are {passed}passed on to visitors (media_url)", True)]


def _server(api: MatrixApi) -> Finding:
    what = "The homeserver answers"
    try:
        versions = api.versions()
    except (NotYet, Undeliverable, KeyError, TypeError) as error:
        return Finding(what, False, f"Is url the address of a homeserver's client API? {_cause(error)}")
    if not any(version.startswith(NEWEST_PATHS) for version in versions):
        return Finding(what, False, "It is too old: it must know version 1.1 of the specification.")
    return Finding(what, True)


def _token(api: MatrixApi) -> list[Finding]:
    what = "The token is valid"
    try:
        me = api.whoami()
    except Undeliverable as error:
        remedy = "Log the bot's account in again, and put the new access token into the variable that token names."
        return [Finding(what, False, f"{remedy} {_cause(error)}")]
    except NotYet as error:
        return [Finding(what, False, f"{ONCE_MORE} {_cause(error)}")]
    of_device = Finding(
        "The token belongs to a device",
        me.device is not None,
        ""
        if me.device is not None
        else "Log the bot's account in with its password: without a device, the server may show a message twice.",
    )
    return [Finding(f"{what}: {me.id}", True), of_device]


def _rooms(api: MatrixApi) -> Finding:
    what = "The bot may make rooms, as far as that is known without making one"
    try:
        if api.may_create_rooms():
            return Finding(what, True)
    except (NotYet, Undeliverable) as error:
        return Finding(what, False, f"{ONCE_MORE} {_cause(error)}")
    return Finding(what, False, "Ask whoever runs the homeserver to allow the bot's account to make rooms.")


def _account(api: MatrixApi, account: str, queues: str) -> Finding:
    what = f"{account} exists ({queues})"
    try:
        if api.profile_exists(account):
            return Finding(what, True)
    except Undeliverable as error:
        if error.status == 403:
            return Finding(f"{account} ({queues}) may exist; the server does not let accounts be looked up", True)
        return Finding(what, False, f"{ONCE_MORE} {_cause(error)}")
    except NotYet as error:
        return Finding(what, False, f"{ONCE_MORE} {_cause(error)}")
    return Finding(what, False, f"Correct the account under invite in endpoints.yml, or create {account}.")


def _cause(error: Exception) -> str:
    return f"({error})" if isinstance(error, NotYet | Undeliverable) else "(It answered something else.)"
