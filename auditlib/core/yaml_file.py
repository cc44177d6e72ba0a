"""YAML files as plain values that remember the line of every key, and typed models read from them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from auditlib.core.errors import InputError, Problem
from auditlib.core.guards import DECLARED_BYTES, DEPTH, DIGITS, NODES, content_of
from auditlib.core.refusals import refusals, shown, wanted

__all__ = ["Path_", "Tree", "dotted", "read_tree", "read_yaml", "validate"]

Path_ = tuple[str | int, ...]
Spot = tuple[str, int, int]
"""Where a value begins: the file, and in it the line and the column, both counted from 1."""
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Tree:
    """Plain values (dicts, lists, text, whole numbers, booleans, dates) and where each was written."""

    file: Path
    value: Any
    lines: dict[Path_, Spot] = field(repr=False)
    texts: tuple[str, ...] = field(default=(), repr=False)
    """The texts of the files that it was read from: equal texts give equal values."""
    origins: dict[Path_, Path_] = field(default_factory=dict, repr=False)
    """Values that stand in the place of a reference to them: where each is written."""
    moved: dict[Path_, Path_] = field(default_factory=dict, repr=False)
    """Values that another form of the file has elsewhere: where the file itself has them."""
    bare: frozenset[Path_] = frozenset()
    """The keys that are numbers, days or truth values where they are written, and text in ``value``."""

    def place(self, path: Path_) -> tuple[str, int | None, int | None]:
        """File, line and column of the value at ``path``, or of the nearest value around it that was written.

        Of a value with a key that is where the key begins.
        """
        path = self.written(path)
        for end in range(1, len(path) + 1) if self.origins else ():
            if (origin := self.origins.get(path[:end])) is not None:
                path = (*origin, *path[end:])
                break
        for end in range(len(path), -1, -1):
            if (found := self.lines.get(path[:end])) is not None:
                return found
        return (str(self.file), None, None)

    def problem(self, path: Path_, message: str, clause: str | None = None) -> Problem:
        """A problem at ``path``, with its place."""
        file, line, column = self.place(path)
        return Problem(file, line, dotted(self.written(path)), message, clause, column)

    def written(self, path: Path_) -> Path_:
        """Where the file itself has the value at ``path``."""
        end = len(path) if self.moved else 0
        while end > 0:
            if (at := self.moved.get(path[:end])) is not None and at != path[:end]:
                path = (*at, *path[end:])
                end = len(path)
            else:
                end -= 1
        return path

    def over(self, base: Tree) -> Tree:
        """This tree laid over ``base``: mappings merge by key, lists of items with ``id`` by id; the rest replaces."""
        lines: dict[Path_, Spot] = {}
        value = _overlay(base, self, base.value, self.value, (), (), (), lines)
        return Tree(self.file, value, lines, self.texts + base.texts)


def dotted(path: Path_) -> str:
    """``('indicators', 3, 'max')`` as ``indicators[3].max``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _copy(tree: Tree, at: Path_, to: Path_, lines: dict[Path_, Spot]) -> None:
    for path, place in tree.lines.items():
        if path[: len(at)] == at:
            lines[to + path[len(at) :]] = place


def _overlay(
    base: Tree,
    top: Tree,
    old: Any,
    new: Any,
    at_old: Path_,
    at_new: Path_,
    to: Path_,
    lines: dict[Path_, Spot],
) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        lines[to] = top.place(at_new)  # type: ignore[assignment]
        merged = {}
        for key in [*old, *(key for key in new if key not in old)]:
            if key in old and key in new:
                merged[key] = _overlay(base, top, old[key], new[key], (*at_old, key), (*at_new, key), (*to, key), lines)
            else:
                source, at, value = (top, at_new, new) if key in new else (base, at_old, old)
                merged[key] = value[key]
                _copy(source, (*at, key), (*to, key), lines)
        return merged
    by_id = all(
        isinstance(items, list) and items and all(isinstance(i, dict) and "id" in i for i in items)
        for items in (old, new)
    )
    if by_id:
        lines[to] = top.place(at_new)  # type: ignore[assignment]
        ids = [item["id"] for item in new]
        kept = [item["id"] for item in old]
        order: list[tuple[Tree, Path_, Any]] = []
        for position, item in enumerate(old):
            if item["id"] in ids:
                order.append((top, (*at_new, ids.index(item["id"])), new[ids.index(item["id"])]))
            else:
                order.append((base, (*at_old, position), item))
        for position, item in enumerate(new):
            if item["id"] not in kept or item["id"] in ids[:position]:  # a second one stays, to be reported
                order.append((top, (*at_new, position), item))
        for position, (source, at, _) in enumerate(order):
            _copy(source, at, (*to, position), lines)
        return [item for _, _, item in order]
    _copy(top, at_new, to, lines)
    return new


def read_tree(file: Path, name: str | None = None) -> Tree:
    """The tree of one YAML file.

    ``name`` is how problems call the file (default: its path). Raises :class:`InputError` with every
    duplicate key, bare binary float and doubtful boolean, or the place where YAML itself breaks off.
    """
    called = name or str(file)
    try:
        text = content_of(file, DECLARED_BYTES, called).decode("utf-8")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        raise InputError.at(called, "", "no such file") from None
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise InputError.at(called, "", f"found {error}, expected a YAML file in UTF-8") from None
    try:
        root = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        said = f"not YAML: {error.problem or error.context}"
        raise InputError.at(called, "", said, line=line, column=column) from None
    except yaml.reader.ReaderError as error:
        line, column = text.count("\n", 0, error.position) + 1, error.position - text.rfind("\n", 0, error.position)
        said = f"not YAML: {error.reason} (#x{error.character:04x})"
        raise InputError.at(called, "", said, line=line, column=column) from None
    reading = _PlainValues(called)
    if root is None:
        reading.lines[()] = (called, 1, 1)
    value = reading.plain(root, ())
    if reading.problems:
        raise InputError(reading.problems)
    return Tree(file, value, reading.lines, (text,), bare=frozenset(reading.bare))


@lru_cache(maxsize=32)
def _composed(text: str) -> Any:
    """The nodes of a YAML text, which nobody changes: a run asks for the same few files again and again.

    Raises :class:`yaml.MarkedYAMLError` for values nested so deep that composing them would end the process, and for
    more of them than are read.
    """
    collections: list[int] = []
    """Of each that is open: -1 for a list, 0 for a mapping before a key, 1 for one before a value."""
    values = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.NodeEvent):
            values += not collections or collections[-1] != 0
            if collections and collections[-1] >= 0:
                collections[-1] ^= 1
        if isinstance(event, yaml.CollectionStartEvent):
            collections.append(0 if isinstance(event, yaml.MappingStartEvent) else -1)
        elif isinstance(event, yaml.CollectionEndEvent):
            collections.pop()
        if len(collections) > DEPTH or values > NODES:
            most = f"values nested too deep, expected at most {DEPTH} in one another"
            said = f"found {most}" if values <= NODES else f"found more than {NODES:,} values, expected far fewer"
            raise yaml.MarkedYAMLError(problem=said, problem_mark=cast(Any, event.start_mark))
    return yaml.compose(text, Loader=yaml.CSafeLoader)


class _PlainValues:
    """Nodes on their way to plain values; what is wrong with them; how many there are, however often one is used."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path_, Spot] = {}
        self.problems: list[Problem] = []
        self.bare: set[Path_] = set()
        self._count = 0

    def plain(self, node: Any, path: Path_) -> Any:
        """The value of a node. Raises :class:`InputError` where there is no end of values."""
        if node is None:
            return None
        spot = self._spot(node)
        self._count += 1
        if len(path) > DEPTH:
            text = "found an alias inside what it stands for, or values nested too deep"
            raise InputError.at(self.file, "", text)
        if self._count > NODES:
            text = f"found more than {NODES:,} values, each as often as an alias repeats it; expected far fewer"
            raise InputError.at(self.file, "", text)
        self.lines.setdefault(path, spot)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return self._scalar(node, path, spot)

    def _spot(self, node: Any) -> Spot:
        return (self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            here = self._spot(key_node)
            if not isinstance(key, str):
                self._refuse(path, here, "found a list or mapping as a key, expected a word")
                continue
            if key in result:
                first = self.lines[(*path, key)][1]
                self._refuse((*path, key), here, f"duplicate key; it stands already in line {first}")
                continue
            self.lines[(*path, key)] = here
            if key_node.tag.rpartition(":")[2] != "str":
                self.bare.add((*path, key))
            result[key] = self.plain(value_node, (*path, key))
        return result

    def _scalar(self, node: Any, path: Path_, spot: Spot) -> Any:
        kind = node.tag.rpartition(":")[2]
        if kind in ("float", "int") and len(node.value) > DIGITS:
            self._refuse(path, spot, f"found a number of {len(node.value)} digits, expected at most {DIGITS}")
            return None
        if kind == "float":
            expected = f'expected it quoted ("{node.value}"), because binary floats are not exact'
            self._refuse(path, spot, f"found the bare number {node.value}, {expected}")
            return None
        if kind == "bool":
            if node.value not in ("true", "false"):
                self._refuse(path, spot, f"found {node.value}, expected true or false, or the word in quotes")
            return node.value == "true"
        if kind == "int":
            return int(node.value) if re.fullmatch("[+-]?[0-9]+", node.value) else node.value
        if kind == "null":
            return None
        if kind == "timestamp":
            try:
                return yaml.CSafeLoader("").construct_yaml_timestamp(node)
            except (ValueError, OverflowError) as error:
                self._refuse(path, spot, f"found {node.value}, which is no date: {error}")
                return None
        return node.value

    def _refuse(self, path: Path_, spot: Spot, message: str) -> None:
        self.problems.append(Problem(self.file, spot[1], dotted(path), message, column=spot[2]))


def validate(model: type[M], tree: Tree, value: Any = None) -> M:
    """``tree`` (or another ``value`` of the same shape) as ``model``. Raises :class:`InputError` with every fault."""
    content = tree.value if value is None else value
    if not isinstance(content, dict):
        found = "an empty file" if content is None else shown(content)
        raise InputError(tree.problem((), f"found {found}, expected {wanted(model)}"))
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError(tree.problem(path, message) for path, message in refusals(model, error)) from None


def read_yaml(model: type[M], file: Path, name: str | None = None) -> M:
    """A YAML file as ``model``. Raises :class:`InputError`."""
    return validate(model, read_tree(file, name))
