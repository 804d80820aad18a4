"""Runs a model's graph for one message after the other, without planning it anew each time.

Rasa's runner hands the graph to dask, which sorts it, counts who waits for whom and passes results through a queue: a
ninth of the time of a message, for a plan that is the same each time. Rasa 3.6 offers no setting for its runner, so
:func:`use_ordered_runner` puts this one in the place where its processor looks. Training keeps dask.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from rasa.core import processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

Order = tuple[str, ...]


def use_ordered_runner() -> None:
    """Let every model that this process loads from now on be run by :class:`OrderedGraphRunner`."""
    processor.DaskGraphRunner = OrderedGraphRunner


class OrderedGraphRunner(DaskGraphRunner):
    """Calls the nodes one by one in an order that was found once."""

    @cached_property
    def _orders(self) -> dict[Order, Order]:
        """What was found so far, by targets: a processor asks for two or three different ones."""
        return {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Output of each of the ``targets``, by name; see :meth:`rasa.engine.runner.interface.GraphRunner.run`.

        Raises:
            GraphRunError: an input has the name of a node, or a node misses its input.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = call_order(self._graph_schema, wanted)
        found = {name: (name, value) for name, value in (inputs or {}).items()}
        for name in self._orders[wanted]:
            if name in found:
                raise GraphRunError(f"The input '{name}' has the name of a node of the graph. Give it another name.")
            needs = self._graph_schema.nodes[name].needs.values()
            # a node says itself which input it misses
            found[name] = self._instantiated_nodes[name](*(found.get(need, need) for need in needs))
        return {name: found[name][1] for name in wanted}


def call_order(schema: GraphSchema, targets: Order) -> Order:
    """The nodes that ``targets`` need, and these, each after those that it needs. Placeholders of inputs are no nodes.

    Raises:
        GraphRunError: nodes need each other in a circle.
    """
    order: dict[str, None] = {}

    def add(name: str, waiting: Order) -> None:
        if name in waiting:
            raise GraphRunError(f"Nodes of the graph need each other in a circle: {', '.join((*waiting, name))}.")
        if name in order or name not in schema.nodes:
            return
        for need in schema.nodes[name].needs.values():
            add(need, (*waiting, name))
        order[name] = None

    for target in targets:
        add(target, ())
    return tuple(order)
