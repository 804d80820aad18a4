"""Everything that reaches people elsewhere, wired: who delivers what, who asks live chats, who takes webhooks in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handoff.connectors.base import Connector, WebhookRequest
from handoff.domain.live_chat import LiveChat
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.agent_side import AgentSide
from handoff.service.breaker import ConnectorBreaker
from handoff.service.couriers import ConnectorCourier, MailCourier, RasaCourier
from handoff.service.dispatch import Courier, Dispatcher
from handoff.service.fallback import Fallback
from handoff.service.inbound import Inbound
from handoff.service.lines import RASA, Lines
from handoff.service.live_chats import LiveChats, target_of
from handoff.service.ports import Clock
from handoff.service.pull import Puller
from handoff.service.retry import CONNECTOR_POLICY, MAIL_POLICY, RASA_POLICY, RetryPolicy
from handoff.service.unseen_replies import EMAIL
from handoff.service.waiting_line import WaitingLine
from handoff.service.webhooks import Webhooks


@dataclass(frozen=True)
class Deliveries:
    """What a worker runs; see :mod:`handoff.worker`."""

    uow: SqlUnitOfWork
    clock: Clock
    chats: LiveChat
    connectors: Mapping[str, Connector]
    live_chats: LiveChats
    line: WaitingLine
    lines: Lines
    agents: AgentSide

    def to_visitors(self, courier: RasaCourier) -> Dispatcher:
        """What shows visitors messages through Rasa."""
        return self._dispatcher(RASA, courier, RASA_POLICY)

    def by_mail(self, courier: MailCourier) -> Dispatcher:
        """What sends e-mail."""
        return self._dispatcher(EMAIL, courier, MAIL_POLICY)

    def to_live_chats(self) -> list[Dispatcher]:
        """What calls each connector."""
        return [
            Dispatcher(
                self.uow,
                target_of(name),
                ConnectorCourier(self.uow, self.chats.routes[name], connector, self.fallback, self.clock),
                CONNECTOR_POLICY,
                self.clock,
                ConnectorBreaker(name),
            )
            for name, connector in self.connectors.items()
        ]

    def pullers(self) -> list[Puller]:
        """What asks each live chat that can be asked."""
        return [
            Puller(self.uow, route, self.connectors[name], self.inbound, self.fallback, self.clock)
            for name, route in self.chats.routes.items()
            if route.pulls
        ]

    def webhooks(self, wake: Callable[[], None]) -> Webhooks[WebhookRequest]:
        """What takes webhooks in; ``wake`` is called when one rang."""
        return Webhooks(self.uow, self.connectors, self.inbound, self.clock, wake)

    @property
    def fallback(self) -> Fallback:
        """What takes over from a live chat that is down."""
        return Fallback(self.uow, self.chats, self.live_chats, self.line, self.lines, self.clock)

    @property
    def inbound(self) -> Inbound:
        """What lets events of live chats happen."""
        return Inbound(self.uow, self.agents, self.lines, self.live_chats, self.clock)

    def _dispatcher(self, target: str, courier: Courier, policy: RetryPolicy) -> Dispatcher:
        return Dispatcher(self.uow, target, courier, policy, self.clock)
