"""Keys of the matrix connector in endpoints.yml."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from handoff.connectors.base import Options
from handoff.connectors.webhook_address import checked_address

DEFAULT_QUEUE = "default"  # key of those who are invited for queues not named
ACCOUNT = re.compile(r"@[^:\s]+:[^\s]+")  # of the specification's appendix on identifiers: @localpart:server


class MatrixOptions(Options):
    """Keys in endpoints.yml.

    Attributes:
        url: address of the homeserver's client API.
        token: access token of the bot's account.
        invite: accounts to invite, by queue; ``default`` is for the queues not named.
        note_prefix: what begins with it stays among agents.
        ignore: accounts in the rooms that are no agents, such as other bots.
        media_url: where anybody can get a file: ``{media_url}/{server}/{media id}/{file name}``. Servers want a token
            for files since version 1.11 of the specification; without this key visitors get none.
    """

    url: str
    token: SecretStr
    invite: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]]
    note_prefix: Annotated[str, Field(min_length=1)] = "//"
    ignore: tuple[str, ...] = ()
    media_url: str | None = None

    @field_validator("url", "media_url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        return None if url is None else checked_address(url)

    @field_validator("invite")
    @classmethod
    def _are_accounts(cls, invite: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if DEFAULT_QUEUE not in invite:
            raise ValueError("needs the key default: who is invited for the queues that are not named")
        for account in [account for accounts in invite.values() for account in accounts]:
            if ACCOUNT.fullmatch(account) is None:
                raise ValueError(f"{account} is not an account; one looks like @maya:example.org")
        return invite

    def agents(self, queue: str) -> tuple[str, ...]:
        """Who is invited for a queue."""
        return self.invite.get(queue, self.invite[DEFAULT_QUEUE])
