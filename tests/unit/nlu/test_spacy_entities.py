"""Entities: found where they are, normalised, never overlapping, and no text makes the extractor fail."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from handoff.nlu.spacy_entities import SpacyPatternExtractor

LONGEST_MESSAGE = 4000  # the web channel's limit
EXTRACTOR = SpacyPatternExtractor(SpacyPatternExtractor.get_default_config())


def found(text: str) -> list[tuple[str, str]]:
    return [(match.entity, match.value) for match in EXTRACTOR.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "FW-104233",
        "fw104233",
        "FW 104233",
        "Fw_104233",
        "#104233",
        "# 104233",
        "#FW-104233",
        "104233",
        "it's 104233",
        "here you go: 104233, thanks",
        "my order 104233 is late",
        "order number: 104233.",
        "(FW-104233)",
        "bestelnummer 104233",
        "\u2060FW-104233",
    ],
)
def test_order_numbers_in_every_spelling(text: str) -> None:
    assert found(text) == [("order_number", "FW-104233")]


@pytest.mark.parametrize(
    "text",
    [
        "we are 104233 people",
        "I want to order 100000 desks",
        "the pin is 123456",
        "FW-10423",
        "FW-1042334",
        "€104233",
        "order of 104233 euro",
        "10969 Berlin",
        "my postcode in Bangalore is 560001",
        "fwd 104233 to somebody",
        "order 104233-22",
    ],
)
def test_other_numbers_are_no_order_numbers(text: str) -> None:
    assert found(text) == []


def test_several_order_numbers() -> None:
    assert found("FW-104233 and the other is 104234") == [("order_number", "FW-104233"), ("order_number", "FW-104234")]


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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my name is tom bakker and I need help", "Tom Bakker"),
        ("My name is John. I want a refund", "John"),
        ("I'm Tom Bakker", "Tom Bakker"),
        ("I\u2019m Fatima El Amrani from Utrecht", "Fatima El Amrani"),
        ("hi, this is Lars", "Lars"),
        ("You can call me Bea", "Bea"),
        ("I am Sanne de Vries and my desk is broken", "Sanne de Vries"),
        ("this is Peter Müller-Lüdenscheidt speaking", "Peter Müller-Lüdenscheidt"),
        ("name: Anna Kowalska", "Anna Kowalska"),
        ("mijn naam is Jan van der Berg", "Jan van der Berg"),
        ("my name is O'Brien", "O'Brien"),
    ],
)
def test_names(text: str, value: str) -> None:
    assert found(text) == [("name", value)]


@pytest.mark.parametrize(
    "text",
    [
        "I'm angry",
        "I'm Angry",
        "I'm Sick of this",
        "I am Dutch",
        "THIS IS RIDICULOUS",
        "I'M FURIOUS",
        "this is Unacceptable service",
        "my name is spelled wrong",
        "my name is on the invoice",
        "what is your name",
        "I'm looking for a desk",
        "call me back tomorrow",
        "call me Monday",
        "I'm Marketing Manager",
        "my name is not important",
        "so I'm Still waiting",
    ],
)
def test_no_names(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("we use shopify", ["Shopify"]),
        ("WORDPRESS with woo-commerce", ["WordPress", "WooCommerce"]),
        ("Google Workspace, Slack/Teams?", ["Google Workspace", "Slack", "Microsoft Teams"]),
        ("ms teams and Office 365", ["Microsoft Teams", "Microsoft 365"]),
        ("our teams slack off", ["Slack"]),
        ("our teams work from home", []),
        ("in exchange for a refund", []),
    ],
)
def test_platforms(text: str, values: list[str]) -> None:
    assert found(text) == [("platform", value) for value in values]


def test_everything_at_once_with_offsets_and_extractor() -> None:
    text = (
        "\u2060I'm Tom Bakker, order #104233, mail tom@example.org or +31 6 12345678, site www.tom.example on Shopify"
    )
    entities = EXTRACTOR.process([Message({TEXT: text})])[0].get(ENTITIES)
    assert {entity["entity"]: text[entity["start"] : entity["end"]] for entity in entities} == {
        "name": "Tom Bakker",
        "order_number": "#104233",
        "email": "tom@example.org",
        "phone": "+31 6 12345678",
        "url": "www.tom.example",
        "platform": "Shopify",
    }
    assert {entity["extractor"] for entity in entities} == {"SpacyPatternExtractor"}


def test_entities_of_others_are_kept() -> None:
    message = Message({TEXT: "FW-104233", ENTITIES: [{"entity": "colour", "value": "blue"}]})
    assert [entity["entity"] for entity in EXTRACTOR.process([message])[0].get(ENTITIES)] == ["colour", "order_number"]


def test_a_slash_command_typed_by_a_visitor_is_harmless() -> None:
    assert found("\u2060/restart") == []
    assert EXTRACTOR.process([Message({TEXT: "\u2060/restart"})])[0].get(ENTITIES) == []


PIECES = st.sampled_from(
    [
        "FW-104233", "#104233", "104233", "tom@example.org", "+31 6 12345678", "www.x.example", "https://x.example/a(b)",
        "I'm Tom", "my name is", "Shopify", "order", "@", ".", "-", "(", ")", "+", "0", "\u2060", "\n", " ", ",", "é",
    ]
)  # fmt: skip


@given(st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES).map(" ".join)))
def test_wild_input_gives_clean_entities(text: str) -> None:
    matches = EXTRACTOR.find(text)
    for match in matches:
        assert 0 <= match.start < match.end <= len(text)
        assert match.value
        assert not text[match.start].isspace()
        assert not text[match.end - 1].isspace()
    for one, two in zip(matches, matches[1:], strict=False):
        assert one.end <= two.start


@pytest.mark.parametrize(
    "piece", ["a", "1", "0 ", "a.", "a@", "1-", "+0", "(0", "#", "A b ", "(", "'", "my name is ", "I'm A ", "FW-1"]
)
def test_long_messages_take_linear_time(piece: str) -> None:
    text = (piece * LONGEST_MESSAGE)[:LONGEST_MESSAGE]
    started = time.process_time()
    EXTRACTOR.find(text)
    assert time.process_time() - started < 0.5, "something is quadratic"  # all but that is some 20 ms


def test_another_shop_has_other_numbers_and_platforms() -> None:
    other = SpacyPatternExtractor(
        {"order_prefix": "AB", "order_digits": 4, "platforms": {"Odoo": ["odoo", "open erp"]}}
    )
    assert [match.value for match in other.find("AB-1234 FW-104233 in Open ERP")] == ["AB-1234", "Odoo"]


@pytest.mark.parametrize(
    "config", [{"order_prefix": ""}, {"order_digits": "six"}, {"order_digits": 0}, {"platforms": {"Odoo": "odoo"}}]
)
def test_bad_config_names_the_key(config: dict[str, object]) -> None:
    with pytest.raises(InvalidConfigException, match=f"'{next(iter(config))}'"):
        SpacyPatternExtractor({**SpacyPatternExtractor.get_default_config(), **config})
