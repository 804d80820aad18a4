"""Encodings of training texts, kept on disk: one changed example costs one sentence, not six thousand.

The file lies beside Rasa's own training cache and can be deleted at any time. It belongs to one encoder: another one
has a file of its own, named after its fingerprint; so has another version of the code that runs it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from handoff.nlu import encoder as encoder_code
from handoff.nlu.cache_files import cache_folder, write_whole
from handoff.nlu.encoder import Encoding, SentenceEncoder
from handoff.nlu.fingerprint import source_fingerprint

logger = logging.getLogger(__name__)

FOLDER = "encodings"
MOST_KEPT = 20_000  # texts; about 14 kB each. What this training does not need goes first
_BETWEEN = "\0"  # separates the texts; one that holds it is not kept
_ARRAYS = ("texts", "ends", "vectors", "token_ids", "tokens", "middles")


def cached_encodings(encoder: SentenceEncoder, fingerprint: str, texts: Sequence[str]) -> list[Encoding]:
    """Encodings of ``texts``, in their order; only those that the file does not know are computed, then kept.

    Args:
        encoder: computes what is missing.
        fingerprint: identity of the encoder's files.
        texts: any number, repeats allowed.
    """
    identity = hashlib.sha256(f"{fingerprint} {source_fingerprint(encoder_code)}".encode())
    path = cache_folder(FOLDER) / f"{identity.hexdigest()[:32]}.npz"
    known = _read(path)
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        known.update(zip(missing, encoder.encodings(missing), strict=True))
        _write(path, _newest(known, texts))
    return [known[text] for text in texts]


def _newest(known: dict[str, Encoding], used: Sequence[str]) -> dict[str, Encoding]:
    """``known`` with what was ``used`` last, and at most ``MOST_KEPT`` entries unless more are in use."""
    now = dict.fromkeys(used)
    older = [text for text in known if text not in now]
    kept = older[max(0, len(older) + len(now) - MOST_KEPT) :]
    return {text: known[text] for text in [*kept, *now]}


def _read(path: Path) -> dict[str, Encoding]:
    try:
        with np.load(path, allow_pickle=False) as file:
            texts, ends, vectors, token_ids, tokens, middles = (file[name] for name in _ARRAYS)
        names = texts.tobytes().decode("utf-8", "surrogatepass").split(_BETWEEN)
        starts = [0, *ends[:-1].tolist()]
        return {
            name: Encoding(vectors[row], token_ids[start:end], tokens[start:end], middles[row])
            for row, (name, start, end) in enumerate(zip(names, starts, ends.tolist(), strict=True))
        }
    except FileNotFoundError:
        return {}
    except Exception as error:  # noqa: BLE001 - for damaged bytes numpy and zipfile have a dozen types
        logger.warning("%s cannot be read (%s). It is written anew.", path, error)
        return {}


def _write(path: Path, encodings: dict[str, Encoding]) -> None:
    """Write the file whole or not at all. A full disk costs the next training time, never this one its result."""
    encodings = {text: encoding for text, encoding in encodings.items() if _BETWEEN not in text}
    if not encodings:
        return
    found = list(encodings.values())
    arrays = {
        "texts": np.frombuffer(_BETWEEN.join(encodings).encode("utf-8", "surrogatepass"), dtype=np.uint8),
        "ends": np.cumsum([len(encoding.token_ids) for encoding in found]),
        "vectors": np.stack([encoding.vector for encoding in found]),
        "token_ids": np.concatenate([encoding.token_ids for encoding in found]),
        "tokens": np.concatenate([encoding.tokens for encoding in found]),
        "middles": np.stack([encoding.middle for encoding in found]),
    }
    try:
        write_whole(path, lambda file: np.savez(file, **arrays))
    except OSError as error:
        logger.warning("%s could not be written (%s). The next training encodes everything again.", path, error)
