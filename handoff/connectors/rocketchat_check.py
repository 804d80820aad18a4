"""What ``handoff check --live`` tries at Rocket.Chat: nothing of it leaves a trace there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handoff.connectors.base import Finding
from handoff.connectors.rocketchat_api import RocketchatApi
from handoff.service.delivery import NotYet, Undeliverable

FOR_OTHERS = frozenset({"livechat-manager", "livechat-monitor"})
"""Roles that have ``save-others-livechat-room-info`` and ``close-others-livechat-room`` as installed; ``admin`` lacks
the former (``apps/meteor/app/authorization/server/constant/permissions.ts`` in Rocket.Chat's source)."""
ACCOUNT_REMEDY = (
    "Make a personal access token for the account (My Account > Personal Access Tokens, with 'Ignore two factor "
    "authentication') and set both of what is shown there: token, and the user id as account_id."
)
REACH_REMEDY = "Is url the address of the workspace, and does it answer?"


def check_rocketchat(
    api: RocketchatApi,
    account_id: str,
    departments: Mapping[str, str],
    priorities: Mapping[str, str],
    message_limit: int,
) -> list[Finding]:
    """Try what the connector needs, and say what to do about what is missing."""
    findings = [*_account(api, account_id), *_livechat(api, departments, message_limit)]
    if priorities:
        findings.append(_priorities(api, priorities))
    return findings


def _account(api: RocketchatApi, account_id: str) -> list[Finding]:
    try:
        me = api.me()
    except NotYet as error:
        return [Finding("The account can log in", False, f"{REACH_REMEDY} ({error})")]
    except Undeliverable as error:
        return [Finding("The account can log in", False, f"{ACCOUNT_REMEDY} ({error})")]
    findings = [Finding("The account can log in", me.get("_id") == account_id, ACCOUNT_REMEDY)]
    findings.append(
        _try("The account may describe rooms", api.try_save_info, "Give the account's role the permission view-l-room.")
    )
    findings.append(
        _try(
            "The account may close rooms", api.try_close, "Give the account's role the permission close-livechat-room."
        )
    )
    may = bool(FOR_OTHERS & set(me.get("roles") or []))
    findings.append(
        Finding(
            "The account may do so in rooms of others",
            may,
            "Give the account the role livechat-manager. (A role of your own needs save-others-livechat-room-info and "
            "close-others-livechat-room; this check cannot see that.)",
        )
    )
    return [Finding(finding.what, finding.ok, "" if finding.ok else finding.remedy) for finding in findings]


def _livechat(api: RocketchatApi, departments: Mapping[str, str], message_limit: int) -> list[Finding]:
    try:
        config = api.config()
    except (NotYet, Undeliverable) as error:
        return [Finding("Omnichannel answers", False, f"{REACH_REMEDY} ({error})")]
    if config.get("enabled") is not True:
        remedy = "Switch it on: Manage > Workspace > Settings > Omnichannel > Omnichannel enabled."
        return [Finding("Omnichannel is on", False, remedy)]
    findings = [Finding("Omnichannel is on", True)]
    known = {department["_id"] for department in config.get("departments") or []}
    for queue, department in departments.items():
        ok = department in known
        remedy = f"There is no department {department} that is enabled and has agents: create it, or correct its id."
        findings.append(Finding(f"The department of the queue {queue} exists", ok, "" if ok else remedy))
    limit = (config.get("settings") or {}).get("limitTextLength")
    fits = not limit or message_limit <= int(limit)
    remedy = f"Set message_limit to {limit}, or raise Omnichannel > Livechat > Message Character Limit."
    findings.append(Finding("Messages may be as long as message_limit", fits, "" if fits else remedy))
    return findings


def _priorities(api: RocketchatApi, priorities: Mapping[str, str]) -> Finding:
    what = "The priorities exist"
    try:
        known = set(api.priorities())
    except NotYet as error:
        return Finding(what, False, f"{REACH_REMEDY} ({error})")
    except Undeliverable as error:
        return Finding(
            what, False, f"Remove priorities: they need a paid plan, and the permission view-l-room. ({error})"
        )
    unknown = sorted(level for level, id in priorities.items() if id not in known)
    remedy = f"Correct the ids of {', '.join(unknown)}; existing ones: {', '.join(sorted(known))}."
    return Finding(what, not unknown, remedy if unknown else "")


def _try(what: str, call: Callable[[], None], remedy: str) -> Finding:
    try:
        call()
    except NotYet as error:
        return Finding(what, False, f"{REACH_REMEDY} ({error})")
    except Undeliverable as error:
        return Finding(what, False, f"{remedy} ({error})")
    return Finding(what, True)
