"""What a typed model refuses, in words: what was found, and what may stand there."""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

__all__ = ["Said", "key_of", "refusals", "shown", "wanted"]

Path_ = tuple[str | int, ...]

LONG = 60
"""Of longer texts the beginning is shown."""
MANY = 40
"""Of longer lists of words the first are shown."""


@dataclass(frozen=True)
class Said:
    """Beside a type: what it asks for, in words."""

    words: str


def key_of(model: type[BaseModel], name: str) -> str:
    """A field of a model by the key that files call it."""
    return model.model_fields[name].alias or name


def shown(value: object) -> str:
    """A value of a file as a message shows it, never longer than a line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        keys = f"the key{'' if len(value) == 1 else 's'} {_joined(map(str, value))}"
        return f"a mapping with {keys}" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    text = " ".join(str(value).split())
    text = text if len(text) <= LONG else f"{text[:LONG]}…"
    if isinstance(value, str):
        return repr(text) if text else "an empty text"
    kind = "date" if isinstance(value, date) and not isinstance(value, datetime) else "number"
    return f"the {'time' if isinstance(value, datetime) else kind} {text}"


def wanted(annotation: Any) -> str:
    """What a type asks for, in words."""
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        return next((note.words for note in notes if isinstance(note, Said)), None) or wanted(inner)
    if (kinds := _alternatives(annotation)) != (annotation,):
        *first, last = dict.fromkeys(wanted(kind) for kind in kinds)
        comma = "," if any(" or " in text or ", " in text for text in first) else ""
        return f"{', '.join(first)}{comma} or {last}" if first else last
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return _joined((str(word).lower() if isinstance(word, bool) else str(word) for word in inside), " or ")
    if origin in (tuple, list):
        model = _model(inside[0])
        return f"a list, each item {wanted(inside[0])}" if model else f"a list of {_several(inside[0])}"
    if origin is dict:
        keys = "names" if wanted(inside[0]) == "text" or "name" in wanted(inside[0]) else _several(inside[0])
        return f"a mapping of {keys}, each to {wanted(inside[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return getattr(annotation, "SAID", None) or _keys(annotation)
    plain = {
        str: "text", int: "a whole number", bool: "true or false", date: "a date such as 2025-01-31",
        datetime: "a time such as 2025-01-31T12:00:00", type(None): "null", Fraction: "an exact number",
        float: "a number",
    }  # fmt: skip
    return plain.get(annotation, "a value")


def _several(annotation: Any) -> str:
    """What a list holds: words to choose from, or values of a kind."""
    text = wanted(annotation)
    if get_origin(annotation) is Literal:
        return f"the words {text.replace(' or ', ' and ')}"
    several = {
        "text": "texts",
        "a whole number": "whole numbers",
        "a date such as 2025-01-31": "dates such as 2025-01-31",
    }
    return several.get(text, f"items, each {text}")


def _keys(model: type[BaseModel]) -> str:
    """The keys that a file may write: fields that another form of the file fills are not shown (``repr=False``)."""
    fields = [(name, info) for name, info in model.model_fields.items() if info.repr]
    needed = [info.alias or name for name, info in fields if info.is_required()]
    optional = [info.alias or name for name, info in fields if not info.is_required()]
    if not needed:
        return f"a mapping with some of the keys {_joined(optional)}"
    more = f" (and perhaps {_joined(optional)})" if optional else ""
    return f"a mapping with the key{'' if len(needed) == 1 else 's'} {_joined(needed)}{more}"


def _joined(words: Iterable[str], last: str = ", ") -> str:
    names = list(words)
    more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
    names = names[:MANY]
    return f"{', '.join(names[:-1])}{last}{names[-1]}{more}" if len(names) > 1 else "".join(names)


def refusals(model: type[BaseModel], error: ValidationError) -> Iterator[tuple[Path_, str]]:
    """Each fault that ``model`` found: where it stands in the file, and what to say of it."""
    choices: dict[Path_, list[tuple[Path_, Any]]] = {}
    for fault in error.errors(include_url=False):
        path, choice = _path_of(model, fault["loc"])
        if choice is None:
            yield from _refusal(model, path, fault)
        else:
            choices.setdefault(choice, []).append((path, fault))
    for choice, faults in choices.items():
        inside = [(path, fault) for path, fault in faults if len(path) > len(choice)]
        for path, fault in inside:  # a mapping was meant: what is wrong in it says more than what else could stand here
            yield from _refusal(model, path, fault)
        told = [fault for _, fault in faults if fault["type"] == "value_error" and isinstance(fault["input"], dict)]
        for fault in told if not inside else ():  # so does what a mapping of a known kind says of itself
            yield choice, str(fault["ctx"]["error"])
        if not inside and not told:
            found = shown(faults[0][1].get("input"))
            yield choice, f"found {found}, expected {wanted(_at(model, choice))}"


def _path_of(model: type[BaseModel], loc: Path_) -> tuple[Path_, Path_ | None]:
    """Where a fault stands in the file, and where in it there was a choice between types, if there was one.

    Behind a choice pydantic names the alternative, and behind the key of a mapping that a key was meant: neither is
    a key of the file.
    """
    here: Any = model
    path: Path_ = ()
    choice: Path_ | None = None
    for part in loc:
        kinds = [kind for kind in _alternatives(here) if kind is not types.NoneType]
        if part == "[key]":
            here = None
        elif len(kinds) > 1:
            choice = path
            here = next((kind for kind in kinds if getattr(kind, "__name__", None) == part), None)
        else:
            path, here = (*path, part), _inside(here, part)
    return path, choice


def _refusal(model: type[BaseModel], path: Path_, fault: Any) -> Iterator[tuple[Path_, str]]:
    kind, found = fault["type"], fault.get("input")
    annotation = _at(model, path)
    if fault["loc"][-1:] == ("[key]",):
        holder = _at(model, path[:-1])
        expected = wanted(get_args(holder)[0]) if get_origin(holder) is dict else "another key"
        if kind == "value_error" and not str(path[-1]).isascii():  # the reason is no matter of course
            expected = str(fault["ctx"]["error"]).partition(", expected ")[2] or expected
        yield path, f"found {shown(path[-1])} as a key, expected {expected}"
    elif kind == "missing" and isinstance(path[-1], int):  # of a list of so many
        yield path[:-1], f"found {shown(found)}, expected {wanted(_at(model, path[:-1]))}"
    elif kind == "missing":
        yield path[:-1], f"missing key `{path[-1]}`, expected {wanted(annotation)}"
    elif kind == "extra_forbidden":
        known = _fields(_at(model, path[:-1]))
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"expected one of {', '.join(known)}"
        if found is None and not re.fullmatch(r"[\w-]+", str(path[-1])):
            hint = "expected quotes around a text with a comma, where it stands between { and }"
        yield path, f"unknown key `{path[-1]}`; {hint}"
    elif kind == "value_error":
        yield path, str(fault["ctx"]["error"])
    elif kind == "too_short":
        # Items that are there and faulty are not counted: what is wrong with them is said already.
        least = fault["ctx"]["min_length"]
        if not found:
            yield path, f"found {shown(found)}, expected at least {_count(least)}: {_item(annotation)}"
        elif len(found) < least:
            yield path, f"found {_count(len(found))}, expected at least {_count(least)}: {_item(annotation)}"
    elif kind == "literal_error" and isinstance(found, str):
        words = [str(word) for word in get_args(annotation)]
        near = difflib.get_close_matches(found, words, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        yield path, f"found {shown(found)}, expected {wanted(annotation)}{hint}"
    elif kind == "string_type" and not isinstance(found, dict | list) and found is not None:
        text = str(found).lower() if isinstance(found, bool) else str(found)
        yield path, f'found {shown(found)}, expected text, which stands in quotes: "{text}"'
    else:
        yield path, f"found {shown(found)}, expected {_limited(annotation, fault)}"


def _count(items: int) -> str:
    return "one item" if items == 1 else f"{items} items"


def _item(annotation: Any) -> str:
    kinds = [kind for kind in _alternatives(annotation) if kind is not types.NoneType]
    bare = get_args(kinds[0])[0] if get_origin(kinds[0]) is Annotated else kinds[0]
    inner = get_args(bare) if len(kinds) == 1 else ()
    return wanted(inner[0]) if inner else "of any kind"


def _limited(annotation: Any, fault: Any) -> str:
    """What a type asks for, with the limit that a number passed."""
    limits = {
        "greater_than_equal": ("ge", "of at least"), "less_than_equal": ("le", "of at most"),
        "greater_than": ("gt", "above"), "less_than": ("lt", "below"),
    }  # fmt: skip
    text = wanted(annotation)
    if fault["type"] in limits:
        key, words = limits[fault["type"]]
        return f"{text} {words} {fault['ctx'][key]}"
    if fault["type"] == "string_pattern_mismatch":
        return f"{text} of the form {fault['ctx']['pattern']}"
    return text


# --- the types at a place of a model ---


def _annotation(info: FieldInfo) -> Any:
    """The type of a field with what is noted beside it, which pydantic keeps apart."""
    notes = [note for note in info.metadata if isinstance(note, Said)]
    return Annotated[info.annotation, notes[0]] if notes else info.annotation


def _at(model: Any, path: Path_) -> Any:
    here: Any = model
    for part in path:
        here = _inside(here, part)
    return here


def _inside(annotation: Any, part: str | int) -> Any:
    for noted in _alternatives(annotation):
        kind = get_args(noted)[0] if get_origin(noted) is Annotated else noted
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, info in kind.model_fields.items():
                if part in (name, info.alias):
                    return _annotation(info)
        elif get_origin(kind) is dict:
            return get_args(kind)[1]
        elif get_origin(kind) in (tuple, list):
            return get_args(kind)[0]
    return None


def _model(annotation: Any) -> bool:
    return any(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in _alternatives(annotation))


def _fields(annotation: Any) -> list[str]:
    models = (kind for kind in _alternatives(annotation) if isinstance(kind, type) and issubclass(kind, BaseModel))
    return [info.alias or name for kind in models for name, info in kind.model_fields.items() if info.repr]


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """The types that may stand at a place; of a noted type those inside it."""
    if get_origin(annotation) is Annotated and not any(isinstance(note, Said) for note in get_args(annotation)):
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in (Union, types.UnionType):
        return (annotation,)
    return tuple(_without_notes(kind) for kind in typing.get_args(annotation))


def _without_notes(kind: Any) -> Any:
    """A type without what only tells it from its alternatives."""
    noted = get_origin(kind) is Annotated and not any(isinstance(note, Said) for note in get_args(kind))
    return get_args(kind)[0] if noted else kind
