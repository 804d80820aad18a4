"""What `handoff check --live` finds out about a Chatwoot: which right or setting is missing, and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handoff.connectors.base import Finding, NotYet, Undeliverable
from handoff.connectors.chatwoot_api import ChatwootApi
from handoff.connectors.chatwoot_options import ChatwootOptions

NOT_FOUND = 404
EVENTS = ("message_created", "conversation_status_changed", "conversation_updated")
"""What an account webhook must be subscribed to."""


def findings(api: ChatwootApi, options: ChatwootOptions, webhook_url: str) -> list[Finding]:
    """Try everything that can be tried without a trace; ``webhook_url`` is ours, without query."""
    found = [_token(api, options)]
    if not found[0].ok:
        return found  # the rest would only say the same again
    found += [_contacts(api), *_inbox(api, options)]
    if options.teams:
        found.append(_teams(api, options.teams))
    if options.bot_token is not None:
        found.append(_bot(api))
    found.append(_webhooks(api, options, webhook_url))
    return found


def _token(api: ChatwootApi, options: ChatwootOptions) -> Finding:
    what = "The token is that of a person in the account"
    try:
        profile = api.profile()
    except (NotYet, Undeliverable) as error:
        return Finding(what, False, str(error))
    role = api.role(profile)
    if role is None:
        return Finding(what, False, f"Invite the token's owner to account {options.account_id}, or correct account_id.")
    name = profile.get("available_name") or profile.get("name")
    return Finding(f"{what} ({name}, {role})", True)


def _contacts(api: ChatwootApi) -> Finding:
    what = "Contacts can be looked up"
    try:
        api.find_contact("handoff-check")
    except (NotYet, Undeliverable) as error:
        return Finding(what, False, str(error))
    return Finding(what, True)


def _inbox(api: ChatwootApi, options: ChatwootOptions) -> list[Finding]:
    what = f"Inbox {options.inbox_id} is an API inbox that the token's owner sees"
    try:
        inbox = api.inbox()
    except (NotYet, Undeliverable) as error:
        known = isinstance(error, Undeliverable) and error.status == NOT_FOUND
        return [Finding(what, False, "Correct inbox_id: there is no such inbox." if known else str(error))]
    if inbox.get("channel_type") != "Channel::Api":
        remedy = f"It is {inbox.get('channel_type')}, which takes no visitors' messages: make an inbox of the type API."
        return [Finding(what, False, remedy)]
    found = [Finding(what, True)]
    if inbox.get("greeting_enabled"):
        remedy = "Switch the inbox's greeting off: agents see it, but the visitor does not get it."
        found.append(Finding("The inbox greets nobody by itself", False, remedy))
    return found


def _teams(api: ChatwootApi, wanted: Mapping[str, int]) -> Finding:
    what = "Every team in `teams` exists"
    try:
        teams = api.teams()
    except (NotYet, Undeliverable) as error:
        return Finding(what, False, str(error))
    missing = [f"{queue}: {team}" for queue, team in wanted.items() if team not in teams]
    if missing:
        known = ", ".join(f"{number} ({name})" for number, name in teams.items()) or "none"
        return Finding(what, False, f"There is no team for {', '.join(missing)}. Teams are: {known}.")
    return Finding(what, True)


def _bot(api: ChatwootApi) -> Finding:
    what = "The bot_token may write in the account"
    try:
        api.knock()
    except Undeliverable as error:
        return Finding(what, True) if error.status == NOT_FOUND else Finding(what, False, str(error))
    except NotYet as error:
        return Finding(what, False, str(error))
    return Finding(what, True)


def _webhooks(api: ChatwootApi, options: ChatwootOptions, url: str) -> Finding:
    """The inbox's own webhook gets every event; account webhooks, which only administrators see, say which."""
    what = f"Webhooks come to {url}"
    if options.webhook_secret is None:
        return Finding("Without webhook_secret, agents' answers are found by asking, some seconds later", True)
    try:
        if _same(api.inbox().get("webhook_url"), url):
            return Finding(what, True)
        if api.role(api.profile()) != "administrator":
            return Finding(f"{what}: only an administrator's token could tell", True)
        ours = [one for one in api.webhooks() if _same(one.get("url"), url)]
    except (NotYet, Undeliverable) as error:
        return Finding(what, False, str(error))
    if not ours:
        return Finding(what, False, f"Add a webhook with {url} in Chatwoot: Settings, Integrations, Webhooks.")
    missing = [event for event in EVENTS if not any(event in (one.get("subscriptions") or ()) for one in ours)]
    if missing:
        return Finding(what, False, f"Subscribe the webhook to {', '.join(missing)} too.")
    return Finding(what, True)


def _same(there: Any, url: str) -> bool:
    return isinstance(there, str) and there.partition("?")[0] == url
