"""The section ``hours`` as designers write it: what it means, and what is said about mistakes in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from handoff.domain.errors import ConfigurationError
from handoff.domain.hours import ALWAYS_OPEN, END_OF_DAY, OpeningHours, QueueHours, Span
from handoff.holiday_calendar import holiday_calendar
from handoff.hours_file import HoursSection, hours_problems, to_opening_hours

QUEUES = {"sales", "support", "billing"}

FULL = """
hours:
  timezone: Europe/Amsterdam
  weekly:
    monday: ["09:00-17:30"]
    tuesday: ["13:30-17:30", "09:00 - 12:30"]
    saturday: ["00:00-24:00"]
    sunday: []
  holidays: {country: NL}
  closed: {"2026-12-31": the last day of the year}
  special: {2026-12-24: ["9:00-13:00"], "2026-12-28": []}
  queues:
    sales:
      timezone: America/New_York
      weekly: {monday: ["08:00-20:00"]}
      closed: {"2026-12-24": a team day}
      special: {"2026-12-31": ["10:00-12:00"]}
    support:
      holidays: null
"""


class File(BaseModel):
    """What surrounds the section in handoff.yml."""

    hours: HoursSection | None = None


def read(text: str) -> HoursSection | None:
    return File.model_validate(yaml.safe_load(text)).hours


def opening_hours(text: str) -> OpeningHours:
    section = read(text)
    assert hours_problems(section, QUEUES) == []
    return to_opening_hours(section)


def of(queue: str, text: str = FULL) -> QueueHours:
    hours = opening_hours(text).of(queue)
    assert hours is not None
    return hours


# --- what it means


def test_the_common_hours() -> None:
    common = of("billing")
    assert common.timezone == "Europe/Amsterdam"
    assert common.weekly[0] == (Span(time(9), time(17, 30)),)
    assert common.weekly[1] == (Span(time(9), time(12, 30)), Span(time(13, 30), time(17, 30)))
    assert common.weekly[2] == ()
    assert common.weekly[5] == (Span(time(0), END_OF_DAY),)
    assert common.closed_because(date(2026, 12, 25)) == "Christmas Day"
    assert common.closed_because(date(2026, 12, 31)) == "the last day of the year"
    assert common.spans(date(2026, 12, 24)) == (Span(time(9), time(13)),)  # a date without quotes
    assert common.spans(date(2026, 12, 28)) == ()


def test_a_queue_has_its_own_week_and_zone() -> None:
    sales = of("sales")
    assert sales.timezone == "America/New_York"
    assert sales.weekly[0] == (Span(time(8), time(20)),)
    assert sales.weekly[1] == ()  # the whole week is its own
    nine_pm_in_amsterdam = datetime(2026, 11, 23, 21, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert sales.is_open(nine_pm_in_amsterdam)
    assert not of("billing").is_open(nine_pm_in_amsterdam)


def test_days_of_a_queue_come_on_top_of_the_common_ones() -> None:
    sales = of("sales")
    assert sales.spans(date(2026, 12, 28)) == ()
    assert sales.closed_because(date(2026, 12, 25)) == "Christmas Day"
    assert sales.spans(date(2026, 12, 31)) == (Span(time(10), time(12)),)  # its own hours over a common closed day
    assert sales.closed_because(date(2026, 12, 24)) == "a team day"  # its own closed day over common hours


def test_a_queue_can_work_on_holidays() -> None:
    support = of("support")
    assert support.closed_because(date(2026, 12, 25)) is None
    assert support.closed_because(date(2026, 12, 31)) == "the last day of the year"
    assert support.weekly == of("billing").weekly


def test_a_queue_can_have_holidays_of_another_country() -> None:
    german = "holidays: {country: DE, subdivision: BY}"
    text = f"hours: {{timezone: UTC, holidays: {{country: NL, subdivision: null}}, queues: {{sales: {{{german}}}}}}}"
    assert of("sales", text).closed_because(date(2026, 1, 6)) == "Epiphany"
    assert of("billing", text).closed_because(date(2026, 1, 6)) is None


def test_without_a_week_it_is_open_around_the_clock_save_for_the_days_named() -> None:
    common = of("billing", 'hours: {timezone: UTC, closed: {"2026-12-31": a rest}}')
    assert common.is_open(datetime(2026, 11, 29, 3, tzinfo=UTC))
    assert common.next_opening(datetime(2026, 12, 31, 12, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)


def test_hours_for_one_queue_only_leave_the_others_always_open() -> None:
    hours = opening_hours('hours: {timezone: UTC, queues: {sales: {weekly: {monday: ["09:00-17:00"]}}}}')
    assert hours.of("billing") is None
    assert not hours.is_open("sales", datetime(2026, 11, 29, 3, tzinfo=UTC))


@pytest.mark.parametrize("text", ["{}", "hours:"])
def test_without_the_section_every_queue_is_always_open(text: str) -> None:
    assert opening_hours(text) == ALWAYS_OPEN


def test_keys_with_nothing_below_them_are_no_days() -> None:
    common = of("billing", 'hours: {timezone: UTC, weekly: {monday: ["09:00-17:00"]}, closed: , special: }')
    assert common.closed == {}
    assert common.special == {}


# --- mistakes


def said(text: str) -> str:
    """All that is said about ``text``, as rules_file.py writes it."""
    try:
        section = read(text)
    except ValidationError as error:
        return "\n".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}" for problem in error.errors()
        )
    return "\n".join(hours_problems(section, QUEUES))


def weekly(monday: str) -> str:
    return f"hours: {{timezone: UTC, weekly: {{monday: {monday}}}}}"


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (weekly('["22:00-06:00"]'), "hours.weekly.monday", "split it at midnight: until 24:00"),
        (weekly('["09:00-09:00"]'), "hours.weekly.monday", "ends before it has begun"),
        (weekly('["22:00-00:00"]'), "hours.weekly.monday", "write 24:00"),
        (weekly('["24:00-24:00"]'), "hours.weekly.monday", "ends before it has begun"),
        (weekly('["09:00-12:00", "11:00-17:00"]'), "hours.weekly.monday", "09:00-12:00 and 11:00-17:00 overlap"),
        (weekly('["20:00-24:00", "21:00-22:00"]'), "hours.weekly.monday", "20:00-24:00 and 21:00-22:00 overlap"),
        (weekly('["09:00-12:00", "09:00-12:00"]'), "hours.weekly.monday", "overlap"),
        (weekly('["09:00-25:00"]'), "hours.weekly.monday", "'25:00' in '09:00-25:00' is no time of day"),
        (weekly('["24:30-24:45"]'), "hours.weekly.monday", "'24:30'"),
        (weekly('["9-17"]'), "hours.weekly.monday", 'such as "09:00-17:30"'),
        (weekly("[09:00]"), "hours.weekly.monday", "is no span of time"),  # 540 in YAML
        (weekly("09:00-17:00"), "hours.weekly.monday", "write a list of spans"),
        (weekly("closed"), "hours.weekly.monday", "[] is closed"),
        (weekly("null"), "hours.weekly.monday", "[] is closed"),
        ('hours: {timezone: UTC, weekly: {mon: ["09:00-17:00"]}}', "hours.weekly.mon", "not permitted"),
        ("hours: {timezone: UTC, weekly: }", "hours.weekly", "write the days that are open below"),
        ("hours: {timezone: UTC, weekly: {}}", "hours.weekly", "give one day a span"),
        ("hours: {timezone: UTC, queues: {sales: {weekly: {}}}}", "hours.queues.sales.weekly", "give one day a span"),
        ("hours: {timezone: Europe/Amsterdm}", "hours.timezone", "did you mean Europe/Amsterdam?"),
        ("hours: {timezone: home}", "hours.timezone", "such as Europe/Amsterdam"),
        ("hours: {weekly: {monday: []}}", "hours.timezone", "required"),
        ("hours: {timezone: UTC, queues: {sales: {timezone: x}}}", "hours.queues.sales.timezone", "no time zone 'x'"),
        ('hours: {timezone: UTC, closed: {"31-12-2026": a}}', "hours.closed", "'31-12-2026' is no date; write year"),
        ('hours: {timezone: UTC, closed: {"2026-02-30": a}}', "hours.closed", "'2026-02-30' is no date"),
        ('hours: {timezone: UTC, closed: ["2026-12-31"]}', "hours.closed", "write a line for each day"),
        (
            'hours: {timezone: UTC, closed: {"2026-12-31": ""}}',
            "hours.closed.2026-12-31",
            "write it, or leave the key out",
        ),
        (
            'hours: {timezone: UTC, closed: {"2026-12-31": }}',
            "hours.closed.2026-12-31",
            "write it, or leave the key out",
        ),
        ('hours: {timezone: UTC, closed: {"2026-12-31": yes}}', "hours.closed.2026-12-31", "in quotes"),
        ('hours: {timezone: UTC, special: {"2026-12-24": "9"}}', "hours.special.2026-12-24", "write a list"),
        ("hours: {timezone: UTC, holidays: {country: ZZ}}", "hours.holidays", "no holiday calendar for"),
        ("hours: {timezone: UTC, holidays: {country: NO}}", "hours.holidays.country", 'in quotes, such as "NO"'),
        ("hours: {timezone: UTC, holidays: {country: CA, subdivision: ON}}", "hours.holidays.subdivision", "in quotes"),
        ("hours: {timezone: UTC, holidays: NL}", "hours.holidays", "write the country below it"),
        ("hours: {timezone: UTC, holidays: {country: DE, subdivision: XX}}", "hours.holidays", "write one of BB, BE"),
        (
            "hours: {timezone: UTC, queues: {sales: {holidays: {country: ZZ}}}}",
            "hours.queues.sales.holidays",
            "list the days under closed",
        ),
        (
            "hours: {timezone: UTC, queues: {sale: {}}}",
            "hours.queues.sale",
            "no topic has the queue 'sale'; the queues are billing, sales, support",
        ),
        ("hours: {timezone: UTC, queues: {sales: {hours: {}}}}", "hours.queues.sales.hours", "not permitted"),
    ],
)
def test_mistakes_are_named_by_key_with_a_remedy(text: str, key: str, words: str) -> None:
    told = said(text)
    assert told.startswith(f"{key}: ")
    assert words in told
    assert "Value error" not in told


def test_all_mistakes_are_told_at_once() -> None:
    told = said(
        "hours: {timezone: UTC, weekly: {}, holidays: {country: ZZ}, queues: {sale: {}, bill: {}}}"
    ).splitlines()
    assert len(told) == 4


def test_a_closed_week_is_no_mistake_when_special_days_are_open() -> None:
    assert said('hours: {timezone: UTC, weekly: {}, special: {"2026-12-24": ["09:00-13:00"]}}') == ""
    assert said('hours: {timezone: UTC, special: {"2026-12-24": ["09:00-13:00"]}, queues: {sales: {weekly: {}}}}') == ""


# --- holidays


def test_holidays_are_named_in_english_whatever_the_server_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "nl")
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    assert holiday_calendar("NL")(date(2026, 4, 27)) == "King's Day"
    assert holiday_calendar("DE")(date(2026, 10, 3)) == "German Unity Day"


def test_countries_in_small_letters_and_countries_with_one_language() -> None:
    assert holiday_calendar("nl")(date(2026, 4, 27)) == "King's Day"
    assert holiday_calendar("AG")(date(2026, 1, 1)) == "New Year's Day"


def test_a_holiday_of_a_subdivision_only() -> None:
    epiphany = date(2026, 1, 6)
    assert holiday_calendar("DE", "BY")(epiphany) == "Epiphany"
    assert holiday_calendar("DE")(epiphany) is None


def test_new_years_day_kept_in_the_old_year() -> None:
    assert holiday_calendar("US")(date(2027, 12, 31)) == "New Year's Day (observed)"


def test_two_holidays_on_one_day_are_both_named() -> None:
    assert " and " in (holiday_calendar("MY", "01")(date(2026, 5, 1)) or "")


@pytest.mark.parametrize(
    ("country", "subdivision", "remedy"),
    [
        ("Holland", None, "ISO 3166"),
        ("../NL", None, "ISO 3166"),
        ("CA", "ONT", "did you mean ON?"),
        ("AG", "X", "leave subdivision out"),
    ],
)
def test_unknown_places_are_said_with_a_remedy(country: str, subdivision: str | None, remedy: str) -> None:
    with pytest.raises(ConfigurationError, match=remedy.replace("?", r"\?")):
        holiday_calendar(country, subdivision)
