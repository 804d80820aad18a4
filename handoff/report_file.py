"""The section ``metrics.report`` of ``handoff.yml``: who gets the weekly report, and when."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from handoff.domain.errors import InvalidInput
from handoff.domain.weekly_report import WEEKDAYS, ReportRules
from handoff.mail.address import parse_mailbox

TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
MOST_ADDRESSES = 20  # a list that is longer belongs into a mailing list


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("report", "{message}", {"message": message})


def _address(text: str) -> str:
    try:
        return parse_mailbox(text).address
    except InvalidInput as error:
        raise _wrong(f"'{text}': {error}") from error


def _day(text: str) -> str:
    if text.lower() not in WEEKDAYS:
        raise _wrong(f"'{text}' is no day; write one of {', '.join(WEEKDAYS)}")
    return text.lower()


def _time(value: object) -> str:
    # YAML reads 18:00 without quotes as the number 1080
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise _wrong(f"'{value}' is no time of day; write it in quotes, such as \"08:00\"")
    return value


class ReportSection(BaseModel):
    """As the file holds it."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[list[Annotated[str, AfterValidator(_address)]], Field(min_length=1, max_length=MOST_ADDRESSES)]
    day: Annotated[str, AfterValidator(_day)] = WEEKDAYS[0]
    at: Annotated[str, BeforeValidator(_time)] = "08:00"


def to_report_rules(section: ReportSection | None) -> ReportRules | None:
    """The section as the rules have it; nobody gets it twice."""
    if section is None:
        return None
    hours, minutes = section.at.split(":")
    to = tuple(dict.fromkeys(section.to))
    return ReportRules(to, WEEKDAYS.index(section.day), time(int(hours), int(minutes)))
