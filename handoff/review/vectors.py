"""Sentence vectors for the review, from the encoder that the classifier uses. Rasa is not loaded for it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from handoff.nlu.encoder import SentenceEncoder, load_encoder
from handoff.nlu.encoder_export import DEFAULT_DIRECTORY, PROJECT, Encoder, EncoderExportError, load_manifest
from handoff.nlu.encoding_store import cached_encodings
from handoff.nlu.typed_text import readable

logger = logging.getLogger(__name__)

REMEMBERED = 4096  # vectors of visitors' messages, 6 MB: four times what one look shows


class EncoderMissing(RuntimeError):
    """There is no encoder; the message holds the remedy."""


class Vectors:
    """Makes vectors, and remembers those of messages. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._loaded: tuple[Path, Encoder, SentenceEncoder] | None = None
        self._remembered: OrderedDict[tuple[str, str], np.ndarray] = OrderedDict()
        self._examples: tuple[str, tuple[str, ...], np.ndarray] | None = None

    def of_messages(self, texts: Sequence[str], directory: str | None) -> np.ndarray:
        """Vectors of messages, float32 [texts, dimensions], rows of length 1.

        Args:
            texts: at least one.
            directory: of the encoder, as ``config.yml`` says it.

        Raises:
            EncoderMissing: there is none.
        """
        files, encoder = self._encoder(directory)
        keys = {text: (files.fingerprint, text) for text in texts}
        with self._lock:
            found = {text: self._remembered[key] for text, key in keys.items() if key in self._remembered}
        missing = [text for text in keys if text not in found]
        made = encoder.encode([readable(text) for text in missing])
        found |= zip(missing, made, strict=True)
        with self._lock:
            for text, key in keys.items():
                self._remembered[key] = found[text]
                self._remembered.move_to_end(key)
            while len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return np.stack([found[text] for text in texts])

    def of_examples(self, texts: Sequence[str], directory: str | None) -> np.ndarray:
        """Vectors of training examples, which the last training has kept on disk; remembered until they change.

        Raises:
            EncoderMissing: there is no encoder.
        """
        files, encoder = self._encoder(directory)
        wanted = tuple(texts)
        with self._lock:
            if self._examples is None or self._examples[:2] != (files.fingerprint, wanted):
                found = cached_encodings(encoder, files.fingerprint, [readable(text) for text in wanted])
                self._examples = (files.fingerprint, wanted, np.stack([one.vector for one in found]))
            return self._examples[2]

    def _encoder(self, directory: str | None) -> tuple[Encoder, SentenceEncoder]:
        """Loaded at its first use: it takes 100 MB, which a desk where nobody reviews does not need."""
        folder = DEFAULT_DIRECTORY if directory is None else PROJECT / directory
        with self._lock:
            if self._loaded is None or self._loaded[0] != folder:
                files = load_manifest(folder)
                if files is None:
                    raise EncoderMissing(
                        f"There is no sentence encoder in {folder}, so messages cannot be grouped by what they mean. "
                        f"Train the assistant once (`make train`): that makes it."
                    )
                try:
                    self._loaded = folder, files, load_encoder(files)
                except EncoderExportError as error:
                    raise EncoderMissing(str(error)) from error
            return self._loaded[1], self._loaded[2]
