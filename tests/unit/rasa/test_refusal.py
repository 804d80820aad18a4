from __future__ import annotations

import logging

import pytest

from handoff.domain.errors import ConfigurationError, StorageUnavailable, TooLong
from handoff.persistence.engine import open_engine
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.rasa.web.refusal import TurnNotStored, refusal
from handoff.texts import ResponseTexts
from tests.conftest import ROOT

TEXTS = ResponseTexts(ROOT / "data" / "responses")


@pytest.mark.parametrize("error", [StorageUnavailable("db.internal:5432 is locked"), ConfigurationError("db.internal")])
def test_a_visitor_hears_where_a_person_is_and_nothing_of_the_inside(error: StorageUnavailable) -> None:
    told = refusal(error, TEXTS)
    assert "db.internal" not in told["message"]
    assert "help@fernway.example" in told["message"]
    assert "+31 20 555 0134" in told["message"]
    assert (told["code"], told["status"]) == (error.code, error.http_status)


def test_what_the_assistant_says_about_a_failure_is_kept() -> None:
    assert refusal(TurnNotStored("I could not reach the team."), TEXTS)["message"] == "I could not reach the team."


def test_the_visitors_own_mistakes_are_explained() -> None:
    assert refusal(TooLong("4000 is the limit"), TEXTS) == {
        "code": "too_long",
        "message": "4000 is the limit",
        "status": 413,
    }


def test_the_drivers_words_are_in_the_log_only(caplog: pytest.LogCaptureFixture) -> None:
    engine = open_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(StorageUnavailable) as raised,
        SqlUnitOfWork(engine).read() as tx,
    ):
        tx.agents.count()
    assert "127.0.0.1" not in str(raised.value)
    assert "127.0.0.1" in caplog.text
