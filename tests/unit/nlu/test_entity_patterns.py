"""E-mail addresses, web addresses and phone numbers: found as they are written, normalised."""

from __future__ import annotations

import pytest

from tests.unit.nlu.entities import found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tom@example.org", "tom@example.org"),
        ("mail me at Tom.Bakker+desk@Example.CO.uk.", "tom.bakker+desk@example.co.uk"),
        ("<j.o'neil@example.com>", "j.o'neil@example.com"),
        ("'quoted@example.org'", "quoted@example.org"),
        ("mailto:a@b-c.example", "a@b-c.example"),
        ("fw104233@example.com", "fw104233@example.com"),
        ("0612345678@example.com", "0612345678@example.com"),
    ],
)
def test_emails(text: str, value: str) -> None:
    assert found(text) == [("email", value)], "an e-mail address is nothing else beside"


@pytest.mark.parametrize("text", ["tom@", "@example.org", "a@b", "a@b.c", "tom at example dot org", "5 @ 3.50"])
def test_no_emails(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://shop.example/desks?order=104233#top", "https://shop.example/desks?order=104233#top"),
        ("see www.studio-brandt.example.", "www.studio-brandt.example"),
        ("(https://en.example/wiki/Desk_(office))", "https://en.example/wiki/Desk_(office)"),
        ("https://x.example/?mail=a@b.com", "https://x.example/?mail=a@b.com"),
        ("noordwind.nl", "noordwind.nl"),
        ("our website is noordwind.be", "noordwind.be"),
        ("my-shop.myshopify.com/products", "my-shop.myshopify.com/products"),
    ],
)
def test_urls(text: str, value: str) -> None:
    assert found(text) == [("url", value)]


@pytest.mark.parametrize(
    "text", ["thanks.is it open", "I don't know.no idea", "e.g. this", "invoice.pdf", "https://", "3.50"]
)
def test_no_urls(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+31 20 555 0134", "+31205550134"),
        ("+31 (0)20 555 0134", "+31205550134"),
        ("0031 6 12345678", "+31612345678"),
        ("call 06-12345678 please", "0612345678"),
        ("(020) 555 0134", "0205550134"),
        ("+49 151 23456789", "+4915123456789"),
        ("06 12 34 56 78", "0612345678"),
    ],
)
def test_phones(text: str, value: str) -> None:
    assert found(text) == [("phone", value)]


@pytest.mark.parametrize(
    "text",
    [
        "on 01-02-2026",
        "NL91 ABNA 0417 1643 00",
        "4111 1111 1111 1111",
        "room 0123",
        "100 000 000 000",
        "about 0.000001234",
    ],
)
def test_no_phones(text: str) -> None:
    assert found(text) == []
