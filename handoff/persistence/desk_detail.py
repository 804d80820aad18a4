"""What the desk shows around one handoff: earlier ones of the visitor, the rating, and how far messages came."""

from __future__ import annotations

from sqlalchemy import Connection, and_, func, or_, select

from handoff.domain.channels import can_show_replies
from handoff.persistence.outbox import DEAD, DELIVERED, PENDING, SUPERSEDED
from handoff.persistence.search import ESCAPE, containing
from handoff.persistence.tables import agents, handoffs, outbox, ratings
from handoff.service.desk_view import ByChat, ByEmail, Delivery, EarlierHandoff, HandoffRow, Rating
from handoff.service.lines import RASA, TO_VISITOR
from handoff.service.unseen_replies import EMAIL

EARLIER_SHOWN = 10  # whoever needs more of a visitor's past searches for the address
NOT_POSSIBLE: ByChat = "not_possible"
_WORDS: dict[str, ByEmail] = {PENDING: "waiting", DELIVERED: "sent", DEAD: "failed", SUPERSEDED: "failed"}
"""That an administrator settled what was given up does not mean that the visitor has it."""


def earlier_of(connection: Connection, row: HandoffRow) -> list[EarlierHandoff]:
    """Handoffs of the same conversation or e-mail address from before this one, newest first."""
    same_visitor = handoffs.c.conversation_id == row.conversation_id
    if row.visitor_email:
        address = row.visitor_email.lower()
        same_address = and_(
            # looking into the packages is slow, so only into those that can be meant
            handoffs.c.search_text.like(containing(address), escape=ESCAPE),
            func.lower(handoffs.c.package["visitor"]["email"].as_string()) == address,
        )
        same_visitor = or_(same_visitor, same_address)
    rows = connection.execute(
        select(
            handoffs.c.id,
            handoffs.c.package["summary"]["headline"].as_string().label("headline"),
            handoffs.c.status,
            handoffs.c.created_at,
            handoffs.c.closed_at,
            agents.c.display_name,
            ratings.c.score,
        )
        .select_from(
            handoffs.outerjoin(agents, agents.c.id == handoffs.c.agent_id).outerjoin(
                ratings, ratings.c.handoff_id == handoffs.c.id
            )
        )
        .where(same_visitor, handoffs.c.id != row.id, handoffs.c.created_at <= row.created_at)
        .order_by(handoffs.c.created_at.desc())
        .limit(EARLIER_SHOWN)
    )
    return [
        EarlierHandoff(one.id, one.headline, one.status, one.created_at, one.closed_at, one.display_name, one.score)
        for one in rows
    ]


def rating_of(connection: Connection, handoff_id: str) -> Rating | None:
    """The rating; None also when the visitor skipped it."""
    row = connection.execute(select(ratings).where(ratings.c.handoff_id == handoff_id)).first()
    return Rating(row.score, row.comment, row.at) if row is not None and row.score is not None else None


def deliveries_of(connection: Connection, conversation_id: str, channel: str) -> dict[str, Delivery]:
    """How far each message that an agent wrote in a conversation came, by message id."""
    rows = connection.execute(
        select(outbox.c.target, outbox.c.status, outbox.c.payload, outbox.c.last_error)
        .where(
            outbox.c.conversation_id == conversation_id,
            or_(and_(outbox.c.target == RASA, outbox.c.kind == TO_VISITOR), outbox.c.target == EMAIL),
        )
        .order_by(outbox.c.id)
    ).all()
    found: dict[str, Delivery] = {}
    for row in rows:
        if row.target == RASA:
            chat: ByChat = _WORDS[row.status] if can_show_replies(channel) else NOT_POSSIBLE
            found[row.payload["message_id"]] = Delivery(chat, None, _error(row.status, row.last_error))
    for row in rows:
        if row.target == EMAIL:
            for message_id in row.payload.get("message_ids", ()):
                chat = found[message_id].chat if message_id in found else NOT_POSSIBLE
                found[message_id] = Delivery(chat, _WORDS[row.status], _error(row.status, row.last_error))
    return found


def _error(status: str, error: str | None) -> str | None:
    return None if status == DELIVERED else error
