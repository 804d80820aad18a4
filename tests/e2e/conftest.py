"""One running product for all tests here; tests that kill processes start it again before they end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.e2e.people import AgentClient, Visitor
from tests.e2e.product import Product
from tests.support.browser import chromium, complaints

__all__ = ["chromium", "complaints"]


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


@pytest.fixture(autouse=True)
def nobody_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close the browsers that a test opened: an agent whose desk stays open would be online in the next one."""
    browser: Browser | None = request.getfixturevalue("chromium") if "chromium" in request.fixturenames else None
    yield
    for context in browser.contexts if browser else ():
        context.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that fails shows what the processes wrote."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call" and report.failed and "product" in getattr(item, "funcargs", {}):
        report.sections.append(("Processes", item.funcargs["product"].log()))  # type: ignore[attr-defined]
