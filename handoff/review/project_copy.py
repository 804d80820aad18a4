"""A copy of the project with a change in it, for everything that must look at files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from handoff.check import check_project
from handoff.settings import Settings

COPIED = ("config.yml", "domain.yml", "handoff.yml", "endpoints.yml", "data")
"""What Rasa and ``handoff check`` read."""


@contextmanager
def project_copy(root: Path, changed: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with the project in ``root`` and the ``changed`` files, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="handoff-review-") as folder:
        copy_project(root, Path(folder), changed)
        yield Path(folder)


def copy_project(root: Path, folder: Path, changed: Mapping[str, bytes]) -> None:
    """Copy it into ``folder``, which is empty."""
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name, copy_function=shutil.copyfile)
        elif (root / name).is_file():
            shutil.copyfile(root / name, folder / name)
    for path, content in changed.items():
        (folder / path).write_bytes(content)


def problems_with(settings: Settings, changed: Mapping[str, bytes]) -> list[str]:
    """What ``handoff check`` would say of the project with these files."""
    with project_copy(settings.root, changed) as folder:
        found = check_project(
            replace(settings, root=folder, rules_file=folder / "handoff.yml", endpoints_file=folder / "endpoints.yml")
        )
    return [line.replace(f"{folder}/", "") for line in found]
