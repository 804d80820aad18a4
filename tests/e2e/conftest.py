"""One running product for all tests here; tests that kill processes start it again before they end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.e2e.people import AgentClient, Visitor
from tests.e2e.product import Product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    if not any((ROOT / "models").glob("*.tar.gz")):
        pytest.fail("There is no trained model. Run: make train")
    running = Product(tmp_path_factory.mktemp("product"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def visitor(product: Product) -> Visitor:
    return Visitor(product.web)


@pytest.fixture
def sanne(product: Product) -> AgentClient:
    return AgentClient(product.desk, "sanne", product.passwords["sanne"])


@pytest.fixture
def jonas(product: Product) -> AgentClient:
    return AgentClient(product.desk, "jonas", product.passwords["jonas"])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that fails shows what the processes wrote."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call" and report.failed and "product" in getattr(item, "funcargs", {}):
        report.sections.append(("Processes", item.funcargs["product"].log()))  # type: ignore[attr-defined]
