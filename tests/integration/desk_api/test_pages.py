"""The pages around the API: who may see them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from tests.integration.conftest import PASSWORD
from tests.integration.desk_api.client import log_in


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: nothing in this file differs between databases."""
    return sqlite_url


def test_pages_send_strangers_to_the_login_and_back(visitor: TestClient, as_sanne: TestClient) -> None:
    assert visitor.get("/").headers["location"] == "/desk"
    assert visitor.get("/desk").headers["location"] == "/desk/login?next=/desk"
    deep = visitor.get("/desk/handoffs/abc?x=//evil.example")
    assert (deep.status_code, deep.headers["location"]) == (303, "/desk/login?next=/desk/handoffs/abc")
    page = as_sanne.get("/desk/handoffs/abc")
    assert page.status_code == 200
    assert "Sanne de Vries" in page.text
    assert visitor.get("/desk/nothing").text.count("There is nothing here") == 1


def test_names_are_escaped_on_the_page(visitor: TestClient, app: Any, services: Services) -> None:
    services.agents.create("mallory", '"><script>alert(1)</script>', PASSWORD)
    page = log_in(app, "mallory").get("/desk")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


@pytest.mark.parametrize("name", ["account", "canned"])
def test_pages_of_every_agent(visitor: TestClient, as_sanne: TestClient, name: str) -> None:
    assert visitor.get(f"/desk/{name}").headers["location"] == f"/desk/login?next=/desk/{name}"
    assert as_sanne.get(f"/desk/{name}").status_code == 200


def test_the_page_of_administrators(visitor: TestClient, as_sanne: TestClient, as_boss: TestClient) -> None:
    assert visitor.get("/desk/admin").headers["location"] == "/desk/login?next=/desk/admin"
    hidden = as_sanne.get("/desk/admin")
    assert hidden.status_code == 404
    assert "There is nothing here" in hidden.text
    assert as_boss.get("/desk/admin").status_code == 200
