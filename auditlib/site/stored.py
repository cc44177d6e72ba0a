"""What the site reads of a stored result; everything else of the file is passed over."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from auditlib.core.errors import InputError
from auditlib.core.guards import OWN_BYTES, content_of
from auditlib.core.home import shown

__all__ = ["StoredIndicator", "StoredResult", "StoredUnit", "read_result"]


class _Stored(BaseModel):
    """Strict in types and open to more keys: an earlier or later version may have written the file."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class StoredIndicator(_Stored):
    """The points of an indicator, as decimal text."""

    id: str
    max: str | None
    points: str | None
    status: Literal["scored", "not_assessable", "needs_input"]


class StoredUnit(_Stored):
    """A unit in a period. Points are decimal text, exact as the result gives them."""

    unit: str
    name: str = ""
    group: str | None = None
    ranked_in: str | None = None
    total: str | None
    total_of: str | None
    complete: bool
    rank: int | None
    undecided_with: list[str] = []
    outcomes: list[str] = []
    undecided_outcomes: list[str] = []
    indicators: list[StoredIndicator]

    @property
    def where(self) -> str | None:
        """Its group, and where it is ranked if that is elsewhere."""
        if self.ranked_in is None or self.ranked_in == self.group:
            return self.group
        return f"{self.group} → {self.ranked_in}" if self.group else self.ranked_in


class StoredResult(_Stored):
    """A ``scores.json``."""

    scheme: str
    version: str
    period: str
    as_of: str
    provisional_after: str | None = None
    units: list[StoredUnit]


def read_result(file: Path) -> StoredResult:
    """The result in ``file``. Raises :class:`InputError` with the first fault."""
    try:
        return StoredResult.model_validate_json(content_of(file, OWN_BYTES))
    except FileNotFoundError:
        raise InputError.at(shown(file), "", "no such file, expected the result that the manifest names") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"{first['msg']}; expected a result as auditlib score --format json gives it"
        raise InputError.at(shown(file), where, message) from None
