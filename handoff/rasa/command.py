"""``python -m handoff.rasa.command ...``: Rasa's command line, without warnings that nobody here can act on.

Rasa 3.6 pins libraries of 2022 to 2024 that warn about each other's ageing. PYTHONWARNINGS does not reach them: sanic
puts every DeprecationWarning back when it is imported. Warnings of Rasa about this project stay, and so do errors.
"""

from __future__ import annotations

import os
import sys
import warnings

TENSORFLOW_WARNINGS_AND_ERRORS = "2"


def quieten() -> None:
    """Ignore deprecations inside libraries, from now on."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", TENSORFLOW_WARNINGS_AND_ERRORS)
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    with warnings.catch_warnings():
        # both warn or change filters while they are imported, and Rasa imports both
        warnings.simplefilter("ignore")
        import pkg_resources  # noqa: F401
        import sanic.app  # noqa: F401
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=PendingDeprecationWarning)


def run_rasa(arguments: list[str]) -> None:
    """Run ``rasa ARGUMENTS`` in this process; ends it as Rasa's command line does."""
    sys.argv = ["rasa", *arguments]
    quieten()
    from rasa.__main__ import main as rasa_main  # takes seconds: not before it is needed

    rasa_main()


if __name__ == "__main__":
    run_rasa(sys.argv[1:])
