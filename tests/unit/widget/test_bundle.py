"""What visitors load is one small script made of the modules, and does what they do."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from handoff.rasa.web.bundle import NotBundled, bundle, minify, minify_style

WIDGET = Path(__file__).parents[3] / "widget"
KILOBYTE = 1000  # bytes


def write(folder: Path, entry: str, **parts: str) -> Path:
    (folder / "parts").mkdir()
    (folder / "handoff-widget.js").write_text(entry, encoding="utf-8")
    for name, code in parts.items():
        (folder / "parts" / f"{name}.js").write_text(code, encoding="utf-8")
    return folder


def zipped(code: str) -> int:
    return len(gzip.compress(code.encode(), mtime=0))


def test_the_widget_is_small() -> None:
    """What a page with the widget loads; another language is asked for only where it is spoken."""
    widget, dutch = bundle(WIDGET).values()
    assert zipped(widget) < 20 * KILOBYTE
    assert zipped(dutch) < 2 * KILOBYTE


def test_two_scripts_are_served_and_the_second_only_when_asked_for() -> None:
    scripts = bundle(WIDGET)
    assert list(scripts) == ["widget.js", "widget/nl.js"]
    assert 'import("./widget/nl.js")' in scripts["widget.js"]
    assert not re.search(r"\bimport[{ ]", scripts["widget.js"])


def test_modules_come_after_what_they_import(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        "import { a } from './parts/a.js';\nconst used = a;\nexport { used };\n",
        a="import { b } from './b.js';\nexport const a = b;\n",
        b="export const b = 1;\n",
    )
    assert bundle(folder)["widget.js"].replace("\n", "") == "const b=1,a=b,used=a;export{used}"


@pytest.mark.parametrize(
    "code",
    ["import b from './b.js';\n", "import * as b from './b.js';\n", "export default 1;\n", "const b = import('http://x.example');\n"],
)  # fmt: skip
def test_what_cannot_be_bundled_is_refused(tmp_path: Path, code: str) -> None:
    folder = write(tmp_path, "import { a } from './parts/a.js';\n", a=f"{code}export const a = 1;\n")
    with pytest.raises(NotBundled, match=r"a\.js"):
        bundle(folder)


def test_two_modules_with_one_name_are_refused(tmp_path: Path) -> None:
    folder = write(
        tmp_path, "import { a } from './parts/a.js';\nconst a2 = a;\n", a="const a2 = 1;\nexport const a = a2;\n"
    )
    with pytest.raises(NotBundled, match="a2"):
        bundle(folder)


def test_a_missing_module_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        bundle(write(tmp_path, "import { a } from './parts/a.js';\n"))


def test_code_keeps_its_strings_templates_and_patterns() -> None:
    code = "const a = `x  ${ 'y  //z' }  //w`; // gone\nconst b = /[/]  \\/\\*/g;\nclass C { #d = 1; }\n"
    short = minify(code)
    assert '`x  ${"y  //z"}  //w`' in short
    assert "/[/]  \\/\\*/g" in short
    assert re.search(r"class C\{#\w=1\}", short)
    assert "gone" not in short


def test_a_style_sheet_keeps_its_meaning() -> None:
    style = """
    /* why */
    :host([side="start"]) :is(.a, .b) > i { inset: 0 auto; block-size: calc(100% - 4px); color: var(--ink, #fff); }
    @media (max-width: 480px) { .a { margin: 0; } }
    """
    assert minify_style(style) == (
        ':host([side="start"]) :is(.a,.b)>i{inset:0 auto;block-size:calc(100% - 4px);color:var(--ink,#fff)}'
        "@media (max-width:480px){.a{margin:0}}"
    )
