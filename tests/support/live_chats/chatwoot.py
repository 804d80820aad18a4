"""A fake Chatwoot: one account with one API inbox, strict about fields, types and rights."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from tests.support.live_chats.base import Answer, FakeLiveChat, Request, Seen
from tests.support.live_chats.chatwoot_contract import Broken, Refused, answered
from tests.support.live_chats.chatwoot_conversations import BOT
from tests.support.live_chats.chatwoot_routes import Routes
from tests.support.live_chats.chatwoot_state import State
from tests.support.live_chats.chatwoot_things import ACCOUNT, INBOX, Conversation, Line, Person

TOKEN = "person-token-8f2c11"
BOT_TOKEN = "bot-token-77ab01"
SECRET = "whsec-chatwoot-4d1f9c0a77"
TEAMS = {5: "Sales", 6: "Support"}
WEBHOOK: dict[str, Any] = {
    "id": 1,
    "url": "https://desk.fernway.example/webhooks/team_chat",
    "subscriptions": ["message_created", "conversation_status_changed", "conversation_updated"],
}
"""The account's webhook, as docs/connectors-chatwoot.md has it set up."""
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


class FakeChatwoot(FakeLiveChat):
    """See the module. ``state`` holds everything, ``routes`` the settings that tests change."""

    type_name: ClassVar[str] = "chatwoot"

    def __init__(self, *, role: str = "administrator", bot: bool = False, lock: bool = False) -> None:
        """``role`` of the token's owner; an active agent ``bot`` in the inbox; a ``lock`` to a single conversation."""
        super().__init__()
        self.owner = Person(7, "Fernway Website", role)
        self.state = State(self.webhooks.append, SECRET, TEAMS)
        tokens: dict[str, Person | str] = {TOKEN: self.owner, BOT_TOKEN: BOT}
        self.routes = Routes(self.state, tokens, lock=lock, active_bot=bot)
        self.routes.account_webhooks.append(WEBHOOK | {"subscriptions": list(WEBHOOK["subscriptions"])})
        self._bot = bot

    def options(self) -> dict[str, Any]:
        keys = {
            "url": self.url,
            "account_id": ACCOUNT,
            "inbox_id": INBOX,
            "token": TOKEN,
            "teams": {"sales": 5, "support": 6},
            "webhook_secret": SECRET,
        }
        return keys | ({"bot_token": BOT_TOKEN} if self._bot else {})

    def handle(self, request: Request) -> Answer:
        try:
            return self.routes.answer(request)
        except Broken as broken:
            return self.complain(str(broken))
        except Refused as refused:
            return answered(refused.status, refused.body)

    def references(self) -> list[str]:
        with self.lock:
            return [str(number) for number in self.state.conversations]

    def conversation(self, reference: str) -> Conversation:
        return self.state.conversations[int(reference)]

    def seen_by_agents(self, reference: str) -> list[Seen]:
        """Markdown as it looks: without the backslashes that keep text from being markup.

        The visitor's last words before the handoff are ``system``: the package brings them, they are nothing that the
        visitor wrote to the agents.
        """
        with self.lock:
            lines = [line for line in self.conversation(reference).lines if line.message_type != "activity"]
            return [Seen(_kind(line), ESCAPE.sub(r"\1", line.content)) for line in lines]

    # what agents do

    def agent_says(
        self,
        reference: str,
        text: str,
        agent: str = "Maya Okafor",
        *,
        files: tuple[str, ...] = (),
        id: int | None = None,
    ) -> str:
        """``files`` are addresses; ``id`` one that :meth:`reserve_id` gave."""
        with self.lock:
            attachments = [{"id": 1, "file_type": "file", "data_url": url} for url in files]
            sender = self.state.person(agent).sender()
            line = self.state.add_line(
                self.conversation(reference), text, "outgoing", sender, attachments=attachments, id=id
            )
            return str(line.id)

    def reserve_id(self) -> int:
        """The id of a message whose storing has begun and not ended: others may overtake it."""
        with self.lock:
            return self.state.next_message_id()

    def agent_notes(self, reference: str, text: str, agent: str = "Maya Okafor") -> None:
        with self.lock:
            sender = self.state.person(agent).sender()
            self.state.add_line(self.conversation(reference), text, "outgoing", sender, private=True)

    def agent_closes(self, reference: str, agent: str = "Maya Okafor") -> None:
        with self.lock:
            self.state.set_status(self.conversation(reference), "resolved", agent)

    def agent_reopens(self, reference: str, agent: str = "Maya Okafor") -> None:
        with self.lock:
            self.state.set_status(self.conversation(reference), "open", agent)

    def agent_assigns(self, reference: str, agent: str | None) -> None:
        """To an agent by name, or to nobody."""
        with self.lock:
            person = self.state.person(agent) if agent else None
            self.state.set_assignee(self.conversation(reference), person, "Maya Okafor")

    def agent_transfers(self, reference: str, team: int) -> None:
        with self.lock:
            self.state.set_team(self.conversation(reference), team, "Maya Okafor")

    def bot_says(self, reference: str, text: str) -> None:
        """Another bot, or an automation, writes to the visitor."""
        with self.lock:
            sender = {"id": 9, "name": "Automation", "type": "agent_bot"}
            self.state.add_line(self.conversation(reference), text, "outgoing", sender)

    def delete(self, reference: str) -> None:
        """An administrator deletes the conversation."""
        with self.lock:
            gone = self.state.conversations.pop(int(reference))
            self.state.of_contact[gone.contact.id].remove(gone)


def _kind(line: Line) -> str:
    mark = line.content_attributes.get("handoff_message_id", "")
    if mark.endswith(":package"):
        return "package"
    if line.message_type == "incoming":
        return "system" if mark.endswith(":words") else "visitor"
    return "system" if mark else "agent"
