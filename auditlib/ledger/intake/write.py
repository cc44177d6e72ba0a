"""The ledger of an intake as files: whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from auditlib.core.cells import inert_frame
from auditlib.core.errors import InputError
from auditlib.core.files import naming, whole_folder, write_atomically
from auditlib.ledger.expectations import lasting
from auditlib.ledger.intake.mapping import Mapping as IntakeMapping
from auditlib.ledger.intake.outcome import Intake
from auditlib.ledger.rejects_file import REJECTS, write_rejects

__all__ = ["PROFILE", "write_ledger"]


PROFILE = ("profile.json", "profile.html", "changes.json")
"""What may stand beside the registers and tells what came in, and what it changed."""
ROWS = 250_000
"""So many rows of a long register are in the memory at a time."""


def write_ledger(
    intake: Intake, folder: Path, *, form: str = "csv", replace: bool = False, beside: Mapping[str, str] | None = None
) -> None:
    """Write the ledger, whole or not at all: one file a register, ``rejects.csv``, ``ledger.yaml``.

    ``beside`` are other texts by name, of :data:`PROFILE`.

    Raises :class:`InputError` where ``folder`` exists and is not to be replaced.
    """
    if folder.exists() and any(folder.iterdir()):
        if not replace:
            raise InputError.at(folder, "", "the folder exists; expected a new one, or --replace to write it anew")
        own = {"ledger.yaml", REJECTS, *PROFILE} | {
            f"{name}.{ending}" for name in intake.mapping.known for ending in ("csv", "parquet")
        }
        if foreign := sorted(file.name for file in folder.iterdir() if file.name not in own):
            raise InputError.at(folder, "", f"found {', '.join(foreign)}, which no intake wrote; nothing was replaced")
    with whole_folder(folder, replace=replace) as made:
        for name, rows in intake.frames.items():
            file = made / f"{name}.{form}"
            with naming(file):
                if name in intake.large:
                    _write_large(rows, file, form)
                elif form == "parquet":
                    rows.collect().write_parquet(file)
                else:
                    inert_frame(_iso(rows.collect())).write_csv(file)
        write_rejects(intake.rejects, made)
        for name, content in (beside or {}).items():
            write_atomically(made / name, content.encode("utf-8"))
        write_atomically(made / "ledger.yaml", _note(intake).encode("utf-8"))


def _write_large(rows: pl.LazyFrame, file: Path, form: str) -> None:
    """A register that is too long for the memory, so many rows at a time."""
    if form == "parquet":
        rows.sink_parquet(file)
        return
    with file.open("wb") as stream:
        for number, part in enumerate(rows.collect_batches(chunk_size=ROWS, maintain_order=True)):
            inert_frame(_iso(part)).write_csv(stream, include_header=not number)


def _note(intake: Intake) -> str:
    """What the ledger says of itself."""
    mapping = intake.mapping
    as_of = mapping.as_of
    said = lasting(intake.expectations, intake.rejects, as_of) or {}
    note = {
        "title": mapping.title.model_dump(),
        "synthetic": mapping.synthetic,
        "timezone": mapping.timezone,
        "as_of": None if as_of is None else as_of.isoformat(),
        "mapping": mapping.mapping,
        "snapshot": intake.snapshot,
        **({"queries": dict(intake.queries)} if intake.queries else {}),
        **({"extra_registers": own} if (own := _declared(mapping)) else {}),
        **({"not_personal": list(mapping.not_personal)} if mapping.not_personal else {}),
        **({"closed_before_opened": kept.model_dump()} if (kept := intake.kept_before_opened) else {}),
        **({"expectations": {text: words.model_dump() for text, words in said.items()}} if said else {}),
    }
    return yaml.safe_dump(note, allow_unicode=True, sort_keys=False)


def _declared(mapping: IntakeMapping) -> dict[str, Any]:
    """The registers of its own that a ledger of this mapping has, so that it is read without the mapping too."""
    declared = {name: one for name, one in mapping.extra_registers.items() if name in mapping.registers}
    return {name: one.model_dump(mode="json", exclude_defaults=True) for name, one in declared.items()}


def _iso(table: pl.DataFrame) -> pl.DataFrame:
    times = pl.col(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f").str.strip_suffix(".000000")
    return table.with_columns(times)
