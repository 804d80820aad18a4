"""Options of ``handoff tune``, for the command line that knows no Rasa and for the process that does."""

from __future__ import annotations

import argparse
from pathlib import Path

DEFAULT_PAGE = Path("results/tune.html")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--out", type=Path, default=DEFAULT_PAGE, metavar="FILE", help=f"where the page goes; default {DEFAULT_PAGE}"
    )
    parser.add_argument("--json", action="store_true", help="print the data for programs instead of the summary")
    parser.add_argument(
        "--messages",
        type=Path,
        metavar="FILE",
        help="also read the messages of this CSV file (columns: text and, if known, intent)",
    )


def as_arguments(parsed: argparse.Namespace, folder: Path) -> list[str]:
    """The same options once more as arguments, with files as seen from ``folder``, where the user is."""
    arguments = ["--out", str(folder / parsed.out)]
    if parsed.json:
        arguments.append("--json")
    if parsed.messages is not None:
        arguments += ["--messages", str(folder / parsed.messages)]
    return arguments
