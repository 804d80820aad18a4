"""``handoff report``: the weekly report as a file, or by e-mail now."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from handoff.bootstrap import Services
from handoff.domain.errors import ConfigurationError, InvalidInput
from handoff.domain.weekly_report import last_whole_week, monday_of
from handoff.mail.report import Letter, report_email
from handoff.mail.smtp import SmtpMailer
from handoff.metrics.period import date_words, timezone_of
from handoff.service.delivery import NotYet, Undeliverable

FOLDER = "results"


def report(services: Services, week: str | None, out: Path | None, *, by_mail: bool) -> int:
    """Write the report, send it, or both; returns the exit code.

    Args:
        services: of this installation.
        week: any day of the week; None: the last one that is over.
        out: the file; None: one in ``results/``, unless it is sent.
        by_mail: send it to the addresses of handoff.yml.

    Raises:
        InvalidInput: ``week`` is no date.
        ConfigurationError: nobody is named to send it to, no e-mail can be sent, or the file cannot be written.
    """
    monday = _monday(services, week)
    letter = services.weekly_letter(monday)
    if out is not None or not by_mail:
        path = out or services.settings.root / FOLDER / f"report-{monday.isoformat()}.html"
        _write(path, letter.html)
        print(f"{letter.subject}: {path}")
    return _send(services, letter) if by_mail else 0


def _monday(services: Services, week: str | None) -> date:
    today = services.clock().astimezone(ZoneInfo(timezone_of(services.rules))).date()
    if week is None:
        return last_whole_week(today)
    monday = monday_of(date_words(week, "--week"))
    if monday > today:
        raise InvalidInput(f"--week {week}: that week has not begun. Name a day of an earlier one.")
    return monday


def _write(path: Path, html: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}). Choose another --out.") from error


def _send(services: Services, letter: Letter) -> int:
    rules, settings = services.rules.metrics.report, services.email
    if rules is None:
        raise ConfigurationError("Nobody is named to send it to. Write metrics.report.to into handoff.yml.")
    if settings is None:
        raise ConfigurationError("No e-mail can be sent: endpoints.yml has no section email. See docs/email.md.")
    failed = 0
    for to in rules.to:
        try:
            SmtpMailer(settings).send(report_email(letter, to, services.clock(), settings), to)
            print(f"{to}: sent")
        except (NotYet, Undeliverable) as error:
            failed = 1
            print(f"{to}: NOT sent: {error}")
    return failed
