"""The e-mail check names the one thing to correct, and lets good addresses through however they are wrapped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.email_address import find_email
from handoff.domain.email_address import MAX_LENGTH, EmailProblem, email_problem

LOCAL = st.from_regex(r"[a-z0-9]+([._+-][a-z0-9]+){0,3}", fullmatch=True).filter(lambda part: len(part) <= 64)
DOMAIN = st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,10})?(\.[a-z0-9]{1,20}){0,2}\.[a-z]{2,10}", fullmatch=True)
ADDRESS = st.builds("{}@{}".format, LOCAL, DOMAIN)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("tom@example", EmailProblem.NO_ENDING),
        ("tom@example.", EmailProblem.NO_ENDING),
        ("tom@example.c", EmailProblem.NO_ENDING),
        ("tom@10.0.0.1", EmailProblem.NO_ENDING),
        ("@example.com", EmailProblem.NOTHING_BEFORE_AT),
        ("tom@", EmailProblem.NOTHING_AFTER_AT),
        ("tom@@example.com", EmailProblem.TWO_ATS),
        ("tom@example,com", EmailProblem.COMMA),
        ("tom@example..com", EmailProblem.DOTS),
        ("tom..b@example.com", EmailProblem.DOTS),
        ("tom.@example.com", EmailProblem.DOTS),
        ("t(o)m@example.com", EmailProblem.CHARACTERS),
        ("tom@exa_mple-.com", EmailProblem.CHARACTERS),
        (f"{'a' * 65}@example.com", EmailProblem.TOO_LONG),
    ],
)
def test_says_what_is_wrong(typed: str, problem: EmailProblem) -> None:
    found = find_email(f"my mail is {typed}")
    assert found is not None
    assert found.address is None
    assert found.problem is problem


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tom@example.com", "tom@example.com"),
        ("It's Tom.Vos+desk@Example.CO.UK, thanks!", "Tom.Vos+desk@example.co.uk"),
        ("<mailto:tom@example.com>", "tom@example.com"),
        ("(tom@example.com).", "tom@example.com"),
        ("tom @ example.com", "tom@example.com"),
        ("j\u00fcrgen@m\u00fcller.de", "j\u00fcrgen@m\u00fcller.de"),
        ("not tom@example but tom@example.com", "tom@example.com"),
        ("o'brien@example.ie", "o'brien@example.ie"),
    ],
)
def test_finds_a_good_address(text: str, address: str) -> None:
    found = find_email(text)
    assert found is not None
    assert found.address == address
    assert found.problem is None


@pytest.mark.parametrize("text", ["", "no", "I'd rather not", "FW-104233", "example.com"])
def test_no_at_sign_is_no_attempt(text: str) -> None:
    assert find_email(text) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("anna at example dot com", "anna@example.com"),
        ("it's anna dot berg at mail dot example dot org, thanks", "anna.berg@mail.example.org"),
        ("anna (at) example.com", "anna@example.com"),
        ("anna[at]example[dot]com", "anna@example.com"),
        ("ANNA AT EXAMPLE DOT COM", "ANNA@example.com"),
    ],
)
def test_reads_an_address_that_is_spelled_out(text: str, address: str) -> None:
    found = find_email(text)
    assert found is not None
    assert found.address == address


@pytest.mark.parametrize(
    "text", ["I ordered at fernway.example", "I ordered at fernway", "we meet at ten", "look at the dot"]
)
def test_at_alone_is_no_address(text: str) -> None:
    assert find_email(text) is None


@given(ADDRESS, st.sampled_from(["{}", "it is {}.", "<{}>", "mail: {}, please", '"{}"']))
def test_every_ordinary_address_is_found_in_a_sentence(address: str, sentence: str) -> None:
    found = find_email(sentence.format(address))
    assert found is not None
    assert found.address == address


@given(st.text())
def test_never_fails_and_never_accepts_what_it_would_reject(text: str) -> None:
    found = find_email(text)
    assert (found is not None) == ("@" in text)
    if found and found.address:
        assert email_problem(found.address) is None
        assert len(found.address) <= MAX_LENGTH
        assert not any(character.isspace() for character in found.address)
    elif found:
        assert found.problem is not None
