"""``handoff metrics``: the numbers in a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handoff.cli import main
from handoff.domain.model import Agent
from tests.integration.metrics.story import DAY, MINUTE, ONE_DATABASE, Story


@pytest.fixture
def happened(story: Story, sanne: Agent, db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Something this week and last week, and the command in the same place."""
    story.at(2026, 11, 16, 10, 0)
    story.say("ann", "faq/delivery_time")
    story.pass_time(7 * DAY)
    story.say("ben", "faq/pricing_plans")
    story.say("eve", "track_order")
    handoff = story.ask_for_person("eve")
    story.pass_time(14 * MINUTE)
    story.services.claim(handoff, sanne.id)
    story.reply(handoff, sanne.id)
    monkeypatch.setenv("HANDOFF_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("HANDOFF_DB_URL", db_url)
    return story


@ONE_DATABASE
def test_the_numbers_in_a_terminal(happened: Story, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "--since", "7d", "--until", "2026-11-23"]) == 0
    told = capsys.readouterr().out
    lines = [line.split() for line in told.splitlines()]
    assert told.startswith("2026-11-17 to 2026-11-23 (Europe/Amsterdam), beside 2026-11-10 to 2026-11-16")
    assert ["Visits", "2", "1", "+100%"] in lines
    assert ["Handed", "over", "50.0%", "0.0%", "+50.0", "points", "2"] in lines
    assert ["First", "reply,", "typical", "14", "min", "-", "-", "1"] in lines
    assert ["Asked", "for", "a", "person", "-", "1", "50.0%"] in lines
    assert ["Support", "1", "1", "100.0%"] in lines


@ONE_DATABASE
def test_the_same_for_programs_and_with_a_filter(happened: Story, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "--since", "2026-11-17", "--until", "2026-11-23", "--topic", "sales", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["period"]["from"] == "2026-11-17"
    assert told["filters"]["topic"] == "sales"
    assert [(one["name"], one["value"]) for one in told["metrics"][:2]] == [("visits", 1), ("handoffs", 0)]
    assert main(["metrics", "--since", "last week"]) == 1
    assert "Write 7d (days), 4w (weeks) or a date" in capsys.readouterr().err
