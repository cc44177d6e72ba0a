"""The kinds of file that people write, with the files of each that there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from auditlib.core.yaml_file import read_yaml
from auditlib.delphi.declared import PanelFile
from auditlib.ledger.intake.mapping import Mapping
from auditlib.runs.runfile import RunFile, read_run
from auditlib.scheme.load import load_scheme
from auditlib.scheme.model import Scheme
from handbook.cookbook import Recipe, Scored
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
            Document(
                "scheme",
                Scheme,
                _files("params/schemes/*.yaml"),
                (*_files("docs/cookbook/*.yaml"), *_files("docs/reference/specimens/scheme*.yaml")),
                _load_scheme,
                _scheme_of,
            ),
            Document(
                "mapping",
                Mapping,
                _files("params/mappings/*.yaml"),
                _files("docs/reference/specimens/mapping*.yaml"),
                _reader(Mapping),
            ),
            Document(
                "run", RunFile, _files("params/runs/*.yaml"), _files("docs/reference/specimens/run*.yaml"), read_run
            ),
            Document(
                "panel",
                PanelFile,
                _files("params/panels/*/panel.yaml"),
                _files("docs/reference/specimens/panel*.yaml"),
                _reader(PanelFile),
            ),
        )
    }


def _scheme_of(root: Any, file: Path) -> Any:
    """The scheme in a file: the whole of it, or of a recipe the part that says its rule."""
    return next((value for key, value in root.value if key.value == "scheme" and file.name[0].isdigit()), root)


def _load_scheme(file: Path) -> object:
    """A scheme file, or the one that a recipe makes. Raises :class:`InputError`."""
    if not file.name[0].isdigit():
        return load_scheme(file)
    return Scored(read_yaml(Recipe, file), file.parent).scheme_file()


def _reader(model: type) -> Callable[[Path], object]:
    return lambda file: read_yaml(model, file)
