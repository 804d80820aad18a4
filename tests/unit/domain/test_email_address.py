"""The check of an e-mail address names the one thing to correct, and lets good addresses through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.email_address import MAX_LENGTH, EmailProblem, email_problem


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("tom at example dot com", EmailProblem.NOT_FOUND),
        ("", EmailProblem.NOT_FOUND),
        ("tom@example", EmailProblem.NO_ENDING),
        ("tom@example.c", EmailProblem.NO_ENDING),
        ("tom@10.0.0.1", EmailProblem.NO_ENDING),
        ("@example.com", EmailProblem.NOTHING_BEFORE_AT),
        ("tom@", EmailProblem.NOTHING_AFTER_AT),
        ("tom@@example.com", EmailProblem.TWO_ATS),
        ("tom@example,com", EmailProblem.COMMA),
        ("tom@example..com", EmailProblem.DOTS),
        ("t(o)m@example.com", EmailProblem.CHARACTERS),
        ("tom@exa_mple-.com", EmailProblem.CHARACTERS),
        (f"{'a' * 65}@example.com", EmailProblem.TOO_LONG),
        (f"tom@{'a' * MAX_LENGTH}.com", EmailProblem.TOO_LONG),
    ],
)
def test_says_what_is_wrong(address: str, problem: EmailProblem) -> None:
    assert email_problem(address) is problem


@pytest.mark.parametrize(
    "address", ["tom@example.com", "Tom.Vos+desk@example.co.uk", "o'brien@example.ie", "j\u00fcrgen@m\u00fcller.de"]
)
def test_accepts_a_good_address(address: str) -> None:
    assert email_problem(address) is None


@given(st.text(), st.sampled_from(["\n", "\r", "\r\n", "\x0b", "\x00", "\u2028", " ", "\t", "<", ">", '"']), st.text())
def test_never_accepts_what_could_end_a_header(before: str, breaker: str, after: str) -> None:
    assert email_problem(f"{before}{breaker}{after}") is not None
    assert email_problem(f"tom{breaker}@example.com") is not None
    assert email_problem(f"tom@exam{breaker}ple.com") is not None
