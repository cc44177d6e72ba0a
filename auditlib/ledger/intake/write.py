"""The ledger of an intake as files: whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import yaml

from auditlib.core.errors import InputError
from auditlib.core.period import local_time
from auditlib.ledger.expectations import lasting
from auditlib.ledger.intake.take_in import Intake
from auditlib.ledger.registers import REGISTERS

__all__ = ["PROFILE", "write_ledger"]


PROFILE = ("profile.json", "profile.html")
"""What may stand beside the registers and tells what came in."""


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
        own = {"ledger.yaml", "rejects.csv", *PROFILE} | {
            f"{name}.{ending}" for name in REGISTERS for ending in ("csv", "parquet")
        }
        if foreign := sorted(file.name for file in folder.iterdir() if file.name not in own):
            raise InputError.at(folder, "", f"found {', '.join(foreign)}, which no intake wrote; nothing was replaced")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, table in intake.registers.items():
            if form == "parquet":
                table.write_parquet(made / f"{name}.parquet")
            else:
                _iso(table).write_csv(made / f"{name}.csv")
        if intake.rejects.height:
            intake.rejects.write_csv(made / "rejects.csv")
        mapping = intake.mapping
        as_of = None if mapping.as_of is None else local_time(mapping.as_of)
        said = lasting(intake.expectations, intake.rejects, as_of) or {}
        note = {
            "title": mapping.title.model_dump(),
            "synthetic": mapping.synthetic,
            "timezone": mapping.timezone,
            "as_of": None if as_of is None else as_of.isoformat(),
            "mapping": mapping.mapping,
            "snapshot": intake.snapshot,
            **({"not_personal": list(mapping.not_personal)} if mapping.not_personal else {}),
            **({"closed_before_opened": kept.model_dump()} if (kept := intake.kept_before_opened) else {}),
            **({"expectations": {text: words.model_dump() for text, words in said.items()}} if said else {}),
        }
        text = yaml.safe_dump(note, allow_unicode=True, sort_keys=False)
        (made / "ledger.yaml").write_text(text, encoding="utf-8")
        for name, content in (beside or {}).items():
            (made / name).write_text(content, encoding="utf-8")
        made.chmod(0o755)
        if folder.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
            folder.rename(old / folder.name)
            made.rename(folder)
            shutil.rmtree(old)
        else:
            made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _iso(table: pl.DataFrame) -> pl.DataFrame:
    times = pl.col(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f").str.strip_suffix(".000000")
    return table.with_columns(times)
