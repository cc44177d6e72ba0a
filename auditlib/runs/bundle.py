"""A sealed bundle: one file with a run and all that is needed to verify it elsewhere, and years later.

bundle.json     the hash of every other file (the seal), and where what the run names lies in the bundle
__main__.py     verifies it where nothing but Python is there: ``python RUN.bundle.zip``
reports/        the run with its signatures, and the chain as it was
ledger/         the ledger's files          home/      schemes, calendars, adjustments, notebooks
own/            the user's own notebooks    places/    schemes and calendars that lie elsewhere
software/       the wheel of this software, and the versions of the libraries
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.files import naming
from auditlib.core.guards import OWN_BYTES, refuse_device
from auditlib.core.hashes import file_sha256, source_sha256
from auditlib.core.home import find, home, placing, shipped, shown
from auditlib.ledger.divided.divide import snapshot_of
from auditlib.ledger.find import find_ledger
from auditlib.ledger.table_guards import guard_unpacked
from auditlib.runs.evidence import chain
from auditlib.runs.evidence.manifest import Manifest, read_manifest
from auditlib.runs.evidence.wheel import add, wheel
from auditlib.runs.own_notebooks import find_notebook, own_folder_of
from auditlib.runs.runfile import RunFile, is_below
from auditlib.runs.verify import Difference, Verification, verify
from auditlib.scheme.declared_registers import read_for

__all__ = ["Bundled", "bundle", "verify_bundle"]

INDEX, PROGRAM = "bundle.json", "__main__.py"
FORMAT = "auditlib-bundle/1"
BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, KeyError, TypeError,
    AttributeError, RecursionError, OverflowError,
)  # fmt: skip
"""What is said of a file that is damaged, locked, packed in another way, or no bundle."""
RULES = ("schemes", "calendars", "adjustments")
"""The folders of params that decide what a run gives."""


@dataclass(frozen=True)
class Bundled:
    """A bundle that was written: its file, how many files it holds, and its seal, which tells it from any other."""

    file: Path
    files: int
    seal: str


def bundle(folder: Path, target: Path) -> Bundled:
    """Write the finished run in ``folder``, and all that it was made from, into the file ``target``.

    Raises :class:`InputError` where a file of the run, or what it was made from, is not what its manifest says: the
    bundle could not be verified.
    """
    manifest = read_manifest(folder)
    run = manifest.declared()
    if found := verify(folder, fast=True).differences:
        told = f"found {found[0].kind} {found[0].what}, expected a run as it was made; see auditlib verify --fast"
        raise InputError.at(shown(folder), "", told)
    files, places = _gathered(folder, run)
    _check(run, manifest, files)
    name, content = wheel()
    made = {
        PROGRAM: (Path(__file__).parent / "evidence" / "bundle_program.py").read_bytes(),
        f"software/{name}": content,
        "software/requirements.lock": _lock(manifest),
        f"reports/{folder.resolve().name}/{chain.PLACE}": b"[]",  # elsewhere: the other runs of the chain are not here
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
    hashes |= {name: file_sha256(file) for name, file in files.items()}
    index = {
        "format": FORMAT,
        "run": folder.resolve().name,
        "source": source_sha256(),
        "wheel": f"software/{name}",
        "lock": "software/requirements.lock",
        "places": places,
        "files": dict(sorted(hashes.items())),
    }
    text = (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode()
    refuse_device(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with naming(target), tempfile.TemporaryDirectory(prefix=".bundle-", dir=target.parent) as scratch:
        packed = Path(scratch) / "packed"
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in {INDEX: text, **made}.items():
                add(archive, name, content)
            for name, file in sorted(files.items()):
                add(archive, name, file.read_bytes())
        os.replace(packed, target)
    return Bundled(target, len(hashes), hashlib.sha256(text).hexdigest())


def _gathered(folder: Path, run: RunFile) -> tuple[dict[str, Path], dict[str, str]]:
    """The files of a bundle by name, and where in it lies what the run names: by folder of params and name."""
    name, root = folder.resolve().name, folder.resolve().parent
    files = {f"reports/{name}/{at}": file for at, file in _below(folder) if not _of_the_runner(at)}
    files["reports/chain.jsonl"] = root / chain.CHAIN
    ledger = find_ledger(run.ledger)
    places = {f"demonstrations:{run.ledger}": f"ledger/{ledger.name}"}
    files |= {f"ledger/{ledger.name}{at and '/' + at}": file for at, file in _below(ledger)}
    for part in RULES:
        files |= {f"home/params/{part}/{at}": file for at, file in _below(home() / "params" / part)}
    own = own_folder_of(run)
    if own:
        files |= {f"own/{at}": file for at, file in _below(own)}
        places[f":{run.own_notebooks}"] = "own"
    for use in run.notebooks:
        notebook = find_notebook(use.notebook, own)
        if not own or notebook.parent != own:
            files[f"home/notebooks/{notebook.name}"] = notebook
    for kind, given in (("scheme", run.scheme), ("calendar", run.calendar)):
        place = find(given)
        if given and place.exists() and (kind == "calendar" or place.is_file()):
            shelf = f"places/{kind}"
            files |= {f"{shelf}/{file.name}": file for file in place.parent.glob("*.yaml")} if place.is_file() else {
                f"{shelf}/{place.name}/{at}": file for at, file in _below(place)
            }  # fmt: skip
            places[f":{given}"] = f"{shelf}/{place.name}"
    return files, places


def _below(place: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder by their names in it, or one file by none."""
    if place.is_file():
        yield "", place
    for file in sorted(place.rglob("*")) if place.is_dir() else ():
        parts = file.relative_to(place).parts
        if file.is_file() and not any(part == "__pycache__" or part.endswith("~") for part in parts):
            yield "/".join(parts), file


def _of_the_runner(name: str) -> bool:
    """Whether a file of a run's folder is for the next run alone: what proves this one goes along."""
    return name.startswith(".run/") and name != chain.LINK


def _check(run: RunFile, manifest: Manifest, files: dict[str, Path]) -> None:
    """Refuse what is no more what the run was made from. Raises :class:`InputError`."""
    if manifest.software.get("auditlib source") != source_sha256():
        told = "this software has changed since the run, expected the one that made it; run it again"
        raise InputError.at(run.run, "", told)
    snapshot = snapshot_of(read_for(run.scheme, find_ledger(run.ledger), run.as_of))
    if snapshot != manifest.materials["ledger"]:
        raise InputError.at(run.ledger, "", "the ledger has changed since the run, expected it as it was; run it again")
    for material, sha256 in manifest.materials.items():
        kind, _, name = material.partition(" ")
        folders = {
            "scheme": ("home/params/schemes/", "places/scheme/"), "notebook": ("home/notebooks/", "own/"),
            "own": ("own/",), "calendar": ("home/params/calendars/", "places/calendar/"),
        }.get(kind, ())  # fmt: skip
        ending = ".ipynb" if kind == "notebook" else ""
        there = [file for at, file in files.items() if at.startswith(folders) and at.endswith(f"/{name}{ending}")]
        if folders and sha256 not in map(file_sha256, there):
            told = f"the {kind} {name} has changed since the run, or is gone, expected it as it was; run it again"
            raise InputError.at(manifest.declared().run, "", told)


def _lock(manifest: Manifest) -> bytes:
    """The libraries of the run: the lock with its hashes where the run used no others, else their versions.

    What the lock has for several versions of Python is named for each: a bundle is opened with another one, too.
    """
    used = {name: number for name, number in manifest.software.items() if not name.startswith(("auditlib", "python"))
            or name.startswith("python-")}  # fmt: skip
    lock = shipped() / "requirements.lock"
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    locked: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        name, pinned, number = line.split(" ")[0].partition("==")
        if pinned:
            locked.setdefault(name.partition("[")[0], {})[number] = line.removesuffix("\\").rstrip()
    if used and all(number in locked.get(name, ()) for name, number in used.items()):
        return text.encode()
    if "pdf" in manifest.declared().formats:
        with suppress(PackageNotFoundError):
            used["weasyprint"] = version("weasyprint")
    lines: list[str] = []
    for name, number in sorted(used.items()):
        known = locked.get(name, {})
        lines += known.values() if number in known else [f"{name}=={number}"]
    return "".join(f"{line}\n" for line in lines).encode()


def verify_bundle(file: Path, **options: Any) -> Verification:
    """Verify the run in a bundle, from what lies in it alone: :func:`.verify.verify`, with the same options.

    A bundle that is not as it was sealed is not opened: its files are named. Raises :class:`InputError` for a file that
    is no bundle. The notebooks in it are run, but with ``fast``.
    """
    with tempfile.TemporaryDirectory(prefix="auditlib-bundle-") as scratch:
        root = Path(scratch)
        index, found = _opened(file, root)
        if found:
            return Verification(len(index["files"]), 0, (), tuple(found))
        moved = {tuple(key.split(":", 1)): root / place for key, place in index["places"].items()}
        with placing(moved, root / "home"), _working_in(root):
            return verify(root / "reports" / index["run"], **options)


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    """Let paths that the run names be looked for in the bundle, and not where this process happens to be."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _opened(file: Path, root: Path) -> tuple[dict[str, Any], list[Difference]]:
    """Unpack a bundle into a folder where it is as it was sealed; what is not, where it is not.

    Raises :class:`InputError`.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            whole = sum(entry.file_size for entry in archive.infolist())  # no more comes out of each than it says
            guard_unpacked(whole, file.stat().st_size, str(shown(file)))
            if entries[INDEX].file_size > OWN_BYTES:
                raise ValueError("its index is too large")
            index = json.loads(archive.read(INDEX))
            sealed, places = index["files"], index["places"].values()
            if index["format"] != FORMAT or not all(map(is_below, (*sealed, *places, index["run"]))):
                raise ValueError("it names what is not in it")
            found = [Difference("added", name, cause="the seal does not know it")
                     for name in entries if name not in sealed and name != INDEX]  # fmt: skip
            found += [Difference("missing", name) for name in sealed if name not in entries]
            for name in () if found else sealed:
                now = _unpacked(archive, name, root.joinpath(*PurePosixPath(name).parts))
                if now != sealed[name]:
                    cause = "it is not what was sealed"
                    found.append(Difference("tampered", name, old=sealed[name][:12], new=now[:12], cause=cause))
            return index, found
    except InputError:
        raise
    except (*BROKEN, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # a part that begins before the file
            raise
        told = f"found no bundle ({error}), expected a file that auditlib bundle wrote, or the folder of a run"
        raise InputError.at(shown(file), "", told) from None


def _unpacked(archive: zipfile.ZipFile, name: str, target: Path) -> str:
    """Write a file of an archive where it belongs, piece by piece; its hash."""
    target.parent.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    with archive.open(name) as packed, target.open("wb") as unpacked:
        while piece := packed.read(2**20):
            found.update(piece)
            unpacked.write(piece)
    return found.hexdigest()
