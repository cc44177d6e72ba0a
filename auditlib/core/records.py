"""Typed values as JSON and back, exactly: what one process keeps for another to read, without code in it.

A pickle says which functions its reader is to call; this says which of a closed list of records of ours a value is, and
its fields. Nothing is constructed by calling: whoever writes a file by hand gets a wrong record at most. That a file is
the one that was written, its reader knows by its hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

__all__ = ["PlainRecords"]

PACKAGE = f"{__name__.partition('.')[0]}."
FORMAT = "auditlib-records/1"


class PlainRecords:
    """A record (data class, model, named tuple) and all that its fields may hold, to be written and read.

    Beside records: None, truth values, whole numbers, text, fractions, times, days, tuples, lists, frozen sets,
    mappings.
    """

    def __init__(self, *roots: type) -> None:
        self._types = {f"{kind.__module__.partition('.')[2]}.{kind.__name__}": kind for kind in _reached(roots)}
        self._names = {kind: name for name, kind in self._types.items()}

    def dumps(self, value: object) -> bytes:
        """A value as JSON in UTF-8; equal values give equal bytes. Raises :class:`TypeError` for any other type."""
        used: dict[type, int] = {}
        plain = self._plain(value, used)
        types = [[self._names[kind], list(_fields(kind) or ())] for kind in used]
        content = {"format": FORMAT, "types": types, "value": plain}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

    def loads(self, content: bytes) -> Any:
        """The value that :meth:`dumps` wrote. Raises :class:`ValueError` for anything else."""
        try:
            read = json.loads(content)
            if read["format"] != FORMAT:
                raise ValueError(f"found the format {read['format']!r}, expected {FORMAT}")
            makers = []
            for name, names in read["types"]:
                kind = self._types[name]
                if tuple(names) != _fields(kind):
                    raise ValueError(f"found other fields of {name}")
                makers.append(_maker(kind))
            return _value(read["value"], makers)
        except (KeyError, TypeError, IndexError, AttributeError, RecursionError, ZeroDivisionError) as error:
            raise ValueError(f"no records: {type(error).__name__}") from None

    def _plain(self, value: Any, used: dict[type, int]) -> Any:
        kind = type(value)
        if value is None or kind in (bool, int, str):
            return value
        if kind in self._names:
            number = used.setdefault(kind, len(used))
            return {"r": number, "v": [self._plain(getattr(value, name), used) for name in _fields(kind) or ()]}
        if kind is tuple:  # of no names, which a reader would not find again
            return [self._plain(one, used) for one in value]
        if isinstance(value, Fraction):
            return {"f": str(value)}
        if isinstance(value, datetime):
            return {"t": value.isoformat()}
        if isinstance(value, date):
            return {"d": value.isoformat()}
        if kind is list:
            return {"l": [self._plain(one, used) for one in value]}
        if isinstance(value, frozenset):
            return {"s": sorted((self._plain(one, used) for one in value), key=str)}
        if isinstance(value, Mapping):
            return {"m": [[self._plain(key, used), self._plain(one, used)] for key, one in value.items()]}
        raise TypeError(f"found {kind.__name__}, expected a value of a scored period")


def _reached(roots: Iterable[type]) -> set[type]:
    """The records of these types' own package that they are, or that the types of their fields name."""
    found: set[type] = set()
    todo: list[Any] = list(roots)
    while todo:
        kind = todo.pop()
        todo.extend(get_args(kind))
        if (
            isinstance(kind, type)
            and kind.__module__.startswith(PACKAGE)
            and kind not in found
            and _fields(kind) is not None
        ):
            found.add(kind)
            todo.extend(get_type_hints(kind).values())
    return found


def _fields(kind: type) -> tuple[str, ...] | None:
    """The fields of a record that are kept, in order; None for what is none."""
    if issubclass(kind, BaseModel):
        return tuple(kind.model_fields)
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind) if field.metadata.get("kept", True))
    return getattr(kind, "_fields", None) if issubclass(kind, tuple) else None


def _maker(kind: type) -> Callable[[list[Any]], object]:
    names = _fields(kind) or ()

    def made(values: list[Any]) -> object:
        if len(values) != len(names):
            raise ValueError(f"found {len(values)} values of {kind.__name__}, expected {len(names)}")
        if issubclass(kind, BaseModel):  # by the names of fields, not by those that files call them
            model = kind.__new__(kind)
            object.__setattr__(model, "__dict__", dict(zip(names, values, strict=True)))
            object.__setattr__(model, "__pydantic_fields_set__", set(names))
            object.__setattr__(model, "__pydantic_extra__", None)
            object.__setattr__(model, "__pydantic_private__", None)
            return model
        if issubclass(kind, tuple):
            return tuple.__new__(kind, values)
        record = object.__new__(kind)
        for name, value in zip(names, values, strict=True):
            object.__setattr__(record, name, value)
        return record

    return made


def _value(plain: Any, makers: list[Callable[[list[Any]], object]]) -> Any:
    if isinstance(plain, list):
        return tuple(_value(one, makers) for one in plain)
    if not isinstance(plain, dict):
        return plain
    if "r" in plain:
        return makers[plain["r"]]([_value(one, makers) for one in plain["v"]])
    ((kind, content),) = plain.items()
    return READ[kind](content, makers)


def _mapping(content: list[Any], makers: list[Callable[[list[Any]], object]]) -> dict[Any, Any]:
    return {_value(key, makers): _value(one, makers) for key, one in content}


READ: dict[str, Callable[[Any, list[Callable[[list[Any]], object]]], Any]] = {
    "f": lambda content, makers: Fraction(content),
    "t": lambda content, makers: datetime.fromisoformat(content),
    "d": lambda content, makers: date.fromisoformat(content),
    "l": lambda content, makers: [_value(one, makers) for one in content],
    "s": lambda content, makers: frozenset(_value(one, makers) for one in content),
    "m": _mapping,
}
"""How each kind of value but records is read."""
