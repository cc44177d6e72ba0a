"""JSON Schemas of declared files, for editors: what a key means, what may stand there, what must be said.

The sentences are those of the models: the docstring under a key, or what the docstring of its model says of it.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

__all__ = ["declared_schema", "key_sentences"]

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
SAYING = frozenset({"description", "default", "examples", "title"})
NARROWED = frozenset({"enum", "const", "pattern", "format"})
NESTED = ("items", "additionalProperties")
REFERENCE: Schema = {"type": "string", "pattern": r"^\$"}
"""A value that is written elsewhere: ``$name``."""


def declared_schema(
    model: type[BaseModel],
    *,
    references: Iterable[str] | None = None,
    more: Mapping[str, Schema] | None = None,
    common: Mapping[str, str] = MappingProxyType({}),
) -> Schema:
    """The JSON Schema of files that are read as ``model``.

    A model with a short form of its own (a title as a bare text) takes text, too, and asks for no key that the short
    form supplies. With ``references`` every value may be written ``$name``, but in the models of these names. ``more``
    adds to the schema of a model by its name what its types do not say: keys that a short form knows. ``common`` says
    what a key means that is the same everywhere, where its model has no word of it.
    """
    schema = model.model_json_schema(mode="validation")
    models = {one.__name__: one for one in _models(model)}
    parts: dict[str, Schema] = schema.get("$defs", {})
    parts[model.__name__] = {key: value for key, value in schema.items() if key != "$defs"}
    for name, part in parts.items():
        of = models.get(name)
        plain = references is None or name in references
        if of is None or "properties" not in part:
            continue
        for key in [info.alias or key for key, info in of.model_fields.items() if not info.repr]:
            part["properties"].pop(key, None)  # another form of the file fills it
        _describe(part, of, common)
        if not plain:
            part["properties"] = {key: _or_reference(one) for key, one in part["properties"].items()}
        part |= _merged(part, (more or {}).get(name, {}))
        if of is not model and any(one.info.mode == "before" for one in _validators(of)):
            part.pop("required", None)
            parts[name] = {"description": part.pop("description", ""), "anyOf": [{"type": "string"}, part]}
    top = parts.pop(model.__name__)
    return {"$schema": DRAFT, "title": top.pop("title", model.__name__), **top, "$defs": dict(sorted(parts.items()))}


def _validators(model: type[BaseModel]) -> Iterable[Any]:
    return model.__pydantic_decorators__.model_validators.values()


def _merged(part: Schema, more: Schema) -> Schema:
    properties = part["properties"] | more.get("properties", {})
    return {**more, "properties": properties}


def _models(model: type[BaseModel]) -> Iterable[type[BaseModel]]:
    """A model and all that stand in it."""
    found: dict[type[BaseModel], None] = {}
    waiting: list[Any] = [model]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            if one not in found:
                found[one] = None
                waiting += [info.annotation for info in one.model_fields.values()]
        else:
            waiting += getattr(one, "__args__", ())
    return found


def _describe(part: Schema, model: type[BaseModel], common: Mapping[str, str]) -> None:
    """Sentences for the model and for each of its keys; no titles that only repeat the key, no `default: null`."""
    part["description"] = _plain(inspect.getdoc(model) or "")
    sentences = {**common, **key_sentences(model)}
    for key, one in part["properties"].items():
        one.pop("title", None)
        if one.get("default", "") is None:
            del one["default"]
        if said := sentences.get(key):
            one["description"] = said


def _or_reference(schema: Schema) -> Schema:
    """A schema that a reference meets, too, and so each value in it."""
    kinds = schema.get("anyOf", [schema])
    if any(not one.keys() - SAYING or _is_any_text(one) for one in kinds):
        return schema
    inside = [one | {key: _or_reference(one[key]) for key in NESTED if isinstance(one.get(key), dict)} for one in kinds]
    said = {key: value for key, value in schema.items() if key in SAYING}
    return said | {"anyOf": [*({k: v for k, v in one.items() if k not in said} for one in inside), REFERENCE]}


def _is_any_text(schema: Schema) -> bool:
    types = schema.get("type", [])
    return "string" in ([types] if isinstance(types, str) else types) and not schema.keys() & NARROWED


@cache
def key_sentences(model: type[BaseModel]) -> dict[str, str]:
    """What the source of a model says of each of its keys, by the name that files use; keys without a word left out."""
    own: dict[str, str] = {}
    for owner in reversed([one for one in model.__mro__ if issubclass(one, BaseModel) and one is not BaseModel]):
        for name, said in _under_keys(owner).items():
            if name in model.model_fields:
                own[model.model_fields[name].alias or name] = said
    doc = inspect.getdoc(model) or ""
    for name, info in model.model_fields.items():
        key = info.alias or name
        if key not in own and (said := _of_key(doc, key)):
            own[key] = said
    return own


def _under_keys(model: type[BaseModel]) -> dict[str, str]:
    """The strings that stand under the fields of a class, as its source has them."""
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    except (OSError, TypeError):
        return {}
    found: dict[str, str] = {}
    statements = body.body if isinstance(body, ast.ClassDef) else []
    for one, after in pairwise(statements):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and isinstance(after, ast.Expr):
            value = after.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[one.target.id] = _plain(inspect.cleandoc(value.value))
    return found


def _of_key(doc: str, key: str) -> str:
    """The sentences of a docstring that name a key."""
    sentences = re.split(r"(?<=[.;])\s+(?=[A-Z`])", " ".join(doc.split()))
    return _plain(" ".join(one for one in sentences if f"``{key}``" in one)).rstrip(";")


def _plain(text: str) -> str:
    """A docstring as people read it."""
    paragraphs = re.split(r"\n\s*\n", ROLE.sub(r"`\1`", text).replace("``", "`"))
    return "\n\n".join(" ".join(one.split()) for one in paragraphs)
