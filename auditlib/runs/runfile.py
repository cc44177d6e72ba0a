"""Run files: what to assess, by which scheme, and which notebooks tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from auditlib.core.errors import InputError, Problem
from auditlib.core.file_names import is_reserved
from auditlib.core.home import shown
from auditlib.core.period import local_time
from auditlib.core.values import Strict, Text
from auditlib.core.yaml_file import Tree, dotted, read_tree
from auditlib.ledger.privacy.declared import read_impersonal
from auditlib.objections.issue import Issue, Terms, TermsOfObjection, faults

__all__ = ["Limits", "NotebookUse", "RunFile", "is_below", "read_run"]

TOLD = {"scheme", "ledger", "unit", "period", "as_of", "language", "readings", "supplied",
        "calendar", "provisional_calendar"}  # fmt: skip

OFFICES = frozenset({"contact"})
"""The keys under which a landline is the one of an office, and no person's."""


def _plain(value: object) -> object:
    """Whole numbers and days, as YAML reads them, are meant as the text that was written."""
    return str(value) if isinstance(value, int | date) and not isinstance(value, bool | datetime) else value


def _as_written(value: Any) -> Any:
    """What a notebook is told, with days and times, wherever they stand in it, as the text that was written."""
    if isinstance(value, dict):
        return {key: _as_written(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_written(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _inside(name: str) -> str:
    """``name`` if a file of that name lies in the folder where it is put, on every system."""
    if PurePosixPath(name).name != name or PureWindowsPath(name).name != name or name.startswith("."):
        raise ValueError(f"found {name}, expected the name of a notebook alone, without a folder or an ending")
    return _a_folder_anywhere(name)


def _a_folder_anywhere(name: str) -> str:
    """``name`` if a folder of every system can be called so."""
    if is_reserved(name):
        raise ValueError(f"found {name}, expected another name: Windows keeps this one for a device")
    return name


class NotebookUse(Strict):
    """A notebook of the run: once for every unit and period, or once for every period."""

    notebook: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_inside)]
    per: Literal["unit", "period"]
    parameters: Annotated[dict[str, Any], BeforeValidator(_as_written)] = {}
    """What else the notebook is told; what the run itself decides cannot be told otherwise."""

    @model_validator(mode="after")
    def _nothing_told_twice(self) -> NotebookUse:
        if both := sorted(self.parameters.keys() & TOLD):
            raise ValueError(f"found {', '.join(both)} among the parameters, expected it at the top of the run file")
        return self


class Limits(Strict):
    """What one report may use before it is ended: seconds in all, and megabytes (null: what the machine has)."""

    seconds: Annotated[int, Field(ge=1, le=10**7)] = 600
    megabytes: Annotated[int, Field(ge=64, le=10**9)] | None = None

    @property
    def bytes(self) -> int | None:
        return None if self.megabytes is None else self.megabytes * 1_000_000


@dataclass(frozen=True)
class _Written:
    """Where a run was written down, if it was; the same run may be written in several places."""

    tree: Tree | None = field(default=None, compare=False)


class RunFile(Strict):
    """A run file: what to assess, by which scheme, and which notebooks tell it."""

    run: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"), AfterValidator(_a_folder_anywhere)]
    title: Text
    scheme: str
    ledger: str
    demonstration: Literal["heating-winter"] | None = None
    """The synthetic ledger that is written in place of a missing one."""
    periods: Annotated[tuple[Annotated[str, BeforeValidator(_plain, str | int)], ...], Field(min_length=1)]
    units: tuple[Annotated[str, BeforeValidator(_plain, str | int)], ...] | Literal["all"] = "all"
    as_of: Annotated[datetime, BeforeValidator(local_time)] | None = None
    accept_rejects: bool = False
    readings: dict[str, str] = {}
    supplied: dict[str, Annotated[str, BeforeValidator(_plain, str | int)]] = Field(default={}, alias="set")
    calendar: str = ""
    """The user's own table of working days, or a folder of them; empty for ``params/calendars``."""
    provisional_calendar: bool = False
    """Whether days that nobody has published yet are plain weekends; what needs them is refused otherwise."""
    language: Literal["zh", "en"] = "zh"
    also_in: tuple[Literal["zh", "en"], ...] = ()
    """The other languages that every report is made in, each a page of its own: ``D07.en.html`` beside ``D07.html``."""
    site: bool = True
    """Whether its pages lead to the page over all runs, which ``auditlib run`` keeps in the folder above the run."""
    notebooks: Annotated[tuple[NotebookUse, ...], Field(min_length=1)]
    own_notebooks: str = ""
    """The folder of the user's own notebooks, with the modules and data files that they need; they run in it.

    One of them goes before the notebook of the same name that is shipped. All files of the folder are inputs.
    """
    issue: Issue | None = None
    """Who issues the results, and when: printed at the end of every report."""
    objections: TermsOfObjection | None = None
    """Until when and where units object; beside each report on a unit then lies the form for it."""
    formats: tuple[Literal["html", "pdf", "docx"], ...] = ("html",)
    """What the reports become beside the executed notebook: pages, and made from these PDF and official papers."""
    limits: Limits = Limits()
    _written: _Written = PrivateAttr(default_factory=lambda: _Written())

    def problem(self, path: tuple[str | int, ...], message: str) -> Problem:
        """A problem at a place of the run file, with its line where the run was read from one."""
        tree = self._written.tree
        return tree.problem(path, message) if tree else Problem(self.run, None, dotted(path), message)

    @model_validator(mode="after")
    def _each_once(self) -> RunFile:
        units = self.units if self.units != "all" else ()
        languages = (self.language, *self.also_in)
        for name, values in (("periods", self.periods), ("units", units), ("language and also_in", languages)):
            if twice := sorted({value for value in values if values.count(value) > 1}):
                raise ValueError(f"found {', '.join(twice)} twice in {name}, expected each once")
        if self.demonstration and (not is_below(self.ledger) or not Path(self.ledger).name):
            raise ValueError(f"found ledger {self.ledger}, expected a path below the working folder: it is written")
        if "html" not in self.formats:
            raise ValueError("found formats without html, expected it among them: the others are made from the page")
        return self

    @property
    def terms(self) -> Terms | None:
        """How the results are issued and contested; None where nothing is said of it."""
        return Terms(self.run, self.issue, self.objections) if self.issue else None


def read_run(file: Path) -> RunFile:
    """The run in ``file``. Raises :class:`InputError`."""
    run = read_impersonal(RunFile, file, shown(file), whole=True, offices=OFFICES)
    tree = read_tree(file, shown(file))
    run._written = _Written(tree)
    if wrong := [tree.problem(path, told) for path, told in faults(run.issue, run.objections, run.as_of)]:
        raise InputError(wrong)
    bare = sorted(path for path in tree.bare if path[0] == "notebooks" and "parameters" in path[2:-1])
    if bare:
        found = 'found the key {0}, which is no text, expected it in quotes: "{0}"; notebooks are told keys as text'
        raise InputError(tree.problem(path, found.format(path[-1])) for path in bare)
    return run


def is_below(path: str) -> bool:
    """Whether a path leads to something below the folder where it begins, on every system."""
    parts = {*PurePosixPath(path).parts, *PureWindowsPath(path).parts}
    return not (".." in parts or PurePosixPath(path).is_absolute() or PureWindowsPath(path).anchor)
