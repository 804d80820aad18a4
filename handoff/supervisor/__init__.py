"""Starts Rasa server, action server and desk together, watches them, and stops them together."""

from __future__ import annotations


def main() -> int:
    """Run until Ctrl-C; returns the exit code."""
    # imported late: every child process imports this package too, and needs none of it
    from handoff.supervisor.app import run_project

    return run_project()
