"""What a visitor does besides writing: leave an address, cancel, rate, look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from handoff.domain.clean_text import scrub
from handoff.domain.errors import AlreadyRated, InvalidInput, NotFound, TooOften
from handoff.domain.lifecycle import WAITING, Status
from handoff.domain.masking import mask
from handoff.domain.model import Owner
from handoff.domain.rules import HandoffRules
from handoff.service.details import add_details
from handoff.service.history import VISITOR, happened
from handoff.service.lines import Lines
from handoff.service.ports import Clock, HandoffRecord, Transaction, UnitOfWork
from handoff.service.unseen_replies import EMAIL, TRANSCRIPT_MAIL
from handoff.service.waiting_line import WaitingLine

BEST_SCORE = 5
HERE_EVERY_SECONDS = 15  # a heartbeat that came sooner changes nothing, and need not be written
MOST_TRANSCRIPTS = 3  # by e-mail, in one conversation: enough for a mistyped address, useless for spam
RATED = "You have rated this conversation already. Thank you."
TOO_LATE = "The time for rating this conversation is over."
TYPING, SEEN = "typing", "visitor_seen"
"""Signals to agents' screens."""


@dataclass(frozen=True)
class VisitorSide:
    """Use cases of visitors."""

    uow: UnitOfWork
    rules: HandoffRules
    lines: Lines
    line: WaitingLine
    clock: Clock
    emails: bool

    def cancel(self, conversation_id: str) -> bool:
        """Go on with the assistant instead of waiting; False when nothing waits."""
        with self.uow.write() as tx:
            record = _open(tx, conversation_id)
            if record is None or record.status not in WAITING:
                return False
            now = self.clock()
            self.line.leave(tx, record.id)
            left_from = record.status.value
            if not tx.handoffs.move(record.id, record.status, Status.CANCELLED, closed_at=now, left_from=left_from):
                return False
            tx.conversations.set_owner(conversation_id, Owner.ASSISTANT)
            fresh = replace(record, status=Status.CANCELLED)
            self.line.live_chats.over(tx, record, "The visitor goes on with the assistant instead.")
            self.lines.tell(tx, fresh, "utter_handoff_cancelled", resume=True)
            happened(tx, "cancelled", fresh, VISITOR, now, after_seconds=int((now - record.created_at).total_seconds()))
            return True

    def leave_contact(self, conversation_id: str, details: Mapping[str, str | None]) -> bool:
        """Say where to be reached; False when no handoff is open. One that was missed is then answered later.

        ``details`` are name, email, phone, checked by the caller.
        """
        with self.uow.write() as tx:
            tx.conversations.lock(conversation_id)
            if not add_details(tx, conversation_id, details, self.rules, self.clock):
                return False
            record = tx.handoffs.open_of(conversation_id)
            if record is not None and record.status in WAITING and details.get("email"):
                self.lines.tell(tx, record, "utter_follow_up_saved")
            return True

    def rate(self, conversation_id: str, handoff_id: str, score: int | None, comment: str | None) -> None:
        """Rate a handoff that is over, from 1 to 5; ``None`` skips it, and it is not asked for again.

        Raises:
            InvalidInput: the score is no whole number from 1 to 5.
            NotFound: no such handoff in this conversation that could be rated.
            AlreadyRated.
        """
        _check(score)
        with self.uow.write() as tx:
            tx.conversations.lock(conversation_id)
            record = tx.handoffs.get(handoff_id)
            if record.conversation_id != conversation_id or record.status is not Status.RESOLVED:
                raise NotFound("There is nothing to rate in this conversation.")
            now = self.clock()
            if record.closed_at and now - record.closed_at > timedelta(days=self.rules.visitor.rating_days):
                raise NotFound(TOO_LATE)
            if not tx.ratings.add(handoff_id, conversation_id, score, _words(comment), now):
                raise AlreadyRated(RATED)
            happened(tx, "rated", record, VISITOR, now, score=score)

    def rate_visit(self, conversation_id: str, visit_id: int, score: int | None, comment: str | None) -> None:
        """Rate a visit in which the assistant answered and no person came, as :meth:`rate` does a handoff.

        Raises:
            InvalidInput: the score is no whole number from 1 to 5.
            NotFound: no such visit in this conversation that could be rated.
            AlreadyRated.
        """
        _check(score)
        with self.uow.write() as tx:
            tx.conversations.lock(conversation_id)
            visit = tx.visits.rating_of(conversation_id, visit_id)
            if visit is None or not visit.can_be_rated:
                raise NotFound("There is nothing to rate in this conversation.")
            if visit.rated:
                raise AlreadyRated(RATED)
            now = self.clock()
            if now - visit.last_at > timedelta(days=self.rules.visitor.rating_days):
                raise NotFound(TOO_LATE)
            tx.visits.rate(visit_id, score, _words(comment), now)

    def here(self, conversation_id: str) -> None:
        """The visitor's page is open; written down now and then."""
        now = self.clock()
        with self.uow.read() as tx:
            known = tx.conversations.screen(conversation_id).here_at
        if known is not None and now - known < timedelta(seconds=HERE_EVERY_SECONDS):
            return
        with self.uow.write() as tx:
            tx.conversations.here(conversation_id, now)

    def seen(self, conversation_id: str, seq: int) -> None:
        """The visitor's page has shown everything up to number ``seq``."""
        with self.uow.write() as tx:
            now = self.clock()
            if not tx.conversations.seen(conversation_id, seq, now):
                return
            state = tx.conversations.state(conversation_id)
            if state.handoff_id is not None:
                tx.signals.add(SEEN, conversation_id, state.handoff_id, {"seq": seq}, now)

    def typing(self, conversation_id: str, on: bool) -> None:
        """The visitor types; whoever is in the conversation sees it. Nobody else needs to know."""
        with self.uow.read() as tx:
            state = tx.conversations.state(conversation_id)
        if state.status is not Status.ASSIGNED or state.handoff_id is None:
            return
        with self.uow.write() as tx:
            tx.signals.add(TYPING, conversation_id, state.handoff_id, {"on": on}, self.clock())

    def send_transcript(self, conversation_id: str, email: str) -> None:
        """Send the conversation to an address that the visitor named.

        Raises:
            InvalidInput: no e-mail can be sent from here.
            TooOften: this conversation was sent often enough.
        """
        if not self.emails:
            raise InvalidInput("This site sends no e-mail. Download the transcript instead.")
        with self.uow.write() as tx:
            tx.conversations.lock(conversation_id)
            if not tx.conversations.count_transcript(conversation_id, MOST_TRANSCRIPTS):
                raise TooOften("This conversation was sent by e-mail several times already. Download it instead.")
            now = self.clock()
            tx.outbox.add(
                target=EMAIL,
                kind=TRANSCRIPT_MAIL,
                conversation_id=conversation_id,
                handoff_id=None,
                payload={"to": email, "up_to": tx.conversations.last_seq(conversation_id)},
                dedupe_key=f"{TRANSCRIPT_MAIL}:{conversation_id}:{now.isoformat()}",
                now=now,
            )


def _check(score: int | None) -> None:
    if score is not None and not 1 <= score <= BEST_SCORE:
        raise InvalidInput(f"A rating is a whole number from 1 to {BEST_SCORE}.")


def _words(comment: str | None) -> str | None:
    return (mask(scrub(comment.strip())) if comment else "") or None


def _open(tx: Transaction, conversation_id: str) -> HandoffRecord | None:
    tx.conversations.lock(conversation_id)
    return tx.handoffs.open_of(conversation_id)
