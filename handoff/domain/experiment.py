"""An experiment: visitors fall into variants by chance, and stay there.

Which variant a conversation falls into is read off its id, so every process knows it without asking anybody: SHA-256 of
the experiment's name and the id is as good as a throw of dice, and is the same throw each time. Another name throws
anew. Whoever changes the shares of an experiment that runs moves visitors from one variant into another, and spoils it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

WHOLE = 100  # shares are per cent of all conversations
SEPARATOR = ":"
"""Between the experiment and the variant in the name of a share; neither has one in its own."""

_BYTES_USED = 6  # 48 bits of the digest: a float holds them exactly, and nobody notices what finer steps would change


@dataclass(frozen=True)
class Variant:
    """One way of doing it.

    Attributes:
        name: as responses and metrics know it.
        share: per cent of all conversations.
        changes: dotted keys of handoff.yml, with the values that hold here; empty where all is as it is.
    """

    name: str
    share: float
    changes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """What runs, and when.

    Attributes:
        name: of the experiment; visitors are thrown anew with another one.
        started: the first day, in the team's time zone.
        ends: the last day; None when it goes on until somebody takes it out.
        metric: the share of visits that decides.
        smallest: the smallest difference of it that is worth finding, as a share: 0.05 is five points.
        variants: at least two; the others are compared with the first.
        zone: the team's time zone, in which days begin.
    """

    name: str
    started: date
    ends: date | None
    metric: str
    smallest: float
    variants: tuple[Variant, ...]
    zone: tzinfo = UTC

    def runs_at(self, at: datetime) -> bool:
        """Whether it runs at a moment."""
        day = at.astimezone(self.zone).date()
        return self.started <= day and (self.ends is None or day <= self.ends)

    def variant_of(self, conversation_id: str) -> Variant:
        """The variant that a conversation falls into, on whatever day."""
        place, reached = WHOLE * throw(self.name, conversation_id), 0.0
        for variant in self.variants:
            reached += variant.share
            if place < reached:
                return variant
        return self.variants[-1]  # shares like 33.3 may add up to a hair less than the whole


def throw(experiment: str, conversation_id: str) -> float:
    """Where a conversation falls in an experiment: from 0 to 1, below 1, evenly spread and always the same."""
    digest = hashlib.sha256(f"{experiment}{SEPARATOR}{conversation_id}".encode()).digest()
    return int.from_bytes(digest[:_BYTES_USED], "big") / (1 << 8 * _BYTES_USED)


def label(experiment: str, variant: str) -> str:
    """How a visit remembers its share: ``experiment:variant``."""
    return f"{experiment}{SEPARATOR}{variant}"


def parts(labelled: str) -> tuple[str, str]:
    """Experiment and variant of such a label."""
    experiment, _, variant = labelled.partition(SEPARATOR)
    return experiment, variant
