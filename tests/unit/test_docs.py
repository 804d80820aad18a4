"""README and docs say what the code does: every name in them exists, and everything that has a name is in them."""

from __future__ import annotations

import argparse
import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from fastapi.routing import APIRoute

from handoff import cli
from handoff.bootstrap import build_services
from handoff.desk.app import create_app
from handoff.rules_file import FILE_NAME
from handoff.settings import Settings
from tests.conftest import ROOT

README = ROOT / "README.md"
PAGES = sorted([README, *(ROOT / "docs").glob("*.md")])
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
GENERATED = ("var/", "models/", ".venv/", "bench/out/", "results/")
"""Folders that a fresh checkout does not have."""
IN_VAR = {"log/", "test/"}

LONGEST_PAGE = 130  # lines; what one reads in a few minutes
VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE_SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*(?:/|\.(?:py|yml|md|js|json|toml|sh|css|html))")


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def variables_read() -> set[str]:
    """Environment variables that settings.py names, and those that Rasa's own files refer to."""
    tree = ast.parse((ROOT / "handoff/settings.py").read_text(encoding="utf-8"))
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    found = {text for text in strings if VARIABLE.fullmatch(text)}
    for name in ("endpoints.yml", "credentials.yml"):
        found |= set(re.findall(r"\$\{(\w+)\}", (ROOT / name).read_text(encoding="utf-8")))
    return found


def commands(parser: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    """Every command that does something: ``serve``, ``users add``, ..."""
    children = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not children:
        yield before.strip()
    for action in children:
        for name, child in action.choices.items():
            yield from commands(child, f"{before} {name}")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    browser_tests = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests/e2e").glob("*.py"))
    for link in LINK.findall(prose(page)):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if target.suffix == ".png" and f'"{target.stem}"' in browser_tests:
            continue  # a browser test makes it
        assert target.is_file(), f"{page.name} links to {link}, which does not exist"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", prose(target), re.MULTILINE)
            assert anchor in map(slug, headings), f"{page.name} links to {link}; there is no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_exist(page: Path) -> None:
    for span in CODE_SPAN.findall(prose(page)):
        if PATH.fullmatch(span) is None or span.startswith(GENERATED):
            continue
        # the library's folders are also written from there (`domain/`), those of var/ in the section about it
        known = any((ROOT / place / span).exists() for place in ("", "handoff")) or span in IN_VAR
        assert known, f"{page.name} names {span}, which does not exist"


def test_every_environment_variable_has_a_row() -> None:
    table = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
    missing = {name for name in variables_read() if f"| `{name}` |" not in table}
    assert not missing, f"docs/operators.md has no row for {', '.join(sorted(missing))}"


def test_no_variable_is_invented() -> None:
    named = set(re.findall(r"\bHANDOFF_[A-Z_]+\b", TEXT))
    assert named <= variables_read(), f"nothing reads {', '.join(sorted(named - variables_read()))}"


def test_every_key_of_the_designers_file_is_explained() -> None:
    page = (ROOT / "docs/designers.md").read_text(encoding="utf-8")
    keys = yaml.safe_load((ROOT / FILE_NAME).read_text(encoding="utf-8"))
    missing = [key for key in keys if f"`{key}`" not in page]
    assert not missing, f"docs/designers.md does not mention {', '.join(missing)}"


def test_every_number_of_the_graded_triggers_is_explained() -> None:
    page = (ROOT / "docs/designers.md").read_text(encoding="utf-8")
    triggers = yaml.safe_load((ROOT / FILE_NAME).read_text(encoding="utf-8"))["triggers"]
    missing = [key for kind in ("frustration", "low_confidence") for key in triggers[kind] if f"`{key}`" not in page]
    assert not missing, f"docs/designers.md does not mention {', '.join(missing)}"


def test_every_command_is_mentioned() -> None:
    missing = [name for name in commands(cli._parser()) if f"handoff.cli {name}" not in TEXT]
    assert not missing, f"no page shows: handoff.cli {', handoff.cli '.join(missing)}"


def test_every_command_shown_exists() -> None:
    known = set(commands(cli._parser()))
    for shown in re.findall(r"handoff\.cli ((?:users )?[a-z-]+)", TEXT):
        assert shown in known, f"there is no command: handoff.cli {shown}"
    for module in set(re.findall(r"-m (handoff[\w.]+)", TEXT)):
        assert importlib.util.find_spec(module), f"there is no module {module}"


def test_make_targets() -> None:
    code = "\n".join(CODE_SPAN.findall(TEXT) + FENCE.findall(TEXT))
    shown = set(re.findall(r"\bmake ([a-z]+)\b", code))
    assert shown <= targets(), f"the Makefile has no {', '.join(sorted(shown - targets()))}"
    assert targets() <= shown, f"no page mentions make {', make '.join(sorted(targets() - shown))}"


def test_every_route_of_the_desk_is_in_its_page(tmp_path: Path) -> None:
    services = build_services(Settings.load(ROOT, {"HANDOFF_VAR": str(tmp_path)}))
    app = create_app(services, services.settings)
    page = (ROOT / "docs/desk-api.md").read_text(encoding="utf-8")
    described = {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}
    missing = [
        f"{method} {path}"
        for method, path in sorted(described)
        if not any(f"`{method} {path}{end}" in page for end in "`?")
    ]
    pages = [route.path for route in app.routes if isinstance(route, APIRoute) and not route.include_in_schema]
    missing += [path for path in pages if path != "/" and f"`{path}`" not in page]
    services.engine.dispose()
    assert not missing, f"docs/desk-api.md lacks {', '.join(missing)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_render(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert sum(line.startswith("# ") for line in prose(page).splitlines()) == 1
    assert len(lines) <= LONGEST_PAGE, f"{page.name} has {len(lines)} lines"
    assert sum(line.startswith("```") for line in lines) % 2 == 0, "a code block is not closed"
    for table in re.findall(r"(?:^\|.*\n)+", prose(page), re.MULTILINE):
        columns = {re.sub(r"`[^`]*`", "", row).count("|") for row in table.splitlines()}
        assert len(columns) == 1, f"{page.name}: rows of different length in the table that begins {table[:60]}"
