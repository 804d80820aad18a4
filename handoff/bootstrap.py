"""The only place where things are wired together. Every process builds its :class:`Services` here."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import Engine

from handoff.accounts import Accounts, LoginSessions, Presence
from handoff.clock import clock_of, utc_now
from handoff.connectors.base import WebhookRequest
from handoff.deliveries import Deliveries
from handoff.domain.model import (
    Agent,
    ConversationState,
    HandoffOutcome,
    HandoffRequest,
    Message,
    Note,
    VisitorState,
)
from handoff.domain.rules import HandoffRules
from handoff.domain.transcript import Line, conversation_text
from handoff.errands import Errands
from handoff.live_chat_file import LiveChatSetup, load_live_chat
from handoff.mail.report import Letter
from handoff.mail.settings import EmailSettings, load_email_settings
from handoff.mail.visitor_mailbox import VisitorMailbox
from handoff.metrics.report import weekly_letter
from handoff.metrics.report_job import WeeklyReport
from handoff.passwords import hash_password
from handoff.persistence.engine import open_engine
from handoff.persistence.schema import upgrade
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.queries import Changes, DeskQueries
from handoff.rasa.client import RasaClient
from handoff.rasa.offers import OFFERS
from handoff.rules_file import load_rules
from handoff.service.agent_presence import AgentPresence
from handoff.service.agent_side import AgentSide
from handoff.service.attendance import Attendance
from handoff.service.conversions import RecordConversion
from handoff.service.couriers import MailCourier, RasaCourier, RasaGateway
from handoff.service.desk_view import HandoffRow
from handoff.service.details import AddDetails
from handoff.service.dispatch import Dispatcher
from handoff.service.lines import Lines
from handoff.service.live_chats import LiveChats
from handoff.service.moves import Moves
from handoff.service.record import RecordMessage
from handoff.service.request import RequestHandoff
from handoff.service.sweep import Sweep
from handoff.service.unseen_replies import UnseenReplies
from handoff.service.visitor_side import VisitorSide
from handoff.service.visitor_state import VisitorStates
from handoff.service.waiting import WaitingTimes
from handoff.service.waiting_line import WaitingLine
from handoff.settings import Settings
from handoff.state_follower import StateFollower
from handoff.texts import ResponseTexts
from handoff.what_if.answers import WhatIf

DECOY_BYTES = 16  # of a password that nobody has: an unknown name must cost as much time as a wrong password


class Services:
    """All use cases of one process, on one database."""

    def __init__(self, settings: Settings, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.engine = engine
        self.clock = clock
        self.uow = SqlUnitOfWork(engine)
        self.desk = DeskQueries(self.uow)
        self.changes = Changes(self.uow)
        self.presence = Presence(self.uow, clock)
        self.sessions = LoginSessions(self.uow, clock, settings.session_hours)
        self.on_outbox: Callable[[], None] = lambda: None
        """Called when this process put something into the outbox; the desk wakes its dispatcher with it."""
        self.deliveries_stuck_for: Callable[[], float] = lambda: 0.0
        """Seconds since deliveries last made progress; set by the process that delivers."""

    @cached_property
    def rules(self) -> HandoffRules:
        """What ``handoff.yml`` says."""
        return load_rules(self.settings.rules_file)

    @cached_property
    def live_chat(self) -> LiveChatSetup:
        """The live chats of endpoints.yml."""
        settings = self.settings
        return load_live_chat(settings.endpoints_file, os.environ, self.rules.queues, settings.desk_link)

    @cached_property
    def record(self) -> RecordMessage:
        """See :class:`handoff.service.record.RecordMessage`."""
        return RecordMessage(self.uow, self.rules, self._live_chats, self.clock)

    @cached_property
    def add_contact(self) -> AddDetails:
        """See :class:`handoff.service.details.AddDetails`."""
        return AddDetails(self.uow, self.rules, self.clock)

    @cached_property
    def agents(self) -> Accounts:
        """Accounts of agents."""
        return Accounts(self.uow, self.clock, decoy_hash=hash_password(secrets.token_urlsafe(DECOY_BYTES)))

    @cached_property
    def texts(self) -> ResponseTexts:
        """What visitors hear from elsewhere than Rasa's own turn."""
        return ResponseTexts(self.settings.root / "data" / "responses")

    @cached_property
    def email(self) -> EmailSettings | None:
        """How e-mail leaves, from endpoints.yml; None when it is not set up."""
        return load_email_settings(self.settings.endpoints_file, os.environ)

    @cached_property
    def what_if(self) -> WhatIf:
        """See :class:`handoff.what_if.answers.WhatIf`."""
        settings = self.settings
        return WhatIf(self.uow, self.rules, settings.rules_file, OFFERS, settings.root / "data" / "rules", self.clock)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.rules, self.texts, self.clock)

    @cached_property
    def _live_chats(self) -> LiveChats:
        return LiveChats(self.live_chat.chats, self.clock)

    @cached_property
    def _attendance(self) -> Attendance:
        return Attendance(self.rules, self.live_chat.chats, self.clock)

    @cached_property
    def _line(self) -> WaitingLine:
        return WaitingLine(self.rules, self._live_chats, self.clock)

    @cached_property
    def _times(self) -> WaitingTimes:
        return WaitingTimes(self.rules, self.clock)

    @cached_property
    def _unseen(self) -> UnseenReplies:
        return UnseenReplies(self.rules, self.clock, enabled=self.email is not None)

    @cached_property
    def _states(self) -> VisitorStates:
        return VisitorStates(self.rules, self._times, self._attendance, self.clock)

    @cached_property
    def _agent_side(self) -> AgentSide:
        return AgentSide(self.uow, self.rules, self._lines, self._line, self._unseen, self.clock)

    @cached_property
    def _moves(self) -> Moves:
        return Moves(self.uow, self.rules, self._lines, self._line, self._agent_side, self.clock)

    @cached_property
    def visitor(self) -> VisitorSide:
        """See :class:`handoff.service.visitor_side.VisitorSide`."""
        return VisitorSide(self.uow, self.rules, self._lines, self._line, self.clock, emails=self.email is not None)

    @cached_property
    def _errands(self) -> Errands:
        """Does what nobody waits for: an agent's request does not take longer because a visitor's page is told."""
        return Errands("signals")

    @cached_property
    def rasa(self) -> RasaClient:
        """The Rasa server."""
        return RasaClient(self.settings.rasa_url, self.settings.rasa_auth_token)

    def request(self, request: HandoffRequest) -> HandoffOutcome:
        """See :class:`handoff.service.request.RequestHandoff`."""
        return self._request(request)

    @cached_property
    def _request(self) -> RequestHandoff:
        return RequestHandoff(
            self.uow, self.rules, self.clock, self.settings.desk_link, self._line, self._times, self._attendance
        )

    def state(self, conversation_id: str) -> ConversationState:
        """Who owns a conversation."""
        with self.uow.read() as tx:
            return tx.conversations.state(conversation_id)

    def visitor_state(self, conversation_id: str) -> VisitorState:
        """Whom the visitor talks to, as their screen shows it."""
        with self.uow.read() as tx:
            return self._states.of(tx, conversation_id)

    # what agents do

    def claim(self, handoff_id: str, agent_id: str) -> HandoffRow:
        """See :meth:`handoff.service.agent_side.AgentSide.claim`."""
        self._agent_side.claim(handoff_id, agent_id)
        return self._after_change(handoff_id)

    def reply(self, handoff_id: str, agent_id: str, text: str, client_message_id: str) -> tuple[Message, bool]:
        """See :meth:`handoff.service.agent_side.AgentSide.reply`."""
        result = self._agent_side.reply(handoff_id, agent_id, text, client_message_id)
        self.on_outbox()
        return result

    def note(self, handoff_id: str, agent_id: str, text: str, client_note_id: str) -> tuple[Note, bool]:
        """See :meth:`handoff.service.agent_side.AgentSide.note`."""
        return self._agent_side.note(handoff_id, agent_id, text, client_note_id)

    def resolve(self, handoff_id: str, agent_id: str) -> HandoffRow:
        """See :meth:`handoff.service.agent_side.AgentSide.resolve`."""
        self._agent_side.resolve(handoff_id, agent_id)
        return self._after_change(handoff_id)

    def hand_back(self, handoff_id: str, agent_id: str) -> HandoffRow:
        """See :meth:`handoff.service.agent_side.AgentSide.hand_back`."""
        self._agent_side.hand_back(handoff_id, agent_id)
        return self._after_change(handoff_id)

    def release(self, handoff_id: str, agent_id: str, note: str = "") -> HandoffRow:
        """See :meth:`handoff.service.moves.Moves.release`."""
        self._moves.release(handoff_id, agent_id, note)
        return self._after_change(handoff_id)

    def transfer(
        self,
        handoff_id: str,
        agent_id: str,
        *,
        queue: str | None = None,
        to_agent_id: str | None = None,
        note: str = "",
    ) -> HandoffRow:
        """See :meth:`handoff.service.moves.Moves.transfer`."""
        self._moves.transfer(handoff_id, agent_id, queue=queue, to_agent_id=to_agent_id, note=note)
        return self._after_change(handoff_id)

    def release_all_of(self, agent_id: str, by_agent_id: str) -> int:
        """See :meth:`handoff.service.moves.Moves.release_all_of`."""
        count = self._moves.release_all_of(agent_id, by_agent_id)
        self.on_outbox()
        return count

    def agents_online(self, topic: str | None = None) -> list[Agent]:
        """Agents whose desk is open and who are not away; those who look after ``topic``."""
        since = self.clock() - timedelta(seconds=self.rules.online_seconds)
        with self.uow.read() as tx:
            return [agent for agent in tx.agents.online(since) if topic is None or agent.looks_after(topic)]

    def set_presence(self, agent_id: str, state: str) -> None:
        """See :meth:`handoff.service.agent_presence.AgentPresence.set`."""
        self._presence.set(agent_id, state)

    @cached_property
    def _presence(self) -> AgentPresence:
        return AgentPresence(self.uow, self._agent_side, self.clock)

    def seen_by_agent(self, handoff_id: str, agent_id: str, seq: int) -> None:
        """The agent's screen has shown the conversation up to ``seq``; the visitor's page says so."""
        if self._presence.seen(handoff_id, agent_id, seq):
            self._tell_page(handoff_id, "state")

    def typing_by_agent(self, handoff_id: str, agent_id: str, on: bool) -> None:
        """The agent types; the visitor's page shows it, best effort."""
        if self._presence.is_in(handoff_id, agent_id):
            self._tell_page(handoff_id, "typing", {"from": "agent", "on": on})

    # what visitors do

    def cancel(self, conversation_id: str) -> bool:
        """See :meth:`handoff.service.visitor_side.VisitorSide.cancel`."""
        return self.visitor.cancel(conversation_id)

    def leave_contact(self, conversation_id: str, details: Mapping[str, str | None]) -> bool:
        """See :meth:`handoff.service.visitor_side.VisitorSide.leave_contact`."""
        return self.visitor.leave_contact(conversation_id, details)

    def rate(self, conversation_id: str, handoff_id: str, score: int | None, comment: str | None = None) -> None:
        """See :meth:`handoff.service.visitor_side.VisitorSide.rate`."""
        self.visitor.rate(conversation_id, handoff_id, score, comment)

    def rate_visit(self, conversation_id: str, visit_id: int, score: int | None, comment: str | None = None) -> None:
        """See :meth:`handoff.service.visitor_side.VisitorSide.rate_visit`."""
        self.visitor.rate_visit(conversation_id, visit_id, score, comment)

    @cached_property
    def convert(self) -> RecordConversion:
        """See :class:`handoff.service.conversions.RecordConversion`."""
        return RecordConversion(self.uow, self.rules, self.clock)

    def visitor_here(self, conversation_id: str) -> None:
        """See :meth:`handoff.service.visitor_side.VisitorSide.here`."""
        self.visitor.here(conversation_id)

    def seen_by_visitor(self, conversation_id: str, seq: int) -> None:
        """See :meth:`handoff.service.visitor_side.VisitorSide.seen`."""
        self.visitor.seen(conversation_id, seq)

    def typing_by_visitor(self, conversation_id: str, on: bool) -> None:
        """See :meth:`handoff.service.visitor_side.VisitorSide.typing`."""
        self.visitor.typing(conversation_id, on)

    def send_transcript(self, conversation_id: str, email: str) -> None:
        """See :meth:`handoff.service.visitor_side.VisitorSide.send_transcript`."""
        self.visitor.send_transcript(conversation_id, email)

    def transcript(self, conversation_id: str) -> str:
        """The conversation as plain text, in the visitor's own time."""
        with self.uow.read() as tx:
            _, timezone = tx.conversations.locale_of(conversation_id)
            said = tx.messages.after(conversation_id, 0)
        return conversation_text([Line(one.sender, one.text, one.at, one.name) for one in said], timezone)

    # what happens by itself

    @cached_property
    def deliveries(self) -> Deliveries:
        """See :class:`handoff.deliveries.Deliveries`."""
        return Deliveries(
            self.uow,
            self.clock,
            self.live_chat.chats,
            self.live_chat.connectors,
            self._live_chats,
            self._line,
            self._lines,
            self._agent_side,
        )

    def dispatcher(self, rasa: RasaGateway | None = None) -> Dispatcher:
        """What shows visitors messages, through ``rasa`` instead of the configured server where given."""
        return self.deliveries.to_visitors(RasaCourier(self.uow, rasa or self.rasa, self._states))

    def mail_dispatcher(self) -> Dispatcher:
        """What sends e-mail."""
        return self.deliveries.by_mail(MailCourier(self.uow, self._mailbox(), self.clock))

    def take_webhook(self, connector: str, request: WebhookRequest) -> int:
        """See :meth:`handoff.service.webhooks.Webhooks.take_in`."""
        return self.deliveries.webhooks(self.on_outbox).take_in(connector, request)

    def sweep(self) -> Sweep:
        """What lets timers happen."""
        return Sweep(
            self.uow,
            self.rules,
            self._lines,
            self._line,
            self._moves,
            self._times,
            self._unseen,
            self._attendance,
            self.clock,
        )

    def state_follower(self) -> StateFollower:
        """What keeps visitors' pages in step with the desk."""
        return StateFollower(self.uow, self.rasa)

    @property
    def _own_pages(self) -> tuple[str, ...]:
        return (self.settings.rasa_url, *self.settings.allowed_origins)

    def _mailbox(self) -> VisitorMailbox | None:
        if self.email is None:
            return None
        return VisitorMailbox(self.uow, self.email, self._own_pages, self.weekly_letter)

    def weekly_letter(self, monday: date) -> Letter:
        """The report about the week that begins on ``monday``."""
        with self.uow.read() as tx:
            return weekly_letter(tx.connection, self.rules, monday, desk_link=self.settings.desk_link, now=self.clock())

    @property
    def weekly_report(self) -> WeeklyReport:
        """See :class:`handoff.metrics.report_job.WeeklyReport`."""
        return WeeklyReport(self.uow, self.rules, self.clock)

    def _tell_page(self, handoff_id: str, event: str, data: dict[str, Any] | None = None) -> None:
        with self.uow.read() as tx:
            conversation_id = tx.handoffs.get(handoff_id).conversation_id
        self._errands.run(lambda: self.rasa.signal([conversation_id], event, data))

    def _after_change(self, handoff_id: str) -> HandoffRow:
        self.on_outbox()
        return self.desk.row(handoff_id)


def build_services(settings: Settings) -> Services:
    """Open the database, bring it to the version of this code, and wire the use cases.

    Raises:
        ConfigurationError: the database address is wrong.
        StorageUnavailable: the database does not answer.
    """
    engine = open_engine(settings.db_url)
    upgrade(engine)
    return Services(settings, engine, clock_of(settings.clock_file))


@lru_cache(maxsize=1)
def process_services() -> Services:
    """The services of this process, built on first use; for code that Rasa creates and that gets no arguments."""
    return build_services(Settings.load())


@lru_cache(maxsize=1)
def process_rules() -> HandoffRules:
    """What ``handoff.yml`` says, for code that Rasa creates and that has to decide also when no database answers."""
    return load_rules(Settings.load().rules_file)
