"""Visits on real databases, and agents who help."""

from __future__ import annotations

import pytest

from handoff.bootstrap import Services
from tests.conftest import Clock
from tests.integration.metrics.story import Story


@pytest.fixture
def story(services: Services, clock: Clock) -> Story:
    return Story(services, clock)
