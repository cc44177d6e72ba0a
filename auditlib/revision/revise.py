# ruff: noqa: E501 — the entry is written as it stands in the file
"""A new dated version of a scheme whose maxima come from a panel: the old file's text, with other values and dates."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from auditlib.core.errors import InputError, Problem
from auditlib.core.exact import Rounding
from auditlib.core.files import write_atomically
from auditlib.core.hashes import digest, file_sha256
from auditlib.core.values import Text
from auditlib.delphi.analysis import analyse
from auditlib.delphi.cautions import cautions
from auditlib.delphi.rounds import Panel, panel_files, read_panel
from auditlib.revision.maxima import panel_maxima
from auditlib.revision.scaling import Scaled, scaled_points
from auditlib.revision.splice import YamlText
from auditlib.scheme.load import SchemeFile, load_scheme
from auditlib.scheme.model import Scheme
from auditlib.scheme.revision_note import last_day

__all__ = ["RevisedScheme", "panel_sha256", "revise"]


@dataclass(frozen=True)
class RevisedScheme:
    """The text of a new version, and what it changes."""

    text: str
    version: str
    effective: date
    old: Scheme
    maxima: Mapping[str, Fraction]
    gaps: Mapping[str, str]
    """Gaps whose supplied values belong to the new scale, each with its indicator."""
    old_ends: date
    """The last day of the old version, whose file stays as it is."""
    cautions: tuple[Text, ...]
    """Where the panel's experts do not agree on the weights, or still move."""


def panel_sha256(panel: Panel) -> str:
    """The hash of what a panel was asked and answered: names and contents of the files that it was read from."""
    return digest([[file.name, file_sha256(file)] for file in panel_files(panel)])


def revise(
    file: SchemeFile,
    folder: Path,
    effective: date,
    version: str | None = None,
    rounding: Rounding | None = None,
    others: Iterable[Scheme] = (),
) -> RevisedScheme:
    """``file`` with the weights of the last round of the panel in ``folder``, in force from a day on.

    Only the version, the dates, the maxima and the points that follow them change; an entry ``revision`` is added,
    which cites the panel and ends the old version on the day before. ``others`` are the other versions there are.
    Raises :class:`InputError` where the days overlap, the panel does not match the scheme, or points cannot be scaled.
    """
    old = file.natural
    written = _new_version(file, version, others)
    problems = [*_overlaps(file, effective, [old, *others])]
    if old.extends is not None:
        message = f"found {old.extends}, expected a scheme that stands in one file; revise that one"
        problems.append(file.tree.problem(("extends",), message))
    if problems:
        raise InputError(problems)
    panel = read_panel(folder)
    digits = panel.declared.digits
    if rounding is not None and rounding.digits < digits:
        message = f"found {rounding.digits} for points, expected at least the {digits} of the maxima"
        raise InputError.at(folder / "panel.yaml", "digits", message)
    maxima = panel_maxima(old, panel)
    scaled = scaled_points(file, maxima, rounding)
    entry = _revision_entry(old, panel, rounding)
    text = _written(file.tree.file.read_text(encoding="utf-8"), scaled, written, effective, entry)
    _must_load(text, f"{old.scheme}@{written}.yaml")
    day_before = effective - timedelta(days=1)
    return RevisedScheme(
        text,
        written,
        effective,
        old,
        maxima,
        scaled.gaps,
        min(day_before, old.effective.last or date.max),
        cautions(analyse(panel)),
    )


def _new_version(file: SchemeFile, version: str | None, others: Iterable[Scheme]) -> str:
    old = file.natural.version
    if version is None and not old.isdecimal():
        message = f"found {old}, which has no next whole number; expected the new version to be named"
        raise InputError(file.tree.problem(("version",), message))
    new = version if version is not None else str(int(old) + 1)
    if not new.replace(".", "").replace("-", "").isalnum() or not new.isascii():
        raise InputError(file.tree.problem(("version",), f"found {new!r}, expected letters, digits, . or -"))
    if new in {old, *(other.version for other in others)}:
        raise InputError(file.tree.problem(("version",), f"found version {new} already there, expected another name"))
    return new


def _overlaps(file: SchemeFile, effective: date, versions: list[Scheme]) -> Iterable[Problem]:
    """The versions in force on the first day of the new one or later, but the old one where it is open at its end."""
    for one in versions:
        first, last = one.effective.first or date.min, last_day(one, versions)
        if last < effective or (one is file.natural and first < effective and last == date.max):
            continue
        span = f"from {one.effective.first or 'the beginning'} to {'no end' if last == date.max else last}"
        message = f"found version {one.version} in force {span}, expected no version from {effective} on"
        if first < effective and last == date.max:
            message += " but the one that is revised"
        yield file.tree.problem(("effective",), message)


def _revision_entry(old: Scheme, panel: Panel, rounding: Rounding | None) -> str:
    declared, last = panel.declared, panel.last
    points = "exact" if rounding is None else f"{{digits: {rounding.digits}, mode: {rounding.mode}}}"
    zh_points = "" if rounding is None else f"，再四舍五入到{rounding.digits}位小数"
    en_points = "exactly" if rounding is None else f"rounded half up to {rounding.digits} decimals"
    zh_made, en_made = (
        ("（合成数据，并非真实调查）", " (synthetic data, no survey)") if declared.synthetic else ("", "")
    )
    synthetic = ", synthetic: true" if declared.synthetic else ""
    total = sum((one.max for one in old.indicators if one.max is not None), Fraction(0))
    return f"""revision:
  of: "{old.version}"
  panel: {{panel: {declared.panel}, round: {last.number}, experts: {last.returned}, digits: {declared.digits}{synthetic}, sha256: {panel_sha256(panel)}}}
  points: {points}
  note:
    zh: 各指标满分按专家组 {declared.panel} 第{last.number}轮的权重重定{zh_made}：总分{total}分乘以权重，保留{declared.digits}位小数，按最大余数法分配；指标内的各项分值按新旧满分之比同比例调整{zh_points}。条款引文和已知问题的说明仍按来源原文，其中的分值是调整前的。
    en: "The maxima follow the weights of round {last.number} of the panel {declared.panel}{en_made}: {total} points times the weight, {declared.digits} decimals by largest remainders. Points inside an indicator change in proportion to its maximum, {en_points}. Clauses and known findings stay as the source has them, with the points of before."
"""


def _written(text: str, scaled: Scaled, version: str, effective: date, entry: str) -> str:
    document = YamlText(text)
    for place, value in scaled.numbers.items():
        document.replace_number(place, value)
    document.replace_word(("version",), version)
    document.replace_word(("effective", "from"), effective.isoformat())
    if document.has(("effective", "until")):
        document.replace_word(("effective", "until"), "null")
    document.remove("revision")
    document.put_after("effective", entry)
    return document.changed()


def _must_load(text: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        write_atomically(file, text.encode("utf-8"), durable=False)
        load_scheme(file, name)
