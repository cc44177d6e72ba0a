"""The keys of a register's rows that were seen so far, as hashes: twenty million take 160 MB."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["SeenKeys"]

Hashes = npt.NDArray[np.uint64]


class SeenKeys:
    """Which keys came before, for a register whose rows come in parts.

    The keys themselves lie in ``folder``: two of them may have one hash, and no row is rejected for that.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts = 0
        self._runs: list[Hashes] = []

    def again(self, keys: pl.DataFrame) -> pl.Series:
        """Which rows have a key that an earlier row has, in this part or before. Keys with an empty column are none."""
        whole = pl.all() if keys.width == 1 else pl.struct(pl.all())  # of one column the values are sooner compared
        known, here, hashed = keys.select(
            pl.all_horizontal(pl.all().is_not_null()).alias("known"),
            whole.is_first_distinct().not_().alias("here"),
            whole.hash().alias("hash"),
        )
        hashes = hashed.to_numpy()
        suspect = pl.Series(self._has(hashes)) & known & ~here
        if suspect.any():
            wanted = keys.filter(suspect).unique()
            before = pl.scan_parquet(self._folder / "*.parquet").join(wanted.lazy(), on=keys.columns, how="semi")
            real = before.unique().with_columns(real=True).collect()
            suspect &= keys.join(real, on=keys.columns, how="left", maintain_order="left")["real"].fill_null(False)
        self._add(np.sort(hashes[known.to_numpy()]))
        keys.filter(known).write_parquet(
            self._folder / f"{self._parts}.parquet", compression="uncompressed", statistics=False
        )
        self._parts += 1
        return (here | suspect) & known

    def _has(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(hashes), dtype=bool)
        order = np.argsort(hashes)
        wanted = hashes[order]  # in order, so that each search begins near the last one
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, wanted), len(run) - 1)
            found[order] |= run[places] == wanted
        return found

    def _add(self, hashes: Hashes) -> None:
        """Keep sorted hashes in runs of which each is at least twice as long as the next: few runs, and few merges."""
        if not len(hashes):
            return
        self._runs.append(hashes)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            last, before = self._runs.pop(), self._runs.pop()
            merged = np.concatenate([before, last])
            merged.sort(kind="stable")  # of two sorted runs: one merge
            self._runs.append(merged)
