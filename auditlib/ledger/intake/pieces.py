"""Sources too long for the memory: what their pieces add up to, with the accepted rows on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from auditlib.ledger.checks import REJECTS_SCHEMA, ROW
from auditlib.ledger.intake.map_table import Mapped
from auditlib.ledger.intake.mapping import RegisterMapping
from auditlib.ledger.intake.times_seen import TimesSeen
from auditlib.ledger.seen_keys import SeenKeys
from auditlib.ledger.tables.layout import Doubt, Layout, SourceTable
from auditlib.ledger.tables.parquet_pieces import PACKED, ParquetInPieces
from auditlib.ledger.tables.text_pieces import PIECE, TextInPieces, text_in_pieces

__all__ = ["InPieces", "Pieces", "RegisterInPieces", "shapes", "summed"]

LARGE = 2**27
"""Sources of a register of more bytes together are taken in piece by piece."""
InPieces = TextInPieces | ParquetInPieces


@dataclass(frozen=True)
class Pieces:
    """That long texts are taken in piece by piece, with what is kept of them in ``folder``.

    ``advance`` is told the register, how many bytes of its sources are done, of how many, and how many rows. With
    ``profiled`` it is counted how times are written.
    """

    folder: Path
    advance: Callable[[str, int, int, int], object] = lambda register, done, size, rows: None
    profiled: bool = False
    size: int = PIECE
    large: int = LARGE
    known: dict[tuple[Path, Layout], InPieces | None] = field(default_factory=dict, repr=False)

    def texts(
        self, files: Sequence[Path], declared: RegisterMapping, name: str, has_units: bool
    ) -> list[InPieces] | None:
        """The files of a register as texts in pieces; None where they are to be read whole.

        That is where they are short, one is no such text, or a row means nothing without all others: the latest of a
        key, acts that are numbered by case, columns that become rows, units of which none is known before.
        """
        numbered = name == "acts" and "act_id" not in declared.columns
        wide = declared.steps is not None or declared.unpivot is not None
        if declared.latest is not None or wide or numbered:
            return None
        if not declared.distinct and (name == "units" or not has_units):
            return None
        if sum(file.stat().st_size * (PACKED if _is_parquet(file) else 1) for file in files) < self.large:
            return None
        texts = [text for file in files if (text := self._text(file, declared.layout)) is not None]
        return texts if len(texts) == len(files) else None

    def _text(self, file: Path, layout: Layout) -> InPieces | None:
        """A text that another register may be taken from, too: it is looked through once."""
        key = (file, layout)
        if key not in self.known:
            self.known[key] = ParquetInPieces(file) if _is_parquet(file) else text_in_pieces(file, layout, self.size)
        return self.known[key]


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() == ".parquet"


@dataclass
class _FileSum:
    """What the pieces of one file add up to."""

    count: int = 0
    """Rows, those that are none and those of totals among them; of distinct rows those that broke or were totals."""
    read: int = 0
    last: int = 0
    times: dict[str, TimesSeen] = field(default_factory=dict)
    written: dict[str, pl.DataFrame] = field(default_factory=dict)
    distinct: list[tuple[Mapped, pl.DataFrame, RegisterMapping]] = field(default_factory=list)


class RegisterInPieces:
    """A register whose rows come in pieces: accepted ones on the disk, counts, faults and what is seen of times.

    Of a register of distinct rows these alone are kept, in the memory.
    """

    def __init__(self, name: str, pieces: Pieces, texts: Mapping[str, InPieces]) -> None:
        self.name, self.pieces = name, pieces
        self.folder = pieces.folder / name
        self.folder.mkdir(parents=True)
        keys = pieces.folder / f"{name}-keys"
        keys.mkdir()
        self.keys = SeenKeys(keys)
        self.told = [pl.DataFrame(schema=REJECTS_SCHEMA)]
        self.taken = 0
        self.sources = {label: _FileSum() for label in texts}
        self._bytes, self._parts = 0, 0
        self._whole = sum(text.file.stat().st_size for text in texts.values())

    @property
    def seen(self) -> int:
        """Rows, accepted or not."""
        return sum(source.count for source in self.sources.values())

    def advance(self, size: int, rows: int) -> None:
        """Tell how far it is."""
        self._bytes += size
        self.pieces.advance(self.name, self._bytes, self._whole, sum(one.read for one in self.sources.values()))

    def note(self, part: Mapped, table: SourceTable) -> None:
        """Count a piece, and what is seen of its times."""
        source = self.sources[part.label]
        count, last = table.extent
        source.read += count
        source.last = max(source.last, last)
        source.times = {
            target: source.times[target] + seen if target in source.times else seen
            for target, seen in part.times.items()
        }
        for name in {seen.column for seen in part.times.values()} & {*part.source.columns}:
            if self.pieces.profiled:
                earlier = [source.written[name]] if name in source.written else []
                source.written[name] = summed([*earlier, shapes(part.source[name])])

    def add(self, part: Mapped, broken: pl.DataFrame, accepted: pl.DataFrame, told: pl.DataFrame) -> None:
        """A piece that was checked: its accepted rows go to the disk."""
        self.sources[part.label].count += part.rows.height + broken.height + part.totals
        self.told.append(told)
        accepted.write_parquet(self.folder / f"{self._parts:06}.parquet", compression="uncompressed", statistics=False)
        self._parts += 1
        self.taken += accepted.height

    def keep_distinct(self, part: Mapped, broken: pl.DataFrame, own: RegisterMapping) -> None:
        """A piece of which only the distinct rows are kept, and the source of these and of faults."""
        rows = part.rows.unique(list(own.all_columns), keep="first", maintain_order=True)
        looked_at = pl.concat([rows[ROW].cast(pl.Int64), part.faults["row"]])
        source = part.source.filter(pl.col(ROW).cast(pl.Int64).is_in(looked_at.implode()))
        # Copies: a few rows of a piece would otherwise keep the texts of all of them in the memory.
        few = replace(part, rows=_copied(rows), source=_copied(source))
        self.sources[part.label].distinct.append((few, broken, own))

    def distinct_parts(self) -> Iterator[tuple[Mapped, pl.DataFrame, RegisterMapping]]:
        """For each file the distinct rows of all its pieces as one, its broken rows and how it was mapped."""
        for source in self.sources.values():
            parts, broken, mappings = zip(*source.distinct, strict=True)
            rows = pl.concat([part.rows for part in parts])
            whole = replace(
                parts[0],
                rows=rows.unique(list(mappings[0].all_columns), keep="first", maintain_order=True),
                faults=pl.concat([part.faults for part in parts]),
                source=pl.concat([part.source for part in parts]),
                totals=sum(part.totals for part in parts),
            )
            yield whole, pl.concat(broken), mappings[0]

    def doubts(self, label: str) -> Iterator[Doubt]:
        """What is doubtful about the times of a file."""
        for seen in self.sources[label].times.values():
            yield from seen.doubts(label)

    def accepted(self) -> pl.LazyFrame:
        """The accepted rows, in their order."""
        return pl.scan_parquet(sorted(self.folder.glob("*.parquet")))


def _copied(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(rows.rows(), schema=rows.schema, orient="row")


def shapes(texts: pl.Series) -> pl.DataFrame:
    """How texts are written, digits as 0, with how often."""
    pattern = texts.cast(pl.String).drop_nulls().str.replace_all("[0-9]+", "0").alias("pattern")
    return pattern.value_counts(name="count")


def summed(counts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Counts of :func:`shapes` put together."""
    return pl.concat(counts).group_by("pattern").agg(pl.col("count").sum())
