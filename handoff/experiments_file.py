"""The section ``experiment`` of ``handoff.yml``: what runs, since when, and what is different for whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from handoff.domain.errors import ConfigurationError
from handoff.domain.experiment import WHOLE, Experiment, Variant
from handoff.domain.rules import HandoffRules
from handoff.dotted_keys import with_overrides

SECTION = "experiment"
ALIKE = 1e-6  # per cent: shares are written in decimals, which do not add up to the last digit

CAN_DIFFER = ("triggers", "account_intents")
"""What the assistant decides by. Everything else is the same for all: topics, queues, urgency and hours are the team's
work, and what is counted must be counted alike."""

SAME_FOR_ALL = frozenset({"triggers.frustration.mood_from"})
"""Below a key that can differ, and yet what agents see and metrics count."""

FEWEST_VARIANTS = 2
MOST_VARIANTS = 5  # each further one takes visits from all others, and the answer moves months away

Name = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]  # "experiment:variant" must fit where visits keep it
DecidingMetric = Literal["handoff_rate", "containment", "honest_containment", "repeat_rate"]
"""Shares of all visits. Other numbers stand beside them, but decide nothing: a rate of handoffs or messages counts what
the variants themselves brought about, so chance is not all that tells the groups apart."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Variant(_Strict):
    share: Annotated[float, Field(gt=0, lt=WHOLE)]
    changes: dict[str, Any] = Field(default={}, alias="set")


class ExperimentSection(_Strict):
    """As the file holds it."""

    name: Name
    started: date
    ends: date | None = None
    metric: DecidingMetric = "handoff_rate"
    smallest: Annotated[float, Field(ge=0.005, le=0.5)] = 0.05
    variants: Annotated[dict[Name, _Variant], Field(min_length=FEWEST_VARIANTS, max_length=MOST_VARIANTS)]


def experiment_problems(section: ExperimentSection | None) -> list[str]:
    """What does not fit together, each with its key and the remedy."""
    if section is None:
        return []
    problems = []
    whole = sum(variant.share for variant in section.variants.values())
    if abs(whole - WHOLE) > ALIKE:
        problems.append(f"experiment.variants: the shares add up to {whole:g}; make them {WHOLE}")
    if section.ends is not None and section.ends < section.started:
        problems.append(f"experiment.ends: {section.ends} is before it starts, on {section.started}")
    for name, variant in section.variants.items():
        problems += [
            f"experiment.variants.{name}.set: '{key}' has keys of its own; set each of these by itself"
            for key, value in variant.changes.items()
            if isinstance(value, dict)
        ]
        problems += [
            f"experiment.variants.{name}.set: '{key}' is the same for all visitors; what can differ are the keys below "
            f"{' and '.join(CAN_DIFFER)}, without {', '.join(sorted(SAME_FOR_ALL))}"
            for key in variant.changes
            if key.split(".")[0] not in CAN_DIFFER or key in SAME_FOR_ALL
        ]
    return problems


def with_experiment(
    rules: HandoffRules,
    section: ExperimentSection,
    path: Path,
    content: Mapping[str, Any],
    parse: Callable[[Path, Any], HandoffRules],
) -> tuple[Experiment, dict[str, HandoffRules]]:
    """The experiment, and for each variant that changes something the rules that hold in it.

    Args:
        rules: without any of the changes.
        section: which :func:`experiment_problems` found well.
        path: of the file, for messages.
        content: what the file holds.
        parse: makes rules of such content, and refuses what the file could not hold.

    Raises:
        ConfigurationError: a variant sets a key that is not there, or a value that is not possible.
    """
    bare = {key: value for key, value in content.items() if key != SECTION}
    changed = {}
    for name, variant in section.variants.items():
        if not variant.changes:
            continue
        try:
            changed[name] = parse(path, with_overrides(path, bare, variant.changes))
        except ConfigurationError as error:
            raise ConfigurationError(f"In experiment.variants.{name}.set: {error}") from error
    return _to_experiment(section, rules), changed


def _to_experiment(section: ExperimentSection, rules: HandoffRules) -> Experiment:
    return Experiment(
        name=section.name,
        started=section.started,
        ends=section.ends,
        metric=section.metric,
        smallest=section.smallest,
        variants=tuple(
            Variant(name, variant.share, dict(variant.changes)) for name, variant in section.variants.items()
        ),
        zone=ZoneInfo(rules.hours.common.timezone) if rules.hours.common else UTC,
    )
