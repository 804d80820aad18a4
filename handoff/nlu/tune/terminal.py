"""The report for the terminal: what fits on a screen or two, at most ``COLUMNS`` wide. The page holds all of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from handoff.nlu.tune.report import Report
from handoff.nlu.tune.wording import FLAGS, OUTCOMES, decimal, number, percent, some

COLUMNS = 100
PAIRS = 10
SENTENCES = 2  # of each pair
FLAGGED = 12
NEAR = 5
REPEATED = 5
MESSAGES = 40
_RIGHT, _LEFT = ">", "<"


def render_text(report: Report) -> str:
    """The whole view, without a line break at the end."""
    parts = [
        _headline(report),
        _what_if(report),
        _pairs(report),
        _intents(report),
        _duplicates(report),
        _messages(report),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _headline(report: Report) -> list[str]:
    head, outcome = report.headline, report.outcome
    rows = [
        ("right intent", percent(head.right_intents), f"({percent(head.right_labels)} with each FAQ by itself)"),
        ("calibration error", percent(head.calibration_error), ""),
        ("threshold", decimal(report.chosen.threshold), f"({report.chosen.reason})"),
        ("answered", percent(outcome.answered_share), f"of {some(head.in_scope, 'example')} that have an answer"),
        ("wrong answers", percent(outcome.wrong_share), "of the answers"),
        (
            "off-topic answered",
            percent(outcome.out_of_scope_share),
            f"of {some(head.out_of_scope, 'example')} that have none",
        ),
    ]
    intents = f"{some(head.intents, 'intent')} ({number(head.labels)} with each FAQ by itself)"
    return [f"{some(head.examples, 'example')}, {intents}", *_table(rows, "<><")]


def _what_if(report: Report) -> list[str]:
    rows = [
        [
            f"{row.wrong_answers:.2f}",
            decimal(row.outcome.threshold),
            percent(row.outcome.answered_share),
            percent(row.outcome.wrong_share),
            percent(row.outcome.out_of_scope_share),
            "<- in use" if row.wrong_answers == report.chosen.wrong_answers else "",
        ]
        for row in report.what_if
    ]
    heads = ["wrong_answers", "threshold", "answered", "wrong", "off-topic answered", ""]
    return ["What other values would do", *_table([heads, *rows], ">>>>><")]


def _pairs(report: Report) -> list[str]:
    if not report.pairs:
        return ["Every example was read as what it is."]
    lines = [f"Confusions ({PAIRS} of {number(len(report.pairs))})" if len(report.pairs) > PAIRS else "Confusions"]
    for pair in report.pairs[:PAIRS]:
        way = f"{pair.forth} + {pair.back} back" if pair.back else f"{pair.forth}"
        lines.append(_cut(f"  {pair.count:>4}  {pair.label} taken for {pair.other} ({way})"))
        lines += [_cut(f'          "{mistake.text}" is {mistake.label}') for mistake in pair.mistakes[:SENTENCES]]
    return lines


def _intents(report: Report) -> list[str]:
    flagged = [score for score in report.intents if score.flags]
    if not flagged:
        return ["No intent needs attention."]
    rows = [
        [
            score.label,
            number(score.examples),
            percent(score.precision, 0),
            percent(score.recall, 0),
            percent(score.f1, 0),
            ", ".join(FLAGS[flag] for flag in score.flags),
        ]
        for score in flagged[:FLAGGED]
    ]
    title = "Intents that need attention"
    if len(flagged) > FLAGGED:
        title += f" ({FLAGGED} of {len(flagged)})"
    return [title, *_table([["intent", "examples", "precision", "recall", "F1", ""], *rows], "<>>>><")]


def _duplicates(report: Report) -> list[str]:
    lines = []
    if report.near:
        lines.append(f"Nearly equal under different intents: {some(len(report.near), 'pair')}")
        for pair in report.near[:NEAR]:
            lines.append(_cut(f'  {percent(pair.likeness, 0):>5}  "{pair.first.text}" is {pair.first.label}'))
            lines.append(_cut(f'         "{pair.second.text}" is {pair.second.label}'))
    if report.repeated:
        lines.append(f"Written more than once under one intent: {some(len(report.repeated), 'sentence')}")
        for one in report.repeated[:REPEATED]:
            lines.append(_cut(f'  {one.times:>4}x  "{one.example.text}" is {one.example.label}'))
    return lines


def _messages(report: Report) -> list[str]:
    messages = report.messages
    if messages is None:
        return []
    lines = [f"{messages.file}: {number(messages.answered)} of {some(len(messages.rows), 'message')} would be answered"]
    if messages.labelled:
        lines.append(
            f"  {number(messages.right)} of {number(messages.labelled)} with an intent were read rightly; "
            f"{number(messages.wrong_answers)} would get a wrong answer"
        )
    rows = [
        [
            row.label or "–",
            percent(row.confidence if row.label else None, 0),
            percent(row.known if row.label else None, 0),
            OUTCOMES[row.outcome],
            "" if row.right is None else "right" if row.right else f"is {row.expected}",
            row.text,
        ]
        for row in messages.rows[:MESSAGES]
    ]
    lines += _table([["read as", "confidence", "known", "visitor", "", "message"], *rows], "<>><<<")
    if len(messages.rows) > MESSAGES:
        lines.append(f"  and {number(len(messages.rows) - MESSAGES)} more")
    return lines


def _table(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Lines of equal columns; ``sides`` says for each whether it stands to the left or to the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        _cut("  " + "  ".join(_pad(cell, width, side) for cell, width, side in zip(row, widths, sides, strict=True)))
        for row in rows
    ]


def _pad(cell: str, width: int, side: str) -> str:
    space = " " * (width - _width(cell))
    return space + cell if side == _RIGHT else cell + space


def _cut(line: str) -> str:
    """``line`` without what a terminal would take for a command, at most ``COLUMNS`` wide."""
    plain = "".join(sign if sign.isprintable() or sign == "\u00a0" else " " for sign in line).rstrip()
    if _width(plain) <= COLUMNS:
        return plain
    while _width(plain) >= COLUMNS:
        plain = plain[:-1]
    return plain + "…"


def _width(text: str) -> int:
    """Columns in a terminal: most emoji and East Asian signs take two, combining ones none (Unicode TR 11)."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.combining(sign) > 0 for sign in text)
