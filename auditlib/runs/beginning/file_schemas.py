"""The JSON Schema of each kind of file that people write by hand."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from auditlib.core.json_schema import declared_schema

__all__ = ["KINDS", "file_schema", "schema_text"]

KINDS = ("scheme", "run", "ledger", "examples", "panel", "mapping")
"""The kinds of files, by the word that commands use."""


def file_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file. Raises :class:`KeyError` for another word."""
    schema: dict[str, Any] = json.loads(schema_text(kind))
    return schema


@cache
def schema_text(kind: str) -> str:
    """The same as the text of a file. Collecting it from the models takes most of a second, so that a process does
    it once."""
    return json.dumps(_collected(kind), ensure_ascii=False, indent=1) + "\n"


def _collected(kind: str) -> dict[str, Any]:
    if kind == "scheme":
        from auditlib.scheme.json_schema import scheme_schema

        return scheme_schema()
    if kind == "run":
        from auditlib.runs.runfile import RunFile

        return declared_schema(RunFile)
    if kind == "ledger":
        from auditlib.ledger.note import LedgerNote

        return declared_schema(LedgerNote)
    if kind == "examples":
        from auditlib.analysis.examples.page import ExamplePage

        return declared_schema(ExamplePage)
    if kind == "panel":
        from auditlib.delphi.declared import PanelFile

        return declared_schema(PanelFile)
    from auditlib.ledger.intake.mapping import Mapping

    return {"mapping": declared_schema(Mapping)}[kind]
