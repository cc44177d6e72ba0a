"""The keys of a kind of file: every model under its root, with the keys of each, their types and defaults."""

from __future__ import annotations

import ast
import inspect
import itertools
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from auditlib.core.refusals import Said
from auditlib.core.values import Day, Number, Positive, PositiveNumber, Whole
from handbook.places import Language

__all__ = ["Document", "Key", "Model", "alternatives", "field_docstrings", "item_of", "models_of", "type_words"]


@dataclass(frozen=True)
class Key:
    """A key as files write it."""

    name: str
    field: str
    info: FieldInfo
    annotation: Any

    @property
    def required(self) -> bool:
        return self.info.is_required()

    @property
    def default(self) -> Any:
        return self.info.get_default(call_default_factory=True)


@dataclass
class Model:
    """A mapping with keys of its own, and where it may stand."""

    type: type[BaseModel]
    places: list[str] = field(default_factory=list)
    name: str = ""
    """What it is called here: its class, with the module before it where two classes have one name."""

    @property
    def module(self) -> str:
        return self.type.__module__

    @property
    def shared(self) -> type[BaseModel] | None:
        """The class whose keys this one has besides its own, and which has a section of its own."""
        return next(
            (one for one in self.type.__mro__[1:] if one.__name__ in SHARED and issubclass(one, BaseModel)), None
        )

    def keys(self, every: bool = False) -> Iterator[Key]:
        """Its keys; with ``every`` those too that it shares with others."""
        hints = _hints(self.type)
        for name, info in self.type.model_fields.items():
            if not every and self.shared and name in self.shared.model_fields:
                continue
            yield Key(info.alias or name, name, info, hints[name])


@dataclass(frozen=True)
class Document:
    """A kind of file that people write: its model, the files that there are, and how one is read."""

    name: str
    root: type[BaseModel]
    shipped: tuple[Path, ...]
    others: tuple[Path, ...]
    load: Callable[[Path], object]
    part: Callable[[Any, Path], Any] = lambda root, file: root
    """Of the YAML of a file what is such a document: of a recipe of the cookbook its scheme."""


def alternatives(annotation: Any) -> tuple[Any, ...]:
    """The types between which a value may choose; without null, and without what stands beside a type."""
    if get_origin(annotation) is Annotated:
        return alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(kind for one in get_args(annotation) for kind in alternatives(one) if kind is not type(None))
    return (annotation,)


def item_of(kind: Any) -> Any:
    """What a list or mapping holds; None for what is neither."""
    origin, inside = get_origin(kind), get_args(kind)
    return inside[0] if origin in (tuple, list) else inside[1] if origin is dict else None


def models_of(root: type[BaseModel]) -> dict[type[BaseModel], Model]:
    """Every model under ``root`` with the places where it stands, in the order of the keys."""
    found: dict[type[BaseModel], Model] = {}

    def look(annotation: Any, place: str, around: tuple[Any, ...]) -> None:
        for kind in alternatives(annotation):
            item = item_of(kind)
            if item is not None:
                look(item, f"{place}.*" if get_origin(kind) is dict else f"{place}[]", around)
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                model = found.setdefault(kind, Model(kind))
                if place not in model.places:
                    model.places.append(place)
                if kind not in around:
                    for key in model.keys(every=True):
                        look(key.annotation, f"{place}.{key.name}".lstrip("."), (*around, kind))

    look(root, "", ())
    for model in tuple(found.values()):
        if model.shared is not None:
            found.setdefault(model.shared, Model(model.shared)).places += model.places
    classes = [kind.__name__ for kind in found]
    for kind, model in found.items():
        twice = classes.count(kind.__name__) > 1 and kind.__module__.rpartition(".")[2] in APART
        model.name = f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}" if twice else kind.__name__
    return found


@cache
def _hints(model: type[BaseModel]) -> dict[str, Any]:
    return typing.get_type_hints(model, include_extras=True)


@cache
def field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """What stands as text under the fields of a class."""
    body = ast.parse(inspect.getsource(model)).body[0].body  # type: ignore[attr-defined]
    return {
        one.target.id: " ".join(after.value.value.split())
        for one, after in itertools.pairwise(body)
        if isinstance(one, ast.AnnAssign)
        and isinstance(one.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    }


SHARED = ("Former",)
"""Classes of which others have all keys."""
APART = ("formers",)
"""Of two classes with one name that of such a module bears its module's too."""

NAMED: tuple[tuple[Any, str, str], ...] = (
    (Number, '精确的数，如 `12`、`"0.5"`、`"1/3"`', 'an exact number: `12`, `"0.5"`, `"1/3"`'),
    (PositiveNumber, "大于0的精确的数", "an exact number above 0"),
    (Whole, "整数", "a whole number"),
    (Positive, "不小于1的整数", "a whole number of at least 1"),
    (Day, "日期，如 `2025-01-31`", "a day: `2025-01-31`"),
)
PLAIN: dict[Any, tuple[str, str]] = {
    str: ("文本", "text"),
    int: ("整数", "a whole number"),
    bool: ("`true` 或 `false`", "`true` or `false`"),
    date: ("日期", "a day"),
    datetime: ("时间，如 `2025-01-31T12:00:00`", "a time: `2025-01-31T12:00:00`"),
    Fraction: ("精确的数", "an exact number"),
    float: ("数", "a number"),
    type(None): ("`null`", "`null`"),
    Any: ("任意值", "any value"),
    object: ("任意值", "any value"),
}


def type_words(annotation: Any, language: Language) -> str:
    """What may stand at a key, in words; a model by its name, as a link to its section."""
    at = 0 if language == "zh" else 1
    for kind, *words in NAMED:
        if annotation == kind:
            return words[at]
    if get_origin(annotation) is Annotated:
        inner, *beside = get_args(annotation)
        said = next((one.words for one in beside if isinstance(one, Said)), "")
        name = {"zh": "名称（字母、数字、`_`、`-`）", "en": "a name of letters, digits, `_` or `-`"}[language]
        return name if said.startswith("a name") else type_words(inner, language)
    if get_origin(annotation) in (Union, types.UnionType):
        words = dict.fromkeys(type_words(kind, language) for kind in get_args(annotation))
        return (" 或 " if language == "zh" else " or ").join(words)
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return (" \\| " if len(inside) > 1 else "").join(
            f"`{str(one).lower() if isinstance(one, bool) else one}`" for one in inside
        )
    if origin in (tuple, list):
        return ("列表，每项为" if language == "zh" else "a list of ") + type_words(inside[0], language)
    if origin is dict:
        return ("名称到值的映射，值为" if language == "zh" else "a mapping of names to ") + type_words(
            inside[1], language
        )
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return PLAIN.get(annotation, ("值", "a value"))[at]
