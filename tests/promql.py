"""What a PromQL query asks for: series with their labels, and the labels of its answer."""

from __future__ import annotations

from typing import NamedTuple

import promql_parser as promql


TARGET = frozenset({"job", "instance"})
"""Labels that Prometheus itself puts on whatever it scrapes."""


class Selector(NamedTuple):
    """A series that is asked for: its name, and label, operator and value of each matcher."""

    name: str
    matchers: tuple[tuple[str, str, str], ...]


class Query:
    """A parsed query. Raises ValueError where it is none.

    ``grouped`` are the labels that aggregations group by, each with the series below it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = promql.parse(text)
        self.selectors = _selectors(self.root)
        self.grouped: list[tuple[list[str], list[Selector]]] = []

        def visit(node: promql.Expr) -> bool:
            if isinstance(node, promql.AggregateExpr) and node.modifier is not None:
                self.grouped.append((node.modifier.labels, _selectors(node.expr)))
            return True

        promql.walk(self.root, visit)

    def answers(self, labels: dict[str, set[str]]) -> set[str]:
        """Return the labels of the answer, where ``labels`` holds those of each series by its name."""
        return _answers(self.root, labels)


def _selectors(root: promql.Expr) -> list[Selector]:
    found: list[Selector] = []

    def visit(node: promql.Expr) -> bool:
        # A range holds its selector, and the walk does not go into it.
        if isinstance(node, promql.MatrixSelector):
            node = node.vector_selector
        if isinstance(node, promql.VectorSelector):
            matchers = tuple((one.name, str(one.op), one.value) for one in node.matchers.matchers)
            found.append(Selector(node.name or "", matchers))
        return True

    promql.walk(root, visit)
    return list(dict.fromkeys(found))


def _answers(node: promql.Expr, labels: dict[str, set[str]]) -> set[str]:
    if isinstance(node, promql.AggregateExpr):
        if node.modifier is None:
            return set()
        assert node.modifier.type == promql.AggModifierType.By, "no query of ours groups by what is left out"
        return set(node.modifier.labels)
    if isinstance(node, promql.Call):
        inner = [_answers(one, labels) for one in node.args]
        found = set().union(*inner)
        return found - {"le"} if node.func.name == "histogram_quantile" else found
    if isinstance(node, promql.BinaryExpr):
        left, right = _answers(node.lhs, labels), _answers(node.rhs, labels)
        return left or right
    if isinstance(node, promql.ParenExpr | promql.UnaryExpr | promql.SubqueryExpr):
        return _answers(node.expr, labels)
    return set().union(*(labels[one.name] | TARGET for one in _selectors(node)))
