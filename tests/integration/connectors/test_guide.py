"""The connector that docs/connectors.md prints is a real one: it passes the suite."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.conftest import ROOT
from tests.integration.connectors.conformance import Conformance, Subject
from tests.integration.connectors.deskly import FakeDeskly
from tests.support.live_chats.registry import built_in, connector_class

LONGEST_EXAMPLE = 60  # lines that say something: what one reads at a go


def source() -> str:
    page = (ROOT / "docs/connectors.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"^```python\n(\"\"\"Deskly.*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def example() -> Iterator[ModuleType]:
    module = ModuleType("documented_connector")
    sys.modules[module.__name__] = module  # pydantic looks up there what annotations name
    exec(compile(source(), "docs/connectors.md", "exec"), module.__dict__)
    yield module
    del sys.modules[module.__name__]


class TestDeskly(Conformance):
    """The suite over the example, as the page says to do it."""

    @pytest.fixture
    def subject(self, example: ModuleType) -> Iterator[Subject]:
        with FakeDeskly() as fake:
            yield Subject("deskly", fake, example.Deskly)


def test_the_example_is_short() -> None:
    assert sum(bool(line.strip()) for line in source().splitlines()) <= LONGEST_EXAMPLE


@pytest.mark.parametrize("type_name", built_in())
def test_the_table_says_what_the_connectors_say(type_name: str) -> None:
    page = (ROOT / "docs/connectors.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| \[`{type_name}`\].*$", page, re.MULTILINE)
    _, _, answers, at_once, urgency, queues, files, lost, _, _ = [cell.strip() for cell in row.split("|")]
    can = connector_class(type_name).capabilities
    assert answers.startswith("yes") is can.two_way
    if can.two_way:
        assert ((at_once == "yes"), (urgency == "yes"), (queues == "yes")) == (can.live, can.priority, can.queues)
    assert (files == "yes") is can.attachments
    assert (lost == "is asked") is can.pulls
