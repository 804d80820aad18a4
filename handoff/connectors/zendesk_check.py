"""Whether a Zendesk account can do what the connector needs, each thing with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handoff.connectors.base import Finding, NotYet, Undeliverable

LIGHT_AGENT = 1
"""``role_type`` of agents who may not write to requesters (Zendesk's "Users")."""
NO_SUCH_HANDOFF = "handoff-check"
PAGE = "100"  # groups; the most that Zendesk gives at once
TOKEN_REMEDY = (
    "Check `email` and `api_token`; token access is switched on in Admin Center > Apps and integrations > APIs."
)


def groups_of(call: Callable[..., Any]) -> dict[str, int]:
    """Name -> id of all groups."""
    found: dict[str, int] = {}
    params = {"page[size]": PAGE}
    while True:
        answer = call("GET", "/api/v2/groups.json", params=params)
        found |= {str(group["name"]): int(group["id"]) for group in answer["groups"]}
        if not answer["meta"]["has_more"]:
            return found
        params = {"page[size]": PAGE, "page[after]": str(answer["meta"]["after_cursor"])}


def findings(call: Callable[..., Any], groups: Mapping[str, int | str]) -> list[Finding]:
    """Try everything that can be tried without a ticket; stops where nothing more can be said."""
    what = "Zendesk accepts the API token"
    try:
        answer = call("GET", "/api/v2/users/me.json")
    except NotYet as error:
        return [Finding(what, False, f"{error} Is `url` right, and Zendesk reachable from here?")]
    except Undeliverable as error:
        return [Finding(what, False, TOKEN_REMEDY if error.status in (401, 403) else f"{error} Is `url` right?")]
    me = answer.get("user") if isinstance(answer, dict) else None
    if not isinstance(me, dict):
        return [Finding(what, False, "What answers there is not Zendesk. Is `url` right?")]
    if me.get("id") is None:
        # without a login Zendesk answers 200 with an anonymous user
        return [Finding(what, False, TOKEN_REMEDY)]
    found = [Finding(what, True), _role(me), _restriction(me)]
    try:
        call("GET", "/api/v2/tickets.json", params={"external_id": NO_SUCH_HANDOFF})
        found.append(Finding("Tickets can be looked up", True))
    except (NotYet, Undeliverable) as error:
        remedy = f"{error} The account of `email` must be an agent with access to tickets."
        found.append(Finding("Tickets can be looked up", False, remedy))
    if not groups:
        return found
    try:
        known = groups_of(call)
    except (NotYet, Undeliverable) as error:
        return [*found, Finding("Groups can be listed", False, str(error))]
    for queue, wanted in groups.items():
        there = wanted in known.values() if isinstance(wanted, int) else wanted in known
        remedy = (
            f"Zendesk has no group {wanted!r}. Correct `groups: {queue}`, or create the group under People > Groups."
        )
        found.append(Finding(f"Group {wanted!r} of queue {queue} exists", there, "" if there else remedy))
    return found


def _role(me: dict[str, Any]) -> Finding:
    what = "The account is a full agent"
    if me.get("role") not in ("agent", "admin"):
        return Finding(what, False, f"Its role is {me.get('role')!r}. Make the account of `email` an agent.")
    if me.get("role_type") == LIGHT_AGENT:
        return Finding(what, False, "It is a light agent, which may not update tickets. Give it an agent's seat.")
    return Finding(what, True)


def _restriction(me: dict[str, Any]) -> Finding:
    what = "The account sees all tickets"
    if me.get("ticket_restriction") is None:
        return Finding(what, True)
    return Finding(
        what,
        False,
        f"Its access is limited to {me['ticket_restriction']!r}. Set its ticket access to all tickets, or answers to "
        "tickets that moved elsewhere are not seen.",
    )
