"""Runs the exported sentence encoder: text in, vectors out, one core a message, remembered while it is warm."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from handoff.nlu.encoder_export import Encoder, EncoderExportError
from handoff.nlu.encoder_graph_names import (
    ATTENTION_MASK,
    EMBEDDING,
    INPUT_IDS,
    MIDDLE_EMBEDDING,
    TOKEN_EMBEDDINGS,
)

MAX_TOKENS = 128  # the length that the model was trained with; longer messages are cut here
REMEMBERED = 2048  # encodings kept, 25 MB: repeated greetings and "yes" cost nothing
THREADS = 1  # one message is too small to share out, and the other core belongs to the next visitor
TRAINING_THREADS = 2  # sentences encoded side by side in training
SLOW_FUSION = "SkipLayerNormFusion"  # ONNX Runtime's; see handoff/nlu/encoder_graph.py
_TINY = 1e-9


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class Encoding:
    """What the encoder makes of one text.

    Attributes:
        vector: float32 [dimensions], of length 1: the sentence.
        token_ids: int32 [tokens]: its word pieces, without the marks for begin and end.
        tokens: float16 [tokens, dimensions], rows of length 1: each word piece in its context.
        middle: float32 [dimensions], of length 1: the sentence halfway through the encoder, where it is still nearer to
            its words than to its gist; or [0], of an encoder that does not give it away.
    """

    vector: np.ndarray
    token_ids: np.ndarray
    tokens: np.ndarray
    middle: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    def fingerprint(self) -> str:
        """Identity for Rasa's cache, which would otherwise print the arrays."""
        return hashlib.sha256(self.vector.tobytes()).hexdigest()


class SentenceEncoder:
    """An encoder that is loaded once and shared by everything in the process. Safe to use from several threads."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        """Load the session and the tokenizer.

        Raises:
            EncoderExportError: a file cannot be loaded, or the graph lacks an output.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = THREADS
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOW_FUSION]
            )
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # both libraries raise bare types of their own
            raise EncoderExportError(
                f"{model.parent}: the encoder cannot be loaded ({error}). Delete the folder; it is built again."
            ) from error
        outputs = {output.name for output in self._session.get_outputs()}
        self._outputs = [EMBEDDING, TOKEN_EMBEDDINGS, *({MIDDLE_EMBEDDING} & outputs)]
        missing = set(self._outputs) - outputs
        if missing:
            raise EncoderExportError(
                f"{model}: the graph has no output {' and no output '.join(sorted(missing))}. "
                f"Export it with both: sentence vectors and the vectors of all tokens."
            )
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._remembered: OrderedDict[str, Encoding] = OrderedDict()
        self._lock = Lock()
        self.dimensions = int(self.encode_one("").shape[0])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of ``texts`` as float32 [len(texts), dimensions], rows of length 1."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack([encoding.vector for encoding in self.encodings(texts)])

    def encodings(self, texts: Sequence[str]) -> list[Encoding]:
        """Encodings of ``texts``, computed on ``TRAINING_THREADS`` cores and not remembered.

        The sentences are run one by one: int8 activations are scaled over the whole batch, so that in a batch a vector
        would depend on its neighbours and training would see other vectors than serving. It is no slower.
        """
        with ThreadPoolExecutor(TRAINING_THREADS) as pool:
            return list(pool.map(self._run, texts, chunksize=64))

    def encode_one(self, text: str) -> np.ndarray:
        """Vector of one text, float32 [dimensions]. It is shared: do not write to it."""
        return self.encoding(text).vector

    def encoding(self, text: str) -> Encoding:
        """Encoding of one text. It is shared: do not write to it."""
        with self._lock:
            known = self._remembered.get(text)
            if known is not None:
                self._remembered.move_to_end(text)
                return known
        made = self._run(text)
        with self._lock:
            self._remembered[text] = made
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return made

    def _run(self, text: str) -> Encoding:
        pieces = self._tokenizer.encode(text)
        ids = np.array([pieces.ids], dtype=np.int64)
        vectors, tokens, *middle = self._session.run(self._outputs, {INPUT_IDS: ids, ATTENTION_MASK: np.ones_like(ids)})
        words = np.array(pieces.special_tokens_mask) == 0
        inner = tokens[0][words]
        inner /= np.sqrt(np.einsum("td,td->t", inner, inner))[:, np.newaxis] + _TINY
        encoding = Encoding(
            vectors[0], ids[0][words].astype(np.int32), inner.astype(np.float16), *(line[0] for line in middle)
        )
        for array in (encoding.vector, encoding.token_ids, encoding.tokens, encoding.middle):
            array.flags.writeable = False
        return encoding


def load_encoder(encoder: Encoder) -> SentenceEncoder:
    """The encoder of this folder; the session is made once per process and content."""
    return _load(encoder.model.resolve(), encoder.tokenizer.resolve(), encoder.fingerprint)


@lru_cache(maxsize=2)  # the model in use, and its successor while Rasa swaps models
def _load(model: Path, tokenizer: Path, _fingerprint: str) -> SentenceEncoder:
    return SentenceEncoder(model, tokenizer)
