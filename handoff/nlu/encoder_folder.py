"""Which sentence encoder a component's configuration means."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rasa.shared.exceptions import RasaException

from handoff.nlu.encoder_export import DEFAULT_DIRECTORY, PROJECT, Encoder, EncoderExportError, ensure_encoder

logger = logging.getLogger(__name__)

DIRECTORY = "directory"
"""Key of the configuration: the encoder's folder, relative to the project."""


class EncoderUnavailable(RasaException):
    """There is no usable encoder. Rasa's command line prints the message instead of a traceback."""


def find_encoder(config: Mapping[str, Any]) -> Encoder:
    """The encoder that a component with this ``config`` uses, built first if it is ours and missing.

    Raises:
        EncoderUnavailable: it is neither there nor can it be built; the message holds the remedy.
    """
    directory = Path(config.get(DIRECTORY) or DEFAULT_DIRECTORY)
    try:
        return ensure_encoder(PROJECT / directory, lambda line: logger.info("Sentence encoder: %s.", line))
    except EncoderExportError as error:
        raise EncoderUnavailable(str(error)) from error
