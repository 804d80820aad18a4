"""Makes the widget's modules into what visitors load: one script, and one more for each language but English.

In the repository the widget is many small ES modules. Loaded one by one they would cost a visitor a request each and
compress badly; here they become one module, without comments and spaces. What the modules may use is kept small, so
that this stays simple: ``import {a, b} from './x.js'`` at the start of a line, ``export`` before a declaration, and
``import('./x.js')`` for what is loaded later. Top-level names must differ between modules.
"""

from __future__ import annotations

import re
from pathlib import Path

import minify as minifier

ENTRY = "handoff-widget.js"
PARTS = "parts"
SCRIPT_NAME = "widget.js"
LATER_FOLDER = "widget"  # address, relative to the script's, of what it loads later

IMPORT = re.compile(r"^(?:import|export) \{[^}]*\} from '([^']+)';\n", re.MULTILINE)
LATER = re.compile(r"import\('\./([\w-]+\.js)'\)")
DECLARATION = re.compile(r"^(?:export )?(?:async )?(?:class|function|const|let) (\w+)", re.MULTILINE)
EXPORT = re.compile(r"^export (?=async |class |function |const )", re.MULTILINE)
PUBLIC = re.compile(r"^export \{ ([\w, ]+) \};\n", re.MULTILINE)
STYLE = re.compile(r"(?<=STYLE = |.DARK = )`([^`]*)`")


class NotBundled(ValueError):
    """A module uses something that cannot be put into one script; the message names it."""


def bundle(folder: Path) -> dict[str, str]:
    """The scripts of the widget in ``folder``, by their address relative to the channel's.

    Raises:
        NotBundled: two modules have the same top-level name, or use ``import`` in another way than described above.
        OSError: a module is missing.
    """
    modules: dict[Path, str] = {}
    _collect((folder / ENTRY).resolve(), modules)
    _check_names(modules)
    public = ", ".join(sorted({name for code in modules.values() for name in PUBLIC.findall(code)}))
    body = "".join(EXPORT.sub("", PUBLIC.sub("", IMPORT.sub("", code))) for code in modules.values())
    later = sorted(set(LATER.findall(body)))
    script = LATER.sub(rf"import('./{LATER_FOLDER}/\1')", body) + f"export {{ {public} }};\n"
    scripts = {SCRIPT_NAME: minify(script)}
    for name in later:
        scripts[f"{LATER_FOLDER}/{name}"] = minify((folder / PARTS / name).read_text(encoding="utf-8"))
    return scripts


def minify(code: str) -> str:
    """``code`` without comments and needless spaces and with short local names; its style sheets are made short too."""
    return str(minifier.string("text/javascript", STYLE.sub(lambda found: f"`{minify_style(found.group(1))}`", code)))


def minify_style(style: str) -> str:
    """A style sheet without comments and needless spaces. Its strings must hold no ``{};,>`` and no ``: ``."""
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    style = re.sub(r"\s+", " ", style)
    style = re.sub(r" ?([{};,>]) ?", r"\1", style)
    style = re.sub(r"(?<=[\w-]): ", ":", style)
    return style.replace(";}", "}").strip()


def _collect(path: Path, modules: dict[Path, str]) -> None:
    """Add ``path`` after everything that it imports."""
    if path in modules:
        return
    code = path.read_text(encoding="utf-8")
    for address in IMPORT.findall(code):
        _collect((path.parent / address).resolve(), modules)
    rest = LATER.sub("", IMPORT.sub("", code))
    if re.search(r"^import\b|\bimport\(|^export (?:default|\*)", rest, re.MULTILINE):
        raise NotBundled(f"{path.name} imports or exports in a way that the bundle does not know.")
    modules[path] = code


def _check_names(modules: dict[Path, str]) -> None:
    owner: dict[str, str] = {}
    for path, code in modules.items():
        for name in DECLARATION.findall(code):
            if owner.setdefault(name, path.name) != path.name:
                raise NotBundled(f"{path.name} and {owner[name]} both declare {name}.")
