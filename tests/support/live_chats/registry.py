"""Which fakes there are: every module of this package that has one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import TypeVar

from handoff import connectors
from handoff.connectors.base import Connector
from tests.support import live_chats
from tests.support.live_chats.base import FakeLiveChat

Kind = TypeVar("Kind")


def all_fakes() -> list[type[FakeLiveChat]]:
    """Every fake live chat, by the name of its type."""
    found = [kind for module in _modules(live_chats) for kind in _defined_in(module, FakeLiveChat)]
    return sorted(found, key=lambda kind: kind.type_name)


def connector_class(type_name: str) -> type[Connector]:
    """The built-in connector of that ``type``: the one class of its module that is a connector."""
    (kind,) = _defined_in(importlib.import_module(f"handoff.connectors.{type_name}"), Connector)
    return kind


def built_in() -> list[str]:
    """Types of all connectors in ``handoff/connectors`` that can be made from options."""
    return sorted(
        module.__name__.rpartition(".")[2] for module in _modules(connectors) for _ in _defined_in(module, Connector)
    )


def _modules(package: ModuleType) -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{info.name}")
        for info in pkgutil.iter_modules(package.__path__)
        if info.name != "registry"
    ]


def _defined_in(module: ModuleType, base: type[Kind]) -> list[type[Kind]]:
    """Concrete subclasses of ``base`` that the module itself defines."""
    return [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and issubclass(kind, base)
        and not inspect.isabstract(kind)
        and kind.__module__ == module.__name__
    ]
