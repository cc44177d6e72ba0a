"""Adjustments (调整): what was decided on appeal, each in a file of its own, each naming the one before by its hash.

They lie in ``params/adjustments/SCHEME/ID.yaml`` and change inputs alone: cells of registers. A change of a point is
impossible by construction; a change of a mark is one of the register ``marks``. To withdraw one is a further one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from auditlib.core.errors import InputError, Problem
from auditlib.core.hashes import file_sha256
from auditlib.core.home import home, shown
from auditlib.core.period import Period, local_time
from auditlib.core.refusals import Said
from auditlib.core.refusals import shown as shown_value
from auditlib.core.values import Strict, Text
from auditlib.core.yaml_file import Tree, read_tree, validate
from auditlib.ledger.privacy.declared import personal_problems
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.model import Scheme
from auditlib.scheme.source import Name

__all__ = ["Adjustment", "Adjustments", "Appeal", "CellChange", "Hash", "adjustment_files", "read_adjustments"]

HASH = re.compile("sha256:[0-9a-f]{64}")
FOLDER = Path("params") / "adjustments"


def _cell(value: Any) -> str | None:
    """A cell as a register holds it: text. A binary float is refused, for it may not be what was written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return None if value is None or str(value).strip() == "" else str(value).strip()
    raise ValueError(f"found {shown_value(value)}, expected text, a whole number, a time, true, false or null")


def _key(value: Any) -> Any:
    return [_cell(one) for one in value] if isinstance(value, list) else [_cell(value)]


def _hash(value: str) -> str:
    if not HASH.fullmatch(value):
        raise ValueError(f"found {shown_value(value)}, expected sha256: and 64 hexadecimal digits")
    return value


Hash = Annotated[str, AfterValidator(_hash), Said("sha256: and 64 hexadecimal digits")]


def _period(value: Any) -> str:
    return str(Period.parse(str(value)))


Cell = Annotated[str | None, BeforeValidator(_cell), Said("text, a whole number, a time, true, false or null")]


class CellChange(Strict):
    """One cell of a register: what the ledger says (``was``), and what holds from now on (``becomes``).

    ``key`` names the row as the register's key does: one text, or a list where the key has several columns.
    """

    register_: str = Field(alias="register")
    key: Annotated[tuple[str, ...], BeforeValidator(_key)]
    column: str
    was: Cell
    becomes: Cell
    ref: str | None = None
    """The paper that it rests on."""

    @model_validator(mode="after")
    def _names_a_cell(self) -> CellChange:
        register = REGISTERS.get(self.register_)
        keyed = [name for name, one in REGISTERS.items() if one.key and name != "checks"]
        if register is None or self.register_ not in keyed:
            raise ValueError(f"found the register {self.register_}, expected one of {', '.join(keyed)}")
        if len(self.key) != len(register.key):
            raise ValueError(f"found the key {', '.join(self.key)}, expected {', '.join(register.key)}")
        if self.column in register.key:
            raise ValueError(f"found a change of {self.column}, which names the row; expected another column")
        if self.was == self.becomes:
            raise ValueError(f"found {self.becomes or 'nothing'} in place of the same, expected a change")
        return self

    @property
    def place(self) -> str:
        """The cell in words: ``cases C12 excused``."""
        return f"{self.register_} {' '.join(self.key)} {self.column}"


class Appeal(Strict):
    """The appeal that was decided: a case of the ledger with this snapshot hash; without one, of that which is scored,
    if it is there."""

    ledger: Hash | None = None
    case_id: str


class Adjustment(Strict):
    """One decision and what it changes. ``clause`` is what allows it; null where the source provides no appeal."""

    adjustment: Name
    scheme: str
    period: Annotated[str, BeforeValidator(_period)]
    """The period whose result was appealed against."""
    appeal: Appeal | None = None
    decided_at: Annotated[datetime, BeforeValidator(local_time)]
    decided_by: str
    clause: str | None
    reason: Text
    changes: Annotated[tuple[CellChange, ...], Field(min_length=1)]
    previous: Hash | None
    """``sha256:`` and the hash of the file of the one before; null for the first."""


@dataclass(frozen=True)
class Adjustments:
    """The adjustments of a scheme in the order of their chain, with the file and the hash of each."""

    chain: tuple[Adjustment, ...] = ()
    files: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()

    def by(self, moment: datetime) -> tuple[tuple[Adjustment, str], ...]:
        """Those that were decided by ``moment``, each with its file."""
        return tuple((one, file) for one, file in zip(self.chain, self.files, strict=True) if one.decided_at <= moment)

    @property
    def last(self) -> str | None:
        """What the next one has to name as ``previous``."""
        return f"sha256:{self.hashes[-1]}" if self.hashes else None


def adjustment_files(scheme: str = "*") -> list[Path]:
    """The files of the adjustments of a scheme, or of all, in the order of their names."""
    return sorted((home() / FOLDER).glob(f"{scheme}/*.yaml"))


def read_adjustments(scheme: Scheme) -> Adjustments:
    """The adjustments of a scheme, their chain checked. Raises :class:`InputError` with every fault of every file."""
    files = adjustment_files(scheme.scheme)
    problems: list[Problem] = []
    read: dict[Path, tuple[Tree, Adjustment]] = {}
    for file in files:
        try:
            tree = read_tree(file, shown(file))
            read[file] = tree, validate(Adjustment, tree)
            problems += personal_problems(tree, whole=True)
        except InputError as error:
            problems += error.problems
    for file, (tree, one) in read.items():
        problems += _own_faults(scheme, file, tree, one)
    if problems:
        raise InputError(problems)
    hashes = {file: file_sha256(file) for file in read}
    order = _in_order(read, hashes)
    return Adjustments(
        tuple(read[file][1] for file in order), tuple(shown(file) for file in order), tuple(hashes[f] for f in order)
    )


def _own_faults(scheme: Scheme, file: Path, tree: Tree, one: Adjustment) -> Iterator[Problem]:
    if one.adjustment != file.stem:
        yield tree.problem(("adjustment",), f"found {one.adjustment}, expected the name of its file, {file.stem}")
    if one.scheme != scheme.scheme:
        yield tree.problem(("scheme",), f"found {one.scheme}, expected {scheme.scheme}, whose folder it lies in")
    if one.clause is not None and one.clause not in scheme.clauses:
        known = ", ".join(list(scheme.clauses)[:20])
        yield tree.problem(("clause",), f"found {one.clause}, expected null or a clause of the scheme: {known}")


def _in_order(read: Mapping[Path, tuple[Tree, Adjustment]], hashes: Mapping[Path, str]) -> list[Path]:
    """The files from the first to the last of the chain. Raises :class:`InputError` where it is none."""
    known = {f"sha256:{sha}": file for file, sha in hashes.items()}
    after: dict[str | None, Path] = {}
    problems = []
    for file, (tree, one) in read.items():
        if one.previous is not None and one.previous not in known:
            told = f"found {one.previous}, which no adjustment here has; expected {_ends(known, read)}"
            problems.append(tree.problem(("previous",), told))
        elif one.previous in after:
            other = shown(after[one.previous])
            problems.append(
                tree.problem(("previous",), f"found the same as {other}, expected one chain without branches")
            )
        else:
            after[one.previous] = file
    order: list[Path] = []
    place: str | None = None
    while not problems and place in after and len(order) < len(after):
        order.append(after[place])
        place = f"sha256:{hashes[order[-1]]}"
    for earlier, later in pairwise(order):
        if read[later][1].decided_at < read[earlier][1].decided_at:
            told = f"found {read[later][1].decided_at.isoformat()}, expected no earlier than {shown(earlier)}"
            problems.append(read[later][0].problem(("decided_at",), told))
    if problems:
        raise InputError(problems)
    return order


def _ends(known: Mapping[str, Path], read: Mapping[Path, tuple[Tree, Adjustment]]) -> str:
    """The hashes that nothing follows yet."""
    used = {one.previous for _, one in read.values()}
    return ", ".join(sorted(f"{sha} ({shown(file)})" for sha, file in known.items() if sha not in used)) or "null"
