"""A real disk without room, for the commands that take something in or back: the file is named, nothing is left.

With room again the same command goes on. Commands that only write a new result are tried in ``test_full_disk.py``.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml
from click.testing import Result
from site_data import units, write_run

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of eight megabytes; skips where none may be mounted."""
    place = tmp_path_factory.mktemp("disk")
    mount = shutil.which("mount")
    done = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True)
    if not done or done.returncode:
        pytest.skip("no disk of its own can be mounted here: that needs root and tmpfs")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


@dataclass
class Making:
    """What a command needs: ``place`` is on the disk, ``aside`` is not."""

    place: Path
    aside: Path
    root: Path
    run: Run

    def export(self) -> Path:
        folder = self.aside / "export"
        folder.mkdir()
        (folder / "units.csv").write_text("单位\nA\n", encoding="utf-8")
        rows = "".join(f"C{n},A,2025-12-{n + 1:02}T08:00:00\n" for n in range(20))
        (folder / "cases.csv").write_text(f"工单号,单位,受理时间\n{rows}", encoding="utf-8")
        return folder

    def intake(self) -> list[object]:
        columns = {"case_id": {"column": "工单号"}, "unit": {"column": "单位"}, "received_at": {"column": "受理时间"}}
        mapping = {
            "mapping": "t", "title": {"zh": "试", "en": "test"},
            "registers": {"units": {"from": "units.csv", "columns": {"unit": {"column": "单位"}}},
                          "cases": {"from": "cases.csv", "columns": columns}},
        }  # fmt: skip
        file = self.aside / "mapping.yaml"
        file.write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
        return ["intake", self.export(), "--mapping", file, "--profile", "--out", self.place / "ledger"]

    def draft(self) -> list[object]:
        return ["mapping", "draft", self.export(), "--out", self.place / "m.yaml"]

    def names(self) -> list[object]:
        (self.aside / "people.txt").write_text("刘强\n", encoding="utf-8")
        return ["names", self.aside / "people.txt", "--out", self.place / "names.csv"]

    def company(self, folder: Path) -> Path:
        folder.mkdir()
        (folder / "units.csv").write_text("unit,name\n甲,甲\n", encoding="utf-8")
        (folder / "cases.csv").write_text(
            "case_id,unit,received_at,verified,closed_at\nN1,甲,2024-03-01T09:00,是,2024-04-01\n", encoding="utf-8"
        )
        (folder / "acts.csv").write_text("act_id,case_id,act,at\nA1,N1,核实,2024-03-30\n", encoding="utf-8")
        (folder / "ledger.yaml").write_text("records: {acts: [记录, 核实]}\n", encoding="utf-8")
        return folder

    def duties(self, form: str = "csv") -> list[object]:
        ledger, out = self.company(self.aside / "l"), self.place / f"duties.{form}"
        asked = ("--period", "2024", "--format", form, "--out", out)
        return ["duties", "s25-company-notice", "--ledger", ledger, *asked]

    def duties_xlsx(self) -> list[object]:
        return self.duties("xlsx")

    def sources(self) -> list[object]:
        return ["sources", "--format", "csv", "--out", self.place / "sources.csv"]

    def checks_new(self, out: Path | None = None) -> list[object]:
        ledger = self.company(self.place / "l") if out else self.company(self.aside / "l")
        out = out or self.place / "form.xlsx"
        return ["checks", "new", "s25-company-notice", "--ledger", ledger, "--period", "2024", "--out", out]

    def checks_read(self) -> list[object]:
        form = self.aside / "form.xlsx"
        assert self.run(*self.checks_new(form)).exit_code == 0
        book = openpyxl.load_workbook(form)
        for cell, value in {"G5": "符合", "H5": date(2024, 6, 3), "I5": "办公室", "J5": "抽查"}.items():
            book["核查"][cell] = value
        book.save(form)
        return ["checks", "read", form, "--ledger", self.place / "l"]

    def panel_read(self) -> list[object]:
        folder = self.place / "panel"
        folder.mkdir()
        (folder / "panel.yaml").write_text(
            "panel: example\ntitle: {zh: 试, en: Trial}\nscale: {min: 1, max: 5}\n"
            "items:\n  - {id: a, title: {zh: 甲, en: A}}\n",
            encoding="utf-8",
        )
        assert self.run("panel", "new", folder, "--experts", "1").exit_code == 0
        form = self.aside / "E01.xlsx"
        shutil.move(folder / "questionnaires" / "round-1" / "E01.xlsx", form)
        book = openpyxl.load_workbook(form)
        book["评分"]["D5"], book["评分"]["E5"] = 4, "太泛"
        for row in book["专家情况"].iter_rows(min_row=2):
            row[1].value = {"熟悉程度": "熟悉"}.get(row[0].value, row[1].value)
        book.save(form)
        return ["panel", "read", form, "--panel", folder]

    def revise(self) -> list[object]:
        out = self.place / "s19-handling-posts@2.yaml"
        panel = self.root / "params" / "panels" / "s19-synthetic"
        return ["revise", "s19-handling-posts", "--panel", panel, "--effective", "2027-01-01", "--out", out]

    def sign(self) -> list[object]:
        if shutil.which("ssh-keygen") is None:
            pytest.skip("signs with OpenSSH's ssh-keygen")
        key = self.aside / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        folder = write_run(self.place, "run", {"2025-12": units(2)})
        return ["sign", folder, "--key", key, "--as", "reviewer@bureau"]

    @property
    def heating(self) -> list[object]:
        return ["--ledger", self.root / "params" / "demonstrations" / "s22-heating"]

    def new(self) -> list[object]:
        return ["new", self.place / "own"]

    def chance(self) -> list[object]:
        asked = ("--period", "2025-12", "--draws", "20", "--format", "json", "--out", self.place / "chance.json")
        return ["chance", "s22-heating", *self.heating, *asked]

    def probe(self) -> list[object]:
        return ["probe", self.heating[1], "--only", "round_times", "--format", "json", "--out", self.place / "p.json"]

    def restate(self) -> list[object]:
        asked = ("--scheme", "s22-heating", "--period", "2025-12", "--format", "json", "--out", self.place / "r.json")
        return ["restate", self.heating[1], self.heating[1], *asked]

    def sample_plan(self) -> list[object]:
        asked = ("--confidence", "0.95", "--tolerable", "0.1", "--population", "100", "--out", self.place / "plan")
        return ["sample", "plan", *asked]

    def sample_draw(self) -> list[object]:
        plan = self.place / "plan.yaml"
        planned = self.run("sample", "plan", "--confidence", "0.95", "--tolerable", "0.1", *self.heating, "--out", plan)
        assert planned.exit_code == 0, planned.output
        return ["sample", "draw", plan, *self.heating, "--out", self.place / "drawn.yaml"]

    def papers_new(self, place: Path | None = None) -> list[object]:
        people = ("--auditor", "li", "--auditor", "wang")
        asked = ("--scheme", "s22-heating", "--period", "2025-12", *people)
        return ["papers", "new", (place or self.place) / "papers", *self.heating, *asked]

    def papers_export(self) -> list[object]:
        assert self.run(*self.papers_new(self.aside)).exit_code == 0
        return ["papers", "export", self.aside / "papers", "--out", self.place / "papers.xlsx"]

    def papers_add(self) -> list[object]:
        assert self.run(*self.papers_new()).exit_code == 0
        letter = self.aside / "letter.txt"
        letter.write_text("档案12号\n" * 100, encoding="utf-8")
        return ["papers", "add", self.place / "papers", "--evidence", letter, "--source", "客服部", "--by", "li"]

    def papers_carry(self) -> list[object]:
        assert self.run(*self.papers_new(self.aside)).exit_code == 0
        later = self.aside / "later"
        shutil.copytree(self.heating[1], later)
        cases = later / "cases.csv"
        cases.write_text("".join(cases.read_text("utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
        asked = ("--ledger", later, "--scheme", "s22-heating", "--by", "li")
        return ["papers", "carry", self.aside / "papers", self.place / "papers", *asked]

    def panel_data(self) -> list[object]:
        folder = self.place / "panel"
        shutil.copytree(self.root / "params" / "panels" / "s19-synthetic", folder)
        shutil.rmtree(folder / "questionnaires", ignore_errors=True)
        ledger = self.root / "params" / "demonstrations" / "s19-handling-posts"
        asked = ("--scheme", "s19-handling-posts", "--ledger", ledger, "--period", "2026-03", "--replace")
        return ["panel", "data", folder, *asked]

    def objections(self) -> list[object]:
        run = {
            "run": "one", "title": {"zh": "试", "en": "Trial"}, "scheme": "s22-heating", "ledger": str(self.heating[1]),
            "periods": ["2025-12"], "notebooks": [{"notebook": "unit_audit", "per": "unit"}],
            "issue": {"issuer": {"zh": "客服部", "en": "Service"}, "date": "2026-01-10"},
            "objections": {"deadline": "2026-01-20", "contact": {"zh": "考核办", "en": "Office"}},
        }  # fmt: skip
        file = self.aside / "run.yaml"
        file.write_text(yaml.safe_dump(run, allow_unicode=True), encoding="utf-8")
        return ["objections", "forms", file, "--unit", "B2", "--out", self.place / "forms"]

    def bundle(self) -> list[object]:
        run = self.aside / "sample"
        assert self.run("run", self.root / "params" / "runs" / "sample.yaml", "--out", run).exit_code == 0
        return ["bundle", run, "--out", self.place / "run.bundle.zip"]

    def answered(self) -> Path:
        """A panel of two items that three experts marked."""
        folder = self.aside / "panel"
        folder.mkdir()
        (folder / "panel.yaml").write_text(
            "panel: example\ntitle: {zh: 试, en: Trial}\nscale: {min: 1, max: 5}\nresampling: {draws: 100}\n"
            "items:\n  - {id: a, title: {zh: 甲, en: A}}\n  - {id: b, title: {zh: 乙, en: B}}\n",
            encoding="utf-8",
        )
        (folder / "round-1.csv").write_text("expert,a,b\nE01,4,5\nE02,3,5\nE03,5,4\n", encoding="utf-8")
        return folder

    def panel_export(self) -> list[object]:
        return ["panel", "export", self.answered(), "--out", self.place / "tables"]

    def panel_report(self) -> list[object]:
        return ["panel", "report", self.answered(), "--out", self.place / "report"]

    def site(self) -> list[object]:
        write_run(self.place, "run", {"2025-12": units(2)})
        return ["site", self.place]


def kept(place: Path) -> dict[Path, bytes]:
    """Every file but the empty locks of a site and of papers."""
    return {file: file.read_bytes() for file in place.rglob("*") if file.is_file() and file.suffix != ".lock"}


NAMES = (
    "intake",
    "draft",
    "names",
    "duties",
    "duties_xlsx",
    "sources",
    "checks_new",
    "checks_read",
    "panel_read",
    "revise",
    "sign",
    "site",
    "new",
    "chance",
    "probe",
    "restate",
    "sample_plan",
    "sample_draw",
    "papers_new",
    "papers_export",
    "papers_add",
    "papers_carry",
    "panel_data",
    "objections",
    pytest.param("bundle", marks=pytest.mark.long),
    "panel_export",
    "panel_report",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_command_that_finds_no_room_names_the_file_and_goes_on_with_room(disk, tmp_path, root, run_cli, name):
    place = disk / "work"
    place.mkdir()
    try:
        command = getattr(Making(place, tmp_path, root, run_cli), name)()
        before = kept(place)
        fill = disk / "fill"
        with suppress(OSError), fill.open("wb", buffering=0) as stream:
            while stream.write(b"\0" * 4096):
                pass
        refused = run_cli(*command)
        assert refused.exit_code == 2, refused.output
        last = refused.stderr.splitlines()[-1]
        assert f"{place}/" in last
        assert "No space left on device" in last
        assert kept(place) == before
        fill.unlink()
        done = run_cli(*command)
        assert done.exit_code == 0, done.output
        assert kept(place).keys() > before.keys()
    finally:
        shutil.rmtree(place)
        (disk / "fill").unlink(missing_ok=True)
