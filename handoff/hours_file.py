"""The section ``hours`` of ``handoff.yml``: reads it, and says by key what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, time
from difflib import get_close_matches
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainValidator
from pydantic_core import PydanticCustomError

from handoff.domain.errors import ConfigurationError
from handoff.domain.hours import ALWAYS_OPEN, END_OF_DAY, OpeningHours, QueueHours, Span, no_holidays
from handoff.domain.timezones import zone_named
from handoff.holiday_calendar import holiday_calendar

SPAN = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
MIDNIGHT = "24:00"
AROUND_THE_CLOCK = (Span(time.min, END_OF_DAY),)
DAYS_A_WEEK = 7


def _wrong(message: str) -> PydanticCustomError:
    """A mistake in the words of this module; pydantic adds the key."""
    return PydanticCustomError("hours", "{message}", {"message": message})


def _time(text: str, span: str) -> time:
    if text == MIDNIGHT:
        return END_OF_DAY
    hours, minutes = map(int, text.split(":"))
    try:
        return time(hours, minutes)
    except ValueError as error:
        raise _wrong(f"'{text}' in '{span}' is no time of day; they go from 00:00 to 24:00") from error


def _span(text: object) -> Span:
    match = SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise _wrong(f"'{text}' is no span of time; write from and to in quotes, such as \"09:00-17:30\"")
    span = Span(_time(match[1], match[0]), _time(match[2], match[0]))
    if span.end == time.min:
        raise _wrong(f"'{text}' ends at the start of the day; write 24:00 for midnight at its end")
    if span.start >= span.end:
        raise _wrong(
            f"'{text}' ends before it has begun; split it at midnight: until 24:00 this day, and from 00:00 the next"
        )
    return span


def _spans(value: object) -> tuple[Span, ...]:
    if not isinstance(value, list):
        raise _wrong('write a list of spans, such as ["09:00-12:30", "13:30-17:30"]; [] is closed')
    spans = sorted(_span(text) for text in value)
    for earlier, later in zip(spans, spans[1:], strict=False):
        if later.start < earlier.end:
            raise _wrong(f"{_written(earlier)} and {_written(later)} overlap; write them as one, or part them")
    return tuple(spans)


def _written(span: Span) -> str:
    return f"{span.start:%H:%M}-{MIDNIGHT if span.end == END_OF_DAY else f'{span.end:%H:%M}'}"


def _by_date(value: object) -> dict[str, Any]:
    """Days as keys, written alike; YAML has read those without quotes as dates already. Nothing below is no days."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong('write a line for each day that begins with its date, such as "2026-12-31":')
    return {_date(key): entry for key, entry in value.items()}


def _date(key: object) -> str:
    try:
        return date.fromisoformat(str(key)).isoformat()
    except ValueError as error:
        raise _wrong(f"'{key}' is no date; write year, month and day, such as \"2026-12-31\"") from error


def _text(value: object) -> object:
    """Codes such as NO (Norway) and ON (Ontario) mean false and true in YAML; 01 is a number."""
    if isinstance(value, bool | int):
        raise _wrong('YAML reads this as a number, or as yes or no; write it in quotes, such as "NO"')
    if not value or (isinstance(value, str) and not value.strip()):
        raise _wrong("nothing is written here; write it, or leave the key out")
    return value


def _timezone(name: str) -> str:
    if zone_named(name) is not None:
        return name
    near = get_close_matches(name, available_timezones(), n=1)
    hint = f"did you mean {near[0]}?" if near else "write it as continent and city, such as Europe/Amsterdam"
    raise _wrong(f"there is no time zone '{name}'; {hint}")


def _days(value: object) -> object:
    if not isinstance(value, dict):
        raise _wrong('write the days that are open below this key, such as monday: ["09:00-17:30"]')
    return value


def _country(value: object) -> object:
    if value is not None and not isinstance(value, dict):
        raise _wrong("write the country below it, such as {country: NL}")
    return value


Spans = Annotated[tuple[Span, ...], PlainValidator(_spans)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Text = Annotated[str, BeforeValidator(_text)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Weekly(_Strict):
    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()

    def by_day(self) -> dict[int, tuple[Span, ...]]:
        """Spans by number of the day; the fields stand in the order of the week."""
        return {number: getattr(self, name) for number, name in enumerate(type(self).model_fields)}


class _Holidays(_Strict):
    country: Text
    subdivision: Text | None = None


class _Days(_Strict):
    """What can be said for all queues, and for one."""

    weekly: Annotated[_Weekly | None, BeforeValidator(_days)] = None
    holidays: Annotated[_Holidays | None, BeforeValidator(_country)] = None
    closed: Annotated[dict[date, Text], BeforeValidator(_by_date)] = {}
    special: Annotated[dict[date, Spans], BeforeValidator(_by_date)] = {}


class _Queue(_Days):
    timezone: Timezone | None = None


class HoursSection(_Days):
    """The section as it is written."""

    timezone: Timezone
    queues: dict[str, _Queue] = {}


def hours_problems(section: HoursSection | None, queues: Collection[str]) -> list[str]:
    """What is wrong with ``section`` beyond its form: a line for each mistake, with key and remedy.

    Args:
        section: the section, None when the file has none.
        queues: the names of the queues that topics route to.
    """
    if section is None:
        return []
    problems = [
        f"hours.queues.{name}: no topic has the queue '{name}'; the queues are {', '.join(sorted(queues))}"
        for name in section.queues
        if name not in queues
    ]
    parts: dict[str, _Days] = {"hours": section}
    parts |= {f"hours.queues.{name}": queue for name, queue in section.queues.items()}
    for key, part in parts.items():
        try:
            _holidays(part.holidays)
        except ConfigurationError as error:
            problems.append(f"{key}.holidays: {error}")
        special = [*section.special.values(), *part.special.values()]
        if part.weekly is not None and not any(part.weekly.by_day().values()) and not any(special):
            problems.append(f"{key}.weekly: no day is open, so nobody is ever reached; give one day a span at least")
    return problems


def to_opening_hours(section: HoursSection | None) -> OpeningHours:
    """The hours that ``section`` describes; without it every queue is always open.

    Raises:
        ConfigurationError: a holiday calendar does not exist; :func:`hours_problems` tells before.
    """
    if section is None:
        return ALWAYS_OPEN
    return OpeningHours(
        common=_hours(section, section.timezone),
        queues={
            name: _hours(_merged(section, queue), queue.timezone or section.timezone)
            for name, queue in section.queues.items()
        },
    )


def _merged(section: HoursSection, queue: _Queue) -> _Days:
    """What holds for a queue: its own week and holidays in place of the common ones, its own days on top of them."""
    given = queue.model_fields_set  # `holidays: null` says that this queue works on holidays
    return _Days.model_construct(
        weekly=queue.weekly if "weekly" in given else section.weekly,
        holidays=queue.holidays if "holidays" in given else section.holidays,
        closed=section.closed | queue.closed,
        # a day on which this queue is closed is not opened by hours that all the others have
        special={day: spans for day, spans in section.special.items() if day not in queue.closed} | queue.special,
    )


def _hours(days: _Days, timezone: str) -> QueueHours | None:
    """None when nothing limits it: open around the clock."""
    if days.weekly is None and days.holidays is None and not days.closed and not days.special:
        return None
    weekly = days.weekly.by_day() if days.weekly else dict.fromkeys(range(DAYS_A_WEEK), AROUND_THE_CLOCK)
    return QueueHours(timezone, weekly, days.closed, days.special, _holidays(days.holidays))


def _holidays(holidays: _Holidays | None) -> Callable[[date], str | None]:
    return no_holidays if holidays is None else holiday_calendar(holidays.country, holidays.subdivision)
