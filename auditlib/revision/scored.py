"""A past ledger scored by two versions of a scheme, with everything that a report on the revision asks of it."""

from __future__ import annotations

import json
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.analysis.assessment import exact_number
from auditlib.analysis.request import Asked
from auditlib.analysis.weights.draws import Dirichlet, WeightDraws
from auditlib.analysis.weights.leave_out import RanksWithout, leave_one_out
from auditlib.analysis.weights.simulate import simulate_ranks
from auditlib.analysis.weights.sobol import SobolIndices, weight_and_reading_indices
from auditlib.analysis.weights.table import WeightedTable
from auditlib.analysis.weights.uncertainty import RankUncertainty
from auditlib.core.errors import InputError
from auditlib.core.files import write_atomically
from auditlib.core.home import home
from auditlib.delphi.rounds import Panel, find_panel, read_panel
from auditlib.ledger.read import Ledger
from auditlib.revision.compare import Comparison, compare_versions
from auditlib.revision.revise import revise
from auditlib.revision.robustness import (
    Among,
    WeighedBy,
    choices_of,
    group_tables,
    incomplete_units,
    panel_draws,
    why_not_drawn,
)
from auditlib.revision.versions import open_version, other_versions
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import Resolved
from auditlib.scoring.assess import assess
from auditlib.scoring.result import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Draft", "Group", "RevisedPeriod", "Sampling", "Side"]

Group = str | None


@dataclass(frozen=True)
class Side:
    """One version of the scheme, and what it makes of the ledger."""

    name: str
    file: Path
    resolved: Resolved
    result: Result

    @classmethod
    def scored(
        cls, asked: Asked, ledger: Ledger, supplied: Mapping[str, object] | None, file: Path | None = None
    ) -> Side:
        """The version in ``file``, or else the one that is asked for by path, or by id for the period."""
        file = file or asked.scheme_path
        look = asked.moment
        period = asked.when
        given = {name: str(value) for name, value in (supplied or {}).items()}
        readings = dict(asked.readings)
        resolved, result = assess(
            str(file), ledger, period, look, readings=readings, supplied=given, evidence=False, days=asked.days
        )  # fmt: skip
        return cls(asked.scheme, file, resolved, result)


@dataclass(frozen=True)
class Draft:
    """The version that a panel's weights make of the old one, from the day after the period; nobody has kept it yet.

    Its file lies in a folder that goes with it.
    """

    file: Path
    effective: date
    folder: tempfile.TemporaryDirectory[str] = field(repr=False)

    @classmethod
    def of(cls, old: Asked, panel: str) -> Draft:
        """Raises :class:`InputError` without a panel, and where :func:`revise` refuses."""
        if not panel:
            message = "found neither a new version nor a panel, expected one of them"
            raise InputError.at("parameters", "new", message)
        schemes = home() / "params" / "schemes"
        effective = old.when.after
        file = open_version(old.scheme, effective, schemes)
        made = revise(file, find_panel(panel), effective, others=other_versions(file, {schemes}))
        folder = tempfile.TemporaryDirectory()
        target = Path(folder.name) / f"{made.old.scheme}@{made.version}.yaml"
        write_atomically(target, made.text.encode("utf-8"), durable=False)
        return cls(target, effective, folder)


@dataclass(frozen=True)
class Sampling:
    """How random weights are drawn: how many, from which seed, how close around given weights, for which interval."""

    draws: int
    seed: int
    concentration: float
    level: float
    points: int


@dataclass(frozen=True)
class RevisedPeriod:
    """A past period under an old and a new version of a scheme.

    ``tables`` are the weighted tables of the new one by group, without the units ``without_units``: those that were
    named, and those that have no points for an indicator that others have some for. ``varied`` are the readings that
    may be decided otherwise.
    """

    asked: Asked
    ledger: Ledger
    old: Side
    new: Side
    comparison: Comparison
    tables: Mapping[Group, WeightedTable]
    panel: Panel | None
    panel_name: str
    without_units: tuple[str, ...]
    sampling: Sampling
    varied: Mapping[str, tuple[str, ...]]
    draft: Draft | None = None
    """The new version, where no file of it was named."""

    @classmethod
    def open(
        cls, *, old: str, new: str = "", ledger: str, period: str, as_of: str | datetime | None = None, panel: str = "",
        without_units: Sequence[str] = (), draws: int = 4096, seed: int = 1, concentration: float = 100.0,
        level: float = 0.9, points: int = 1024, vary_readings: Sequence[str] = (),
        readings: Mapping[str, str] | None = None, supplied_old: Mapping[str, object] | None = None,
        supplied_new: Mapping[str, object] | None = None, calendar: str = "", provisional_calendar: bool = False,
    ) -> RevisedPeriod:  # fmt: skip
        """Scores the ledger by both versions; without ``new``, that is what the weights of the panel make of ``old``.

        Raises :class:`InputError` for a parameter that does not fit.
        """
        before = Asked.of(old, ledger, period, as_of, readings, None, calendar, provisional_calendar)
        book = read_for(before.scheme, before.ledger_path, before.moment)
        draft = None if new else Draft.of(before, panel)
        after = replace(before, scheme=draft.file.name if draft else new)
        sides = (
            Side.scored(before, book, supplied_old),
            Side.scored(after, book, supplied_new, draft.file if draft else None),
        )
        earlier, later = (side.result.scheme for side in sides)
        if earlier != later:
            raise InputError.at("parameters", "new", f"found {later}, expected another version of {earlier}")
        declared = sides[1].resolved.scheme.readings
        if unknown := [name for name in vary_readings if name not in declared]:
            known = ", ".join(declared) or "none"
            raise InputError.at("parameters", "vary_readings", f"found {', '.join(unknown)}, expected some of: {known}")
        compared = compare_versions(*((side.resolved, side.result) for side in sides))
        left_out = tuple(dict.fromkeys([*without_units, *incomplete_units(sides[1].result)]))
        tables_ = group_tables(sides[1].result, left_out)
        read = read_panel(find_panel(panel)) if panel else None
        cited = sides[1].resolved.scheme.revision
        if read is not None and cited is not None and read.declared.panel != cited.panel.panel:
            message = f"found {read.declared.panel}, expected {cited.panel.panel}, whose weights {after.scheme} has"
            raise InputError.at("parameters", "panel", f"{message}, or none")
        sampling = Sampling(draws, seed, concentration, level, points)
        varied = {name: tuple(declared[name].options) for name in vary_readings}
        return cls(after, book, *sides, compared, tables_, read, panel, left_out, sampling, varied, draft)

    def __repr__(self) -> str:
        sides = (("old", self.old), ("new", self.new))
        facts = [(name, f"{one.result.scheme} {one.result.version} ({one.name})") for name, one in sides]
        facts += [
            ("ledger", self.asked.ledger), ("period", self.asked.period),
            ("as of", self.new.result.as_of.isoformat()), ("panel", self.panel_name or "none"),
        ]  # fmt: skip
        return "\n".join(f"{name}: {value}" for name, value in facts)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Every unit under both versions: ``unit``, ``name``, ``group``, totals and ranks, ``places`` (above 0: up)."""
        import pandas as pd

        columns = ["unit", "name", "group", "old_total", "new_total", "old_rank", "new_rank", "places"]
        rows = [
            (move.new.unit, move.new.name, move.group, exact_number(move.old.total), exact_number(move.new.total),
             move.old.rank, move.new.rank, move.places)
            for move in self.comparison.moves
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns, dtype=object)

    @property
    def not_drawn(self) -> WeighedBy:
        """Why the panel's experts are not drawn anew; empty where they are, and without a panel."""
        return "" if self.panel is None else why_not_drawn(self.panel)

    @cached_property
    def uncertainty(self) -> dict[Group, RankUncertainty]:
        """By group, the ranks under random weights: the panel's experts drawn anew, or weights around the new ones.

        Around the new ones where there is no panel, or ``not_drawn`` says why its experts cannot be drawn.
        """
        sampling = self.sampling
        return {
            group: simulate_ranks(table, self._draws(table), sampling.draws, sampling.seed, compare=())
            for group, table in self.tables.items()
        }

    @cached_property
    def indices(self) -> dict[Group, SobolIndices]:
        """By group, what moves the ranks: the weight of which indicator, the reading of which clause."""
        choices = choices_of(self.varied)
        scored = [self._scored_by(choice) for choice in choices]
        in_force = tuple(self.new.resolved.readings[name] for name in self.varied)
        found = {}
        for group, table in self.tables.items():
            variants = {tuple(choice.values()): tables_[group] for choice, tables_ in zip(choices, scored, strict=True)}
            found[group] = weight_and_reading_indices(
                variants, self.varied, Dirichlet.around(table, self.sampling.concentration), "agreement",
                self.sampling.points, self.sampling.seed, in_force=in_force,
            )  # fmt: skip
        return found

    @cached_property
    def ranks_without(self) -> dict[Group, RanksWithout]:
        """By group, the ranks when one indicator is left out."""
        return {group: leave_one_out(table) for group, table in self.tables.items()}

    def parameters(self, language: str) -> str:
        """The notebook's parameters as one line of YAML."""
        asked, sampling = self.asked, self.sampling
        given = {
            "old": self.old.name, "new": "" if self.draft else self.new.name,
            "ledger": asked.ledger, "period": asked.period, "as_of": self.new.result.as_of.isoformat(),
            "panel": self.panel_name, "without_units": list(self.without_units),
            "draws": sampling.draws, "seed": sampling.seed, "concentration": sampling.concentration,
            "level": sampling.level, "points": sampling.points, "vary_readings": list(self.varied),
            "readings": dict(asked.readings),
            "supplied_old": {name: str(value) for name, value in self.old.resolved.supplied.items()},
            "supplied_new": {name: str(value) for name, value in self.new.resolved.supplied.items()},
            "language": language,
            **({"calendar": asked.calendar} if asked.calendar else {}),
            **({"provisional_calendar": True} if asked.provisional_calendar else {}),
        }  # fmt: skip
        return json.dumps(given, ensure_ascii=False)

    def commands(self, language: str) -> list[tuple[str, str]]:
        """The command lines that make the report again, each with the name of what it does."""
        old, new, panel = map(shlex.quote, (self.old.name, self.new.name, self.panel_name))
        steps = [
            ("Check the new version", f"auditlib check {new}"),
            ("Clause by clause", f"auditlib diff {old} {new} --language {language}"),
            (
                "This report",
                "papermill auditlib://weight_revision.ipynb weight_revision.ipynb "
                f"-y {shlex.quote(self.parameters(language))}",
            ),
        ]
        if draft := self.draft:
            written = f"auditlib revise {old} --panel {panel} --effective {draft.effective} --out {new}"
            steps.insert(0, ("Write the new version", written))
        return steps

    def _draws(self, table: WeightedTable) -> WeightDraws:
        if self.panel is None or self.not_drawn:
            return Dirichlet.around(table, self.sampling.concentration)
        return Among(panel_draws(self.panel), table.indicators)

    def _scored_by(self, choice: Mapping[str, str]) -> dict[Group, WeightedTable]:
        if all(self.new.resolved.readings[name] == option for name, option in choice.items()):
            return dict(self.tables)
        given = {**self.new.resolved.readings, **choice}
        _, result = assess(
            str(self.new.file), self.ledger, self.asked.when, self.new.result.as_of,
            readings=given, supplied={n: str(v) for n, v in self.new.resolved.supplied.items()}, evidence=False,
            days=self.asked.days,
        )  # fmt: skip
        return group_tables(result, self.without_units)
