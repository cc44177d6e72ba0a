"""How much of other people's rules can be written: the worked clauses of published rule sets, scored and counted.

A clause counts as exact where a file of ``tests/survey`` writes it and what comes out is what its words say. What no
file works is not claimed. ``python benchmarks/survey.py [LIST]``: LIST is a JSON file of the clauses that there are
(rule sets with ``clauses``, each with an ``id``); without it the worked files alone are counted.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from auditlib.core.errors import InputError
from tests.worked import clauses_of, exact, found_of, scored_clause


def comes_out(clause: dict[str, object]) -> bool:
    """Whether a clause scores as it was worked."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = found_of(scored_clause(Path(folder), clause), clause)
        except InputError as error:
            print(f"  {clause['id']}: {error}")
            return False
    return found == {unit: exact(value) for unit, value in clause["expected"].items()}  # type: ignore[attr-defined]


def main(listing: Path | None) -> int:
    """Prints a line a rule set and the sum. 1 where a worked clause does not come out, else 0."""
    worked = dict(clauses_of())
    right = {id for id, clause in worked.items() if comes_out(clause)}
    sets = [{"id": "worked", "language": "", "clauses": [{"id": id} for id in worked]}]
    if listing is not None:
        sets = json.loads(listing.read_text(encoding="utf-8"))["sets"]
    total: Counter[str] = Counter()
    for one in sets:
        ids = [clause["id"] for clause in one["clauses"]]
        exactly = sum(id in right for id in ids)
        total.update({f"{one['language']} clauses": len(ids), f"{one['language']} exact": exactly})
        lacking = ", ".join(id for id in ids if id not in right)
        print(f"{one['id']:24} {exactly:3} of {len(ids):3}{'   not: ' + lacking if lacking else ''}")
    clauses = sum(n for key, n in total.items() if key.endswith("clauses"))
    exactly = sum(n for key, n in total.items() if key.endswith("exact"))
    for language in dict.fromkeys(one["language"] for one in sets):
        print(f"{language or 'all':24} {total[f'{language} exact']:3} of {total[f'{language} clauses']:3}")
    print(f"{'together':24} {exactly:3} of {clauses:3} = {100 * exactly / clauses:.1f} %")
    return 0 if len(right) == len(worked) else 1


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
