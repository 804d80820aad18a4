"""Works off the outbox rows whose target is a mailbox: visitors', and those that get the weekly report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from handoff.domain.letters import ReplyMail, TranscriptMail, subject_of
from handoff.domain.model import Message, Sender
from handoff.domain.transcript import Line
from handoff.mail.compose import reply_email, transcript_email
from handoff.mail.report import REPORT_MAIL, Letter, report_email
from handoff.mail.settings import EmailSettings
from handoff.mail.smtp import SmtpMailer
from handoff.service.delivery import Undeliverable
from handoff.service.delivery_ports import OutboxRow
from handoff.service.ports import Transaction, UnitOfWork
from handoff.service.unseen_replies import EMAIL, REPLY_MAIL


@dataclass(frozen=True)
class VisitorMailbox:
    """See :class:`handoff.service.couriers.Mailbox`. The same row always makes the same e-mail."""

    uow: UnitOfWork
    settings: EmailSettings
    pages: tuple[str, ...]
    """Origins of our own pages: the address of a page is the visitor's browser's word, and a link in an e-mail must not
    lead anywhere else."""
    weekly_report: Callable[[date], Letter]
    """Writes the report about the week that begins on a Monday."""

    def deliver(self, row: OutboxRow) -> None:
        """Send the e-mail that ``row`` asks for.

        Raises:
            NotYet: the mail server cannot take it now.
            Undeliverable: the server refuses it, or what it was about is gone.
            InvalidInput: no e-mail can be sent to the address.
        """
        SmtpMailer(self.settings).send(self._message(row), row.payload["to"])

    def _message(self, row: OutboxRow) -> EmailMessage:
        if row.kind == REPORT_MAIL:
            letter = self.weekly_report(date.fromisoformat(row.payload["week"]))
            return report_email(letter, row.payload["to"], datetime.fromisoformat(row.payload["at"]), self.settings)
        with self.uow.read() as tx:
            if row.kind == REPLY_MAIL:
                return reply_email(_reply(tx, row, self.pages), self.settings)
            return transcript_email(_transcript(tx, row), self.settings)


def _reply(tx: Transaction, row: OutboxRow, pages: tuple[str, ...]) -> ReplyMail:
    assert row.handoff_id is not None, "replies belong to a handoff"
    record = tx.handoffs.get(row.handoff_id)
    wanted = row.payload["message_ids"]
    said = tx.messages.after(row.conversation_id, 0)
    replies = [message for message in said if message.id in wanted]
    if not replies:
        raise Undeliverable("The reply that was to be sent by e-mail does not exist any more.")
    first = replies[0]
    mails = [payload["message_ids"] for payload in tx.outbox.payloads(record.id, EMAIL) if payload.get("message_ids")]
    earlier_mails = tuple(ids[0] for ids in mails if wanted[0] not in ids)
    numbers = {message.id: message.seq for message in said}
    return ReplyMail(
        to=row.payload["to"],
        agent=first.name or "",
        texts=tuple(message.text for message in replies),
        handoff_id=record.id,
        message_id=first.id,
        at=first.at,
        subject=subject_of(record.package["summary"]["headline"]),
        earlier=_lines([message for message in said if message.seq < first.seq]),
        sent_before=tuple(one for one in earlier_mails if numbers.get(one, first.seq) < first.seq),
        page_url=_own_page(record.package["page"]["url"], pages),
        timezone=record.package["visitor"]["timezone"],
    )


def _own_page(url: str | None, pages: tuple[str, ...]) -> str | None:
    if not url:
        return None
    parts = urlsplit(url)
    return url if f"{parts.scheme}://{parts.netloc}" in pages else None


def _transcript(tx: Transaction, row: OutboxRow) -> TranscriptMail:
    said = [m for m in tx.messages.after(row.conversation_id, 0) if m.seq <= row.payload["up_to"]]
    if not said:
        raise Undeliverable("The conversation that was to be sent by e-mail is empty or does not exist any more.")
    _, timezone = tx.conversations.locale_of(row.conversation_id)
    return TranscriptMail(
        to=row.payload["to"],
        request_id=f"{row.conversation_id}/{row.id}",
        at=said[-1].at,
        lines=_lines(said),
        timezone=timezone,
    )


def _lines(messages: Sequence[Message]) -> tuple[Line, ...]:
    return tuple(
        Line(message.sender, message.text, message.at, message.name if message.sender is Sender.AGENT else None)
        for message in messages
    )
