"""The encoder is built from checked weights, whole or not at all, once."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from handoff.nlu import encoder_export
from handoff.nlu.encoder_export import (
    DEFAULT_DIRECTORY,
    MANIFEST_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    WEIGHTS_SHA256,
    EncoderExportError,
    check_hash,
    ensure_encoder,
    export_encoder,
    load_manifest,
    main,
    packaged_model,
)


def silent(_: str) -> None:
    """No progress."""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A finished encoder folder of our own, made from the project's."""
    ensure_encoder()
    return Path(shutil.copytree(DEFAULT_DIRECTORY, tmp_path / "encoder"))


def test_packaged_weights_are_the_originals() -> None:
    check_hash(packaged_model() / encoder_export.WEIGHTS_FILE, WEIGHTS_SHA256)


def test_wrong_weights_are_refused_with_file_both_hashes_and_remedy(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"other weights")
    with pytest.raises(EncoderExportError) as caught:
        check_hash(file, WEIGHTS_SHA256)
    text = str(caught.value)
    assert str(file) in text
    assert WEIGHTS_SHA256 in text
    assert f"found    sha256 {hashlib.sha256(b'other weights').hexdigest()}" in text
    assert "reinstall" in text


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderExportError, match=r"absent\.safetensors: cannot be read"):
        check_hash(tmp_path / "absent.safetensors", WEIGHTS_SHA256)


def test_wrong_weights_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "package"
    source.mkdir()
    (source / encoder_export.WEIGHTS_FILE).write_bytes(b"other weights")
    monkeypatch.setattr(encoder_export, "packaged_model", lambda: source)
    with pytest.raises(EncoderExportError):
        ensure_encoder(tmp_path / "models" / "encoder")
    assert not (tmp_path / "models").exists()


def test_a_failure_half_way_keeps_the_old_encoder(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name: path.read_bytes() for path in built.iterdir()}

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(encoder_export, "_write_model", fail)
    with pytest.raises(OSError, match="no space left"):
        export_encoder(built, silent)
    assert {path.name: path.read_bytes() for path in built.iterdir()} == before
    assert [path.name for path in built.parent.iterdir()] == [built.name], "temporary files were left behind"


def test_export_twice_does_the_work_once(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_export, "export_encoder", lambda *_: pytest.fail("built again"))
    first = ensure_encoder(built)
    assert ensure_encoder(built) == first


@pytest.mark.parametrize("name", [MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE])
def test_a_damaged_or_missing_file_is_noticed(built: Path, name: str) -> None:
    assert load_manifest(built) is not None
    with (built / name).open("ab") as file:
        file.write(b"x")
    assert load_manifest(built) is None
    (built / name).unlink()
    assert load_manifest(built) is None


def test_an_encoder_of_older_code_is_built_again(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_export, "GRAPH_VERSION", encoder_export.GRAPH_VERSION + 1)
    assert load_manifest(built) is None


def test_fingerprint_follows_the_content_of_a_foreign_encoder(built: Path) -> None:
    manifest = json.loads((built / MANIFEST_FILE).read_text())
    ours = load_manifest(built)
    del manifest["source"]
    (built / MANIFEST_FILE).write_text(json.dumps(manifest))
    foreign = load_manifest(built)
    assert ours is not None
    assert foreign is not None
    assert foreign.fingerprint != ours.fingerprint


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(EncoderExportError, match=r"thesis\.txt.*Nothing was changed"):
        export_encoder(tmp_path, silent)
    assert (tmp_path / "thesis.txt").exists()


def test_command_says_what_it_does_and_is_quick_the_second_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "new" / "encoder"
    assert main(["--directory", str(target)]) == 0
    said = capsys.readouterr().out
    assert "checking the weights" in said
    assert "int8" in said
    assert sorted(path.name for path in target.iterdir()) == sorted([MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE])
    assert main(["--directory", str(target)]) == 0
    assert "up to date" in capsys.readouterr().out


def test_command_reports_an_error_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    assert main(["--directory", str(tmp_path)]) == 1
    assert "thesis.txt" in capsys.readouterr().err
