"""Files that are no text, made small for the fuzzer: workbooks, Parquet, packed tables, forms of Word, a bundle.

What may happen to them: bytes that change, go, come, or are there twice, and an end too soon; in a packed file also to
one of its members, whose checksum is right again afterwards, and members that are gone or stand in each other's place.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from auditlib.core.hashes import file_sha256
from auditlib.delphi.forms.questionnaire import new_panel
from auditlib.runs.bundle import FORMAT

__all__ = ["BINARY", "MAPPING", "Change", "spoilt_binary", "write_binary_files"]

BINARY = ("workbook", "old workbook", "parquet", "packed text", "form", "bundle")
"""The folders of files, by what reads them."""
MAPPING = """
mapping: binary
title: {zh: 试, en: Fuzzed}
registers:
  units: {from: "cases.*", distinct: true, columns: {unit: {column: 单位}}}
  cases:
    from: "cases.*"
    columns:
      case_id: {column: 编号}
      unit: {column: 单位}
      received_at: {column: 收件, time: "%Y-%m-%d %H:%M:%S"}
      due_at: {column: 期限, time: "%Y-%m-%d"}
      closed_at: {column: 办结, time: "%Y-%m-%d %H:%M:%S"}
    extra_columns: {fee: {column: 金额}, note: {column: 备注}}
"""
Change = tuple[str, int, int, str]


def write_binary_files(folder: Path, panel: Path) -> None:
    """One small file of every kind, each kind in a folder of its own; old workbooks only where LibreOffice is."""
    for kind in BINARY:
        (folder / kind).mkdir(parents=True)
    table = _table()
    table.write_excel(folder / "workbook" / "cases.xlsx", worksheet="一月")
    table.write_parquet(folder / "parquet" / "cases.parquet", row_group_size=16)
    text = table.write_csv(datetime_format="%Y-%m-%d %H:%M:%S").encode()
    (folder / "packed text" / "cases.csv.gz").write_bytes(gzip.compress(text, mtime=0))
    if (office := shutil.which("soffice")) is not None:
        profile = (folder / "office").resolve().as_uri()
        for ending in ("xls", "ods"):
            made = folder / "old workbook" / ending
            command = [
                office,
                f"-env:UserInstallation={profile}",
                "--headless",
                "--convert-to",
                ending,
                "--outdir",
                made,
            ]
            subprocess.run([*command, folder / "workbook" / "cases.xlsx"], capture_output=True, timeout=900)
        shutil.rmtree(folder / "office", ignore_errors=True)
    shutil.copytree(panel, folder / "form", dirs_exist_ok=True)
    new_panel(folder / "form", 3)
    _write_bundle(folder / "bundle" / "small.bundle.zip", {"home/a.yaml": b"a: 1\n" * 99, "reports/r/x.html": b"<p>"})


def _table() -> pl.DataFrame:
    start = datetime(2026, 1, 5, 8, 30)
    rows = [
        (f"GD-{n:04}", f"{'东南西北'[n % 4]}区", start + timedelta(hours=n), (start + timedelta(days=n)).date(),
         start + timedelta(days=2, hours=n) if n % 5 else None, n / 4, "满意, “很”" if n % 3 else None)
        for n in range(40)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["编号", "单位", "收件", "期限", "办结", "金额", "备注"], orient="row")


def _write_bundle(file: Path, members: dict[str, bytes]) -> None:
    place = file.with_suffix(".part")
    sealed = {}
    for name, content in members.items():
        place.write_bytes(content)
        sealed[name] = file_sha256(place)
    place.unlink()
    index = {"format": FORMAT, "files": sealed, "places": {}, "run": "r"}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle.json", json.dumps(index))
        for name, content in members.items():
            archive.writestr(name, content)


def spoilt_binary(content: bytes, changes: list[Change], text: Callable[[bytes, list[Change]], bytes]) -> bytes:
    """A file after some changes; ``text`` makes those of a text, which what is packed mostly is."""
    for kind, first, second, word in changes:
        if kind.startswith("member") and content.startswith(b"PK"):
            content = _with_member(content, (kind.removeprefix("member "), first, second, word), text)
        elif kind.startswith("member") and content.startswith(b"\x1f\x8b"):
            inside = gzip.decompress(content) if _is_sound(content) else b""
            content = gzip.compress(_changed(inside, (kind.removeprefix("member "), first, second, word), text))
        else:
            content = _changed(content, (kind.removeprefix("member "), first, second, word), text)
    return content


def _is_sound(content: bytes) -> bool:
    try:
        gzip.decompress(content)
    except (OSError, EOFError, gzip.zlib.error):  # type: ignore[attr-defined]
        return False
    return True


def _with_member(content: bytes, change: Change, text: Callable[[bytes, list[Change]], bytes]) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    except Exception:  # it was spoilt before
        return _changed(content, change, text)
    kind, first, second, _ = change
    at, other = (place % max(len(members), 1) for place in (first, second))
    if not members:
        return content
    if kind == "gone":
        del members[at]
    elif kind == "again":
        members.append(members[at])
    elif kind == "exchanged":
        one, two = members[at], members[other]
        members[at], members[other] = (one[0], two[1]), (two[0], one[1])
    elif kind == "renamed":
        members[at] = ("../" * (second % 3) + (change[3][:200] or "-"), members[at][1])
    else:
        members[at] = (members[at][0], _changed(members[at][1], (kind, second, first, change[3]), text))
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # two members of one name are meant
        for name, own in members:
            archive.writestr(name.encode("utf-8", "replace").decode(), own)
    return made.getvalue()


def _changed(content: bytes, change: Change, text: Callable[[bytes, list[Change]], bytes]) -> bytes:
    kind, first, second, word = change
    at = first % (len(content) + 1)
    own = word.encode("utf-8", "replace")[:4096]
    if kind == "flip":
        return content[:at] + bytes([second % 256]) + content[at + 1 :]
    if kind == "cut":
        return content[:at]
    if kind == "part":
        return content[at:]
    if kind == "drop":
        return content[:at] + content[at + 1 + second % 64 :]
    if kind == "insert":
        return content[:at] + own + content[at:]
    if kind == "instead":
        return content[:at] + own + content[at + len(own) :]
    if kind == "twice":
        return content[: at + second % 4096] + content[at:]
    if kind == "number":  # what says how long or how many, where a file is no text
        return content[:at] + (second * 4093).to_bytes(8, "little")[: 1 + second % 8] + content[at + 1 + second % 8 :]
    return text(content, [(kind, first, second, word)])
