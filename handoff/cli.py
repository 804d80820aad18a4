"""Command line: ``handoff serve | worker | run | check | tune | metrics | what-if | report | env | users | export |
erase``."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import shlex
import subprocess
import sys
from pathlib import Path

from handoff.domain.errors import HandoffError
from handoff.nlu.tune.options import add_options, as_arguments
from handoff.settings import Settings

FAILED = 1
INTERRUPTED = 130  # what a shell says of a command that Ctrl-C ended


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code. Errors of ours are said in one line, without a traceback."""
    parsed = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        return int(parsed.run(parsed) or 0)
    except HandoffError as error:
        print(f"handoff: {error}", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="handoff", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="run the desk: web pages, API and delivery")
    serve.add_argument("--no-worker", action="store_true", help="pages and API only: handoff worker delivers")
    serve.set_defaults(run=_serve)
    worker = commands.add_parser("worker", help="deliver, fire timers and ask live chats, without pages")
    worker.set_defaults(run=_worker)
    run = commands.add_parser("run", help="run Rasa server, action server and desk together")
    run.set_defaults(run=_run)
    check = commands.add_parser("check", help="check handoff.yml, endpoints.yml and the domain together")
    check.add_argument("--live", action="store_true", help="also call each live chat, harmlessly, and say what works")
    check.set_defaults(run=_check)
    tune = commands.add_parser("tune", help="report how well the assistant understands its training data")
    add_options(tune)
    tune.set_defaults(run=_tune)
    report = commands.add_parser("report", help="write the weekly report, or send it")
    report.add_argument(
        "--week", metavar="DATE", help="a day of the week that it is about; default: the last whole week"
    )
    report.add_argument("--out", type=Path, metavar="FILE", help="default: a file in results/, unless it is sent")
    report.add_argument("--email", action="store_true", help="send it to the addresses of handoff.yml, now")
    report.set_defaults(run=_report)
    env = commands.add_parser("env", help='print the environment for a shell: eval "$(handoff env)"')
    env.set_defaults(run=_env)
    users = commands.add_parser("users", help="manage agents' accounts")
    actions = users.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add an agent; asks for the password")
    add.add_argument("username")
    add.add_argument("--name", default="", help="the name that visitors see")
    add.add_argument("--role", choices=("agent", "admin"), default="agent")
    add.add_argument("--topic", action="append", default=[], help="a topic the agent looks after; repeat; default all")
    add.set_defaults(run=_add_user)
    password = actions.add_parser("password", help="set an agent's password; asks for it")
    password.add_argument("username")
    password.set_defaults(run=_set_password)
    _add_metrics(commands)
    _add_what_if(commands)
    _add_visitor_data(commands)
    return parser


def _add_metrics(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """How well it works, in numbers; docs/metrics.md explains them."""
    metrics = commands.add_parser("metrics", help="print how well it works, beside the same number of days before")
    metrics.add_argument("--since", default="30d", metavar="TIME", help="7d, 4w or a date; default: 30d")
    metrics.add_argument("--until", metavar="DATE", help="the last day, which counts too; default: today")
    for name in ("topic", "queue", "trigger", "page", "variant"):
        metrics.add_argument(f"--{name}", help=f"only this {name}")
    metrics.add_argument("--json", action="store_true", help="the same as GET /api/metrics answers")
    metrics.set_defaults(run=_metrics)


def _add_what_if(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What other values of handoff.yml would have changed; docs/what-if.md explains it."""
    ask = commands.add_parser("what-if", help="replay visits with other values of handoff.yml; changes nothing")
    ask.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="triggers.frustration.offer_from=0.6; repeat"
    )
    ask.add_argument(
        "--abstain-below", type=float, metavar="SCORE", help="answer only from this score on, 0 to 1; see config.yml"
    )
    ask.add_argument("--since", default="30d", metavar="TIME", help="7d, 4w or a date; default: 30d")
    ask.add_argument("--json", action="store_true", help="the same as POST /api/what-if answers")
    ask.set_defaults(run=_what_if)


def _add_visitor_data(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What the law lets a visitor ask for; docs/privacy.md explains it."""
    export = commands.add_parser("export", help="write everything stored about one visitor as JSON")
    export.add_argument("--out", type=Path, metavar="FILE", help="a new file; default: standard output")
    export.set_defaults(run=_export)
    erase = commands.add_parser("erase", help="erase everything stored about one visitor; says what, and asks first")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    erase.add_argument("--open-too", action="store_true", help="also when a handoff is still open")
    erase.set_defaults(run=_erase)
    for command in (export, erase):
        command.add_argument("who", metavar="WHO", help="id of a conversation, or the e-mail address a visitor gave")
        command.add_argument(
            "--without-rasa", action="store_true", help="leave out Rasa's tracker store, where it is out of reach"
        )


def _serve(parsed: argparse.Namespace) -> int:
    from handoff.serve import serve

    return serve(Settings.load(), with_worker=not parsed.no_worker)


def _worker(_: argparse.Namespace) -> int:
    from handoff.worker import work

    return work(Settings.load())


def _run(_: argparse.Namespace) -> int:
    from handoff.supervisor import main as supervise

    return supervise()


def _check(parsed: argparse.Namespace) -> int:
    from handoff.check import check_project

    settings = Settings.load()
    problems = check_project(settings)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return FAILED
    print("handoff.yml, endpoints.yml and the domain agree.")
    return _check_live(settings) if parsed.live else 0


def _check_live(settings: Settings) -> int:
    from handoff.check_live import check_live

    all_well, seen = True, False
    for one in check_live(settings, dict(os.environ)):
        print(one.line())
        seen, all_well = True, all_well and one.finding.ok
    if not seen:
        print("No live chat is configured: the desk serves every queue, and nothing has to be called.")
    return 0 if all_well else FAILED


def _tune(parsed: argparse.Namespace) -> int:
    """In a process of its own, which loads Rasa, and in the project's folder, where Rasa's training cache is."""
    command = [sys.executable, "-m", "handoff.nlu.tune", *as_arguments(parsed, Path.cwd())]
    try:
        return subprocess.run(command, cwd=Settings.load().root, check=False).returncode
    except KeyboardInterrupt:
        return INTERRUPTED


def _report(parsed: argparse.Namespace) -> int:
    from handoff.bootstrap import build_services
    from handoff.report_command import report

    return report(build_services(Settings.load()), parsed.week, parsed.out, by_mail=parsed.email)


def _metrics(parsed: argparse.Namespace) -> int:
    from handoff.bootstrap import build_services
    from handoff.desk.metric_views import overview_out
    from handoff.metrics.period import date_words, since_words
    from handoff.metrics.reads import MetricReads
    from handoff.metrics.terminal import as_text
    from handoff.persistence.metric_scope import Filters

    services = build_services(Settings.load())
    reads = MetricReads(services.uow, services.rules, services.clock)
    last = date_words(parsed.until, "--until") if parsed.until else reads.period().last
    filters = Filters(parsed.topic, parsed.queue, parsed.trigger, parsed.page, parsed.variant)
    overview = reads.overview(reads.period(since_words(parsed.since, last), last), filters)
    print(overview_out(overview).model_dump_json(by_alias=True, indent=2) if parsed.json else as_text(overview))
    return 0


def _what_if(parsed: argparse.Namespace) -> int:
    from handoff.bootstrap import build_services
    from handoff.desk.what_if_views import what_if_out
    from handoff.metrics.period import period_of, since_words
    from handoff.what_if.command import as_text, parse_changes

    services = build_services(Settings.load())
    last = period_of(services.rules, services.clock()).last
    period = period_of(services.rules, services.clock(), since_words(parsed.since, last), last)
    answer = services.what_if.ask(period, parse_changes(parsed.set), parsed.abstain_below)
    print(what_if_out(answer).model_dump_json(by_alias=True, indent=2) if parsed.json else as_text(answer))
    return 0


def _env(_: argparse.Namespace) -> int:
    for name, value in Settings.load().environment().items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _add_user(parsed: argparse.Namespace) -> int:
    from handoff.bootstrap import build_services

    agent = build_services(Settings.load()).agents.create(
        parsed.username, parsed.name, _ask_password(), role=parsed.role, topics=tuple(parsed.topic)
    )
    print(f"{agent.display_name} ({agent.username}) can log in now.")
    return 0


def _set_password(parsed: argparse.Namespace) -> int:
    from handoff.bootstrap import build_services

    build_services(Settings.load()).agents.set_password(parsed.username, _ask_password())
    print(f"{parsed.username} has a new password.")
    return 0


def _export(parsed: argparse.Namespace) -> int:
    from handoff.privacy.commands import export

    return export(Settings.load(), parsed.who, parsed.out, with_rasa=not parsed.without_rasa)


def _erase(parsed: argparse.Namespace) -> int:
    from handoff.privacy.commands import erase

    with_rasa = not parsed.without_rasa
    return erase(Settings.load(), parsed.who, yes=parsed.yes, open_too=parsed.open_too, with_rasa=with_rasa)


def _ask_password() -> str:
    """From the terminal without showing it, or one line of standard input for scripts."""
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


if __name__ == "__main__":
    sys.exit(main())
