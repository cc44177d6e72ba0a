"""Mapping files: how a foreign export becomes the registers of a ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from collections.abc import Mapping as Mapping_
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from auditlib.core.message import Message
from auditlib.core.period import local_time
from auditlib.core.values import Positive, Strict, Text, Whole
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.databases.query import Query
from auditlib.ledger.extra_registers import ExtraRegister, collisions, known_registers
from auditlib.ledger.intake.origin import Several, SourceColumn, kind_over_texts
from auditlib.ledger.kinds import CALLED
from auditlib.ledger.note import timezone_name
from auditlib.ledger.registers import Register
from auditlib.ledger.tables.layout import Layout

__all__ = ["LAST_FILE", "Mapping", "RegisterMapping", "Unpivot", "is_key"]

KEYS = frozenset(("unit", "case_id", "person_key", "problem_key", "duplicate_of"))
"""The columns that hold keys, besides those that tell the rows of a register apart."""
OWN = ("columns", "extra_columns")
OF_FILES = ("sheet", "header", "footer", "separator", "encoding", "sheet_name", "file_name")
LAST_FILE = "file"
"""The word under ``latest`` for the last file."""

Fault = tuple[tuple[str, ...], str]


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        raise ValueError(f"found {name!r}, expected an encoding such as utf-8, gb18030, big5 or utf-16") from None
    return name


def _one_sign(separator: str) -> str:
    if len(separator.encode()) != 1 or separator in '"\r\n':
        raise ValueError(f"found {separator!r}, expected one sign such as a comma, a semicolon or a tab")
    return separator


class Unpivot(Strict):
    """Wide steps to rows: each filled cell of ``columns`` makes one, its column in ``name``, itself in ``value``."""

    columns: tuple[str, ...]
    name: str
    value: str


class RegisterMapping(Strict):
    """One register: the files it comes from, how they are laid out, the rows that concern it, its columns.

    ``from`` is a pattern of file names (all tables where absent); one with a slash looks into folders; or a query and
    the database that is asked. ``header`` are
    the rows of the column names, ``footer`` so many last rows are no data; ``sheet`` names sheets of a workbook.
    ``sheet_name`` and ``file_name`` call a column of the source in which these names stand. ``empty`` are words that
    stand for nothing.
    """

    from_: str | Query | None = Field(default=None, alias="from")
    sheet: Several = ()
    header: Annotated[
        tuple[Positive, ...], BeforeValidator(lambda v: (v,) if isinstance(v, int) else v, int | tuple[int, ...])
    ] = ()
    footer: Whole = 0
    separator: Annotated[str, AfterValidator(_one_sign)] | None = None
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = None
    empty: Several = ()
    sheet_name: str | None = None
    file_name: str | None = None
    unpivot: Unpivot | None = None
    where: str | None = None
    distinct: bool = False
    """Keep one row of each, over all files: for units that are only named in cases."""
    latest: str | None = None
    """Of rows with one key the one stands whose column of this name is the greatest; ``file`` for the last file."""
    keep_closed_before_opened: Text | None = None
    """Cases closed before they were received are kept, for this is what the source says of them."""
    columns: dict[str, SourceColumn]
    extra_columns: dict[str, SourceColumn] = {}
    """Columns that are none of the register's, for schemes that declare them."""
    steps: Annotated[dict[str, dict[str, SourceColumn]], Field(min_length=1)] | None = None
    """Of a wide sheet, for each act the columns that are its own, ``at`` among them; ``columns`` holds the others."""
    filled: str | None = None
    """The source column without which a row is left out; of a step, the one of its time."""

    @model_validator(mode="after")
    def _times_of_steps(self) -> RegisterMapping:
        for step, own in (self.steps or {}).items():
            if "at" not in own or own["at"].column is None:
                raise ValueError(f"step {step}: found no column for at, expected `at: {{column: …}}`, its time")
            if twice := sorted({"act", *self.all_columns} & own.keys()):
                raise ValueError(f"step {step}: found {', '.join(twice)} twice, expected each once")
        return self

    @model_validator(mode="after")
    def _condition(self) -> RegisterMapping:
        if self.where is not None and (kind := kind_over_texts(self.where)) != "truth":
            raise ValueError(f"found where: {self.where}, {CALLED[kind]}, expected a condition, true or false of a row")
        if twice := sorted(self.columns.keys() & self.extra_columns.keys()):
            raise ValueError(f"found {', '.join(twice)} in columns and extra_columns, expected each once")
        if isinstance(self.from_, Query) and (other := [key for key in OF_FILES if getattr(self, key)]):
            raise ValueError(f"found {', '.join(other)} beside a query, which has no file; expected it in the query")
        if self.footer < 0:
            raise ValueError(f"found footer: {self.footer}, expected how many last rows are no data")
        if self.latest not in (None, LAST_FILE, *self.all_columns):
            raise ValueError(f"found latest: {self.latest}, expected a mapped column, or file")
        return self

    @property
    def all_columns(self) -> dict[str, SourceColumn]:
        """Every column of the ledger that is mapped, but for those of steps."""
        return {**self.columns, **self.extra_columns}

    @property
    def origins(self) -> tuple[tuple[str, SourceColumn], ...]:
        """Every column with where it comes from, those of steps among them."""
        return (*self.all_columns.items(), *(pair for own in (self.steps or {}).values() for pair in own.items()))

    def among(self, columns: Collection[str]) -> RegisterMapping:
        """The same for a table with these columns, where they may have one name or another."""
        if not any(origin.or_ for origin in self.all_columns.values()):
            return self
        fitting = {key: {name: one.among(columns) for name, one in getattr(self, key).items()} for key in OWN}
        return self.model_copy(update=fitting)

    @property
    def layout(self) -> Layout:
        """How its tables lie in their files."""
        return Layout(self.header, self.footer, self.separator, self.encoding, self.sheet)

    @property
    def wanted(self) -> list[str]:
        """The columns that a table of the source has to have."""
        read = {source for column in self.all_columns.values() for source in column.sources}
        read |= {self.filled} if self.filled is not None else set()
        read |= set(parse_sql(self.where).columns) if self.where is not None else set()
        made = {self.sheet_name, self.file_name}
        if self.unpivot is not None:
            read |= set(self.unpivot.columns)
            made |= {self.unpivot.name, self.unpivot.value}
        return sorted(read - made)

    @property
    def optional(self) -> set[str]:
        """The columns that a table may lack: nothing reads them that has to have them."""
        may = {source for column in self.all_columns.values() if column.optional for source in column.sources}
        must = {source for column in self.all_columns.values() if not column.optional for source in column.sources}
        must |= {self.filled} if self.filled is not None else set()
        must |= set(parse_sql(self.where).columns) if self.where is not None else set()
        must |= set(self.unpivot.columns if self.unpivot is not None else ())
        return may - must


class Mapping(Strict):
    """A mapping file."""

    mapping: str
    title: Text
    synthetic: bool = False
    timezone: Annotated[str, AfterValidator(timezone_name)] = "Asia/Shanghai"
    as_of: Annotated[datetime, BeforeValidator(local_time)] | None = None
    note: Text | None = None
    empty: Several = ()
    """Words that stand for nothing in every register, such as — and 无."""
    personal: Literal["refuse", "mask"] = "refuse"
    """What becomes of personal data in columns that say nothing of their own; keys are refused in any case."""
    extra_registers: dict[str, ExtraRegister] = {}
    """Registers of one's own, as the scheme declares them; the new ledger says so in its note."""
    registers: dict[str, RegisterMapping]

    @model_validator(mode="after")
    def _known_registers(self) -> Mapping:
        known = self.known
        faults: list[Fault] = [(("extra_registers", name), told) for name, told in collisions(self.extra_registers)]
        faults += [
            (("registers", *path), told)
            for name, register in self.registers.items()
            for path, told in _register_faults(name, register, known)
        ]
        if faults:
            raise ValidationError.from_exception_data(
                "Mapping",
                [
                    InitErrorDetails(type="value_error", loc=path, input=None, ctx={"error": ValueError(said)})
                    for path, said in faults
                ],
            )
        return self

    @property
    def known(self) -> Mapping_[str, Register]:
        """Every register that it may fill, by name."""
        return known_registers(self.extra_registers)

    @property
    def not_personal(self) -> tuple[str, ...]:
        """The columns, as ``register.column``, that are kept although they look like personal data."""
        of_all = ((name, *pair) for name, register in self.registers.items() for pair in register.origins)
        return tuple(dict.fromkeys(f"{name}.{column}" for name, column, one in of_all if one.personal == "keep"))

    @property
    def needs_key(self) -> bool:
        """Whether a column becomes pseudonyms."""
        columns = (column for register in self.registers.values() for _, column in register.origins)
        return any(column.personal == "pseudonym" for column in columns)

    @property
    def expectations(self) -> dict[str, Message]:
        """What the mapping expects of values, as a list of faults says it, and as readers are told."""
        origins = (column for register in self.registers.values() for _, column in register.origins)
        return dict(expected for origin in origins if (expected := origin.expected) is not None)

    def policy(self, register: str, column: str) -> str:
        """What becomes of personal data in a column."""
        own = next((one.personal for name, one in self.registers[register].origins if name == column), None)
        return own or ("refuse" if is_key(self.known[register], column) else self.personal)


def is_key(register: Register, column: str) -> bool:
    """Whether rows are told apart, or brought together, by a column."""
    return column in register.key or column in KEYS


def _register_faults(name: str, register: RegisterMapping, among: Mapping_[str, Register]) -> Iterator[Fault]:
    if name not in among:
        near = _nearest(name, list(among))
        hint = (
            f"did you mean `{near}`?"
            if near
            else f"expected one of {', '.join(among)}; one's own is declared under `extra_registers`"
        )
        yield (name,), f"found the register {name}, {hint}"
        return
    known = [column.name for column in among[name].columns]
    for column in register.columns:
        if column not in known and (near := _nearest(column, known)) is not None:
            hint = f"did you mean `{near}`? A column that is none of the register's stands in `extra_columns`"
            yield (name, "columns", column), f"found the column {column}; {hint}"
    for column in register.extra_columns.keys() & set(known):
        yield (
            (name, "extra_columns", column),
            f"found {column}, which is a column of the register, expected it in columns",
        )
    if register.steps is not None and name != "acts":
        yield (name, "steps"), "found steps, expected them in the register acts alone"
    given = {column for column, _ in register.origins} | ({"act"} if register.steps else set())
    given |= {"act_id"} if name == "acts" else set()  # acts without a number get one of their case
    missing = [column for column in among[name].required if column not in given]
    if missing:
        yield (name,), f"found no column {', '.join(missing)}, which every row needs"
    if register.latest is not None and not among[name].key:
        yield (name, "latest"), f"found latest, but no key tells the rows of {name} apart"
    if register.keep_closed_before_opened is not None and name != "cases":
        yield (name, "keep_closed_before_opened"), "found it outside cases, expected it there"
    for column, origin in register.origins:
        if origin.optional and column in among[name].required:
            yield (name, "columns", column), "found optional, but every row needs the column"
        if origin.personal == "mask" and is_key(among[name], column):
            expected = "expected pseudonym, refuse or keep; masked keys would all be the same"
            yield (name, "columns", column), f"found personal: mask, {expected}"


def _nearest(word: str, known: list[str]) -> str | None:
    """The word that is meant where another is likely a slip of the hand; None where it is a word of its own."""
    best = min(known, key=lambda one: _slips(word, one))
    slips = _slips(word, best)
    same_end = word.rpartition("_")[2] == best.rpartition("_")[2] and len(best) > 6
    return best if slips <= 1 or (slips == 2 and same_end) else None


def _slips(one: str, other: str) -> int:
    """How many letters are left out, added, changed or exchanged with a neighbour."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, against in enumerate(other, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
