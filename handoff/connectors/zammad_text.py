"""Text from Zammad: articles are HTML when an agent typed them in the browser, visitors get plain text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

LONGEST_TITLE = 250
"""Characters; the column behind a ticket's title (Zammad's source)."""
BLOCKS = frozenset(
    {"p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
)
UNSEEN = frozenset({"script", "style", "head", "title"})
VOID = frozenset({"br", "img", "hr", "input", "meta", "link", "wbr", "col"})
"""Elements without an end tag."""


def title_of(headline: str) -> str:
    """The title of a ticket: one line, cut where Zammad would refuse it."""
    line = " ".join(headline.split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def said_in(article: dict[str, Any]) -> str:
    """What an article says as plain text, without the agent's signature and the e-mail that it answers."""
    body = str(article.get("body") or "")
    if "html" not in str(article.get("content_type")):
        return body.strip()
    reader = _Reader()
    reader.feed(body)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.text).split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip()


class _Reader(HTMLParser):
    """Collects what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self._skipping = 0
        """How many elements deep in something that is left out."""
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in VOID:
            if tag == "br" and not self._skipping:
                self.text.append("\n")
            return
        # Zammad marks both itself (data-signature, blockquote type="cite")
        left_out = tag in UNSEEN or given.get("data-signature") == "true"
        left_out = left_out or (tag == "blockquote" and given.get("type") == "cite")
        if self._skipping or left_out:
            self._skipping += 1
            return
        if tag in BLOCKS:
            self._new_line()
        if tag == "li":
            self.text.append("- ")
        if tag == "a" and str(given.get("href") or "").startswith(("http://", "https://")):
            self._link = (str(given["href"]), len(self.text))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return  # <br/> is reported as an end, too
        if self._skipping:
            self._skipping -= 1
            return
        if tag == "a" and self._link is not None:
            address, start = self._link
            # a link whose words hide its address is of no use in plain text
            if address.rstrip("/") not in "".join(self.text[start:]):
                self.text.append(f" ({address})")
            self._link = None
        if tag in BLOCKS:
            self._new_line()

    def handle_data(self, data: str) -> None:
        at_start = not self.text or self.text[-1].endswith("\n")
        if self._skipping or (at_start and not data.strip()):
            return
        self.text.append(data.replace("\n", " "))

    def _new_line(self) -> None:
        if self.text and not self.text[-1].endswith("\n"):
            self.text.append("\n")
