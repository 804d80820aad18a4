"""The desk's application on real databases, and agents who are logged in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.desk.app import create_app
from handoff.domain.model import Agent
from tests.integration.conftest import PASSWORD
from tests.integration.desk_api.client import BASE, log_in


@pytest.fixture
def app(services: Services) -> Any:
    return create_app(services, services.settings)


@pytest.fixture
def visitor(app: Any) -> Iterator[TestClient]:
    """Somebody who is not logged in."""
    with TestClient(app, BASE, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def as_sanne(visitor: TestClient, app: Any, sanne: Agent) -> TestClient:
    return log_in(app, "sanne")


@pytest.fixture
def as_jonas(visitor: TestClient, app: Any, jonas: Agent) -> TestClient:
    return log_in(app, "jonas")


@pytest.fixture
def boss(services: Services) -> Agent:
    return services.agents.create("mila", "Mila Novak", PASSWORD, role="admin")


@pytest.fixture
def as_boss(visitor: TestClient, app: Any, boss: Agent) -> TestClient:
    return log_in(app, "mila")
