"""Small worlds for the runner: notebooks of a few cells, and a ledger of a few cases."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import yaml

from auditlib.runs.plan import PlannedReport

PARAMETERS = """\
scheme: str = ""
ledger: str = ""
unit: str = None
period: str = ""
as_of: str = ""
language: str = "zh"
"""
TELL = """\
from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import open_period
scored = open_period(Asked.of(scheme, ledger, period, as_of), unit)
score = scored.unit(unit)
print(period, unit, scored.result.text(score.total), score.rank, [case.case_id for case in scored.cases[unit]])
"""
"""A notebook that shows of a unit what its report shows, and costs nothing."""
RANK = """\
from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import open_period
scored = open_period(Asked.of(scheme, ledger, period, as_of))
for score in scored.result.units:
    print(period, score.unit, scored.result.text(score.total), score.rank)
"""
HEAD = (
    "case_id,unit,kind,person_key,problem_key,received_at,entered_at,accepted_at,contacted_at,planned_at,closed_at,"
    "resolved,satisfaction,reviewed_at,redone,missing_items,replied_at"
)


def write_notebook(file: Path, cells: list[str], *, parameters: str = "", reads: str = "ledger") -> Path:
    """A notebook with these code cells, after one of parameters."""
    first = nbformat.v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]})
    others = [nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(cells, 1)]
    notebook = nbformat.v4.new_notebook(cells=[first, *others])
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "auditlib": {"reads": reads},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, file)
    return file


def elsewhere(report: PlannedReport, folder: Path) -> PlannedReport:
    """The same report, made in another folder."""
    return replace(report, folder=folder)


def write_ledger(folder: Path, *, units: int = 2, late: str = "C03", extra: str = "") -> Path:
    """A ledger of December 2025 and January 2026: ten cases a unit, one of all contacted late."""
    folder.mkdir(parents=True)
    names = [f"U{number:02}" for number in range(1, units + 1)]
    rows = []
    for number in range(10 * units):
        month, day = ("2025-12", "2026-01")[number // units % 2], 5 + number // units
        contacted = "13:00:00" if f"C{number:02}" == late else "09:00:00"
        at = f"{month}-{day:02}T"
        times = [f"{at}08:00:00"] * 3 + [f"{at}{contacted}"] * 2 + [f"{at}18:00:00"]
        rows.append(
            ",".join([f"C{number:02}", names[number % units], "投诉", f"P{number}", "Q", *times, "是,满意,,,0,"])
        )
    (folder / "cases.csv").write_text("\n".join([HEAD, *rows]) + f"\n{extra}", encoding="utf-8")
    (folder / "units.csv").write_text("unit,name,group\n" + "".join(f"{name},分公司{name},市区\n" for name in names))
    (folder / "events.csv").write_text("event_id,unit,at,kind,count\n")
    (folder / "submissions.csv").write_text("unit,kind,due_at,submitted_at,valid,missing_items\n")
    (folder / "ledger.yaml").write_text('as_of: "2026-02-05T00:00:00"\n')
    return folder


def of_few_readings(scheme: str, kept: str = "satisfaction_scale") -> str:
    """A scheme file whose readings have no option but the one in use, one of them excepted.

    A run scores every period under each other option, which is most of what a run on a few cases costs.
    """
    lines, name, use, inside, left_out = [], "", "", False, False
    for line in scheme.splitlines(keepends=True):
        indent = len(line) - len(line.lstrip(" "))
        key = line.strip().partition(":")[0]
        if indent == 0 and line.strip():
            inside = key == "readings"
        if inside and indent == 2:
            name = key
        if inside and key == "use":
            use = line.split()[1]
        if indent <= 6:
            left_out = inside and indent == 6 and name != kept and key != use
        if not left_out:
            lines.append(line)
    return "".join(lines)


class World:
    """A home of its own with two light notebooks, a ledger, and a run file over both months."""

    def __init__(self, folder: Path, root: Path, units: int) -> None:
        self.folder, self.home, self.out = folder, folder / "home", folder / "reports" / "small"
        self.ledger = write_ledger(folder / "ledger", units=units)
        (self.home / "params" / "schemes").mkdir(parents=True)
        (self.home / "params" / "calendars").mkdir()
        scheme = (root / "params" / "schemes" / "s22-heating.yaml").read_text(encoding="utf-8")
        (self.home / "params" / "schemes" / "s22-heating.yaml").write_text(of_few_readings(scheme), encoding="utf-8")
        notebooks = self.home / "notebooks"
        write_notebook(notebooks / "tell.ipynb", [TELL], parameters=PARAMETERS, reads="unit")
        ranking = PARAMETERS.replace("unit: str = None\n", "")
        write_notebook(notebooks / "rank.ipynb", [RANK], parameters=ranking, reads="period")
        self.file = folder / "small.yaml"
        self.write_run()

    def write_run(self, **changes: Any) -> Path:
        content = {
            "run": "small",
            "title": {"zh": "小批次", "en": "Small run"},
            "scheme": "s22-heating",
            "ledger": str(self.ledger),
            "periods": ["2025-12", "2026-01"],
            "notebooks": [{"notebook": "rank", "per": "period"}, {"notebook": "tell", "per": "unit"}],
        }
        self.file.write_text(yaml.safe_dump(content | changes, allow_unicode=True), encoding="utf-8")
        return self.file

    def edit(self, file: str, old: str, new: str) -> None:
        """Change one place of a file of this world."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")


VARYING = ("ro-crate-metadata.json", "run-log.json")
"""The files of a run that tell times."""


def contents(folder: Path) -> Mapping[str, str]:
    """The hash of every file of a run that has to be the same whenever it is made."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in VARYING and ".run" not in file.parts
    }
