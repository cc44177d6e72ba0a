"""Scored periods that outlive a killed runner: what a national year takes hours to count is not counted again.

They lie in the run's folder until all its reports are finished: records under hashes (:mod:`auditlib.analysis.kept`),
which are sealed with a key that only the user has. A run that begins takes none that bears no seal of this user or was
touched since, but scores the period again. The folder of them is the user's own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from platformdirs import user_state_path

from auditlib.analysis.kept import RECORDS, Kept, keep, period_folder
from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import rejects_of
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.errors import InputError
from auditlib.core.files import write_atomically
from auditlib.core.guards import content_of
from auditlib.core.hashes import digest, file_sha256, software
from auditlib.core.home import home
from auditlib.core.private import own_folder, own_key
from auditlib.ledger.read import Ledger
from auditlib.scoring.adjustments.declared import adjustment_files

__all__ = ["KeptPeriods", "content_key", "user_key", "whole_of"]

PLANNED, SEAL = "planned.json", "seal.json"


def content_key(ledger: Ledger, snapshot: str, units: Sequence[str] | str) -> str:
    """A hash that changes with all that is kept of a period, beside what its parameters ask.

    That is the rows, what the ledger says of itself, the rules, the software, and which units are reported on.
    """
    places = [home() / "params" / name for name in ("schemes", "calendars")]
    files = [*(file for place in places for file in sorted(place.rglob("*.yaml"))), *adjustment_files()]
    rules = {str(file): file_sha256(file) for file in files}
    return digest([snapshot, ledger.note, rejects_of(ledger), rules, software(), units])


MOST_CASES = 200_000
"""Of so many cases behind lost points a workbook tells the times; of more their numbers alone."""


def whole_of(period: ScoredPeriod) -> ScoredPeriod:
    """What the runner itself needs of a period: of cases those behind lost points, where they are not too many."""
    counted = {unit.unit: period.counted_rows(unit) for unit in period.result.units}
    if sum(map(len, counted.values())) > MOST_CASES:
        return replace(period, previous=None, cases={})
    cases = {
        unit: tuple(row for row in rows if row.case_id in counted.get(unit, ())) for unit, rows in period.cases.items()
    }
    return replace(period, previous=None, cases=cases)


class KeptPeriods:
    """The scored periods in a folder, for the reports of a run and for its next start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key(self, asked: Asked, content: str) -> str:
        """What a period's seal vouches for: its parameters, and the ``content`` that it is scored from.

        Take it before the period is scored: what changes in the meantime is then seen the next time.
        """
        tables = [file_sha256(table) for table in asked.days.tables()]
        return digest([asked, content, file_sha256(asked.scheme_path), tables])  # these may lie outside params

    def keep(self, period: ScoredPeriod, units: Sequence[str], key: str) -> Kept:
        """Write a period for its reports on all and on each of ``units``, and seal it with its :meth:`key`.

        Returns the hashes of what each report is made from. Raises :class:`InputError` where the folder is another
        user's.
        """
        own_folder(self.folder)
        place = period_folder(self.folder, period.asked)
        shutil.rmtree(place, ignore_errors=True)
        own_folder(place)
        kept = keep(self.folder, period, units)
        planned = RECORDS.dumps((whole_of(period), kept.basis))
        write_atomically(place / PLANNED, planned, durable=False)
        seal = {"key": key, "planned": hashlib.sha256(planned).hexdigest(), "files": dict(kept.files)}
        sealed = json.dumps(seal | {"code": _code(seal)}, sort_keys=True)
        write_atomically(place / SEAL, sealed.encode(), durable=False)
        return kept

    def recall(self, asked: Asked, key: str) -> tuple[ScoredPeriod, Kept] | None:
        """A period that was kept under this key, with its hashes; None where there is none, or it is not whole."""
        place = period_folder(self.folder, asked)
        try:
            seal = json.loads(content_of(place / SEAL))
            code = seal.pop("code")
            planned = content_of(place / PLANNED)
            whole = (
                hmac.compare_digest(code, _code(seal))
                and seal["key"] == key
                and hashlib.sha256(planned).hexdigest() == seal["planned"]
                and all(file_sha256(self.folder / name) == sha256 for name, sha256 in seal["files"].items())
            )
            if not whole:
                return None
            period, basis = RECORDS.loads(planned)
        except (OSError, InputError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return period, Kept(basis, seal["files"])

    def forget(self, but: Sequence[Asked] = ()) -> None:
        """Remove what is kept of all periods ``but`` these."""
        stay = {period_folder(self.folder, asked) for asked in but}
        for place in self.folder.glob("*"):
            if place not in stay:
                shutil.rmtree(place, ignore_errors=True)


def _code(seal: Mapping[str, object]) -> str:
    return hmac.new(user_key(), json.dumps(seal, sort_keys=True).encode(), "sha256").hexdigest()


@cache
def user_key() -> bytes:
    """The user's own key. Where it cannot be kept, it holds for this process alone."""
    return own_key(user_state_path("auditlib", appauthor=False) / "kept.key")
