"""Is what is installed exactly what requirements.lock says, and do the packages fit together?

Rasa's own pins are restated and partly lifted in pyproject.toml (``[tool.uv]``). A requirement is therefore judged by
what pyproject.toml says about it where it says something, and by the package's own metadata otherwise.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
REMEDY = "Remedy: make install (after rm .venv/ready), or make lock if pyproject.toml changed."


@dataclass(frozen=True)
class Installed:
    """One installed package, as far as it matters here."""

    name: str
    version: str
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """What pyproject.toml says beyond the packages' own metadata.

    Attributes:
        restated: requirements that stand in for a package's own, by package.
        lifted: version ranges that hold whatever a package requires, by required package.
        excluded: packages that are left out on purpose.
    """

    restated: dict[str, tuple[str, ...]]
    lifted: dict[str, SpecifierSet]
    excluded: frozenset[str]


def canonical(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_policy(pyproject: dict[str, Any]) -> Policy:
    """The policy of a parsed pyproject.toml."""
    uv = pyproject.get("tool", {}).get("uv", {})
    overrides = [Requirement(text) for text in uv.get("override-dependencies", [])]
    return Policy(
        restated={canonical(item["name"]): tuple(item["requires-dist"]) for item in uv.get("dependency-metadata", [])},
        lifted={canonical(item.name): item.specifier for item in overrides},
        excluded=frozenset(canonical(Requirement(text).name) for text in uv.get("exclude-dependencies", [])),
    )


def read_lock(text: str) -> dict[str, str]:
    """Version by package of every line of a lock file that applies to this machine."""
    wanted = {}
    for line in text.splitlines():
        if not line or line.startswith((" ", "#")):
            continue
        requirement = Requirement(line.rstrip(" \\"))
        if requirement.marker is None or requirement.marker.evaluate():
            wanted[canonical(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return wanted


def differences(wanted: dict[str, str], installed: dict[str, Installed]) -> list[str]:
    """Packages that are missing, extra, or of another version than locked."""
    problems = [f"{name} {version} is not installed" for name, version in wanted.items() if name not in installed]
    problems += [
        f"{name} {installed[name].version} is installed; {version} is locked"
        for name, version in wanted.items()
        if name in installed and installed[name].version != version
    ]
    problems += [
        f"{name} {found.version} is installed and not locked" for name, found in installed.items() if name not in wanted
    ]
    return sorted(problems)


def unsatisfied(installed: dict[str, Installed], policy: Policy) -> list[str]:
    """Requirements between installed packages that do not hold."""
    problems = set()
    for name, required_by in _requirements(installed, policy):
        wanted = canonical(name.name)
        if wanted in policy.excluded:
            continue
        specifier = name.specifier
        if wanted in policy.lifted:
            specifier = policy.lifted[wanted] & at_least(specifier)
        found = installed.get(wanted)
        if found is None:
            problems.add(f"{required_by} needs {wanted}, which is not installed")
        elif not specifier.contains(found.version, prereleases=True):
            problems.add(f"{required_by} needs {wanted} {specifier}; {found.version} is installed")
    return sorted(problems)


def at_least(specifier: SpecifierSet) -> SpecifierSet:
    """The lower bounds of a range: lifting a pin allows newer releases, and never older ones."""
    lowest = {">=": ">=", ">": ">", "~=": ">=", "==": ">="}
    clauses = [
        f"{lowest[part.operator]}{part.version.removesuffix('.*')}" for part in specifier if part.operator in lowest
    ]
    return SpecifierSet(",".join(clauses))


def _requirements(installed: dict[str, Installed], policy: Policy) -> Iterator[tuple[Requirement, str]]:
    """Every requirement that applies here, with the package that has it; extras only where somebody asks for them."""
    todo: list[tuple[str, str]] = [(name, "") for name in installed]
    seen = set(todo)
    while todo:
        name, extra = todo.pop()
        package = installed.get(name)
        if package is None:
            continue  # reported where it is required
        for text in policy.restated.get(name, package.requires):
            requirement = Requirement(text)
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
                continue
            yield requirement, f"{name}[{extra}]" if extra else name
            for wanted in requirement.extras:
                key = (canonical(requirement.name), wanted)
                if key not in seen:
                    seen.add(key)
                    todo.append(key)


def what_is_installed(found: Iterable[Distribution]) -> dict[str, Installed]:
    """The packages of an environment by name."""
    packages = (Installed(canonical(item.metadata["Name"]), item.version, tuple(item.requires or ())) for item in found)
    return {package.name: package for package in packages}


def main() -> int:
    """Print every problem; return 1 when there is one."""
    installed = what_is_installed(distributions())
    policy = read_policy(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    wanted = read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    problems = [*differences(wanted, installed), *unsatisfied(installed, policy)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(REMEDY, file=sys.stderr)
        return 1
    print(f"{len(wanted)} packages are installed as locked, and their requirements hold.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
