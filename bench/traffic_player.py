"""Plays the planned traffic through the real use cases, in one process, with a clock that is set to each moment.

What Rasa would have made of a message (intent, confidence, mood) comes from the plan; Rasa itself is not started.
Everything else is as in operation: messages are recorded, handoffs asked for, claimed, answered and closed, ratings and
conversions taken, and timers fired by the sweep.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import singledispatchmethod
from pathlib import Path

from bench.report import progress
from bench.traffic_database import quick_engine
from bench.traffic_happenings import (
    ANSWER_TAKES,
    Buys,
    Cancels,
    Claims,
    HandsBack,
    Happening,
    LeavesEmail,
    MovesToAgent,
    MovesToQueue,
    Rates,
    RatesAssistant,
    Releases,
    Replies,
    Resolves,
    Rings,
    SaysPresence,
    ToPerson,
    Turn,
)
from bench.traffic_plan import Plan
from bench.traffic_rasa import CHANNEL, decision_on, message, request
from bench.traffic_rules import company_rules, planned_rules
from handoff.bootstrap import Services
from handoff.domain.conversion import Conversion, Source
from handoff.domain.model import Sender
from handoff.persistence.schema import upgrade
from handoff.service.ports import NewMessage
from handoff.settings import Settings

PASSWORD = "a password nobody needs"
HEARD_ENOUGH = timedelta(seconds=20)
"""A desk that was heard from so recently need not be heard from again; well within ``online.seconds``."""
ADMIN = "boss"
TELL_EVERY = 20_000


class Player:
    """One database, and everybody who uses it."""

    def __init__(self, database: str, folder: Path, plan: Plan) -> None:
        """Open ``database``, bring it to the version of the code, and make the team's accounts.

        Args:
            database: its address; without content.
            folder: for files.
            plan: whose team, and whose parts in an experiment.
        """
        self.now = plan.happenings[0].at
        root = Settings.load(environ={"HANDOFF_VAR": str(folder)})
        rules = company_rules(root.rules_file, folder)
        settings = Settings.load(
            environ={"HANDOFF_VAR": str(folder), "HANDOFF_DB_URL": database, "HANDOFF_RULES": str(rules)}
        )
        self.engine = quick_engine(database)
        upgrade(self.engine)
        self.services = Services(settings, self.engine, lambda: self.now)
        self.services.__dict__["rules"] = planned_rules(self.services.rules, plan.variants)
        self.agents = {
            one.name: self.services.agents.create(one.name, one.display_name, PASSWORD, topics=one.topics).id
            for one in plan.team
        }
        self.services.agents.create(ADMIN, "Mila Novak", PASSWORD, role="admin")
        self._sweep = self.services.sweep()
        self._handoffs: dict[int, str] = {}
        self._heard: dict[str, datetime] = {}

    def play(self, plan: Plan) -> int:
        """Let everything happen; returns how many things did."""
        for number, one in enumerate(plan.happenings, 1):
            self.now = one.at
            self._do(one)
            if number % TELL_EVERY == 0:
                progress(f"  {number:,} of {len(plan.happenings):,} have happened ({one.at:%d %B})")
        return len(plan.happenings)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @singledispatchmethod
    def _do(self, one: Happening) -> None:
        raise TypeError(f"nobody knows how to do {one}")

    # what visitors do

    @_do.register
    def _turn(self, one: Turn) -> None:
        decision = None
        if one.opening is not None or one.again is not None:
            self._hear(one.there)
            outcome = self.services.request(request(one))
            if one.opening is not None:
                self._handoffs[one.opening.handoff] = outcome.handoff_id
                decision = decision_on(one)
        self.now = one.at + ANSWER_TAKES
        answers = [
            NewMessage(
                id=f"{one.id}:{number}",
                conversation_id=one.conversation,
                sender=Sender.ASSISTANT,
                text=response.replace("_", " "),
                at=self.now,
                in_reply_to=one.id,
                response=response,
            )
            for number, response in enumerate(one.answers)
        ]
        said = message(one.id, one.conversation, one.at, one.page, one.words)
        self.services.record([said, *answers], CHANNEL, decision=decision)

    @_do.register
    def _to_person(self, one: ToPerson) -> None:
        self.services.record([message(one.id, one.conversation, one.at, one.page, one.words)], CHANNEL)

    @_do.register
    def _cancels(self, one: Cancels) -> None:
        self.services.cancel(one.conversation)

    @_do.register
    def _leaves_email(self, one: LeavesEmail) -> None:
        self.services.leave_contact(one.conversation, {"email": one.email})

    @_do.register
    def _rates(self, one: Rates) -> None:
        self.services.rate(one.conversation, self._handoffs[one.handoff], one.score, one.comment)

    @_do.register
    def _rates_assistant(self, one: RatesAssistant) -> None:
        with self.services.uow.read() as tx:
            visit = tx.visits.latest(one.conversation)
        assert visit is not None, "who rates has written"
        self.services.rate_visit(one.conversation, visit.id, one.score, one.comment)

    @_do.register
    def _buys(self, one: Buys) -> None:
        bought = (one.conversation, one.name, one.reference, one.at, Source.SERVER, one.value, one.currency)
        self.services.convert(Conversion(*bought))

    # what agents do

    @_do.register
    def _claims(self, one: Claims) -> None:
        self.services.claim(self._handoffs[one.handoff], self.agents[one.agent])

    @_do.register
    def _replies(self, one: Replies) -> None:
        self.services.reply(self._handoffs[one.handoff], self.agents[one.agent], one.text, one.id)

    @_do.register
    def _resolves(self, one: Resolves) -> None:
        self.services.resolve(self._handoffs[one.handoff], self.agents[one.agent])

    @_do.register
    def _hands_back(self, one: HandsBack) -> None:
        self.services.hand_back(self._handoffs[one.handoff], self.agents[one.agent])

    @_do.register
    def _releases(self, one: Releases) -> None:
        self.services.release(self._handoffs[one.handoff], self.agents[one.agent])

    @_do.register
    def _moves_to_queue(self, one: MovesToQueue) -> None:
        self.services.transfer(self._handoffs[one.handoff], self.agents[one.agent], queue=one.queue)

    @_do.register
    def _moves_to_agent(self, one: MovesToAgent) -> None:
        self._hear(one.there)
        colleague = self.agents[one.colleague]
        self.services.transfer(self._handoffs[one.handoff], self.agents[one.agent], to_agent_id=colleague)

    @_do.register
    def _says_presence(self, one: SaysPresence) -> None:
        self.services.set_presence(self.agents[one.agent], "online" if one.there else "away")

    # what the clock does

    @_do.register
    def _rings(self, one: Rings) -> None:
        self._hear(one.there)
        while self._sweep.run_once():
            continue

    def _hear(self, there: tuple[str, ...]) -> None:
        for name in there:
            heard = self._heard.get(name)
            if heard is None or self.now - heard > HEARD_ENOUGH:
                self.services.presence.seen(self.agents[name])
                self._heard[name] = self.now
