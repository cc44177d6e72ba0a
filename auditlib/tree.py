"""YAML files as plain values that remember the line of every key, and typed models read from them."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, ValidationError

from auditlib.errors import InputError, Problem
from auditlib.exact import exact

__all__ = ["Number", "Strict", "Text", "Tree", "read_tree", "read_yaml", "validate"]

Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


def _number(value: object) -> Fraction:
    try:
        return exact(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError(str(error)) from None


Number = Annotated[Fraction, PlainValidator(_number), PlainSerializer(str)]
"""An exact number in a declared file: a whole number, or quoted text such as ``"0.85"``."""


class Strict(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


class Text(Strict):
    """A text for people, in Chinese and English."""

    zh: str
    en: str

    def __call__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class Tree:
    """Plain values (dicts, lists, text, whole numbers, booleans, dates) and where each was written."""

    file: Path
    value: Any
    lines: dict[Path_, tuple[str, int]] = field(repr=False)

    def place(self, path: Path_) -> tuple[str, int | None]:
        """File and line of the value at ``path``, or of the nearest value around it that was written."""
        for end in range(len(path), -1, -1):
            if (found := self.lines.get(path[:end])) is not None:
                return found
        return (str(self.file), None)

    def problem(self, path: Path_, message: str, clause: str | None = None) -> Problem:
        """A problem at ``path``, with its file and line."""
        file, line = self.place(path)
        return Problem(file, line, dotted(path), message, clause)

    def over(self, base: Tree) -> Tree:
        """This tree laid over ``base``: mappings merge by key, lists of items with an ``id`` by id, all else replaces."""
        lines: dict[Path_, tuple[str, int]] = {}
        value = _overlay(base, self, base.value, self.value, (), (), (), lines)
        return Tree(self.file, value, lines)


def dotted(path: Path_) -> str:
    """``('indicators', 3, 'max')`` as ``indicators[3].max``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _copy(tree: Tree, at: Path_, to: Path_, lines: dict[Path_, tuple[str, int]]) -> None:
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
    lines: dict[Path_, tuple[str, int]],
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
        replaced = {item["id"]: position for position, item in enumerate(new)}
        order = [item["id"] for item in old] + [i for i in replaced if i not in {item["id"] for item in old}]
        result = []
        for position, key in enumerate(order):
            if key in replaced:
                result.append(new[replaced[key]])
                _copy(top, (*at_new, replaced[key]), (*to, position), lines)
            else:
                result.append(old[position])
                _copy(base, (*at_old, position), (*to, position), lines)
        return result
    _copy(top, at_new, to, lines)
    return new


def read_tree(file: Path, name: str | None = None) -> Tree:
    """The tree of one YAML file.

    ``name`` is how problems call the file (default: its path). Raises :class:`InputError` with every
    duplicate key, bare binary float and doubtful boolean, or the place where YAML itself breaks off.
    """
    called = name or str(file)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError.at(called, "", "no such file") from None
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise InputError.at(called, "", f"found {error}, expected a YAML file in UTF-8") from None
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError.at(called, "", f"not YAML: {error.problem or error.context}", line=line) from None
    problems: list[Problem] = []
    lines: dict[Path_, tuple[str, int]] = {}
    value = _plain(root, (), called, lines, problems)
    if problems:
        raise InputError(problems)
    return Tree(file, value, lines)


def _plain(node: Any, path: Path_, file: str, lines: dict[Path_, tuple[str, int]], problems: list[Problem]) -> Any:
    if node is None:
        return None
    line = node.start_mark.line + 1
    lines.setdefault(path, (file, line))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, index), file, lines, problems) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.tag == "tag:yaml.org,2002:timestamp":
                key = str(key)
            here = key_node.start_mark.line + 1
            if key in result:
                first = lines[(*path, key)][1]
                problems.append(
                    Problem(file, here, dotted((*path, key)), f"duplicate key; it stands already in line {first}")
                )
                continue
            lines[(*path, key)] = (file, here)
            result[key] = _plain(value_node, (*path, key), file, lines, problems)
        return result
    kind = node.tag.rpartition(":")[2]
    if kind == "float":
        message = f'found the bare number {node.value}, expected it quoted ("{node.value}"), because binary floats are not exact'
        problems.append(Problem(file, line, dotted(path), message))
        return None
    if kind == "bool":
        if node.value not in ("true", "false"):
            message = f"found {node.value}, expected true or false, or the word in quotes"
            problems.append(Problem(file, line, dotted(path), message))
        return node.value == "true"
    if kind == "int":
        return int(node.value) if node.value.lstrip("+-").isdigit() else node.value
    if kind == "null":
        return None
    if kind == "timestamp":
        return yaml.CSafeLoader("").construct_yaml_timestamp(node)
    return node.value


def validate(model: type[M], tree: Tree, value: Any = None) -> M:
    """``tree`` (or another ``value`` of the same shape) as ``model``. Raises :class:`InputError` with every fault."""
    content = tree.value if value is None else value
    if not isinstance(content, dict):
        raise InputError(tree.problem((), f"found {type(content).__name__}, expected a mapping of keys to values"))
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError(_problems(model, tree, error)) from None


def read_yaml(model: type[M], file: Path, name: str | None = None) -> M:
    """A YAML file as ``model``. Raises :class:`InputError`."""
    return validate(model, read_tree(file, name))


def _problems(model: type[BaseModel], tree: Tree, error: ValidationError) -> Iterator[Problem]:
    for fault in error.errors(include_url=False):
        path = fault["loc"]
        kind, found = fault["type"], fault.get("input")
        if kind == "missing":
            message = f"missing key `{path[-1]}`"
            path = path[:-1]
        elif kind == "extra_forbidden":
            known = _keys_at(model, path[:-1])
            near = difflib.get_close_matches(str(path[-1]), known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"expected one of {', '.join(known)}"
            message = f"unknown key `{path[-1]}`; {hint}"
        elif kind == "value_error":
            message = str(fault["ctx"]["error"])
        elif kind == "literal_error":
            message = f"found {found!r}, expected {fault['ctx']['expected']}"
        else:
            message = f"found {found!r}, expected: {fault['msg'].removeprefix('Input should be ')}"
        yield tree.problem(path, message)


def _keys_at(model: Any, path: Path_) -> list[str]:
    """The keys that ``model`` knows at ``path``, for the hint in an error."""
    here: Any = model
    for part in path:
        here = _inside(here, part)
    return _fields(here)


def _inside(annotation: Any, part: str | int) -> Any:
    for kind in _alternatives(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, info in kind.model_fields.items():
                if part in (name, info.alias):
                    return info.annotation
        elif get_origin(kind) is dict:
            return get_args(kind)[1]
        elif get_origin(kind) in (tuple, list):
            return get_args(kind)[0]
    return None


def _fields(annotation: Any) -> list[str]:
    models = (kind for kind in _alternatives(annotation) if isinstance(kind, type) and issubclass(kind, BaseModel))
    return [info.alias or name for kind in models for name, info in kind.model_fields.items()]


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return typing.get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
