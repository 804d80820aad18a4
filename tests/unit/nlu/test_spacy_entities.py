"""Entities: found where they are, normalised, never overlapping, and no text makes the extractor fail."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from handoff.nlu.platforms import AMBIGUOUS, PLATFORMS
from handoff.nlu.spacy_entities import SpacyPatternExtractor, platform_ruler
from handoff.nlu.spacy_tokenizer import for_spacy
from tests.unit.nlu.any_text import any_text
from tests.unit.nlu.entities import EXTRACTOR, found

LONGEST_MESSAGE = 4000  # the web channel's limit


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


SPELLINGS = [*AMBIGUOUS, *(text for texts in PLATFORMS.values() for text in texts)]
RULER = platform_ruler(PLATFORMS)
SOME_CASE = st.builds(
    lambda text, change: change(text),
    st.sampled_from([*SPELLINGS, "my", "site", "-", "wi\ud83d"]),
    st.sampled_from([str, str.lower, str.upper, str.title]),
)


@given(st.lists(SOME_CASE, max_size=5), st.sampled_from([" ", "", "  ", "/", ", ", "-"]))
def test_no_platform_is_missed_by_looking_for_first_words(parts: list[str], between: str) -> None:
    text = between.join(parts)
    expected = [entity.ent_id_ for entity in RULER(for_spacy(text)).ents]
    assert [match.value for match in EXTRACTOR._platforms(text)] == expected


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


@given(
    st.one_of(
        any_text(100),
        st.lists(PIECES, max_size=30).map("".join),
        st.lists(PIECES).map(" ".join),
    )
)
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
        {"order_prefix": "AB", "order_digits": 4, "platforms": {"Odoo": ["Odoo", "open erp"]}}
    )
    assert [match.value for match in other.find("AB-1234 FW-104233 in Open ERP or odoo")] == [
        "AB-1234",
        "Odoo",
        "Odoo",
    ]


@pytest.mark.parametrize(
    "config", [{"order_prefix": ""}, {"order_digits": "six"}, {"order_digits": 0}, {"platforms": {"Odoo": "odoo"}}]
)
def test_bad_config_names_the_key(config: dict[str, object]) -> None:
    with pytest.raises(InvalidConfigException, match=f"'{next(iter(config))}'"):
        SpacyPatternExtractor({**SpacyPatternExtractor.get_default_config(), **config})
