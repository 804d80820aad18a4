"""Keys of a Rocket.Chat connector in endpoints.yml."""

from __future__ import annotations

from pydantic import Field, SecretStr

from handoff.connectors.base import Options
from handoff.domain.model import UrgencyLevel

SHORTEST_SECRET = 16  # characters: half of what `openssl rand -hex 16` makes; less can be guessed
LONGEST_MESSAGE = 5000  # characters: Rocket.Chat's own limit as installed (Message_MaxAllowedSize)
SHORTEST_LIMIT = 500  # characters: with less, a package is cut into more pieces than anybody reads


class RocketchatOptions(Options):
    """Keys in endpoints.yml; docs/connectors-rocketchat.md explains each.

    Attributes:
        url: address of the workspace.
        account_id: ``X-User-Id`` of the account that acts for us.
        token: its personal access token.
        webhook_token: the secret token of Omnichannel's webhooks; visitors' tokens are made from it too.
        departments: queue to id of a department.
        priorities: urgency to id of a priority; paid plans only.
        bot_usernames: accounts whose messages no visitor gets.
        message_limit: characters of one message.
    """

    url: str = Field(pattern=r"^https?://[^\s?#]+$")
    account_id: str = Field(min_length=1)
    token: SecretStr = Field(min_length=1)
    webhook_token: SecretStr = Field(min_length=SHORTEST_SECRET)
    departments: dict[str, str] = Field(default_factory=dict)
    priorities: dict[UrgencyLevel, str] = Field(default_factory=dict)
    bot_usernames: tuple[str, ...] = ("rocket.cat",)
    message_limit: int = Field(default=LONGEST_MESSAGE, ge=SHORTEST_LIMIT)
