"""How an attempt to deliver something can end."""

from __future__ import annotations

from handoff.domain.errors import HandoffError, NotAllowed


class NotYet(HandoffError):
    """It did not work this time and may work later.

    Attributes:
        retry_after: seconds that the other side asked to be left alone, if it did.
    """

    code = "not_yet"
    http_status = 503

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LeaseLost(NotYet):
    """Another worker does this by now."""


class Undeliverable(HandoffError):
    """The other side refuses for good; trying again is useless.

    Attributes:
        status: the HTTP status of the refusal, where there was one.
    """

    code = "undeliverable"
    http_status = 502

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class WebhookRefused(NotAllowed):
    """A webhook that did not prove where it comes from, or came too late or twice."""

    code = "webhook_refused"
    http_status = 401
