"""The kinds of file that people write, with the files of each that there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from auditlib.core.yaml_file import read_yaml
from auditlib.delphi.declared import PanelFile
from auditlib.ledger.intake.mapping import Mapping
from auditlib.runs.runfile import RunFile, read_run
from auditlib.scheme.load import load_scheme
from auditlib.scheme.model import Scheme
from handbook.models import Document
from handbook.places import ROOT

__all__ = ["documents"]


def _files(*patterns: str) -> tuple[Path, ...]:
    return tuple(file for pattern in patterns for file in sorted(ROOT.glob(pattern)))


@cache
def documents() -> dict[str, Document]:
    """Each kind of file by the page that tells of it."""
    return {
        one.name: one
        for one in (
            Document("scheme", Scheme, _files("params/schemes/*.yaml"), (), load_scheme),
            Document("mapping", Mapping, _files("params/mappings/*.yaml"), (), _reader(Mapping)),
            Document("run", RunFile, _files("params/runs/*.yaml"), (), read_run),
            Document("panel", PanelFile, _files("params/panels/*/panel.yaml"), (), _reader(PanelFile)),
        )
    }


def _reader(model: type) -> Callable[[Path], object]:
    return lambda file: read_yaml(model, file)
