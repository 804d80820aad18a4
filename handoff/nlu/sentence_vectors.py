"""Sentence vectors of texts that are no messages of Rasa's: lines of a data file, or what a visitor said before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from handoff.nlu.encoder import load_encoder
from handoff.nlu.encoder_folder import DIRECTORY, find_encoder
from handoff.nlu.encoding_store import cached_encodings

VectorsOf = Callable[[Sequence[str]], np.ndarray]
"""Texts in, float32 [texts, dimensions] out: what the featurizer puts on messages with these texts. At least one text,
each as :func:`handoff.nlu.typed_text.readable` makes it."""

MANY = 100  # so many texts come from a file that is read in every training, so their vectors are kept on disk


def sentence_vectors(directory: str | None = None) -> VectorsOf:
    """A function that makes vectors as a featurizer with this ``directory`` does, and remembers them as it does.

    Raises:
        EncoderUnavailable: there is no encoder; the message holds the remedy.
    """
    files = find_encoder({DIRECTORY: directory})
    encoder = load_encoder(files)

    def vectors_of(texts: Sequence[str]) -> np.ndarray:
        if len(texts) < MANY:
            return np.stack([encoder.encoding(text).vector for text in texts])
        return np.stack([encoding.vector for encoding in cached_encodings(encoder, files.fingerprint, texts)])

    return vectors_of
