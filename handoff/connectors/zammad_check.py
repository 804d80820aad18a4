"""Whether a Zammad token can do what the connector needs, each thing with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from handoff.connectors.base import Finding, NotYet, Undeliverable

Call = Callable[..., Any]
NEEDED = frozenset({"read", "create", "change"})
TOKEN_REMEDY = "Check `token`: create one under Profile > Token Access, with the permission ticket.agent."


def findings(
    call: Call, groups: Mapping[str, int | str], priorities: Iterable[str], states: Iterable[str]
) -> list[Finding]:
    """Try everything that can be tried without a ticket; stops where nothing more can be said.

    Args:
        call: makes a call.
        groups: what they are for -> id or name.
        priorities: names that must exist.
        states: names that must exist.
    """
    what = "Zammad accepts the token"
    try:
        me = call("GET", "/api/v1/users/me", params={"expand": "true"})
    except NotYet as error:
        return [Finding(what, False, f"{error} Is `url` right, and Zammad reachable from here?")]
    except Undeliverable as error:
        return [Finding(what, False, TOKEN_REMEDY if error.status in (401, 403) else f"{error} Is `url` right?")]
    if not isinstance(me, dict) or "login" not in me:
        return [Finding(what, False, "What answers there is not Zammad. Is `url` right?")]
    found = [Finding(what, True)]
    what = "The token may work on tickets"
    try:
        call("GET", "/api/v1/ticket_recent")  # needs ticket.agent and changes nothing (Zammad's source)
    except (NotYet, Undeliverable) as error:
        remedy = f"{error} Give the token the permission ticket.agent, and its account the role Agent."
        return [*found, Finding(what, False, remedy)]
    found.append(Finding(what, True))
    found += [_group(me, purpose, wanted) for purpose, wanted in groups.items()]
    found += _named(call, "/api/v1/ticket_priorities", "Priority", priorities, "`priorities`")
    found += _named(call, "/api/v1/ticket_states", "State", states, "`open_state`, `close_state` or `closed_states`")
    return found


def _group(me: dict[str, Any], purpose: str, wanted: int | str) -> Finding:
    """Rights in a group. Those that come through a role are not in the answer, so the remedy says so."""
    what = f"The token's account may work in group {wanted!r} ({purpose})"
    rights = me.get("group_ids" if isinstance(wanted, int) else "groups") or {}
    given = rights.get(str(wanted)) or [] if isinstance(rights, dict) else []
    if "full" in given or set(given) >= NEEDED:
        return Finding(what, True)
    remedy = (
        f"Give the account the right 'full' in {wanted!r} (or read, create and change) under Manage > Users, or "
        "correct the name. Rights that it has through a role cannot be seen from here: give them to the account itself."
    )
    return Finding(what, False, remedy)


def _named(call: Call, path: str, kind: str, wanted: Iterable[str], keys: str) -> list[Finding]:
    try:
        known = {str(row["name"]) for row in call("GET", path)}
    except (NotYet, Undeliverable) as error:
        return [Finding(f"{kind} names can be listed", False, str(error))]
    found = []
    for name in sorted(set(wanted)):
        remedy = "" if name in known else f"Zammad has {', '.join(sorted(known))}. Correct {keys}."
        found.append(Finding(f"{kind} {name!r} exists", name in known, remedy))
    return found
