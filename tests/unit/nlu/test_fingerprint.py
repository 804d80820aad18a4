"""A component's fingerprint follows the source of its helpers."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from handoff.nlu.fingerprint import source_fingerprint


def module(folder: Path, name: str, source: str) -> ModuleType:
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    sys.modules.pop(name, None)
    return import_module(name)


def test_an_edit_changes_it_and_nothing_else_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fingerprints = []
    for folder, source in (("a", "x = 1\n"), ("b", "x = 1\n"), ("c", "x = 2\n")):
        (tmp_path / folder).mkdir()
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(tmp_path / folder))
            helper = module(tmp_path / folder, "some_helper", source)
            fingerprints.append((source_fingerprint(helper), source_fingerprint(pytest, helper)))
            patch.delitem(sys.modules, "some_helper")
    (first, with_another), (same, _), (edited, another_edited) = fingerprints
    assert first == same
    assert len({first, with_another, edited, another_edited}) == 4
