"""Encodings of training texts, kept on disk: one changed example costs one sentence, not six thousand.

The file, a SQLite database, lies beside Rasa's own training cache and can be deleted at any time. It belongs to one
encoder: another one has a file of its own, named after its fingerprint; so has another version of the code that runs
it. Only what is asked for is read, and only what is new is written.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from handoff.nlu import encoder as encoder_code
from handoff.nlu.cache_files import cache_folder
from handoff.nlu.encoder import Encoding, SentenceEncoder
from handoff.nlu.fingerprint import source_fingerprint

logger = logging.getLogger(__name__)

FOLDER = "encodings"
MOST_KEPT = 20_000  # texts; about 10 kB each. What this training does not need goes first, the oldest before others
_ASKED_AT_ONCE = 500  # SQLite took 999 variables in a statement before 3.32
_OUTSIDE = (
    sqlite3.SQLITE_BUSY,  # another training is at it
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)
"""What SQLite says where nothing is wrong with the file itself."""
_PRIMARY = 0xFF  # the part of SQLite's error codes that _OUTSIDE lists; the rest says more about the same
_TABLE = """
CREATE TABLE IF NOT EXISTS encodings (
    id INTEGER PRIMARY KEY, added INTEGER, text BLOB, vector BLOB, token_ids BLOB, tokens BLOB, middle BLOB,
    checksum INTEGER
)
"""
_ARRAYS = {"vector": np.float32, "token_ids": np.int32, "tokens": np.float16, "middle": np.float32}


class _DamagedError(Exception):
    """A row is not what was written."""


_DAMAGE = (_DamagedError, UnicodeDecodeError)  # the second: SQLite's word on what is wrong holds bytes of the file


def cached_encodings(encoder: SentenceEncoder, fingerprint: str, texts: Sequence[str]) -> list[Encoding]:
    """Encodings of ``texts``, in their order; only those that the file does not know are computed, then kept.

    Args:
        encoder: computes what is missing.
        fingerprint: identity of the encoder's files.
        texts: any number, repeats allowed.
    """
    known = kept_encodings(fingerprint, texts)
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        made = dict(zip(missing, encoder.encodings(missing), strict=True))
        _write(_file(fingerprint), made, {_place(text) for text in texts})
        known.update(made)
    return [known[text] for text in texts]


def kept_encodings(fingerprint: str, texts: Iterable[str]) -> dict[str, Encoding]:
    """What the file of the encoder with this ``fingerprint`` holds of ``texts``."""
    return _read(_file(fingerprint), {text: _place(text) for text in texts})


def _file(fingerprint: str) -> Path:
    identity = hashlib.sha256(f"{fingerprint} {source_fingerprint(encoder_code)}".encode())
    return cache_folder(FOLDER) / f"{identity.hexdigest()[:32]}.sqlite3"


def _place(text: str) -> int:
    """Row number of a text: 63 bits of a hash, so that no second index is needed to find it."""
    digest = hashlib.blake2b(_bytes(text), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # half a surrogate pair, as a careless client sends it, too


def _read(path: Path, wanted: dict[str, int]) -> dict[str, Encoding]:
    """What the file knows of ``wanted``: texts and their places."""
    if not path.exists():
        return {}
    try:
        with closing(sqlite3.connect(path)) as database:
            return dict(_found(database, wanted))
    except (sqlite3.DatabaseError, *_DAMAGE) as error:
        if _is_damage(error):
            logger.warning("%s cannot be read (%s). It is written anew.", path, error)
            _remove(path)
        else:
            logger.warning("%s cannot be read now (%s). What it holds is encoded again.", path, error)
        return {}


def _is_damage(error: Exception) -> bool:
    if not isinstance(error, sqlite3.Error):
        return isinstance(error, _DAMAGE)
    code = getattr(error, "sqlite_errorcode", None)  # none: what was found is no text
    return code is None or code & _PRIMARY not in _OUTSIDE


def _found(database: sqlite3.Connection, wanted: dict[str, int]) -> Iterator[tuple[str, Encoding]]:
    texts = {_bytes(text): text for text in wanted}
    places = list(wanted.values())
    columns = ", ".join(_ARRAYS)
    for begin in range(0, len(places), _ASKED_AT_ONCE):
        part = places[begin : begin + _ASKED_AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows = database.execute(f"SELECT text, checksum, {columns} FROM encodings WHERE id IN ({marks})", part)
        for spelled, checksum, *blobs in rows:
            if checksum != _checksum(spelled, blobs):
                raise _DamagedError("a row was changed")
            if spelled in texts:  # or it is another text in the same place
                yield texts[spelled], _encoding(blobs)


def _encoding(blobs: Sequence[bytes]) -> Encoding:
    vector, token_ids, tokens, middle = (
        np.frombuffer(blob, dtype=kind) for blob, kind in zip(blobs, _ARRAYS.values(), strict=True)
    )
    return Encoding(vector, token_ids, tokens.reshape(len(token_ids), -1 if len(token_ids) else len(vector)), middle)


def _checksum(spelled: object, blobs: Iterable[object]) -> int:
    """CRC-32 of a row; SQLite keeps none."""
    found = 0
    for part in (spelled, *blobs):
        if not isinstance(part, bytes):
            raise _DamagedError(f"a row holds {type(part).__name__} instead of bytes")
        found = zlib.crc32(part, found)
    return found


def _write(path: Path, made: dict[str, Encoding], used: set[int]) -> None:
    """Add what is new, all or nothing. A full disk costs the next training time, never this one its result."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(_TABLE)
            (newest,) = database.execute("SELECT coalesce(max(added), 0) FROM encodings").fetchone()
            columns = ", ".join(_ARRAYS)
            database.executemany(
                f"INSERT OR REPLACE INTO encodings (id, added, text, {columns}, checksum) "
                f"VALUES (?, ?, ?, {', '.join('?' * len(_ARRAYS))}, ?)",
                (_row(newest + number, text, encoding) for number, (text, encoding) in enumerate(made.items(), 1)),
            )
            _forget(database, used)
    except (sqlite3.DatabaseError, OSError, *_DAMAGE) as error:
        logger.warning("%s could not be written (%s). The next training encodes more than it must.", path, error)
        if _is_damage(error):
            _remove(path)


def _row(added: int, text: str, encoding: Encoding) -> tuple[object, ...]:
    spelled = _bytes(text)
    blobs = [np.ascontiguousarray(getattr(encoding, name), dtype=kind).tobytes() for name, kind in _ARRAYS.items()]
    return (_place(text), added, spelled, *blobs, _checksum(spelled, blobs))


def _forget(database: sqlite3.Connection, used: set[int]) -> None:
    """Keep at most ``MOST_KEPT`` rows, unless more are ``used``."""
    (count,) = database.execute("SELECT count(*) FROM encodings").fetchone()
    if count > MOST_KEPT:
        oldest = [place for (place,) in database.execute("SELECT id FROM encodings ORDER BY added")]
        spare = [place for place in oldest if place not in used][: count - MOST_KEPT]
        database.executemany("DELETE FROM encodings WHERE id = ?", ((place,) for place in spare))


def _remove(path: Path) -> None:
    """Take the file away, and the journal of an interrupted change: it must not be applied to the next one."""
    try:
        for file in (path, path.with_name(f"{path.name}-journal")):
            file.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("%s could not be removed (%s). Delete it.", path, error)
