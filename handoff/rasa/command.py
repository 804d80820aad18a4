"""``python -m handoff.rasa.command ...``: Rasa's command line, without warnings that nobody here can act on.

Rasa 3.6 pins libraries of 2022 to 2024 that warn about each other's ageing. PYTHONWARNINGS does not reach them: sanic
puts every DeprecationWarning back when it is imported. Warnings of Rasa about this project
stay, and so do errors.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings

from handoff.nlu import head_start

TENSORFLOW_WARNINGS_AND_ERRORS = "2"
NO_TENSORBOARD = "missing TensorBoard installation"
"""TensorFlow logs this seven times; TensorBoard is left out on purpose (pyproject.toml)."""

UNFOUNDED = (
    # a retrieval intent must be in domain.yml for rules to use it, and Rasa adds it a second time from the responses
    (UserWarning, r"The following duplicated intents have been found across multiple domain files: faq\s*$"),
    # Rasa looks for its own component; ours is handoff.nlu.faq_selector
    (UserWarning, "your NLU configuration does not include a response selector component"),
)
"""What Rasa says about this project and what is not so."""

SERVING = ("run", "shell", "test")
"""Commands that load a model to answer messages, or to see how it would."""


def quieten() -> None:
    """Ignore deprecations inside libraries, from now on, also after Rasa has set its own filters."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", TENSORFLOW_WARNINGS_AND_ERRORS)
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    logging.getLogger().addFilter(lambda record: NO_TENSORBOARD not in str(record.msg))
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    with warnings.catch_warnings():
        # both warn or change filters while they are imported, and Rasa imports both
        warnings.simplefilter("ignore")
        import pkg_resources  # noqa: F401
        import sanic.app  # noqa: F401
    from rasa.utils.common import EXPECTED_WARNINGS

    EXPECTED_WARNINGS.extend([*UNFOUNDED, (DeprecationWarning, ""), (PendingDeprecationWarning, "")])


def run_rasa(arguments: list[str]) -> None:
    """Run ``rasa ARGUMENTS`` in this process; ends it as Rasa's command line does."""
    sys.argv = ["rasa", *arguments]
    training = arguments[:1] == ["train"]
    if training:
        # Millions of objects are made and nearly all kept to the end; looking through them for cycles, again and
        # again, takes 3.6 s of 25.
        gc.disable()
        head_start.begin(arguments[1:])
    try:
        _run(arguments, training=training)
    finally:
        head_start.end()


def _run(arguments: list[str], *, training: bool) -> None:
    quieten()
    if training:
        from handoff.rasa.packing import pack_quickly

        pack_quickly()
    if arguments[:1] and arguments[0] in SERVING:
        from handoff.rasa.graph_runner import use_ordered_runner  # imports Rasa's processor: not for other commands
        from handoff.rasa.quick_processor import use_quick_processor

        use_ordered_runner()
        use_quick_processor()
    from rasa.__main__ import main as rasa_main  # takes seconds: not before it is needed

    rasa_main()
    if training:
        _end_at_once()


def _end_at_once() -> None:
    """End the process as it is: the interpreter would take it apart object by object, which takes 1.7 s."""
    head_start.end()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    run_rasa(sys.argv[1:])
