"""Everything that the program makes from what comes with it, in one folder, with a list of its hashes.

A change of the code that is to change no result is made between two of these, and the second names what differs:

    .venv/bin/python benchmarks/outputs.py BEFORE
    .venv/bin/python benchmarks/outputs.py AFTER --against BEFORE

Every demonstration is scored, explained and reported in both languages, as text, JSON, CSV, workbook and page; panels,
a rehearsal, dossiers, checks, comparisons of schemes and the page over all runs come with it. What names the software
itself (manifests and what follows from them) is left out. Some minutes on two cores.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PARAMS = ROOT / "params"
LANGUAGES = ("zh", "en")
LEFT_OUT = re.compile(
    r"(^|/)(manifest\.json|run-log\.json|attestation\.json|ro-crate-metadata\.json|chain\.jsonl|\.run/|run\.yaml$)"
)
"""Files that hold the hash of the software, or what varies from run to run."""
FAILED: list[str] = []
COMMAND = [str(Path(sys.executable).parent / "auditlib")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where everything goes; must be new")
    parser.add_argument("--against", type=Path, help="a folder that was made before")
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for done in workers.map(lambda job: job(), jobs(options.folder.resolve())):
            print(done, flush=True)
    hashes = hashes_of(options.folder)
    (options.folder / "hashes.txt").write_text("".join(f"{value}  {name}\n" for name, value in hashes.items()))
    print("\n".join([*FAILED, f"{len(hashes)} files, {len(FAILED)} commands failed"]))
    return max(bool(FAILED), options.against is not None and compared(options.against, options.folder))


def jobs(out: Path) -> Iterator[object]:
    """What there is to do, the longest first: each is called without arguments and says what it has made."""
    yield lambda: rehearsal(out / "rehearsal")
    yield lambda: dossiers(out / "dossiers")
    for folder in sorted((PARAMS / "demonstrations").iterdir()):
        for language in LANGUAGES:
            yield lambda folder=folder, language=language: reports(folder, out, language)
        yield lambda folder=folder: scores(folder, out / "scores" / folder.name)
    yield lambda: called(out / "check.txt", ["check", "--all", *schemes()], (0, 1))
    yield lambda: rules(out / "rules")
    yield lambda: panels(out / "panels")


def called(file: Path, arguments: list[object], accepted: tuple[int, ...] = (0,)) -> str:
    """Keeps what a command prints, errors and exit code with it, in a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
        env=os.environ | {"COLUMNS": "160"},
    )  # fmt: skip
    if done.returncode not in accepted:
        FAILED.append(f"auditlib {' '.join(map(str, arguments))}: {done.returncode}\n{done.stderr}")
    told = f"{done.stdout}--- {done.returncode}\n{done.stderr}"
    file.write_text(told.replace(str(file.parent), "OUT"), encoding="utf-8")
    return str(file)


def schemes() -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in (PARAMS / "schemes").glob("*.yaml"))


def scores(ledger: Path, out: Path) -> str:
    """A demonstration scored and explained, in every form that the terminal has."""
    scheme, period = ledger.name, declared(ledger)["period"]
    asked = [scheme, "--ledger", scheme, "--period", period]
    for form in ("table", "json", "csv"):
        called(out / f"score.{form}", ["score", *asked, "--format", form])
    for language in LANGUAGES:
        workbook = out / f"score-{language}.xlsx"
        called(out / f"workbook-{language}.txt",
               ["score", *asked, "--format", "xlsx", "--out", workbook, "--language", language])  # fmt: skip
    every = ["score", *asked, "--reading", "all", "--limit", 64, "--format", "json"]
    called(out / "readings.json", every, (0, 2))  # 2: what stands in the ledger is not possible under every reading
    for unit in units(ledger):
        called(out / f"explain-{unit}.txt", ["explain", *asked, "--unit", unit])
        called(out / f"to-next-{unit}.txt", ["explain", *asked, "--unit", unit, "--to-next"])
    return str(out)


def units(ledger: Path) -> list[str]:
    """The first two units of a demonstration."""
    lines = (ledger / "units.csv").read_text(encoding="utf-8").splitlines()
    place = lines[0].split(",").index("unit")
    return sorted({line.split(",")[place] for line in lines[1:]})[:2]


def declared(ledger: Path) -> dict[str, str]:
    return yaml.safe_load((ledger / "ledger.yaml").read_text(encoding="utf-8"))


def reports(ledger: Path, out: Path, language: str) -> str:
    """A run over a demonstration: its pages as HTML and notebook, tables and workbook, and the index."""
    name = f"{ledger.name}-{language}"
    run = {
        "run": name, "title": {"zh": name, "en": name}, "scheme": ledger.name,
        "ledger": str((PARAMS / "demonstrations" / ledger.name).relative_to(ROOT)),
        "periods": [declared(ledger)["period"]], "units": units(ledger), "language": language,
        "notebooks": [{"notebook": "period_ranking", "per": "period"}, {"notebook": "unit_audit", "per": "unit"}],
    }  # fmt: skip
    file = out / "runs" / f"{name}.run.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(run, allow_unicode=True), encoding="utf-8")
    folder = out / "runs" / name
    done = subprocess.run(
        [*COMMAND, "run", str(file), "--out", str(folder)], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        FAILED.append(f"the run {name}: {done.returncode}\n{done.stderr}{done.stdout}")
    return str(folder)


def rehearsal(out: Path) -> str:
    """The whole procedure of a panel, with its pages, forms and the revised scheme."""
    for language in LANGUAGES:
        for panel in ("s19-synthetic", "s22-weights"):
            folder = out / f"{panel}-{language}"
            called(out / f"{folder.name}.txt",
                   ["panel", "rehearse", panel, "--out", folder, "--language", language])  # fmt: skip
    return str(out)


def dossiers(out: Path) -> str:
    """A page for each scheme with its worked examples, in both languages."""
    languages = [word for language in LANGUAGES for word in ("--language", language)]
    examples = ["--examples", ROOT / "tests" / "spec"]
    return called(out.with_suffix(".txt"), ["dossier", *schemes(), *examples, *languages, "--out", out])


def panels(out: Path) -> str:
    for panel in ("s19-synthetic", "s22-weights"):
        for form in ("table", "json"):
            called(out / f"{panel}.{form}", ["delphi", panel, "--format", form])
        called(out / f"{panel}-xlsx.txt", ["delphi", panel, "--format", "xlsx", "--out", out / f"{panel}.xlsx"])
    printed = PARAMS / "panels" / "s19-handling-posts" / "printed.yaml"
    called(out / "printed.txt", ["panel", "check", printed.relative_to(ROOT), "--all"], (0, 1))
    return str(out)


def rules(out: Path) -> str:
    """What a scheme needs, and two of them side by side."""
    for scheme in schemes():
        called(out / f"schema-{scheme.stem}.txt", ["schema", scheme])
    pair = ["params/schemes/s09-chengde-12315.yaml", "params/schemes/s09-chengde-12315-annual.yaml"]
    called(out / "synopsis.txt", ["diff", *pair], (0, 1))
    return str(out)


def hashes_of(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "hashes.txt")
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in names.items() if not LEFT_OUT.search(name)
    }


def compared(before: Path, after: Path) -> int:
    """Names what differs from what was made before; 1 if anything does."""
    old, new = (
        dict(reversed(line.split("  ", 1)) for line in (folder / "hashes.txt").read_text().splitlines())
        for folder in (before, after)
    )
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            print("gone   " if name not in new else "new    " if name not in old else "differs", name)
    same = sum(old.get(name) == value for name, value in new.items())
    print(f"{same} of {len(old.keys() | new.keys())} files are the same")
    return int(old != new)


if __name__ == "__main__":
    raise SystemExit(main())
