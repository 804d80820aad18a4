"""Public holidays of a country, or of a part of it, from the library ``holidays``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from handoff.domain.errors import ConfigurationError

YEARS_KEPT = 8
"""Holidays are asked for this year and the next; a test that moves the clock asks for a few more."""


def holiday_calendar(country: str, subdivision: str | None = None) -> Callable[[date], str | None]:
    """Return the calendar of ``country``: it names the public holiday on a day, and gives None for other days.

    Args:
        country: two letters of ISO 3166, such as ``NL``, small ones too.
        subdivision: state, province or region as the library names it, such as ``BY`` for Bavaria in ``DE``.

    Raises:
        ConfigurationError: the library does not know the country or the subdivision; the message names the remedy.
    """
    import holidays  # takes a third of a second, which programs without opening hours need not spend

    country = country.upper()
    known = holidays.list_supported_countries()
    if country not in known:
        raise ConfigurationError(
            f"there is no holiday calendar for the country '{country}'; write its two letters of ISO 3166, such as NL, "
            "or leave holidays out and list the days under closed"
        )
    try:
        languages = holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError as error:
        raise ConfigurationError(_subdivision_problem(country, subdivision, known[country])) from error
    language = _english(languages.supported_languages, languages.default_language)

    @lru_cache(maxsize=YEARS_KEPT)
    def of_year(year: int) -> dict[date, str]:
        # the library's own object fills itself in while it is read, which two threads must not do at once
        found = holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False, language=language)
        return {day: " and ".join(found.get_list(day)) for day in found}

    return lambda day: of_year(day.year).get(day)


def _english(supported: tuple[str, ...], default: str | None) -> str | None:
    """The language to name holidays in. The assistant speaks English; without a choice the library takes the language
    of the server."""
    if default is None or default.startswith("en"):
        return default
    return next((language for language in supported if language.startswith("en")), default)


def _subdivision_problem(country: str, subdivision: str | None, known: list[str]) -> str:
    if not known:
        return f"{country} has the same holidays everywhere, so '{subdivision}' is not known; leave subdivision out"
    near = get_close_matches(str(subdivision), known, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"{country} has no subdivision '{subdivision}'{hint}; write one of {', '.join(known)}, or leave it out"
