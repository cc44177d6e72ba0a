"""A made-up winter of a heating company, written as its information system would export it.

The same seed gives the same bytes everywhere, because every draw is a whole number and the workbook is packed without
compression.
"""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
import xlsxwriter

from auditlib.core.files import write_atomically
from auditlib.ledger.demonstration.faults import plant_faults
from auditlib.ledger.demonstration.submissions import EVENT_COLUMNS, SUBMISSION_COLUMNS, channel_events, submissions
from auditlib.ledger.demonstration.tickets import tickets
from auditlib.ledger.demonstration.winter import (
    AS_OF,
    EVENTS,
    OPENED,
    SUBMISSIONS,
    TICKETS,
    UNITS,
    Row,
    branches_of_winter,
)

__all__ = ["write_heating_winter"]

UNIT_COLUMNS = ["编码", "名称", "分组", "启用日期", "英文名称", "英文分组"]
# fmt: off
ENGLISH = {
    "东城分公司": "Dongcheng", "西城分公司": "Xicheng", "南城分公司": "Nancheng", "北城分公司": "Beicheng",
    "高新分公司": "Gaoxin", "开发区分公司": "Kaifaqu", "滨河分公司": "Binhe", "老城分公司": "Laocheng",
    "临江分公司": "Linjiang", "青山分公司": "Qingshan", "云岭分公司": "Yunling", "新湖分公司": "Xinhu",
    "主城区": "City districts", "县区": "Counties",
}
# fmt: on

README = """\
合成数据 / SYNTHETIC DATA

由 auditlib 以种子 {seed} 生成,全部为虚构的合成数据:没有任何真实的企业、分公司、用户或工单。
模拟一家供热企业 2025-11-01 至 2026-03-31 的信访工单导出,导出时点为 2026-04-05 00:00:00(北京时间)。
用户代号(U)和问题代号(W)均为虚构,不含姓名、电话、地址。信访工单导出.csv 的编码为 GB18030,其余为 UTF-8。
faults.csv 列出有意埋入的数据错误:文件、行(表头为第 1 行)、列、错误种类、内容。

Made by auditlib from seed {seed}. All of it is synthetic: no real company, branch, person or ticket. It imitates the
ticket export of a heating company for 2025-11-01 to 2026-03-31, taken at 2026-04-05 00:00:00 (Beijing time). The keys
of users (U) and problems (W) are invented; there are no names, telephone numbers or addresses. The tickets are encoded
in GB18030, all else in UTF-8. faults.csv lists the planted data faults: file, row (the header is row 1), column, kind
of fault, what was found.
"""


def write_heating_winter(folder: Path, seed: int = 2025) -> None:
    """The export of the made-up winter: four tables, the list of planted faults and a README, into ``folder``.

    ``params/mappings/heating-winter.yaml`` turns the tables into a ledger.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    branches = branches_of_winter()
    units = [
        [branch.code, branch.name, branch.group, OPENED.get(branch.code, "2025-10-01"),
         f"{ENGLISH[branch.name]} branch", ENGLISH[branch.group]]
        for branch in branches
    ]  # fmt: skip
    header, drawn = tickets(rng, branches)
    tables: tuple[tuple[str, list[str], list[Row], str | None], ...] = (
        (TICKETS, header, drawn, "GD-{:06d}"),
        (EVENTS, EVENT_COLUMNS, channel_events(rng, branches), "SJ-{:04d}"),
        (SUBMISSIONS, SUBMISSION_COLUMNS, submissions(rng, branches), None),
        (UNITS, UNIT_COLUMNS, units, None),
    )
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[Row] = []
    for name, columns, clean, number in tables:
        rows = plant_faults(rng, name, columns, clean, number, faults)
        if name == SUBMISSIONS:
            _write_xlsx(folder / name, columns, rows)
        else:
            _write_csv(folder / name, columns, rows, "gb18030" if name == TICKETS else "utf-8")
    _write_csv(folder / "faults.csv", ["file", "row", "column", "kind", "found"], faults, "utf-8")
    write_atomically(folder / "README.txt", README.format(seed=seed).encode("utf-8"))


def _write_csv(file: Path, header: list[str], rows: list[Row], encoding: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    write_atomically(file, text.getvalue().encode(encoding))


def _write_xlsx(file: Path, header: list[str], rows: list[Row]) -> None:
    """A workbook that is the same in every byte: a fixed date of creation, members stored as they are."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": "合成数据 synthetic data", "created": AS_OF})
        page = workbook.add_worksheet(file.stem)
        style = workbook.add_format({"num_format": "yyyy/mm/dd hh:mm:ss"})
        for line, row in enumerate([header, *rows]):
            for column, value in enumerate(row):
                page.write(line, column, value, style if isinstance(value, datetime) else None)
    stored = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.create_system = 3
            target.writestr(member, source.read(name))
    write_atomically(file, stored.getvalue())
