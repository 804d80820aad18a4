"""Rasa's lock store, with less patience between two looks at a lock.

Rasa looks once a second whether a conversation is free. An agent's reply that arrives while the visitor's own turn is
still being stored would wait out that second; a look costs microseconds.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, RedisLockStore
from rasa.utils.endpoints import EndpointConfig

LOOK_AGAIN_SECONDS = 0.02  # a turn takes 10 to 50 ms, and nobody notices a fiftieth of a second
LOOK_AGAIN_AT_REDIS_SECONDS = 0.05  # each look is a request there


class PromptInMemoryLockStore(InMemoryLockStore):
    """For one Rasa server. Set in endpoints.yml as ``type: handoff.rasa.lock_store.PromptInMemoryLockStore``."""

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        """Create the store; it has no settings."""
        super().__init__()

    def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = LOOK_AGAIN_SECONDS,
    ) -> AbstractAsyncContextManager[TicketLock]:
        """See :meth:`rasa.core.lock_store.LockStore.lock`."""
        return super().lock(conversation_id, lock_lifetime, wait_time_in_seconds)


class PromptRedisLockStore(RedisLockStore):
    """For several Rasa servers: Rasa's store of the type ``redis``, with the same settings in endpoints.yml."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        """Connect as Rasa's own store does."""
        super().__init__(host=endpoint_config.url or "localhost", **endpoint_config.kwargs)

    def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = LOOK_AGAIN_AT_REDIS_SECONDS,
    ) -> AbstractAsyncContextManager[TicketLock]:
        """See :meth:`rasa.core.lock_store.LockStore.lock`."""
        return super().lock(conversation_id, lock_lifetime, wait_time_in_seconds)
