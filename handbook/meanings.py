"""What each key means, in both languages: ``docs/reference/keys``, and the docstrings of the models."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from handbook.models import Key, Model, field_docstrings
from handbook.places import DOCS, Language

__all__ = ["KEYS", "file_only", "is_written", "meaning", "of_model", "page_title"]

KEYS = DOCS / "reference" / "keys"


@cache
def _said(document: str) -> dict[str, Any]:
    return yaml.safe_load((KEYS / f"{document}.yaml").read_text(encoding="utf-8"))


def _entry(document: str, model: Model, key: str) -> dict[str, Any]:
    """What is written of a key: at the model, at one that it stands on, or for all places alike."""
    said = _said(document)
    for name in (model.name, *(base.__name__ for base in model.type.__mro__[1:])):
        if key in said.get(name, {}):
            return said[name][key]
    return _said("any").get(key, {})


def is_written(document: str, model: Model, key: Key) -> bool:
    """Whether a file may say it; what is not is set by the program while it reads the file."""
    return key.info.repr and bool(_entry(document, model, key.name).get("written", True))


def meaning(document: str, model: Model, key: str, language: Language, field: str = "") -> str | None:
    """What a key means; the English may be the docstring of its field. None where nobody said it."""
    told = _entry(document, model, key).get(language)
    if told is None and language == "en":
        told = next((d[field] for base in model.type.__mro__ if (d := _docstrings(base)).get(field)), None)
    return told


def _docstrings(base: type) -> dict[str, str]:
    return field_docstrings(base) if base.__module__.startswith("auditlib.") else {}


def of_model(document: str, model: Model, language: Language) -> str | None:
    """What a model is; the English may be the first sentence of its docstring."""
    told = _said(document).get(model.name, {}).get("_", {}).get(language)
    if told is None and language == "en" and model.type.__doc__:
        told = " ".join(model.type.__doc__.strip().split("\n\n")[0].split())
    return told


def file_only(document: str, model: Model) -> list[str]:
    """Keys that a file has and the model does not, for the program puts what they say in its place."""
    return [key for key, entry in _said(document).get(model.name, {}).items() if entry.get("virtual")]


def page_title(document: str, module: str, language: Language) -> str | None:
    """The heading over the models of a module."""
    return _said(document).get("pages", {}).get(module.rpartition(".")[2], {}).get(language)
