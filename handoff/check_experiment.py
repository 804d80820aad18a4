"""Checks that the experiment of ``handoff.yml`` and the responses that have words for its variants fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handoff.domain.rules import HandoffRules

VARIANT_SLOT = "experiment_variant"  # as domain.yml names it

Responses = Mapping[str, Sequence[Mapping[str, Any]]]


def experiment_response_problems(rules: HandoffRules, responses: Responses) -> list[str]:
    """Variations that nobody would hear, and responses without one for everybody else; each with the remedy. Nothing
    where no experiment is: what is left over from the last one does no harm."""
    if rules.experiment is None:
        return []
    names = [variant.name for variant in rules.experiment.variants]
    problems = []
    for response, variations in sorted(responses.items()):
        wanted = [value for variation in variations for value in _wanted(variation)]
        problems += [
            f"data/responses: the response {response} has a variation for the variant '{value}', which the experiment "
            f"does not have. It has: {', '.join(names)}."
            for value in wanted
            if value not in names
        ]
        if wanted and all(variation.get("condition") or variation.get("channel") for variation in variations):
            problems.append(
                f"data/responses: the response {response} has no variation without a condition, so visitors of the "
                "other variants would hear nothing. Add one."
            )
    return problems


def _wanted(variation: Mapping[str, Any]) -> Iterator[object]:
    """The variants that a variation is for."""
    for condition in variation.get("condition") or []:
        if condition.get("name") == VARIANT_SLOT:
            yield condition.get("value")
