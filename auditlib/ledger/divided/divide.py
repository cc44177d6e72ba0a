"""Dividing a checked ledger into Parquet files by unit, so that many machines can each read the part they count.

LEDGER/partitions.json               the seal: snapshot hash, and the hash of every file
LEDGER/units.parquet, marks.parquet … the small registers, whole
LEDGER/cases/bucket=07.parquet       the rows of the units of one part, for each register that grows with time
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import polars as pl
import yaml

from auditlib.core.errors import InputError
from auditlib.core.files import whole_folder, write_atomically
from auditlib.ledger.divided.parts import SEAL, FilePart, Part, Seal, SealedRegister, divided, in_parts, seal_text
from auditlib.ledger.expectations import lasting
from auditlib.ledger.read import Ledger
from auditlib.ledger.rejects_file import write_rejects
from auditlib.ledger.remote import fsspec_for, plain_url
from auditlib.ledger.snapshot import snapshot_hash

__all__ = ["parts_of", "snapshot_of", "write_divided"]


def snapshot_of(ledger: Ledger) -> str:
    """The snapshot hash of a ledger: as its seal says, whose files have been compared with it, or computed."""
    return ledger.seal.snapshot if ledger.seal else snapshot_hash(ledger.registers)


def parts_of(ledger: Ledger) -> list[Part]:
    """The parts that a ledger lies in; none where it was not divided."""
    seal = ledger.seal
    return [FilePart.of(ledger.path, seal, seal.bucket(number)) for number in range(seal.parts)] if seal else []


def write_divided(ledger: Ledger, folder: Path, count: int, at: str | None = None) -> Seal:
    """Write a ledger in ``count`` parts, whole or not at all.

    ``at`` is a folder or URL for the divided registers, if they are not to lie in ``folder``. Raises
    :class:`InputError` where ``folder`` exists, ``at`` cannot be written, or the ledger does not say when it was taken:
    a divided ledger is not checked again, and without that time nobody can tell which facts are too late.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError.at(folder, "", "the folder exists; expected a new one")
    if ledger.as_of is None:
        raise InputError.at(ledger.path / "ledger.yaml", "as_of", "found nothing, expected when the ledger was taken")
    with whole_folder(folder, replace=True) as made:
        registers = {name: SealedRegister(rows=ledger.accepted[name], files={}) for name in ledger.registers}
        for number, part in enumerate(divided(ledger.registers, count)):
            for name, table in part.items():
                file = f"{name}/bucket={number:03}.parquet" if in_parts(name) else f"{name}.parquet"
                if file not in registers[name].files:
                    content = _parquet(table)
                    _write(at if at and in_parts(name) else str(made), file, content)
                    registers[name].files[file] = hashlib.sha256(content).hexdigest()
        snapshot = snapshot_of(ledger)
        seal = Seal(format="auditlib-partitions/1", parts=count, snapshot=snapshot, at=at, registers=registers)
        said = lasting(ledger.expectations, ledger.rejects, ledger.as_of)
        own = ledger.note.model_copy(
            update={"snapshot": snapshot, "expectations": said, "extra_registers": ledger.extra}
        )
        note = own.model_dump(mode="json", exclude_none=True, exclude=None if ledger.extra else {"extra_registers"})
        text = yaml.safe_dump(note, allow_unicode=True, sort_keys=False)
        write_atomically(made / "ledger.yaml", text.encode("utf-8"))
        write_rejects(ledger.rejects, made)
        write_atomically(made / SEAL, seal_text(seal).encode("utf-8"))
    return seal


def _parquet(table: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    table.write_parquet(stream)
    return stream.getvalue()


def _write(place: str, name: str, content: bytes) -> None:
    if "://" not in place:
        write_atomically(Path(place) / name, content)
        return
    fsspec = fsspec_for(place)
    try:
        with fsspec.open(f"{place}/{name}", "wb") as stream:
            stream.write(content)
    except Exception as error:  # each driver has errors of its own, which may repeat a password of the URL
        said = str(error).splitlines()[0] if isinstance(error, ImportError) else type(error).__name__
        raise InputError.at(plain_url(place), "", f"cannot be written: {said}") from None
