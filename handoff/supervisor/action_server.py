"""Starts rasa_sdk's action server without the warnings of its libraries; see :mod:`handoff.rasa.command`."""

from __future__ import annotations

import runpy
import sys
import warnings


def main(arguments: list[str]) -> None:
    """Run ``python -m rasa_sdk ARGUMENTS`` in this process."""
    with warnings.catch_warnings():
        # while it is imported, sanic puts every DeprecationWarning back and sanic_cors causes one
        warnings.simplefilter("ignore")
        import sanic_cors  # noqa: F401
    sys.argv = ["rasa_sdk", *arguments]
    runpy.run_module("rasa_sdk", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
