"""What-ifs that nobody saves: other readings, other values, other rows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import Tree
from auditlib.scheme.load import SchemeFile, loaded

__all__ = ["RowChange", "WhatIf", "changed_scheme", "row_change"]

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class RowChange:
    """One row otherwise: some of its cells (empty for none), a row more, or one less.

    ``key`` names the row as its register does, a slash between the columns of the key; ``register`` is empty where the
    key alone tells.
    """

    kind: Literal["change", "add", "drop"]
    register: str
    key: str
    cells: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        sign = {"change": "", "add": "+", "drop": "-"}[self.kind]
        named = ":".join(filter(None, (self.register, self.key)))
        return " ".join([f"{sign}{named}", *(f"{name}={shlex.quote(value)}" for name, value in self.cells.items())])


def row_change(text: str) -> RowChange:
    """The change that ``text`` asks for: ``C3 closed_at=2025-06-09``, ``+cases unit=E1 …`` or ``-C3``.

    A value with blanks stands in quotes. Raises :class:`InputError`.
    """
    expected = "expected `C3 closed_at=2025-06-09T10:00:00`, `+cases unit=E1 received_at=…` or `-C3`"
    try:
        named, *told = shlex.split(text)
    except ValueError:
        raise InputError.at("--row", "", f"found {text!r}, {expected}") from None
    cells = {}
    for part in told:
        name, sign, value = part.partition("=")
        if not sign or not name:
            raise InputError.at("--row", "", f"found {part!r} in {text!r}, {expected}")
        cells[name] = value
    if named.startswith("+"):
        return RowChange("add", named[1:], "", cells)
    register, _, key = named.lstrip("-").rpartition(":")
    if named.startswith("-") and not cells:
        return RowChange("drop", register, key)
    if named.startswith("-") or not cells or not key:
        raise InputError.at("--row", "", f"found {text!r}, {expected}")
    return RowChange("change", register, key, cells)


@dataclass(frozen=True)
class WhatIf:
    """What is otherwise than saved: ``readings`` by id, ``values`` by the name of a gap, a dated value, or a place."""

    readings: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[RowChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.readings or self.values or self.rows)

    def words(self) -> list[str]:
        """Each as a command line would ask for it."""
        asked = [f"--reading {name}={option}" for name, option in self.readings.items()]
        asked += [f"--set {name}={value}" for name, value in self.values.items()]
        return [*asked, *(f"--row {shlex.quote(str(row))}" for row in self.rows)]

    def supplied(self, scheme: SchemeFile) -> dict[str, str]:
        """The values that stand for gaps of a scheme."""
        declared = scheme.natural
        vague = {duty.id for duty in declared.duties if duty.vague is not None}
        return {name: value for name, value in self.values.items() if name in declared.gaps or name in vague}

    def changes(self, scheme: SchemeFile) -> dict[str, str]:
        """The values that stand in the place of something that a scheme says."""
        known = self.supplied(scheme)
        return {name: value for name, value in self.values.items() if name not in known}


def changed_scheme(file: SchemeFile, changes: Mapping[str, str]) -> SchemeFile:
    """A scheme with other values in some places, checked as if it had been written so.

    A place is the name of a dated value, or leads to one: ``timeliness.cap``, ``timeliness.late.points``,
    ``measures.late.where``; items of lists go by their ids, and the section ``indicators`` need not be named. Raises
    :class:`InputError` for a place that is none, and with every fault that the values bring.
    """
    if not changes:
        return file
    tree = file.tree
    value = tree.value
    for place, text in changes.items():
        path = _path(file, place)
        value = _put(value, path, _read(text))
    marks = tuple(f"{place}={text}" for place, text in changes.items())
    return loaded(replace(tree, value=value, texts=(*tree.texts, *marks)))


def _path(file: SchemeFile, place: str) -> Path_:
    if place in file.natural.values:
        return ("values", place)
    for above in ((), ("indicators",)):
        if (found := _lead(file.tree, (*above, *_parts(place)))) is not None:
            return found
    names = [*file.natural.gaps, *file.natural.values, *file.natural.readings]
    known = f"a gap or value of the scheme ({', '.join(names)}), or " if names else ""
    raise InputError.at(
        file.name, f"--set {place}", f"found no such place, expected {known}a place such as INDICATOR.RULE.points"
    )


def _parts(place: str) -> list[str]:
    return [part for part in re.split(r"[.\[\]]+", place) if part]


def _lead(tree: Tree, parts: tuple[str, ...]) -> Path_ | None:
    """The path to what is there, through keys, places of a list, and ids of its items or of the rules in them."""
    here = tree.value
    path: Path_ = ()
    for part in parts:
        step = _step(here, part)
        if step is None and isinstance(here, dict) and "rules" in here:
            path, here = (*path, "rules"), here["rules"]
            step = _step(here, part)
        if step is None:
            return None
        path, here = (*path, step), here[step]
    return path or None


def _step(here: Any, part: str) -> str | int | None:
    if isinstance(here, dict):
        return part if part in here else None
    if isinstance(here, list):
        named = [index for index, item in enumerate(here) if isinstance(item, dict) and item.get("id") == part]
        if named:
            return named[0]
        return int(part) if part.isdigit() and int(part) < len(here) else None
    return None


def _put(value: Any, path: Path_, new: Any) -> Any:
    """A copy of plain values with another one at a path; of a dated value every day gets it."""
    if path[:1] == ("values",) and len(path) == 2:
        dated = dict.fromkeys(value["values"][path[1]], new)
        return value | {"values": value["values"] | {path[1]: dated}}
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_put(item, rest, new) if index == first else item for index, item in enumerate(value)]
    return value | {first: _put(value[first], rest, new)}


def _read(text: str) -> Any:
    """A value as a file would hold it: a whole number, true, false, null, or text."""
    words = {"true": True, "false": False, "null": None}
    if text in words:
        return words[text]
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else text
