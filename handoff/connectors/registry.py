"""Finds the class of a connector: built in, by entry point, or by module path."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from handoff.connectors.base import Connector
from handoff.domain.errors import ConfigurationError

ENTRY_POINTS = "handoff.connectors"
"""Group in which packages announce connectors."""

BUILT_IN = {
    "matrix": "handoff.connectors.matrix.MatrixConnector",
    "chatwoot": "handoff.connectors.chatwoot.ChatwootConnector",
    "rocketchat": "handoff.connectors.rocketchat.RocketchatConnector",
    "zendesk": "handoff.connectors.zendesk.ZendeskConnector",
    "zammad": "handoff.connectors.zammad.ZammadConnector",
    "slack": "handoff.connectors.slack.SlackConnector",
    "webhook": "handoff.connectors.webhook.WebhookConnector",
}
"""``type`` in endpoints.yml to class; a class is imported when it is configured."""


def connector_class(type_name: str) -> type[Connector]:
    """The class behind ``type`` in endpoints.yml.

    Raises:
        ConfigurationError: there is no such connector, it cannot be imported, or it is none.
    """
    if type_name in BUILT_IN:
        return _imported(BUILT_IN[type_name], type_name)
    announced = {point.name: point.value.replace(":", ".") for point in entry_points(group=ENTRY_POINTS)}
    if type_name in announced:
        return _imported(announced[type_name], type_name)
    if "." in type_name:
        return _imported(type_name, type_name)
    known = ", ".join(sorted({*BUILT_IN, *announced}))
    raise ConfigurationError(
        f"there is no connector '{type_name}'. Known: {known}, or a path like package.module.Class"
    )


def _imported(path: str, type_name: str) -> type[Connector]:
    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"the connector '{type_name}' cannot be imported: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Connector)):
        raise ConfigurationError(
            f"'{type_name}' is no connector: {path} must derive from handoff.connectors.base.Connector"
        )
    return found
