"""Reads ``handoff.yml`` and says, by file and key, what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handoff.domain.errors import ConfigurationError
from handoff.domain.model import TriggerKind, UrgencyLevel
from handoff.domain.rules import (
    FrustrationRules,
    HandoffRules,
    LowConfidenceRules,
    MetricsRules,
    TopicRule,
    UrgencyPoint,
    UrgencyRules,
    VisitorRules,
    WaitingRules,
)
from handoff.experiments_file import ExperimentSection, experiment_problems, with_experiment
from handoff.hours_file import HoursSection, hours_problems, to_opening_hours
from handoff.report_file import ReportSection, to_report_rules
from handoff.yaml_file import read_yaml

FILE_NAME = "handoff.yml"
FORMAT_VERSION = 1

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]
Positive = Annotated[float, Field(gt=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Topic(_Strict):
    queue: str
    team: str
    intents: list[str] = []
    words: list[str] = []


class _Trigger(_Strict):
    intents: list[str]


class _Frustration(_Trigger):
    window: Count
    counts_from: Share
    mood_from: Share
    offer_from: Share
    hand_off_from: Share
    offers: Count
    repeated_questions: Count
    answer_first: list[str] = []


class _LowConfidence(_Trigger):
    consecutive: Count
    suggestions: Count
    never_guess_from: Share


class _Triggers(_Strict):
    explicit_request: _Trigger
    sensitive_topic: _Trigger
    sales_intent: _Trigger
    frustration: _Frustration
    low_confidence: _LowConfidence


class _Point(_Strict):
    points: int
    reason: str


class _Urgency(_Strict):
    levels: dict[UrgencyLevel, int]
    triggers: dict[TriggerKind, _Point]
    intents: dict[str, _Point] = {}
    repeated_request: _Point
    returning: _Point


class _Summary(_Strict):
    max_words: Annotated[int, Field(ge=20, le=200)]


class _Online(_Strict):
    seconds: Seconds


class _Waiting(_Strict):
    tell_after: Seconds
    missed_after: Seconds
    agent_away_after: Seconds
    estimate_from: Count
    typical: dict[str, Seconds] = {}


class _Visitor(_Strict):
    gone_after: Seconds
    email_after: Seconds
    rating_days: Seconds


class _Metrics(_Strict):
    visit_gap_minutes: Positive = 60.0
    return_days: Positive = 7.0
    conversion_days: Positive = 7.0
    report: ReportSection | None = None


class _File(_Strict):
    version: int
    topics: dict[str, _Topic]
    default_topic: str
    triggers: _Triggers
    account_intents: list[str]
    urgency: _Urgency
    summary: _Summary
    online: _Online
    hours: HoursSection | None = None
    waiting: _Waiting
    visitor: _Visitor
    metrics: _Metrics = _Metrics()
    experiment: ExperimentSection | None = None
    readable: dict[str, str] = {}


def load_rules(path: Path) -> HandoffRules:
    """Return the rules in ``path``.

    Raises:
        ConfigurationError: the file is missing, no YAML, or a key is wrong; the message names each key and the remedy.
    """
    return rules_of(path, read_file(path))


def read_file(path: Path) -> Any:
    """What ``path`` holds, before anything of it is checked.

    Raises:
        ConfigurationError: the file is missing or no YAML.
    """
    try:
        return read_yaml(path)
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} is missing. It holds triggers, topics and urgency; restore it.") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is not valid YAML: {error}") from error


def rules_of(path: Path, content: Any) -> HandoffRules:
    """Return the rules that ``content`` is, which was read from ``path``.

    Raises:
        ConfigurationError: a key is wrong; the message names each key and the remedy.
    """
    try:
        parsed = _File.model_validate(content)
    except ValidationError as error:
        problems = "\n".join(
            f"  {'.'.join(str(part) for part in problem['loc']) or '(the whole file)'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ConfigurationError(f"{path} has mistakes:\n{problems}") from error
    _check_references(path, parsed)
    rules = _to_rules(parsed)
    if parsed.experiment is None:
        return rules
    experiment, changed = with_experiment(rules, parsed.experiment, path, content, rules_of)
    return replace(rules, experiment=experiment, rules_of_variants=changed)


def _check_references(path: Path, parsed: _File) -> None:
    problems = []
    if parsed.version != FORMAT_VERSION:
        problems.append(f"version: this program reads version {FORMAT_VERSION}, the file says {parsed.version}")
    if parsed.default_topic not in parsed.topics:
        problems.append(f"default_topic: there is no topic '{parsed.default_topic}' under topics")
    owner: dict[str, str] = {}
    for name, topic in parsed.topics.items():
        for intent in topic.intents:
            if intent in owner:
                problems.append(f"topics.{name}.intents: '{intent}' is listed under {owner[intent]} too; keep one")
            owner[intent] = name
    missing = [level for level in UrgencyLevel if level not in parsed.urgency.levels]
    problems += [f"urgency.levels: '{level}' is missing" for level in missing]
    if not missing:
        numbers = [parsed.urgency.levels[level] for level in UrgencyLevel]
        if numbers[0] != 0 or numbers != sorted(numbers):
            problems.append("urgency.levels: low must be 0 and the others must not fall from low to urgent")
    problems += [
        f"urgency.triggers: '{kind}' is missing" for kind in TriggerKind if kind not in parsed.urgency.triggers
    ]
    problems += _frustration_problems(parsed.triggers.frustration)
    queues = {topic.queue for topic in parsed.topics.values()}
    problems += hours_problems(parsed.hours, queues)
    problems += [
        f"waiting.typical: there is no queue '{queue}'. Known: {', '.join(sorted(queues))}"
        for queue in sorted(parsed.waiting.typical.keys() - queues)
    ]
    if parsed.waiting.missed_after <= parsed.waiting.tell_after:
        problems.append("waiting.missed_after: must be more than tell_after, or nobody is told before it is too late")
    problems += experiment_problems(parsed.experiment)
    if problems:
        raise ConfigurationError(f"{path} has mistakes:\n" + "\n".join(f"  {problem}" for problem in problems))


def _frustration_problems(frustration: _Frustration) -> list[str]:
    """Numbers that contradict each other: what leads to a handoff must lead to an offer first, and what leads to that
    must count at all."""
    problems = []
    for key, least in (("offer_from", "counts_from"), ("hand_off_from", "offer_from"), ("mood_from", "counts_from")):
        value, minimum = getattr(frustration, key), getattr(frustration, least)
        if value < minimum:
            problems.append(f"triggers.frustration.{key}: {value} is less than {least}, which is {minimum}; raise it")
    if frustration.repeated_questions > frustration.window:
        problems.append(
            f"triggers.frustration.repeated_questions: {frustration.repeated_questions} is never reached, since "
            f"window is {frustration.window}; lower it, or raise window"
        )
    return problems


def _to_rules(parsed: _File) -> HandoffRules:
    low = parsed.triggers.low_confidence
    frustration = parsed.triggers.frustration
    return HandoffRules(
        topics={
            name: TopicRule(name, topic.queue, topic.team, frozenset(topic.intents), tuple(topic.words))
            for name, topic in parsed.topics.items()
        },
        default_topic=parsed.default_topic,
        trigger_intents={kind: frozenset(getattr(parsed.triggers, kind.value).intents) for kind in TriggerKind},
        account_intents=frozenset(parsed.account_intents),
        frustration=FrustrationRules(
            **frustration.model_dump(exclude={"intents", "answer_first"}),
            answer_first=frozenset(frustration.answer_first),
        ),
        low_confidence=LowConfidenceRules(low.consecutive, low.never_guess_from, low.suggestions),
        urgency=UrgencyRules(
            triggers={kind: _point(point) for kind, point in parsed.urgency.triggers.items()},
            intents={intent: _point(point) for intent, point in parsed.urgency.intents.items()},
            repeated_request=_point(parsed.urgency.repeated_request),
            returning=_point(parsed.urgency.returning),
            levels=parsed.urgency.levels,
        ),
        summary_words=parsed.summary.max_words,
        online_seconds=parsed.online.seconds,
        readable=parsed.readable,
        hours=to_opening_hours(parsed.hours),
        waiting=WaitingRules(**parsed.waiting.model_dump()),
        visitor=VisitorRules(**parsed.visitor.model_dump()),
        metrics=MetricsRules(
            **parsed.metrics.model_dump(exclude={"report"}), report=to_report_rules(parsed.metrics.report)
        ),
    )


def _point(point: _Point) -> UrgencyPoint:
    return UrgencyPoint(point.points, point.reason)
