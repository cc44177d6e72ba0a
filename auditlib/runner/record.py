"""What a run keeps of its inputs and results beside its reports, so that a later difference can be explained.

PERIOD/scores.json    the result, as ``auditlib score --format json`` gives it
rows.csv              register, unit, key and hash of every row of the ledger
schemes/              the scheme files
"""

from __future__ import annotations

import csv
import io
import json

from auditlib.files import write_atomically
from auditlib.ledger.snapshot import row_hashes
from auditlib.runner.plan import Plan

__all__ = ["RESULTS", "ROWS", "SCHEMES", "write_record"]

RESULTS, ROWS, SCHEMES = "scores.json", "rows.csv", "schemes"


def write_record(plan: Plan) -> list[str]:
    """Write the record of a plan into its folder, where it is not there already. Returns the names of its files."""
    files = {
        f"{period}/{RESULTS}": (json.dumps(result.to_json(), ensure_ascii=False, indent=1) + "\n").encode()
        for period, result in plan.results.items()
    }
    files |= {f"{SCHEMES}/{path.name}": path.read_bytes() for path in plan.schemes}
    rows = io.StringIO(newline="")
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow(("register", "unit", "key", "hash"))
    writer.writerows(row_hashes(plan.ledger.registers))
    files[ROWS] = rows.getvalue().encode()
    for name, content in files.items():
        file = plan.out / name
        if not file.is_file() or file.read_bytes() != content:
            write_atomically(file, content)
    return list(files)
