"""Runs the exported sentence encoder: text in, vectors of length 1 out, one core, remembered while it is warm."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from handoff.nlu.encoder_export import Encoder, EncoderExportError
from handoff.nlu.encoder_graph_names import ATTENTION_MASK, EMBEDDING, INPUT_IDS

MAX_TOKENS = 128  # the length that the model was trained with; longer messages are cut here
REMEMBERED = 4096  # vectors kept, 6 MB: repeated greetings and "yes" cost nothing
THREADS = 1  # one message is too small to share out, and the other core belongs to the next visitor


class SentenceEncoder:
    """An encoder that is loaded once and shared by everything in the process. Safe to use from several threads."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        """Load the session and the tokenizer.

        Raises:
            EncoderExportError: a file cannot be loaded.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = THREADS
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # both libraries raise bare types of their own
            raise EncoderExportError(
                f"{model.parent}: the encoder cannot be loaded ({error}). Delete the folder; it is built again."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._remembered: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = Lock()
        self.dimensions = int(self.encode_one("").shape[0])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of ``texts`` as float32 [len(texts), dimensions], rows of length 1.

        The sentences are run one by one: int8 activations are scaled over the whole batch, so that in a batch a vector
        would depend on its neighbours and training would see other vectors than serving. It is no slower.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack([self.encode_one(text) for text in texts])

    def encode_one(self, text: str) -> np.ndarray:
        """Vector of one text, float32 [dimensions]. It is shared: do not write to it."""
        with self._lock:
            known = self._remembered.get(text)
            if known is not None:
                self._remembered.move_to_end(text)
                return known
        vector = self._run(text)
        with self._lock:
            self._remembered[text] = vector
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return vector

    def _run(self, text: str) -> np.ndarray:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        (output,) = self._session.run([EMBEDDING], {INPUT_IDS: ids, ATTENTION_MASK: np.ones_like(ids)})
        vector: np.ndarray = output[0]
        vector.flags.writeable = False
        return vector


def load_encoder(encoder: Encoder) -> SentenceEncoder:
    """The encoder of this folder; the session is made once per process and content."""
    return _load(encoder.model.resolve(), encoder.tokenizer.resolve(), encoder.fingerprint)


@lru_cache(maxsize=2)  # the model in use, and its successor while Rasa swaps models
def _load(model: Path, tokenizer: Path, _fingerprint: str) -> SentenceEncoder:
    return SentenceEncoder(model, tokenizer)
