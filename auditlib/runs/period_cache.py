"""Scored periods that outlive a killed runner: what a national year takes hours to count is not counted again.

They lie in the run's folder until all its reports are finished. They are pickles, so whoever could write one could
run code in the reader: each is sealed with a key that only the user has, and a run that begins reads none that bears
no seal of this user or was touched since, but makes it again. While a run works, its folder of them is the user's own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import pickle
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from platformdirs import user_state_path

from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import keep, period_folder, rejects_of
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.files import write_atomically
from auditlib.core.hashes import digest, file_sha256, software
from auditlib.core.home import home
from auditlib.ledger.read import Ledger
from auditlib.scoring.adjustments.declared import adjustment_files

__all__ = ["KeptPeriods", "content_key", "whole_of"]

Basis = Mapping[str | None, Mapping[str, str]]

PLANNED, SEAL = "planned", "seal.json"


def content_key(ledger: Ledger, snapshot: str, units: Sequence[str] | str) -> str:
    """A hash that changes with all that is kept of a period, beside what its parameters ask.

    That is the rows, what the ledger says of itself, the rules, the software, and which units are reported on.
    """
    places = [home() / "params" / name for name in ("schemes", "calendars")]
    files = [*(file for place in places for file in sorted(place.rglob("*.yaml"))), *adjustment_files()]
    rules = {str(file): file_sha256(file) for file in files}
    return digest([snapshot, ledger.note, rejects_of(ledger), rules, software(), units])


def whole_of(period: ScoredPeriod) -> ScoredPeriod:
    """What the runner itself needs of a period: nothing of single cases."""
    return replace(period, previous=None, cases={})


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

    def keep(self, period: ScoredPeriod, units: Sequence[str], key: str) -> Basis:
        """Write a period for its reports on all and on each of ``units``, and seal it with its :meth:`key`.

        Returns the hashes of what each report is made from.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = period_folder(self.folder, period.asked)
        shutil.rmtree(place, ignore_errors=True)
        basis = keep(self.folder, period, units)
        write_atomically(place / PLANNED, pickle.dumps((whole_of(period), basis), protocol=5))
        files = {file.name: file_sha256(file) for file in sorted(place.iterdir())}
        seal = {"key": key, "files": files}
        write_atomically(place / SEAL, json.dumps(seal | {"code": _code(seal)}, sort_keys=True).encode())
        return basis

    def recall(self, asked: Asked, key: str) -> tuple[ScoredPeriod, Basis] | None:
        """A period that was kept under this key, with its hashes; None where there is none, or it is not whole."""
        place = period_folder(self.folder, asked)
        try:
            seal = json.loads((place / SEAL).read_text(encoding="utf-8"))
            code = seal.pop("code")
            planned = (place / PLANNED).read_bytes()
            whole = (
                hmac.compare_digest(code, _code(seal))
                and seal["key"] == key
                and hashlib.sha256(planned).hexdigest() == seal["files"][PLANNED]
                and all(file_sha256(place / name) == sha256 for name, sha256 in seal["files"].items())
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        period, basis = pickle.loads(planned) if whole else (None, {})
        return None if period is None else (period, basis)

    def forget(self, but: Sequence[Asked] = ()) -> None:
        """Remove what is kept of all periods ``but`` these."""
        stay = {period_folder(self.folder, asked) for asked in but}
        for place in self.folder.glob("*"):
            if place not in stay:
                shutil.rmtree(place, ignore_errors=True)


def _code(seal: Mapping[str, object]) -> str:
    return hmac.new(_key(), json.dumps(seal, sort_keys=True).encode(), "sha256").hexdigest()


@cache
def _key() -> bytes:
    """The user's own key, made when it is first needed. Where it cannot be kept, it holds for this process alone."""
    file = user_state_path("auditlib", appauthor=False) / "kept.key"
    try:
        key = file.read_bytes()
        if len(key) == 32:
            return key
    except OSError:
        pass
    key = secrets.token_bytes(32)
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(key)
    except OSError:
        pass
    return key
