"""Writing the site of a folder of reports: what changed is read, the rest is taken from what was read before.

REPORTS/index.html          the page
REPORTS/site/*.js           its data (:mod:`.parts`)
REPORTS/site/state.json     what was read, by content hash, so that an unchanged run is not read again
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from auditlib.core.errors import InputError, Problem
from auditlib.core.files import write_atomically
from auditlib.core.guards import json_of
from auditlib.core.hashes import source_sha256
from auditlib.core.home import home, shown
from auditlib.core.message import LANGUAGES
from auditlib.runs.results import SCHEMES
from auditlib.site.page import MARK, Content, page_html
from auditlib.site.pages import loose_pages
from auditlib.site.parts import FOLDER, make_part, remove_others, write_part
from auditlib.site.runs import RunFolder, find_runs, open_run, run_state
from auditlib.site.schemes import DOSSIERS, SchemeCard, dossier_pages, findings, home_schemes, open_scheme

__all__ = ["CHEAP", "INDEX", "Written", "refresh", "write_site"]

INDEX, STATE, LOCK = "index.html", "state.json", ".site.lock"
CHEAP = 30_000_000
"""How many bytes of results of other runs are read beside a run that has just been made."""


@dataclass(frozen=True)
class Written:
    """The page that was written, how much it is over, and what could not be read."""

    page: Path
    runs: int
    read: int
    """How many of the runs were read; the others are as they were."""
    rows: int
    problems: tuple[Problem, ...]


@dataclass
class _Kept:
    """What was read before, by content hash; an auditlib of other source reads all of it again."""

    runs: dict[str, Any] = field(default_factory=dict)
    findings: dict[str, Any] = field(default_factory=dict)


def write_site(root: Path, out: Path | None = None, language: str = LANGUAGES[0]) -> Written:
    """Write the page over all runs below ``root`` and its data into ``out`` (by default ``root`` itself).

    A run or scheme that cannot be read is named on the page and among the problems; the others are there. Raises
    :class:`InputError` where ``root`` is no folder, or where ``out`` has an ``index.html`` that is not ours.
    """
    if not root.is_dir():
        raise InputError.at(shown(root), "", "no such folder, expected the folder of the runs")
    out = out or root
    page = out / INDEX
    if page.is_file() and not _ours(page):
        raise InputError.at(
            shown(page), "", "is no page of auditlib site, and is not overwritten; expected none, or --out"
        )
    with _locked(out):
        return _write(root, out, language, find_runs(root), checking=True)


def refresh(run: Path, say: Callable[[str], object]) -> None:
    """Bring the page beside a run that was just made up to date, where that costs little.

    It stays as it is where much of other runs would have to be read, and where the page is not ours; schemes are
    not checked. ``say`` is told why it stays.
    """
    root = run.resolve().parent
    page = root / INDEX
    if page.is_file() and not _ours(page):
        return
    try:
        with _locked(root):
            runs, kept = find_runs(root), _kept(root)
            unread = sum(one.results for one in runs if one.name != run.name and not _held(kept, one))
            if unread > CHEAP:
                size = f"{unread // 1_000_000} MB of other runs are unread"
                say(f"{shown(page)} is as it was: {size}; auditlib site reads them")
            else:
                _write(root, root, _language(page), runs, checking=False)
    except OSError as error:  # the run itself is finished, and its own index is there
        say(f"{shown(page)} is as it was: {error.filename}: {error.strerror}")


def _ours(page: Path) -> bool:
    with page.open("rb") as stream:
        return MARK.encode() in stream.read(4000)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """One writer at a time: two runs of a folder may end at once."""
    out.mkdir(parents=True, exist_ok=True)
    with FileLock(out / LOCK):
        yield


def _language(page: Path) -> str:
    """The language that the page of before opens in."""
    english = page.is_file() and b'<html lang="en"' in page.read_bytes()[:200]
    return "en" if english else LANGUAGES[0]


def _told_apart(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The runs, with the names of their folders behind titles that several have: another language, say."""
    shared = Counter(entry["title"]["zh"] for entry in entries)
    told: list[Mapping[str, Any]] = []
    for entry in entries:
        title, folder = entry["title"], entry["folder"]
        if shared[title["zh"]] > 1:
            told.append({**entry, "title": {"zh": f"{title['zh']}（{folder}）", "en": f"{title['en']} ({folder})"}})
        else:
            told.append({**entry})
    return told


def _write(root: Path, out: Path, language: str, runs: list[RunFolder], *, checking: bool) -> Written:
    kept, folder = _kept(out), out / FOLDER
    problems: list[Problem] = []
    entries: list[Mapping[str, Any]] = []
    broken: list[dict[str, str]] = []
    now = _Kept()
    read = 0
    for run in runs:
        held = _held(kept, run)
        if held is None or not all((folder / name).is_file() for name in _parts(held["entry"])):
            try:
                opened = open_run(run)
            except InputError as error:
                broken.append({"folder": run.name, "problem": str(error.problems[0].message)})
                problems += error.problems if run.manifest else ()
                continue
            for part in opened.parts:
                write_part(folder, part)
            held = {"manifest": run.manifest, "entry": opened.entry}
            read += 1
        now.runs[run.name] = held
        entries.append({**held["entry"], **run_state(run)})
    cards = _schemes(root, runs, problems)
    now.findings = {card.key: kept.findings[card.key] for card in cards if card.key in kept.findings}
    for card in cards if checking else ():
        if card.key not in now.findings:
            now.findings[card.key] = findings(card)
    schemes = [_scheme(root, folder, card, now.findings.get(card.key)) for card in cards]
    names = {name for entry in entries for name in _parts(entry)}
    names |= {scheme["part"] for scheme in schemes if scheme["part"]}
    entries.sort(key=_newest, reverse=True)
    content = Content(
        _told_apart(entries), broken, schemes, loose_pages(root, {run.name for run in runs}), _way(out, root)
    )
    write_atomically(out / INDEX, page_html(content, language).encode())
    state = {"source": source_sha256(), "runs": now.runs, "findings": now.findings}
    write_atomically(folder / STATE, json.dumps(state, ensure_ascii=False).encode())
    remove_others(folder, names)  # after the page that no longer names them
    rows = sum(period["units"] for entry in entries for period in entry["periods"])
    return Written(out / INDEX, len(entries), read, rows, tuple(problems))


def _newest(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["asOf"], entry["folder"]


def _way(out: Path, root: Path) -> str:
    """How the page gets to the reports: empty where it lies beside them."""
    way = Path(os.path.relpath(root.resolve(), out.resolve())).as_posix()
    return "" if way == "." else f"{way}/"


def _kept(out: Path) -> _Kept:
    try:
        state = json_of(out / FOLDER / STATE)
        return _Kept(state["runs"], state["findings"]) if state["source"] == source_sha256() else _Kept()
    except (OSError, InputError, KeyError, TypeError):
        return _Kept()


def _held(kept: _Kept, run: RunFolder) -> dict[str, Any] | None:
    held = kept.runs.get(run.name)
    return held if held and held["manifest"] == run.manifest else None


def _parts(entry: Mapping[str, Any]) -> Iterator[str]:
    for period in entry["periods"]:
        for rows, points, _ in period["parts"]:
            yield from (rows, points)


def _schemes(root: Path, runs: list[RunFolder], problems: list[Problem]) -> list[SchemeCard]:
    """The schemes of the runs as they kept them, and those of the workbench that have a dossier; each once."""
    cards: dict[str, SchemeCard] = {}
    for file in (file for run in runs for file in sorted((run.path / SCHEMES).glob("*.yaml"))):
        try:
            card = open_scheme(file)
        except InputError as error:
            problems += error.problems
        else:
            cards.setdefault(card.key, card)
    ids = {file.name.split(".")[0] for file in (root / DOSSIERS).glob("*.html")} - {"index"}
    for card in home_schemes(home() / "params" / "schemes", ids):
        cards.setdefault(card.key, card)
    return sorted(cards.values(), key=lambda card: (card.id, card.version, card.key))


def _scheme(root: Path, folder: Path, card: SchemeCard, found: list[dict[str, Any]] | None) -> dict[str, Any]:
    """The entry of a scheme; what was found in it is a part, which the page reads when it is asked for."""
    part = make_part(f"{card.id}-findings", found) if found else None
    if part:
        write_part(folder, part)
    return {
        "key": card.key, "id": card.id, "version": card.version, "title": card.title,
        "findings": None if found is None else len(found),
        "fresh": sum(not one["known"] for one in found or ()),
        "part": part.name if part else "",
        **dossier_pages(root, card.id),
    }  # fmt: skip
