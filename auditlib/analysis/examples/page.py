"""Pages of worked examples: YAML files beside a scheme, one for each of its chapters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from auditlib.core.values import Strict
from auditlib.core.yaml_file import Tree, read_tree, validate

__all__ = ["Case", "Example", "ExamplePage", "Rows", "Variant", "read_examples", "read_pages"]

Rows = tuple[dict[str, Any], ...]


def _period(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


PeriodText = Annotated[str, BeforeValidator(_period, str | int)]


class Variant(Strict):
    """What a case gives under another reading, with another value supplied, or by another calendar."""

    reading: dict[str, str] = {}
    set: dict[str, Any] = {}
    calendar: Literal["weekends"] | None = None
    """``weekends``: days by plain weekends, without holidays."""
    expect: dict[str, Any]


class Example(Strict):
    """One case: what happened, the rows of the ledger, and what the clauses give."""

    id: str
    says: str
    ledger: dict[str, Rows] = {}
    period: PeriodText | None = None
    as_of: str | None = None
    set: dict[str, Any] = {}
    note: dict[str, Any] = {}
    """What the ledger says of itself in ``ledger.yaml``: which acts it records."""
    expect: dict[str, Any]
    otherwise: tuple[Variant, ...] = ()

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The scheme's own readings first, then the others that it names."""
        return (Variant(set=self.set, expect=self.expect), *self.otherwise)


class ExamplePage(Strict):
    """The cases of one chapter of a scheme; ``usual`` is what every row has unless a case says otherwise."""

    clauses: str
    judged: Literal["duties"] | None = None
    """``duties``: the page says what becomes of each instance of a duty, not what scores."""
    period: PeriodText
    as_of: str
    registers: tuple[str, ...] = ()
    note: dict[str, Any] = {}
    usual: dict[str, dict[str, Any]] = {}
    ledger: dict[str, Rows] = {}
    elsewhere: dict[str, str] = {}
    """Examples of the source that are held by other means, with where."""
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Case:
    """A worked example with the page of examples it stands on."""

    page: ExamplePage
    example: Example

    @property
    def ledger(self) -> Mapping[str, Rows]:
        """The rows of its ledger: its own registers, and the page's where it has none of that name."""
        return {**self.page.ledger, **self.example.ledger}


def read_pages(place: Path, name: str | None = None) -> Iterator[tuple[Tree, ExamplePage]]:
    """The page in a file, or those in the YAML files of a folder in their order; none where there is no folder.

    Raises :class:`InputError` where a file has another form.
    """
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place] if place.is_file() else []
    for file in files:
        called = name or str(place)
        tree = read_tree(file, str(Path(called) / file.name) if place.is_dir() else called)
        yield tree, validate(ExamplePage, tree, _merged(tree.value))


def _merged(value: Any) -> Any:
    """Values with what YAML merges into a mapping (``<<: *other``) in its place."""
    if isinstance(value, list):
        return [_merged(item) for item in value]
    if not isinstance(value, dict):
        return value
    others = value.get("<<", ())
    below: dict[Any, Any] = {}
    for other in reversed(others if isinstance(others, list) else [others] if others else []):
        below |= _merged(other)
    return below | {key: _merged(item) for key, item in value.items() if key != "<<"}


def read_examples(folder: Path) -> tuple[Case, ...]:
    """The worked examples in the YAML files of ``folder``; none where there is no folder.

    A page of duties is left out: it says what becomes of an instance, not what scores. Raises :class:`InputError`
    where a file has another form.
    """
    pages = [page for _, page in read_pages(folder) if page.judged is None]
    return tuple(Case(page, example) for page in pages for example in page.examples)
