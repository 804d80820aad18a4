"""Our own contracts about imports find what they are for."""

from __future__ import annotations

import pytest
from grimp import ImportGraph

from scripts.import_contracts import OnlyImporters, StandardLibraryOnly


@pytest.fixture
def graph() -> ImportGraph:
    graph = ImportGraph()
    for module in ("shop", "shop.domain", "shop.domain.money", "shop.web"):
        graph.add_module(module)
    graph.add_module("yaml", is_squashed=True)
    return graph


def domain_contract() -> StandardLibraryOnly:
    return StandardLibraryOnly("domain", {"root_packages": ["shop"]}, {"package": "shop.domain"})


def web_contract() -> OnlyImporters:
    return OnlyImporters("web", {"root_packages": ["shop"]}, {"imported": "yaml", "importers": ["shop.web"]})


def test_the_standard_library_and_the_package_itself_are_allowed(graph: ImportGraph) -> None:
    graph.add_module("os", is_squashed=True)
    graph.add_import(importer="shop.domain.money", imported="os")
    graph.add_import(importer="shop.domain", imported="shop.domain.money")
    graph.add_import(importer="shop.web", imported="yaml")
    assert domain_contract().check(graph, verbose=False).kept
    assert web_contract().check(graph, verbose=False).kept


@pytest.mark.parametrize("imported", ["yaml", "shop.web"])
def test_anything_else_is_named(graph: ImportGraph, imported: str) -> None:
    graph.add_import(importer="shop.domain.money", imported=imported)
    check = domain_contract().check(graph, verbose=False)
    assert not check.kept
    assert check.metadata["wrong"] == [("shop.domain.money", imported)]


def test_an_importer_that_is_not_listed_is_named(graph: ImportGraph) -> None:
    graph.add_import(importer="shop.domain", imported="yaml")
    check = web_contract().check(graph, verbose=False)
    assert not check.kept
    assert check.metadata["wrong"] == [("shop.domain", "yaml")]
