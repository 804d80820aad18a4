"""Contracts about imports that import-linter does not have; see ``[tool.importlinter]`` in pyproject.toml."""

from __future__ import annotations

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryOnly(Contract):
    """The modules of ``package`` import the standard library and each other, nothing else."""

    type_name = "stdlib_only"
    package: Any = fields.StringField()  # import-linter puts the value in its place

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import."""
        wrong = [
            (importer, imported)
            for importer in _modules_of(graph, self.package)
            for imported in graph.find_modules_directly_imported_by(importer)
            if not _within(imported, self.package) and imported.split(".")[0] not in sys.stdlib_module_names
        ]
        return ContractCheck(kept=not wrong, metadata={"wrong": sorted(wrong)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name the imports."""
        _render(check)


class OnlyImporters(Contract):
    """Nobody but the packages in ``importers`` imports ``imported`` directly."""

    type_name = "only_importers"
    imported: Any = fields.StringField()
    importers: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import."""
        wrong = [
            (importer, imported)
            for imported in _modules_of(graph, self.imported)
            for importer in graph.find_modules_that_directly_import(imported)
            if not any(_within(importer, package) for package in [*self.importers, self.imported])
        ]
        return ContractCheck(kept=not wrong, metadata={"wrong": sorted(wrong)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name the imports."""
        _render(check)


def _modules_of(graph: ImportGraph, package: str) -> list[str]:
    return [module for module in graph.modules if _within(module, package)]


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _render(check: ContractCheck) -> None:
    for importer, imported in check.metadata["wrong"]:
        output.print_error(f"{importer} imports {imported}", bold=True)
