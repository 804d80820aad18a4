"""Writes several files: all of them, or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from handoff.review.errors import FilesChanged, ReadOnly

PATCHES = "results/review"


def is_writable(root: Path, paths: Mapping[str, bytes]) -> bool:
    """Whether these files can be replaced."""
    return all(os.access(root / path, os.W_OK) and os.access((root / path).parent, os.W_OK) for path in paths)


def write_all(root: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Replace files whose content is ``before`` by ``after``.

    Everything is first written beside its place; then each file is renamed, which the disk does whole or not at all.
    When a rename fails, those that were made are taken back.

    Raises:
        FilesChanged: a file has another content by now; nothing was written.
        ReadOnly: a file cannot be written; nothing was changed.
    """
    _same(root, before)
    drafts: dict[str, Path] = {}
    done: list[str] = []
    try:
        for path, content in after.items():
            drafts[path] = _draft(root / path, content)
        _same(root, before)
        for path, draft in drafts.items():
            os.replace(draft, root / path)
            done.append(path)
    except OSError as error:
        for path in done:
            os.replace(_draft(root / path, before[path]), root / path)
        raise ReadOnly(
            f"{error.filename or root} cannot be written ({error.strerror}); nothing was changed. Take the patch and "
            f"apply it where the project can be edited."
        ) from error
    finally:
        for path in drafts.keys() - set(done):
            drafts[path].unlink(missing_ok=True)


def write_patch(root: Path, name: str, patch: str) -> str | None:
    """Write a patch file; its path within the project, or None where the folder cannot be written."""
    folder = root / PATCHES
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.replace(_draft(folder / name, patch.encode("utf-8")), folder / name)
    except OSError:
        return None  # the patch can be downloaded all the same, and the answer says so
    return f"{PATCHES}/{name}"


def _same(root: Path, before: Mapping[str, bytes]) -> None:
    for path, content in before.items():
        with suppress(OSError):
            if (root / path).read_bytes() == content:
                continue
        raise FilesChanged(f"{path} has changed in the meantime. Look at the change again, then accept it.")


def _draft(path: Path, content: bytes) -> Path:
    """A file beside ``path`` with its mode, on the disk for good."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(path.stat().st_mode if path.exists() else 0o644)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft
