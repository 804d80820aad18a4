"""The runner of graphs: what dask's finds, in an order that is found once, and the same complaints."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner

from handoff.rasa.graph_runner import OrderedGraphRunner, call_order


class Note(GraphComponent):
    """Notes that it was called, and with what."""

    calls: list[str] = []

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def create(cls, config: Any, model_storage: Any, resource: Any, execution_context: ExecutionContext) -> Note:
        return cls(execution_context.node_name or "")

    def run(self, a: str = "", b: str = "", c: str = "") -> str:
        self.calls.append(self.name)
        return f"{self.name}({a}{b}{c})"


def schema(needs: dict[str, list[str]]) -> GraphSchema:
    return GraphSchema(
        {
            name: SchemaNode(dict(zip("abc", of, strict=False)), Note, "create", "run", {}, eager=True)
            for name, of in needs.items()
        }
    )


def runner(kind: type[DaskGraphRunner], graph: GraphSchema) -> DaskGraphRunner:
    return kind.create(graph, None, ExecutionContext(graph))  # type: ignore[arg-type] # nothing is stored


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [f"n{number}" for number in range(draw(st.integers(1, 7)))]
    needs = {}
    for place, name in enumerate(names):
        earlier = [*names[:place], "__message__", "__tracker__"]
        needs[name] = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=3))
    return needs


@given(graphs(), st.randoms(use_true_random=False))
def test_it_finds_what_dask_finds_and_calls_each_node_once(needs: dict[str, list[str]], chance) -> None:
    shuffled = list(needs.items())
    chance.shuffle(shuffled)
    graph = schema(dict(shuffled))
    inputs = {"__message__": "m", "__tracker__": "t"}
    targets = chance.sample(sorted(needs), chance.randint(1, len(needs)))
    ours, dasks = runner(OrderedGraphRunner, graph), runner(DaskGraphRunner, graph)
    expected = dasks.run(inputs, targets)
    for _ in range(2):  # the second time with the order that was found before
        Note.calls.clear()
        assert ours.run(inputs, targets) == expected
        assert len(Note.calls) == len(set(Note.calls)), "a node that two others need is called once"
        assert set(Note.calls) == set(graph.minimal_graph_schema(targets).nodes)


def test_without_targets_those_of_the_graph_are_run() -> None:
    graph = schema({"first": ["__message__"], "last": ["first"]})
    graph.nodes["last"].is_target = True
    assert runner(OrderedGraphRunner, graph).run({"__message__": "m"}) == {"last": "last(first(m))"}


def test_a_missing_input_is_named() -> None:
    with pytest.raises(GraphRunError, match="__message__"):
        runner(OrderedGraphRunner, schema({"only": ["__message__"]})).run({}, ["only"])


def test_an_input_must_not_have_the_name_of_a_node() -> None:
    with pytest.raises(GraphRunError, match="'only' has the name of a node"):
        runner(OrderedGraphRunner, schema({"only": []})).run({"only": "x"}, ["only"])


def test_nodes_that_need_each_other_are_named() -> None:
    with pytest.raises(GraphRunError, match="circle: a, b, a"):
        call_order(schema({"a": ["b"], "b": ["a"]}), ("a",))
