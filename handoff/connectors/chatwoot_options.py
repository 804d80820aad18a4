"""Keys of the Chatwoot connector in endpoints.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from handoff.connectors.base import Options

SHORTEST_SECRET = 16  # characters; what stands in an address must not be guessed


class ChatwootOptions(Options):
    """Keys in endpoints.yml.

    Attributes:
        url: of the Chatwoot server, for example ``https://chat.fernway.example``.
        account_id: the number after ``/accounts/`` in Chatwoot's own addresses.
        inbox_id: the number of the API inbox (``Channel::Api``).
        token: access token of a person, agent or administrator; reads everything and makes contacts.
        bot_token: access token of an agent bot that is connected to the inbox; writes notes and messages when given.
        teams: queue to the number of a team.
        webhook_secret: Chatwoot signs its webhooks with it; without one no webhook is taken, and polling does it all.
        unsigned_webhooks: for versions that cannot sign: the secret comes as ``?token=`` in the address instead.
    """

    url: str
    account_id: int = Field(ge=1)
    inbox_id: int = Field(ge=1)
    token: SecretStr
    bot_token: SecretStr | None = None
    teams: Mapping[str, int] = Field(default_factory=dict)
    webhook_secret: SecretStr | None = None
    unsigned_webhooks: bool = False

    @field_validator("url")
    @classmethod
    def _is_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be the address of the server, for example https://chat.example.com")
        if parts.username or parts.password:
            raise ValueError("must not hold a login; the token is what Chatwoot asks for")
        return url.rstrip("/")

    @field_validator("token", "bot_token", "webhook_secret")
    @classmethod
    def _is_set(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not secret.get_secret_value().strip():
            raise ValueError("must not be empty")
        return secret

    @model_validator(mode="after")
    def _has_secret(self) -> Self:
        if self.unsigned_webhooks:
            secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
            if len(secret) < SHORTEST_SECRET:
                raise ValueError(
                    f"unsigned_webhooks needs a webhook_secret of at least {SHORTEST_SECRET} characters: "
                    "openssl rand -hex 32 makes one"
                )
        return self
