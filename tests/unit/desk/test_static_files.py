"""What the pages may not contain, under a strict Content-Security-Policy and with visitors' words on screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handoff.desk.templating import FOLDER, STATIC_FOLDER

SCRIPTS = sorted(STATIC_FOLDER.glob("*.js"))
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
SINKS = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_text_only(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert [sink for sink in SINKS if sink in source] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_nothing_inline_and_nothing_from_elsewhere(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|\|\s*safe", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", source)


def test_every_import_and_asset_exists() -> None:
    for path in SCRIPTS:
        for name in re.findall(r"""from ["']\./([\w-]+\.js)["']""", path.read_text(encoding="utf-8")):
            assert (STATIC_FOLDER / name).is_file(), f"{path.name} imports {name}"
    for path in TEMPLATES:
        for name in re.findall(r"/desk/static/([\w./-]+)", path.read_text(encoding="utf-8")):
            assert (STATIC_FOLDER / name).is_file(), f"{path.name} uses {name}"
