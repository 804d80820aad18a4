"""The report as one HTML page that needs nothing but itself: style, script and data are inside it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handoff.nlu.tune import charts, wording
from handoff.nlu.tune.charts import RiskChart
from handoff.nlu.tune.intent_scores import WEAK
from handoff.nlu.tune.report import Report

TEMPLATES = Path(__file__).resolve().parent / "templates"
PAGE, STYLE, SCRIPT = "report.html", "report.css", "report.js"

PAIRS_AT_ONCE = 12  # confused pairs that are shown without asking: more are not mended in one sitting
SENTENCES_AT_ONCE = 8  # of each pair, likewise
NEAR_AT_ONCE = 30  # nearly equal pairs, likewise
BARS_WIDTH = 400  # of the bars that show what the examples get, in units of their SVG drawing


def render_page(report: Report) -> bytes:
    """The page, UTF-8. Every sentence in it is escaped; half a surrogate pair becomes a replacement character."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": wording.percent,
        "number": wording.number,
        "decimal": wording.decimal,
        "breakable": wording.breakable,
    }
    style, script = (_source(name) for name in (STYLE, SCRIPT))
    risk = charts.risk_chart(report.stops, report.outcome, report.what_if)
    page = environment.get_template(PAGE).render(
        report=report,
        style=style,
        script=script,
        policy=content_security_policy(style, script),
        risk=risk,
        reliability=charts.reliability_chart(report.reliability),
        data=script_data(report, risk),
        weak=WEAK,
        flags=wording.FLAGS,
        outcomes=wording.OUTCOMES,
        mistakes=wording.MISTAKES,
        some=wording.some,
        pairs_at_once=PAIRS_AT_ONCE,
        sentences_at_once=SENTENCES_AT_ONCE,
        near_at_once=NEAR_AT_ONCE,
        bars_width=BARS_WIDTH,
        chart=charts,
    )
    return page.encode("utf-8", "xmlcharrefreplace")


def content_security_policy(style: str, script: str) -> str:
    """Nothing may be loaded, sent or run but this style and this script (W3C, Content Security Policy Level 3)."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        f"base-uri 'none'; form-action 'none'"
    )


def script_data(report: Report, risk: RiskChart) -> dict[str, Any]:
    """What the slider needs: outcomes at each stop with their place in the chart, and the examples that change sides.

    Examples that are read as having no answer are left out, since no threshold concerns them.
    """
    labels = sorted({label for case in report.cases for label in (case.label, case.predicted)})
    place = {label: index for index, label in enumerate(labels)}
    thresholds = [stop.threshold for stop in report.stops]
    return {
        "labels": labels,
        "stops": [{**asdict(stop), "place": risk.place(stop)} for stop in report.stops],
        "chosen": thresholds.index(report.chosen.threshold),
        "cases": [
            [case.text, place[case.label], place[case.predicted], case.known]
            for case in sorted(report.cases, key=lambda case: case.known)
            if case.has_answer
        ],
    }


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
