"""Encodings on disk: only what is missing is computed, and nothing about the file can spoil a training."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.nlu import encoding_store
from handoff.nlu.cache_files import CACHE_VARIABLE
from handoff.nlu.encoder import SentenceEncoder
from handoff.nlu.encoding_store import cached_encodings
from tests.unit.nlu.any_text import any_text
from tests.unit.nlu.word_encoder import WordEncoder

TEXTS = ["where is my desk", "hello", "do you ship to France"]
ANY_TEXT = any_text(20)
WITH_ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def the_file(cache: Path) -> Path:
    [file] = cache.rglob("*.*")
    return file


def computed(texts: list[str], encoder: WordEncoder | None = None, fingerprint: str = "encoder") -> list[str]:
    """Which of ``texts`` had to be computed. That the result is right is checked on the way."""
    encoder = encoder or WordEncoder()
    before = len(encoder.asked)
    found = cached_encodings(cast(SentenceEncoder, encoder), fingerprint, texts)
    assert len(found) == len(texts)
    for text, encoding in zip(texts, found, strict=True):
        expected = encoder.encoding(text)
        np.testing.assert_array_equal(encoding.vector, expected.vector)
        np.testing.assert_array_equal(encoding.token_ids, expected.token_ids)
        np.testing.assert_array_equal(encoding.tokens, expected.tokens)
        np.testing.assert_array_equal(encoding.middle, expected.middle)
        assert encoding.tokens.dtype == expected.tokens.dtype
    return encoder.asked[before:]


def test_only_missing_texts_are_computed_each_once() -> None:
    assert computed(TEXTS[:2]) == TEXTS[:2]
    assert computed([TEXTS[2], TEXTS[0], TEXTS[2]]) == [TEXTS[2]]
    assert computed([*TEXTS, TEXTS[0]]) == []
    assert computed([]) == []


@WITH_ONE_FOLDER
@given(st.lists(ANY_TEXT, max_size=6))
def test_any_texts_come_back_as_they_were(texts: list[str]) -> None:
    computed(texts)
    assert computed(texts) == []


def test_more_texts_than_one_statement_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_store, "_ASKED_AT_ONCE", 2)
    texts = [f"text {number}" for number in range(7)]
    assert computed(texts[:5]) == texts[:5]
    assert computed(texts) == texts[5:]


def test_two_texts_in_one_place_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_store, "_place", lambda _text: 1)
    assert computed(TEXTS[:1]) == TEXTS[:1]
    assert computed(TEXTS[1:2]) == TEXTS[1:2]
    assert computed(TEXTS[1:2]) == []


def test_two_encoders_do_not_mix() -> None:
    assert computed(TEXTS, WordEncoder(seed=1), "one") == TEXTS
    assert computed(TEXTS, WordEncoder(seed=2), "other") == TEXTS
    assert computed(TEXTS, WordEncoder(seed=1), "one") == []


def test_other_code_does_not_use_what_older_code_made(monkeypatch: pytest.MonkeyPatch) -> None:
    computed(TEXTS)
    monkeypatch.setattr(encoding_store, "source_fingerprint", lambda *_: "edited")
    assert computed(TEXTS) == TEXTS


def test_what_is_not_needed_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_store, "MOST_KEPT", 3)
    computed(["old", "older but used"])
    computed(["older but used", "new"])
    computed(["newer", "older but used"])
    assert computed(["older but used", "new", "newer"]) == []
    assert computed(["old"]) == ["old"]


def test_all_that_one_training_needs_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_store, "MOST_KEPT", 2)
    computed(["before", *TEXTS])
    assert computed(TEXTS) == []


@pytest.fixture
def pristine(cache: Path) -> Path:
    """A file as it should be."""
    computed(TEXTS)
    return the_file(cache).rename(cache / "pristine")


@settings(WITH_ONE_FOLDER, max_examples=300)
@given(st.data())
def test_a_damaged_file_is_written_anew(cache: Path, pristine: Path, data: st.DataObject) -> None:
    computed(TEXTS)
    file, whole = the_file(cache), bytearray(pristine.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1), "place")
    if data.draw(st.booleans(), "cut"):
        file.write_bytes(whole[:place])
    else:
        whole[place] ^= data.draw(st.integers(1, 255), "flipped bits")
        file.write_bytes(whole)
    computed([*TEXTS, "new"])
    computed(TEXTS)  # a place that could be read and not be written to
    assert computed(TEXTS) == []


def test_a_damaged_file_is_told(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    computed(TEXTS)
    assert not caplog.messages
    file = the_file(cache)
    file.write_bytes(file.read_bytes()[:-100])
    assert computed(TEXTS) == TEXTS
    [warning] = caplog.records
    assert warning.levelno == logging.WARNING
    assert str(file) in warning.getMessage()


def test_a_folder_that_cannot_be_written_costs_the_next_training_only(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.write_text("a file where the folder should be")
    assert computed(TEXTS) == TEXTS
    assert "could not be written" in caplog.text
    assert computed(TEXTS) == TEXTS


def test_a_file_that_another_training_writes_to_is_left_alone(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    computed(TEXTS[:2])
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0))
    with closing(sqlite3.connect(the_file(cache))) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert computed(TEXTS) == TEXTS
        assert "cannot be read now" in caplog.text
        assert "could not be written" in caplog.text
    assert computed(TEXTS) == TEXTS[2:]


@pytest.mark.parametrize("failure", [OSError("no space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_keeps_the_old_file(
    cache: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    computed(TEXTS[:2])
    before = the_file(cache).read_bytes()

    def fail(*_: object) -> None:
        raise failure  # after the new rows were written, before they hold

    with monkeypatch.context() as patch:
        patch.setattr(encoding_store, "_forget", fail)
        if isinstance(failure, OSError):
            assert computed(TEXTS) == TEXTS[2:]
        else:
            with pytest.raises(KeyboardInterrupt):
                computed(TEXTS)
    assert the_file(cache).read_bytes() == before, "the old one, and nothing beside it"
    assert computed(TEXTS) == TEXTS[2:]
