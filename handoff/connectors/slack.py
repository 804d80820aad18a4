"""Slack: tells a channel of each new handoff through an incoming webhook; answers are given on the desk.

An incoming webhook goes one way and knows no idempotency key (Slack's documentation of incoming webhooks): after a lost
answer nobody can find out whether the message is there. It is sent again then, and says so in its first line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import SecretStr, field_validator

from handoff.connectors.base import Attempt, Capabilities, Connector, Finding, NotYet, Options, Undeliverable
from handoff.connectors.card import card_of
from handoff.connectors.http import LiveChatHttp
from handoff.connectors.slack_blocks import message_of
from handoff.connectors.webhook_address import checked_address, split_address

ALIVE = ("no_text", "missing_text", "invalid_payload")
"""What a working webhook answers (400) to an empty text: no_text (seen in fluxcd/flagger#1031), missing_text (which
trufflesecurity/trufflehog takes as well when it tries webhooks it found), missing_text_or_fallback_or_attachments
(webhooks of legacy integrations, datocms/product-roadmap#77); invalid_payload for whatever is wrong in general."""

REMEDIES: Mapping[str, str] = {
    "invalid_payload": "Slack did not understand the message. This is a defect of the connector; please report it.",
    "invalid_blocks": "Slack did not understand the message. This is a defect of the connector; please report it.",
    "user_not_found": "The person whom the webhook writes to is gone. Add a new webhook for a channel.",
    "action_prohibited": "The workspace does not let this webhook post. Ask a Slack administrator to allow the app.",
    "channel_not_found": "The channel does not exist any more. Add a new webhook for another channel.",
    "channel_is_archived": "The channel is archived. Unarchive it, or add a new webhook for another channel.",
    "posting_to_general_channel_denied": "Only administrators may post in this channel. Choose another one.",
    "no_service": "The webhook was removed or switched off. Add a new one in the settings of the Slack app.",
    "no_active_hooks": "The webhook was removed or switched off. Add a new one in the settings of the Slack app.",
    "no_team": "The workspace is not there any more. Add a webhook in the workspace in use now.",
    "team_disabled": "The workspace is switched off. Add a webhook in the workspace in use now.",
    "invalid_token": "Slack does not know this webhook. Copy its address again from the settings of the Slack app.",
}
"""Slack's words for what is wrong, sent as plain text (Slack changelog of 2016-05-17 and the documentation of incoming
webhooks), and what to do."""
UNKNOWN = "Copy the address of the webhook again from the settings of the Slack app."
OK = b"ok"


class SlackOptions(Options):
    """Keys in endpoints.yml. Whoever knows ``url`` can post in the channel, so all of it is the secret."""

    url: SecretStr

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: SecretStr) -> SecretStr:
        return SecretStr(checked_address(url.get_secret_value()))


class SlackConnector(Connector):
    """See the module."""

    capabilities: ClassVar[Capabilities] = Capabilities(two_way=False, priority=True)
    options: ClassVar[type[Options]] = SlackOptions

    def __init__(self, name: str, url: str) -> None:
        super().__init__(name)
        base, self._path = split_address(url)
        self._http = LiveChatHttp(base, {"Content-Type": "application/json; charset=utf-8"}, what=name)

    @classmethod
    def create(cls, name: str, options: SlackOptions, desk_url: str) -> Self:
        """See the base; the link to the desk is in the package."""
        return cls(name, options.url.get_secret_value())

    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        """Post the card of the handoff.

        What was certainly posted is not posted again. Where that is not certain it is, with a first line that says so:
        a notice that comes twice costs a glance, one that never comes costs a visitor.
        """
        if attempt.link.data.get("posted"):
            return
        answer = self._post(message_of(card_of(package), perhaps_again=attempt.repeated))
        if answer.strip() != OK:
            raise Undeliverable(
                f"{self.name}: what answers at this address is not Slack: it did not say “ok”. {UNKNOWN}"
            )
        attempt.remember(posted=True)

    def check(self) -> list[Finding]:
        """Send an empty text, which a working webhook refuses by name without posting anything."""
        what = "The webhook accepts messages"
        try:
            self._post({"text": ""})
        except NotYet as error:
            return [Finding(what, False, f"{error} Is Slack reachable from here?")]
        except Undeliverable as error:
            if error.status == 400 and any(word in str(error) for word in ALIVE):
                return [Finding(what, True)]
            return [Finding(what, False, str(error))]
        # a server that imitates Slack and has nothing against empty messages
        return [Finding(what, True)]

    def _post(self, body: dict[str, Any]) -> bytes:
        try:
            return self._http.raw("POST", self._path, data=json.dumps(body).encode())
        except Undeliverable as error:
            said = str(error)
            # the status with Slack's own word when it is a known one; whatever else was said may hold anything
            word = next((word for word in (*REMEDIES, *ALIVE) if word in said), "")
            what = f"{error.status} {word}".strip()
            raise Undeliverable(f"{what} from {self.name}. {REMEDIES.get(word, UNKNOWN)}", error.status) from None
