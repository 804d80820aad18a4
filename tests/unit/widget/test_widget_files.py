"""What can be checked of the widget and the demo shop without a browser: safety, references, texts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

WIDGET = Path(__file__).parents[3] / "widget"
PARTS = WIDGET / "parts"
MODULES = [WIDGET / "handoff-widget.js", *sorted(PARTS.glob("*.js"))]
DEMO = WIDGET / "demo"
PAGES = ("index.html", "pricing.html", "order.html")
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


def without_comments(path: Path) -> str:
    code = re.sub(r"/\*\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"^\s*//.*$", "", code, flags=re.MULTILINE)


def whole() -> str:
    """The code of all modules."""
    return "\n".join(without_comments(path) for path in MODULES)


def texts(path: Path) -> dict[str, str]:
    """Key -> text of a table of texts."""
    return dict(re.findall(r"^\s+(\w+): '(.*)',$", path.read_text(encoding="utf-8"), flags=re.MULTILINE))


ENGLISH = texts(PARTS / "texts.js")
DUTCH = texts(PARTS / "nl.js")


def test_widget_depends_on_nothing() -> None:
    imported = re.findall(r"(?:from|import\()\s*'([^']+)'", whole())
    assert imported
    assert all(address.startswith(("./parts/", "./")) for address in imported)
    addresses = re.findall(r"https?://[\w.-]+", whole())
    assert set(addresses) <= {"http://www.w3.org"}, "the SVG namespace is the only address, and is never fetched"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_every_module_begins_with_what_it_is_for(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("/**")


@pytest.mark.parametrize(
    "dangerous",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "new Function", "cssText"],
)
def test_widget_never_makes_code_or_markup_of_text(dangerous: str) -> None:
    assert dangerous not in whole()


def test_widget_sets_no_inline_style_or_handler_attribute() -> None:
    """A strict Content-Security-Policy ignores both."""
    assert not re.search(r"setAttribute\('(style|on\w+)'|\bstyle: ['\"]", whole())


def test_every_text_is_defined_and_used() -> None:
    code = "\n".join(without_comments(path) for path in MODULES if path.name not in {"texts.js", "nl.js"})
    used = set(re.findall(r"'(\w+)'", code))
    asked = set(re.findall(r"\bt\('(\w+)'", code))
    assert asked - ENGLISH.keys() == set(), "asked for, and not in the table"
    # put together from what they are about: teamBilling, score3, contactTitle
    composed = {key for key in ENGLISH if re.match(r"team[A-Z]|score\d|\w+Title$", key)} | {"name", "email", "phone"}
    assert ENGLISH.keys() - used - composed == set(), "in the table, and never shown"


def test_both_languages_have_the_same_texts() -> None:
    assert list(ENGLISH) == list(DUTCH)
    blanks = re.compile(r"\{\w+\}")
    for key, text in ENGLISH.items():
        assert sorted(blanks.findall(text)) == sorted(blanks.findall(DUTCH[key])), key


def test_texts_are_calm_and_honest() -> None:
    for text in [*ENGLISH.values(), *DUTCH.values()]:
        assert "please wait" not in text.lower()
        assert "\u2014" not in text
        assert text.count("!") == (1 if text.startswith(("Hello", "Hallo")) else 0)


def test_every_topic_has_a_team_name() -> None:
    for topic in ("sales", "support", "billing", "technical", "general"):
        assert ENGLISH[f"team{topic.capitalize()}"]


def test_every_text_attribute_and_colour_is_described() -> None:
    described = (WIDGET.parent / "docs" / "widget.md").read_text(encoding="utf-8")
    code = whole()
    attributes = set(re.findall(r"\b(?:getAttribute|hasAttribute|attribute)\('([\w-]+)'\)", code))
    properties = set(re.findall(r"--handoff-[\w-]+", code))
    assert attributes
    assert properties
    named = set(re.findall(r"`([\w-]+)`", described))
    assert (attributes | properties | ENGLISH.keys()) - named == set()


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
