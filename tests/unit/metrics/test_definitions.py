"""Each metric is explained where people look for it, in the words of the code."""

from __future__ import annotations

import pytest

from handoff.metrics.definitions import DEFINITIONS, HIGHER, LOWER, Definition
from handoff.persistence.metric_behind import CONVERSION_VALUE, HANDOFFS_BEHIND, VISITS_BEHIND
from tests.conftest import ROOT

PAGE = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_the_page_has_its_name_label_and_formula(definition: Definition) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{definition.name}` |"))
    assert definition.label in row
    assert definition.formula in row
    assert definition.better in {HIGHER, LOWER, None}


def test_every_number_can_be_looked_into() -> None:
    lists = [*VISITS_BEHIND, *HANDOFFS_BEHIND, CONVERSION_VALUE]
    assert sorted(lists) == sorted(definition.name for definition in DEFINITIONS)
