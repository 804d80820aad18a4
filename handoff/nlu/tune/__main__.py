"""``python -m handoff.nlu.tune``: cross-validates the training data of the project in this folder and reports."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from handoff.domain.errors import ConfigurationError, HandoffError
from handoff.nlu.tune.options import add_options
from handoff.nlu.tune.page import render_page
from handoff.nlu.tune.readings import compare, read_rows
from handoff.nlu.tune.report import Report, build_report
from handoff.nlu.tune.setup import choose
from handoff.nlu.tune.terminal import render_text
from handoff.rasa.command import quieten

FAILED = 1


def main(arguments: list[str] | None = None) -> int:
    """Make the report; returns the exit code. Mistakes in files are said in one line, without a traceback."""
    parser = argparse.ArgumentParser(prog="handoff tune", description=__doc__)
    add_options(parser)
    parsed = parser.parse_args(arguments)
    quieten()
    from rasa.shared.exceptions import RasaException  # takes seconds, and must come after the warnings are quiet

    try:
        report = _report(Path.cwd(), parsed.messages)
        _write(parsed.out, render_page(report))
    except (HandoffError, RasaException) as error:
        print(f"handoff: {error}", file=sys.stderr)
        return FAILED
    # a sentence may hold what the terminal's encoding cannot show
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    print(json.dumps(report.for_programs(), indent=1) if parsed.json else render_text(report))
    _progress(f"The whole report is in {parsed.out}")
    return 0


def _report(root: Path, messages: Path | None) -> Report:
    from handoff.nlu.tune.project import load_project, train, vectors_of

    _progress("Reading config.yml and data/nlu")
    project = load_project(root)
    examples = project.examples
    rows = None if messages is None else read_rows(messages, {example.label for example in examples})
    _progress(f"Cross-validating {len(examples)} examples (about half a minute for 6000)")
    understanding = train(project)
    trained = understanding.trained
    report = build_report(
        trained.held_out,
        trained.head.risk,
        choose(understanding.abstention, trained.head.risk),
        no_answer=understanding.no_answer,
        examples=examples,
        vectors=vectors_of(project),
        written=project.written,
        made_at=datetime.now(UTC),
    )
    if rows is None or messages is None:
        return report
    return report.with_messages(compare(messages.name, rows, understanding.read([row.text for row in rows])))


def _write(file: Path, page: bytes) -> None:
    """Write the page whole or not at all."""
    draft = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(page)
        os.replace(draft, file)
    except OSError as error:
        if draft.is_file():
            draft.unlink()
        raise ConfigurationError(
            f"{file} cannot be written: {error.strerror}. Name another place with --out."
        ) from error


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
