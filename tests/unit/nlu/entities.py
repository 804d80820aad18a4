"""The extractor with its defaults, as all tests of entities use it."""

from __future__ import annotations

from handoff.nlu.spacy_entities import SpacyPatternExtractor

EXTRACTOR = SpacyPatternExtractor(SpacyPatternExtractor.get_default_config())


def found(text: str) -> list[tuple[str, str]]:
    """Entities and their values, from left to right."""
    return [(match.entity, match.value) for match in EXTRACTOR.find(text)]
