"""Lets Rasa see changes in the helpers of a component: by itself it looks at the component's class only."""

from __future__ import annotations

import hashlib
import inspect
from types import ModuleType


def source_fingerprint(*modules: ModuleType) -> str:
    """Hash over the source of ``modules``: part of a component's fingerprint, so that editing them trains it again."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()
