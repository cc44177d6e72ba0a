"""The manifest of a run: what went in, and what came out, by content hash.

It says nothing that varies: the same inputs give the same manifest, byte for byte, on any machine. Times,
machine and durations stand beside it in ``run-log.json``. The words are in-toto's: *materials* are what a
step was given, *products* what it made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from auditlib.core.errors import InputError
from auditlib.core.guards import text_of
from auditlib.core.hashes import canonical, file_sha256
from auditlib.core.values import Strict
from auditlib.runs.runfile import RunFile

__all__ = ["LOG", "MANIFEST", "Manifest", "ReportRecord", "manifest_text", "read_manifest"]

MANIFEST, LOG = "manifest.json", "run-log.json"


class ReportRecord(Strict):
    """One report: what it was made from, named, and the files that it became."""

    id: str
    notebook: str
    period: str
    unit: str | None
    inputs: dict[str, str]
    products: dict[str, str]
    failure: str | None


class Manifest(Strict):
    """One production of reports. ``materials`` and ``products`` map a name to the SHA-256 of its content."""

    format: Literal["auditlib-run/1"]
    run: dict[str, Any]
    """The run file, as it was read."""
    materials: dict[str, str]
    software: dict[str, str]
    """The versions of the libraries. Those that make the numbers are among the inputs of each report."""
    reports: tuple[ReportRecord, ...]
    products: dict[str, str]
    """What is written for the run as a whole: results, records of rows, the index."""

    @property
    def files(self) -> dict[str, str]:
        """Every file of the run with its hash."""
        return {name: sha for report in self.reports for name, sha in report.products.items()} | self.products

    def declared(self) -> RunFile:
        """The run file again, ready to be planned."""
        return RunFile.model_validate(self.run)


def manifest_text(
    run: RunFile, materials: Mapping[str, str], software: Mapping[str, str],
    reports: Iterable[ReportRecord], products: Mapping[str, str],
) -> str:  # fmt: skip
    """The text of ``manifest.json``."""
    value = {
        "format": "auditlib-run/1",
        "run": canonical(run.model_dump(mode="json", by_alias=True)),
        "materials": dict(sorted(materials.items())),
        "software": dict(sorted(software.items())),
        "reports": [canonical(report) for report in reports],
        "products": dict(sorted(products.items())),
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the run in ``folder``. Raises :class:`InputError` where there is none that can be read."""
    file = folder / MANIFEST
    try:
        return Manifest.model_validate_json(text_of(file))
    except FileNotFoundError:
        raise InputError.at(
            file, "", "no such file, expected the manifest of a finished run; finish it with auditlib run"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError.at(file, where, f"{first['msg']}; expected a manifest as auditlib run writes it") from None


def hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The hash of each named file of a folder."""
    return {name: file_sha256(folder / name) for name in names}
