"""A folder to begin in: rules, run files and notebooks to change, a synthetic ledger to score, nothing else needed.

It is laid out as a clone is, so that what the documents name is found from within it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.files import naming, whole_folder, write_atomically
from auditlib.core.home import shipped, shown
from auditlib.ledger.demonstration.planted import write_planted
from auditlib.ledger.read import read_ledger
from auditlib.runs.make import make_demonstration
from auditlib.runs.runfile import RunFile, read_run

__all__ = ["RUN_FILE", "write_demo_folder"]

RUN_FILE = "params/runs/demo.yaml"
COPIED = ("params", "notebooks", "docs")
SHOWN_LANGUAGE = "\nlanguage: zh\n"


def write_demo_folder(
    folder: Path,
    language: str = "zh",
    *,
    replace: bool = False,
    planted: bool = False,
    tell: Callable[[str], object] = lambda line: None,
) -> int:
    """Write the demonstration into ``folder``, whole or not at all; returns how many files it is.

    ``params``, ``notebooks`` and ``docs`` as they are shipped, with the run file of the demonstration in ``language``,
    and the ledger that it scores with the export that it was taken from. With ``replace`` files of the same names are
    overwritten, and others stay. With ``planted`` there are also two snapshots of the ledger with manipulation in the
    later one, and the list of it. ``tell`` hears of each step. Raises :class:`InputError` where something would be
    overwritten, and :class:`OSError` where nothing can be written.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError.at(shown(folder), "", "found a file, expected a folder, or a new name")
    run = read_run(shipped() / RUN_FILE)
    names = [name for part in COPIED for name in _files(shipped(), part)]
    ledger = Path(run.ledger)
    more_ledgers = (_export(ledger), *((_planted(ledger),) if planted else ()))
    taken = [name for name in (*names, ledger, *more_ledgers) if (folder / name).exists()]
    if taken and not replace:
        more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
        raise InputError.at(
            shown(folder), "", f"found {taken[0].as_posix()}{more}, expected another folder, or --replace"
        )

    def write(made: Path) -> list[Path]:
        tell("copying schemes, run files and notebooks")
        _copy(names, made, language)
        tell("writing the synthetic ledger (some seconds)")
        make_demonstration(_within(run, made))
        if planted:
            tell("planting manipulation in it")
            write_planted(read_ledger(made / ledger), made / _planted(ledger))
        return _files(made, ".")

    if not folder.exists():
        with whole_folder(folder) as made:
            return len(write(made.resolve()))
    # on one disk with it, so that files are moved, not copied
    with naming(folder), tempfile.TemporaryDirectory(prefix=".demo-", dir=folder) as scratch:
        made, old = Path(scratch).resolve() / "made", Path(scratch).resolve() / "old"
        written = write(made)
        _into_place(written, made, folder, old)
    return len(written)


def _export(ledger: Path) -> Path:
    return ledger.with_name(f"{ledger.name}-export")


def _planted(ledger: Path) -> Path:
    return ledger.with_name(f"{ledger.name}-planted")


def _within(run: RunFile, folder: Path) -> RunFile:
    return run.model_copy(update={"ledger": str(folder / run.ledger)})


def _files(folder: Path, part: str) -> list[Path]:
    """The files below a part of a folder, relative to the folder; nothing that Jupyter keeps of its own."""
    found = (file.relative_to(folder) for file in sorted((folder / part).rglob("*")) if file.is_file())
    return [file for file in found if ".ipynb_checkpoints" not in file.parts]


def _copy(names: Iterable[Path], made: Path, language: str) -> None:
    for name in names:
        write_atomically(made / name, (shipped() / name).read_bytes(), durable=False)
    if language != "zh":
        file = made / RUN_FILE
        text = file.read_bytes().decode("utf-8")
        if SHOWN_LANGUAGE not in text:
            raise InputError.at(RUN_FILE, "language", f"expected the line {SHOWN_LANGUAGE.strip()!r}")
        write_atomically(file, text.replace(SHOWN_LANGUAGE, f"\nlanguage: {language}\n").encode("utf-8"))


def _into_place(names: Iterable[Path], made: Path, folder: Path, old: Path) -> None:
    """Move each file into a folder that is there already; where one cannot be moved, the folder becomes what it was."""
    placed: list[Path] = []
    created: list[Path] = []
    try:
        for name in names:
            for above in reversed(name.parents[:-1]):
                if not (folder / above).exists():
                    (folder / above).mkdir()
                    created.append(folder / above)
            if (folder / name).exists():
                (old / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(folder / name, old / name)
            placed.append(name)
            os.replace(made / name, folder / name)
    except BaseException:
        for name in placed:
            (folder / name).unlink(missing_ok=True)
            if (old / name).exists():
                os.replace(old / name, folder / name)
        for above in reversed(created):
            above.rmdir()
        raise
