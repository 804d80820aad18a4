"""The files that visitors' browsers load."""

from __future__ import annotations

import gzip

import pytest
import requests

from handoff.rasa.web.bundle import bundle
from tests.conftest import ROOT
from tests.e2e.people import SECONDS
from tests.e2e.product import Product

KILOBYTE = 1000


def get(address: str, **headers: str) -> requests.Response:
    return requests.get(address, headers=headers, timeout=SECONDS, allow_redirects=False, stream=True)


def test_the_widget_is_small_and_asked_for_once(product: Product) -> None:
    answer = get(f"{product.web}/widget.js", **{"Accept-Encoding": "gzip"})
    sent = answer.raw.read(decode_content=False)
    assert len(sent) < 20 * KILOBYTE
    assert gzip.decompress(sent).decode() == bundle(ROOT / "widget")["widget.js"]
    again = get(f"{product.web}/widget.js", **{"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_dutch_is_asked_for_where_it_is_spoken(product: Product) -> None:
    answer = get(f"{product.web}/widget/nl.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Wachten op een medewerker" in answer.text


def test_pages_forbid_scripts_of_others(product: Product) -> None:
    answer = get(f"{product.web}/")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_address_without_slash_leads_to_the_shop(product: Product) -> None:
    answer = get(product.web)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/webhooks/web/")


@pytest.mark.parametrize(
    "path",
    [
        "..%2f..%2fhandoff.yml",
        "%2e%2e/handoff-widget.js",
        "widget/..%2f..%2fconfig.yml",
        "nothing.html",
        "....//config.yml",
    ],
)
def test_nothing_else_is_served(product: Product, path: str) -> None:
    assert get(f"{product.web}/{path}").status_code == 404
