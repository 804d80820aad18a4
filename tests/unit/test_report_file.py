"""The section ``metrics.report`` of handoff.yml: what is right, and what is said of what is wrong."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff.domain.errors import ConfigurationError
from handoff.domain.weekly_report import ReportRules
from handoff.rules_file import load_rules
from tests.conftest import ROOT


def load(folder: Path, report: Any) -> ReportRules | None:
    content = yaml.safe_load((ROOT / "handoff.yml").read_text(encoding="utf-8"))
    content["metrics"]["report"] = report
    file = folder / "handoff.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_rules(file).metrics.report


def test_nobody_gets_it_unless_somebody_is_named() -> None:
    assert load_rules(ROOT / "handoff.yml").metrics.report is None


def test_who_gets_it_and_when(tmp_path: Path) -> None:
    assert load(tmp_path, {"to": ["mila@fernway.example"]}) == ReportRules(("mila@fernway.example",), 0, time(8))
    to = ["Mila <mila@fernway.example>", "mila@fernway.example", "tom@fernway.example"]
    assert load(tmp_path, {"to": to, "day": "Friday", "at": "17:05"}) == ReportRules(
        ("mila@fernway.example", "tom@fernway.example"), 4, time(17, 5)
    )


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({}, "metrics.report.to"),
        ({"to": []}, "metrics.report.to"),
        ({"to": ["mila"]}, "metrics.report.to.*'mila': "),
        ({"to": ["mila@fernway.example\nBcc: x@y.example"]}, "metrics.report.to"),
        (
            {"to": ["m@fernway.example"], "day": "someday"},
            "metrics.report.day.*'someday' is no day; write one of monday",
        ),
        ({"to": ["m@fernway.example"], "at": 1080}, "metrics.report.at.*'1080' is no time of day; write it in quotes"),
        ({"to": ["m@fernway.example"], "at": "25:00"}, "metrics.report.at.*'25:00' is no time of day"),
        ({"to": ["m@fernway.example"], "hour": 8}, "metrics.report.hour"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, report: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load(tmp_path, report)
