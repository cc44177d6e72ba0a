"""What a run keeps of its inputs and results beside its reports, so that a later difference can be explained.

PERIOD/scores.json    the result, as ``auditlib score --format json`` gives it
PERIOD/scores.xlsx    the same for people, with formulas that add it up again
PERIOD/scores.csv, lines.csv    a row a unit, a row a score line
rows.csv              register, unit, key and hash of every row of the ledger
schemes/              the scheme files
"""

from __future__ import annotations

import json

from auditlib.core.cells import csv_text
from auditlib.core.files import write_atomically
from auditlib.ledger.snapshot import row_hashes
from auditlib.report.workbook.period import lines_csv, period_workbook, scores_csv
from auditlib.runs.plan import Plan

__all__ = ["RESULTS", "ROWS", "SCHEMES", "TABLES", "WORKBOOK", "write_record"]

RESULTS, ROWS, SCHEMES = "scores.json", "rows.csv", "schemes"
WORKBOOK = "scores.xlsx"
TABLES = (WORKBOOK, "scores.csv", "lines.csv")
"""What a period's results are written as for people."""


def write_record(plan: Plan) -> list[str]:
    """Write the record of a plan into its folder, where it is not there already. Returns the names of its files."""
    files = {
        f"{period}/{RESULTS}": (json.dumps(result.to_json(), ensure_ascii=False, indent=1) + "\n").encode()
        for period, result in plan.results.items()
    }
    files |= {f"{SCHEMES}/{path.name}": path.read_bytes() for path in plan.schemes}
    for period, scored in plan.periods.items():
        contents = period_workbook(scored, plan.run.language), scores_csv(scored), lines_csv(scored.result)
        files |= {f"{period}/{name}": content for name, content in zip(TABLES, contents, strict=True)}
    rows = csv_text(("register", "unit", "key", "hash"), row_hashes(plan.ledger.registers))
    files[ROWS] = rows.encode()
    for name, content in files.items():
        file = plan.out / name
        if not file.is_file() or file.read_bytes() != content:
            write_atomically(file, content)
    return list(files)
