"""What can be checked of the widget and the demo shop without a browser: size, safety, references, texts."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

WIDGET = Path(__file__).parents[3] / "widget"
MODULE = WIDGET / "handoff-widget.js"
DEMO = WIDGET / "demo"
PAGES = ("index.html", "pricing.html", "order.html")
GZIP_BUDGET = 20_000  # bytes; the widget must not weigh on the shops that use it
SERVED_ELSEWHERE = {"widget.js", "./"}  # routes of the channel, not files of the demo


class Page(HTMLParser):
    """Collects what the checks below ask for."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline_code = False
        self._open_script = False
        self.feed((DEMO / name).read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open_script = tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if self._open_script and data.strip():
            self.inline_code = True

    def handle_endtag(self, tag: str) -> None:
        self._open_script = False

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every ``tag``."""
        return [attributes for name, attributes in self.tags if name == tag]

    def references(self) -> list[str]:
        """Everything that the page loads or links to."""
        values = [attributes.get(key) for _, attributes in self.tags for key in ("src", "href")]
        return [value for value in values if value]


def source() -> str:
    return MODULE.read_text(encoding="utf-8")


def without_comments() -> str:
    code = re.sub(r"/\*\*.*?\*/", "", source(), flags=re.DOTALL)
    code = re.sub(r"^\s*//.*$", "", code, flags=re.MULTILINE)
    assert "customElements.define" in code
    return code


def test_widget_stays_within_its_size() -> None:
    assert len(gzip.compress(MODULE.read_bytes(), 9)) < GZIP_BUDGET


def test_widget_depends_on_nothing() -> None:
    assert not re.search(r"^\s*import\s|\bimport\(|\brequire\(", without_comments(), flags=re.MULTILINE)
    addresses = re.findall(r"https?://[\w.-]+", without_comments())
    assert set(addresses) <= {"http://www.w3.org"}, "the SVG namespace is the only address, and is never fetched"


@pytest.mark.parametrize(
    "dangerous",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "new Function", "cssText"],
)
def test_widget_never_makes_code_or_markup_of_text(dangerous: str) -> None:
    assert dangerous not in without_comments()


def test_widget_sets_no_inline_style_or_handler_attribute() -> None:
    """A strict Content-Security-Policy ignores both."""
    assert not re.search(r"setAttribute\('(style|on\w+)'|\bstyle: ['\"]", without_comments())


def test_every_text_is_defined_and_used() -> None:
    code = without_comments()
    table = code[code.index("TEXTS = {") : code.index("};")]
    defined = set(re.findall(r"^\s{4}(\w+):", table, flags=re.MULTILINE))
    rest = code.replace(table, "")
    used = set(re.findall(r"'(\w+)'", rest))
    asked = set(re.findall(r"#t\('(\w+)'", rest)) | set(re.findall(r"\bt\('(\w+)'", rest))
    assert asked - defined == set(), "asked for, and not in the table"
    # help* and team* are put together from the state: helpQueued, teamBilling
    composed = {key for key in defined if key.startswith(("help", "team"))}
    assert defined - used - composed == set(), "in the table, and never shown"


def test_every_topic_has_a_team_name() -> None:
    for topic in ("sales", "support", "billing", "technical", "general"):
        assert f"team{topic.capitalize()}:" in source()


@pytest.mark.parametrize("name", PAGES)
def test_page_runs_under_a_strict_policy(name: str) -> None:
    page = Page(name)
    assert not page.inline_code
    assert not [attributes for _, attributes in page.tags if "style" in attributes]
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]


@pytest.mark.parametrize("name", PAGES)
def test_page_refers_only_to_files_that_are_there(name: str) -> None:
    page = Page(name)
    ids = {attributes.get("id") for _, attributes in page.tags}
    for reference in page.references():
        if reference.startswith("#"):
            assert reference[1:] in ids
        elif not reference.startswith(("mailto:", "tel:")) and reference not in SERVED_ELSEWHERE:
            assert not reference.startswith(("http", "/")), "the demo works under any address, without the internet"
            assert (DEMO / reference).is_file(), reference


@pytest.mark.parametrize("name", PAGES)
def test_page_has_what_assistive_technology_needs(name: str) -> None:
    page = Page(name)
    assert page.all("html")[0].get("lang") == "en"
    assert len(page.all("h1")) == 1
    assert all(page.all(landmark) for landmark in ("header", "nav", "main", "footer", "title"))
    assert page.all("a")[0] == {"class": "skip", "href": "#content"}
    assert all("alt" in image and image.get("width") and image.get("height") for image in page.all("img"))


@pytest.mark.parametrize("name", PAGES)
def test_page_has_the_widget_from_one_script_tag(name: str) -> None:
    page = Page(name)
    assert page.all("script") == [{"type": "module", "src": "widget.js"}]
    assert page.all("handoff-chat")[0].get("name") == "Fernway"


def test_pages_agree_with_what_the_company_stands_for() -> None:
    shop = (DEMO / "index.html").read_text(encoding="utf-8")
    plans = (DEMO / "pricing.html").read_text(encoding="utf-8")
    for fact in ("€549", "€749", "€399", "3 to 5 working days", "Free above €75", "€5.95", "€39", "30 days", "7 years"):
        assert fact in shop
    for fact in ("3 rooms", "15 people", "€3", "€29", "14 days", "Audit log", "Frankfurt", "Microsoft 365"):
        assert fact in plans
    assert "FW-104233" in (DEMO / "order.html").read_text(encoding="utf-8")
