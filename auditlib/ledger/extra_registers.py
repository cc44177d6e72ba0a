"""Registers of one's own: rows of another kind than every ledger knows, declared with a sentence and their columns.

A scheme, a mapping and a ledger's note declare them in the same words. What is read so is checked cell by cell, like
the registers that there are by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from auditlib.core.errors import InputError
from auditlib.core.values import Strict, Text
from auditlib.ledger.registers import REGISTERS, UNIT, Column, Register

__all__ = ["ExtraColumn", "ExtraRegister", "RegisterColumn", "collisions", "known_registers", "together"]

CLOCKS = ("as_of", "period_start", "period_end", "group")
"""What every row has beside its own columns, so that no column is called so."""

ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _one_or_more(data: Any) -> Any:
    return [data] if isinstance(data, str) else data


class ExtraColumn(Strict):
    """A column that the ledger has beside those of the registers, with the type that it is read as.

    Written as the type alone where it has no title. Times are local to the ledger.
    """

    type: Literal["text", "time", "deadline", "boolean", "integer", "number"]
    title: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _type_alone(cls, data: Any) -> Any:
        return {"type": data} if isinstance(data, str) else data


class RegisterColumn(ExtraColumn):
    """A column of a register of one's own. ``required`` says that every row fills it."""

    required: bool = False


class ExtraRegister(Strict):
    """A register of one's own: what one row is, its columns, what tells its rows apart, by which time they count.

    Every row names its ``unit`` in the column of that name, which is not declared. The columns under ``key`` and ``at``
    are filled in every row.
    """

    title: Text
    key: Annotated[tuple[str, ...], BeforeValidator(_one_or_more), WithJsonSchema(ONE_OR_MORE)] = ()
    """The columns that tell its rows apart; without them, evidence is told by what the rows hold."""
    at: str | None = None
    """The time by which a row belongs to a period; without it a measure names one."""
    columns: dict[str, RegisterColumn]

    @model_validator(mode="after")
    def _columns_there(self) -> ExtraRegister:
        listed = ", ".join(self.columns) or "none"
        for name in (*self.key, *((self.at,) if self.at else ())):
            if name not in self.columns and name != UNIT.name:
                raise ValueError(f"found {name}, expected one of its columns: {listed}")
        if self.at is not None and (self.at == UNIT.name or self.columns[self.at].type not in ("time", "deadline")):
            raise ValueError(f"found at: {self.at}, expected a column of type time or deadline")
        if taken := [name for name in (UNIT.name, *CLOCKS) if name in self.columns]:
            raise ValueError(f"found the column {taken[0]}, which every row has by itself, expected another name")
        return self

    def register(self, name: str) -> Register:
        """The register as ledgers are checked by it."""
        filled = {*self.key, self.at}
        own = (
            Column(
                column, one.type, one.title.en if one.title else column, one.title.zh if one.title else column,
                required=one.required or column in filled,
            )
            for column, one in self.columns.items()
        )  # fmt: skip
        return Register(name, self.title.en, self.title.zh, (UNIT, *own), self.key, self.at)


def known_registers(extra: Mapping[str, ExtraRegister]) -> Mapping[str, Register]:
    """Every register by name: those of every ledger, and after them one's own."""
    return REGISTERS | {name: one.register(name) for name, one in extra.items() if name not in REGISTERS}


def collisions(extra: Mapping[str, ExtraRegister]) -> list[tuple[str, str]]:
    """The names that every ledger's registers have already, each with what to say of it."""
    expected = "expected another name; columns beside its own stand under `extra_columns`"
    return [
        (name, f"found {name}, which every ledger knows by itself, {expected}") for name in extra if name in REGISTERS
    ]


def together(
    place: str, first: Mapping[str, ExtraRegister], second: Mapping[str, ExtraRegister]
) -> dict[str, ExtraRegister]:
    """Declarations of two that speak of one ledger. Raises :class:`InputError` at ``place`` where they differ in more
    than words."""
    for name in first.keys() & second.keys():
        if (found := first[name].register(name)) and not _alike(found, second[name].register(name)):
            told = "found another declaration of it than the scheme has, expected the same key, time and columns"
            raise InputError.at(place, f"extra_registers.{name}", told)
    return {**first, **second}


def _alike(one: Register, other: Register) -> bool:
    def columns(register: Register) -> set[tuple[str, str, bool]]:
        return {(column.name, column.type, column.required) for column in register.columns}

    return (one.key, one.at, columns(one)) == (other.key, other.at, columns(other))
