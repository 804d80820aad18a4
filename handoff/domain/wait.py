"""How long a visitor will wait: from recent replies of the queue, never invented."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from handoff.domain.model import Wait

SECONDS_PER_MINUTE = 60
LONG_SHARE = 0.1
"""When less than this share of recent visitors waited as long as this one, what is left cannot be told from them."""


def estimate(
    waits: Sequence[float],
    elsewhere: Sequence[float],
    typical: float | None,
    *,
    enough: int,
    waited: float,
    position: int,
) -> Wait:
    """What to tell a visitor who waits.

    The estimate is the median of what was left of recent waits that lasted as long as this one already has (the
    conditional distribution of the waiting time), so that it does not stand still while time passes. With few replies
    it leans on what the team expects (``typical``) or, without that, on the other queues: each missing reply counts as
    one of those.

    Args:
        waits: seconds until the first reply of recent handoffs of this queue.
        elsewhere: the same of all queues.
        typical: seconds that the team expects in this queue, from handoff.yml.
        enough: so many ``waits`` need no support.
        waited: seconds that the visitor has waited.
        position: place in the queue, from 1.

    Returns:
        minutes (whole, at least 1), or none where there is nothing to base them on; ``late`` when nearly all waited
        less than this visitor already has.
    """
    known = list(waits)
    missing = enough - len(known)
    if missing > 0:
        support = typical if typical is not None else (median(elsewhere) if len(elsewhere) >= enough else None)
        if support is None:
            return Wait(position)
        known += [support] * missing
    left = [wait - waited for wait in known if wait > waited]
    if len(left) <= LONG_SHARE * len(known):
        return Wait(position, late=True)
    return Wait(position, max(1, math.ceil(median(left) / SECONDS_PER_MINUTE)))
