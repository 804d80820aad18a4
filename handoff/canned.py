"""Canned replies: what agents write often, with variables that the desk fills in."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from handoff.domain.clean_text import scrub
from handoff.domain.errors import Conflict, InvalidInput, NotFound
from handoff.domain.rules import HandoffRules
from handoff.persistence.canned import CannedStore
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.agent_side import REPLY_LIMIT
from handoff.service.desk_view import CannedDraft, CannedReply
from handoff.service.ports import Clock

VARIABLES = (
    "visitor_name",
    "first_name",
    "agent_name",
    "agent_first_name",
    "order_number",
    "email",
    "queue",
    "team",
)
"""What a text may use in braces. The desk fills it in when an agent picks the reply, before it is sent."""

SHORTCUT = re.compile(r"[a-z0-9-]{1,32}")
TITLE_LIMIT = 120  # one line of the list
TEXT_LIMIT = REPLY_LIMIT
IN_BRACES = re.compile(r"\{([^{}]*)\}")

FIRST_REPLIES = (
    CannedDraft(
        "hello",
        "Greeting",
        "Hello {visitor_name}, this is {agent_name} from {team}. I have read what you wrote to our assistant, so you "
        "don't need to repeat anything.",
    ),
    CannedDraft(
        "order",
        "Looking up the order",
        "I'm opening order {order_number} now and will tell you here what I find, in a minute or two.",
    ),
    CannedDraft(
        "order-number",
        "Ask for the order number",
        "Could you send me your order number? It is in the confirmation e-mail, near the top. I can then see exactly "
        "what happened.",
    ),
    CannedDraft(
        "checking",
        "It takes longer",
        "I'm asking a colleague about this, which can take about ten minutes. You don't need to keep this page open: "
        "if you leave, I'll write to {email}.",
    ),
    CannedDraft(
        "sorry",
        "Something went wrong on our side",
        "I'm sorry, {visitor_name}: this went wrong on our side, not yours. Here is what I'll do about it:",
    ),
    CannedDraft(
        "pass-on",
        "Somebody else knows better",
        "A colleague who knows more about this takes over from me. They see our whole conversation, so you won't have "
        "to explain it again.",
    ),
    CannedDraft(
        "solved",
        "Is it solved",
        "Does that answer your question, {visitor_name}? If anything is still open, just tell me and we'll go on.",
    ),
    CannedDraft(
        "bye",
        "Goodbye",
        "Glad I could help. If the same thing comes up again, write here or answer the e-mail you get from us, and "
        "{team} will know what it is about.",
    ),
)
"""What a fresh installation starts with."""


class ShortcutTaken(Conflict):
    """Two canned replies cannot have one shortcut."""

    code = "shortcut_taken"


@dataclass(frozen=True)
class CannedReplies:
    """Use cases. Every agent may write and change them; they belong to the team."""

    uow: SqlUnitOfWork
    rules: HandoffRules
    clock: Clock

    def all(self) -> list[CannedReply]:
        """Every canned reply, by shortcut."""
        with self.uow.read() as tx:
            return CannedStore(tx.connection).all()

    def add(self, draft: CannedDraft, agent_id: str | None) -> CannedReply:
        """Store a new one; without an agent it came with the product.

        Raises:
            InvalidInput: something in it cannot be used; the message says what and what to write instead.
            ShortcutTaken.
        """
        clean, reply_id = self._checked(draft), str(uuid.uuid4())
        with self.uow.write() as tx:
            store = CannedStore(tx.connection)
            if not store.add(reply_id, clean, agent_id, self.clock()):
                raise _taken(clean)
            return _found(store.get(reply_id))

    def change(self, reply_id: str, draft: CannedDraft, agent_id: str) -> CannedReply:
        """Replace one.

        Raises:
            InvalidInput, ShortcutTaken.
            NotFound: somebody has deleted it.
        """
        clean = self._checked(draft)
        with self.uow.write() as tx:
            store = CannedStore(tx.connection)
            _found(store.get(reply_id))
            if not store.change(reply_id, clean, agent_id, self.clock()):
                raise _taken(clean)
            return _found(store.get(reply_id))

    def remove(self, reply_id: str) -> None:
        """Delete one; that it is gone already is no error."""
        with self.uow.write() as tx:
            CannedStore(tx.connection).remove(reply_id)

    def add_first(self) -> None:
        """Give a fresh installation :data:`FIRST_REPLIES`; does nothing where there are canned replies already."""
        if not self.all():
            for draft in FIRST_REPLIES:
                self.add(draft, None)

    def _checked(self, draft: CannedDraft) -> CannedDraft:
        shortcut, title, text = draft.shortcut.strip(), " ".join(scrub(draft.title).split()), scrub(draft.text).strip()
        if not SHORTCUT.fullmatch(shortcut):
            raise InvalidInput(
                f"The shortcut '{scrub(shortcut)[:40]}' cannot be used. Write 1 to 32 small letters, digits and "
                "hyphens, for example order-late."
            )
        if not 1 <= len(title) <= TITLE_LIMIT:
            raise InvalidInput(f"The title has {len(title)} characters. Give it 1 to {TITLE_LIMIT}.")
        if not 1 <= len(text) <= TEXT_LIMIT:
            raise InvalidInput(f"The text has {len(text)} characters. Write 1 to {TEXT_LIMIT}.")
        unknown = [name for name in IN_BRACES.findall(text) if name not in VARIABLES]
        if unknown:
            raise InvalidInput(
                f"There is no variable {{{unknown[0]}}}. Use one of {', '.join(f'{{{name}}}' for name in VARIABLES)}, "
                "or write it without braces."
            )
        if draft.queue is not None and draft.queue not in self.rules.queues:
            raise InvalidInput(
                f"There is no queue '{scrub(draft.queue)[:64]}'. Choose one of {', '.join(self.rules.queues)}, or none "
                "for all queues."
            )
        return CannedDraft(shortcut, title, text, draft.queue)


def _taken(draft: CannedDraft) -> ShortcutTaken:
    return ShortcutTaken(
        f"Another canned reply has the shortcut '{draft.shortcut}'. Choose another one, or change that."
    )


def _found(reply: CannedReply | None) -> CannedReply:
    if reply is None:
        raise NotFound("This canned reply does not exist any more; a colleague has deleted it. Load the list again.")
    return reply
