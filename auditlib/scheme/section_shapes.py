"""The sections of a scheme file, each of the shape that it must have before anything is read out of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_origin

from auditlib.core.errors import InputError, Problem
from auditlib.core.refusals import shown, wanted
from auditlib.core.values import Strict
from auditlib.core.yaml_file import Tree, validate
from auditlib.scheme.formers.quantity import ONE_WORD
from auditlib.scheme.model import Scheme
from auditlib.scheme.nodes import NODE_WORDS
from auditlib.scheme.results import FurtherRanking
from auditlib.scheme.source import Name, Reading

__all__ = ["with_shapes"]

MADE = {"branches": "tree", "named": "quantities"}
"""Sections that another one of the file fills."""
NEVER_WRITTEN_ELSEWHERE = ("measures", "quantities", "readings", "gaps", "values", "tree")
"""Sections that names are looked up in: none of them can be what `$name` stands for."""
QUANTITIES = f"a mapping of names, each to a quantity: another's name, a number, or a mapping with {ONE_WORD}"


class _Readings(Strict):
    readings: dict[Name, Reading] = {}


def with_shapes(tree: Tree) -> Tree:
    """``tree`` as it is. Raises :class:`InputError` for sections that are no list, or no mapping, as they must be.

    What is looked up in a section of another shape would be told as missing wherever it is used, and not where the
    fault is. The same holds of readings, which stand in other places.
    """
    value = tree.value
    if not isinstance(value, dict):
        return tree
    if problems := [*_unlike(tree, value), *_empty(tree, value)]:
        raise InputError(problems)
    if "readings" in value:
        validate(_Readings, tree, {"readings": value["readings"]})
    return tree


def _unlike(tree: Tree, value: dict[str, Any]) -> Iterator[Problem]:
    """Sections of another shape, and keys that are no sections of a file."""
    for key, content in value.items():
        if key in MADE:
            yield tree.problem((key,), f"unknown key `{key}`; expected `{MADE[key]}`, which says so")
            continue
        if key == "tree":
            shape: Any = list
            expected = f"a list of nodes, each {NODE_WORDS}"
        elif key in Scheme.model_fields:
            annotation = Scheme.model_fields[key].annotation
            origin = get_origin(annotation)
            shape = dict if origin is dict else list if origin is tuple else None
            expected = QUANTITIES if key == "quantities" else wanted(annotation)
        else:
            continue  # the model names what it does not know
        elsewhere = isinstance(content, str) and content.startswith("$") and key not in NEVER_WRITTEN_ELSEWHERE
        if shape is not None and not isinstance(content, shape) and not elsewhere:
            yield tree.problem((key,), f"found {shown(content)}, expected {expected}")


def _empty(tree: Tree, value: dict[str, Any]) -> Iterator[Problem]:
    """Sections that stand for another one, and have nothing in them."""
    if value.get("tree") == []:
        yield tree.problem(("tree",), f"found an empty list, expected at least one node: {NODE_WORDS}")
    rankings = value.get("rankings")
    if isinstance(rankings, list) and "ranking" not in value and not any(isinstance(one, dict) for one in rankings):
        told = f"found {shown(rankings[0] if rankings else rankings)}, expected {'a' if rankings else 'at least one'} "
        yield tree.problem(("rankings", 0) if rankings else ("rankings",), f"{told}ranking: {wanted(FurtherRanking)}")
