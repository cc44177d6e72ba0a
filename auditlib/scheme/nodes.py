"""The tree of a scheme: nodes with points of their own, and nodes whose points come from those under them.

A file may write its indicators as a list, which add up to the total, or as a ``tree`` of nodes in nodes. Here a tree
becomes its leaves, the *indicators*, and its *branches*, the nodes with other nodes under them, children before
parents: whatever looks at indicators sees those of a tree, too.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from auditlib.core.errors import InputError
from auditlib.core.refusals import shown
from auditlib.core.values import Number, Strict, Text
from auditlib.core.yaml_file import Path_, Tree
from auditlib.scheme.conditions import Part, UnitCondition
from auditlib.scheme.rules import Rule
from auditlib.scheme.source import Name, Periods

__all__ = ["NODE_WORDS", "Branch", "with_branches"]


class Branch(Strict):
    """A node of the tree whose points come from the nodes under it, and then from rules of its own.

    ``combine`` adds the children up, takes their mean by their weights, or the least of them. ``missing`` says what a
    child without points does: it makes the node not assessable, is ``left_out``, or its full marks are shared out
    among the others ``equally`` or ``in_proportion`` to theirs. ``start`` is added, rules run after the children, and
    ``cap`` and ``floor`` bound what comes out. A node has points only where ``only`` holds.
    """

    id: Name
    title: Text
    clause: str
    max: Number | None = None
    gap: str | None = None
    weight: Number | None = None
    start: Number = Fraction(0)
    floor: Number | None = None
    cap: Number | None = None
    start_of: Part | None = Field(default=None, repr=False)
    floor_of: Part | None = Field(default=None, repr=False)
    cap_of: Part | None = Field(default=None, repr=False)
    only: UnitCondition | None = None
    periods: Periods | None = None
    combine: Literal["sum", "mean", "least"] = "sum"
    missing: Literal["not_assessable", "left_out", "equally", "in_proportion"] = "not_assessable"
    rules: tuple[Rule, ...] = ()
    children: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _shared_out(self) -> Branch:
        if self.missing in ("equally", "in_proportion") and self.combine != "sum":
            raise ValueError(f"found missing: {self.missing} beside combine: {self.combine}, expected combine: sum")
        return self


NODE_WORDS = (
    "a mapping with the keys id, title, clause (and perhaps max, start, floor, cap, weight, only, periods, rules) and,"
    " where others stand under it, nodes (and perhaps combine, missing)"
)
LEAF = {"max": None, "start": 0, "floor": None, "cap": None}
"""What an indicator in a list must state, and a leaf of a tree need not."""


def with_branches(tree: Tree) -> Tree:
    """A file with a ``tree`` as one with ``indicators`` and ``branches``; any other as it is.

    Raises :class:`~auditlib.core.errors.InputError` for a file with both forms.
    """
    value = tree.value
    if not isinstance(value, dict) or not isinstance(value.get("tree"), list):
        return tree
    flat = _Flat(tree)
    for index, node in enumerate(value["tree"]):
        flat.add(node, ("tree", index))
    rest = {key: one for key, one in value.items() if key != "tree"}
    for key in ("indicators", "dimensions", "base"):
        if rest.get(key):
            raise InputError(tree.problem((key,), f"found {key} beside tree, expected one form: a list or a tree"))
    rest |= {"indicators": flat.leaves, "branches": flat.branches}
    return replace(tree, value=rest, moved={**tree.moved, **flat.moved})


class _Flat:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.leaves: list[Any] = []
        self.branches: list[Any] = []
        self.moved: dict[Path_, Path_] = {}

    def add(self, node: Any, path: Path_) -> Any:
        """Puts a node among the leaves or the branches, those under it first; its id, or no name where it has none."""
        if not isinstance(node, dict):
            told = f"found {shown(node)}, expected a node: {NODE_WORDS}"
            raise InputError(self.tree.problem(path, told))
        if "nodes" not in node:
            self._place("indicators", self.leaves, LEAF | node, path)
            return node.get("id", "")
        under = node["nodes"]
        if not isinstance(under, list) or not under:
            told = f"found {shown(under)}, expected a list of nodes, at least one: each {NODE_WORDS}"
            raise InputError(self.tree.problem((*path, "nodes"), told))
        children = [self.add(one, (*path, "nodes", index)) for index, one in enumerate(under)]
        branch = {key: one for key, one in node.items() if key != "nodes"} | {"children": children}
        self.moved["branches", len(self.branches), "children"] = (*path, "nodes")
        self._place("branches", self.branches, branch, path)
        return node.get("id", "")

    def _place(self, section: str, among: list[Any], node: Any, path: Path_) -> None:
        self.moved[section, len(among)] = path
        among.append(node)
