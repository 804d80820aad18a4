"""Puts the weekly report on its way, once a week, whichever process is first and however often all restart."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handoff.domain.rules import HandoffRules
from handoff.domain.weekly_report import last_whole_week
from handoff.mail.report import REPORT_MAIL
from handoff.metrics.period import timezone_of
from handoff.persistence import jobs
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.ports import Clock
from handoff.service.unseen_replies import EMAIL

JOB = "weekly_report"


@dataclass(frozen=True)
class WeeklyReport:
    """See the module. Sending is the outbox's matter: it tries again, and says on the desk what it gave up."""

    uow: SqlUnitOfWork
    rules: HandoffRules
    clock: Clock

    def run_once(self) -> int:
        """Put it into the outbox if its time has come; how many e-mails that are.

        A time that passed while nothing ran is made up for, the latest one only. Where it was never sent, it begins
        with the next time.
        """
        report = self.rules.metrics.report
        if report is None:
            return 0
        zone, now = ZoneInfo(timezone_of(self.rules)), self.clock()
        due = report.latest(now, zone)
        with self.uow.read() as tx:
            last = jobs.last_run(tx.connection, JOB)
        if last is not None and last >= due:
            return 0
        week = last_whole_week(due.astimezone(zone).date())
        with self.uow.write() as tx:
            if last is None:
                jobs.begin(tx.connection, JOB, now)
                return 0
            if not jobs.take(tx.connection, JOB, last, due):
                return 0
            for to in report.to:
                tx.outbox.add(
                    target=EMAIL,
                    kind=REPORT_MAIL,
                    # of no conversation; one that cannot be delivered must not hold up the others
                    conversation_id=f"{JOB}:{to}",
                    handoff_id=None,
                    payload={"to": to, "week": week.isoformat(), "at": due.isoformat()},
                    dedupe_key=f"{JOB}:{due.isoformat()}:{to}",
                    now=now,
                )
        return len(report.to)
