"""What people write beside a ledger is searched too: titles, items, names of files. The refusal repeats none of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from auditlib.core.errors import InputError
from auditlib.ledger.demonstration import write_heating_winter
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA
from auditlib.ledger.read import read_ledger

SECRET = "13912345678"
HEATING = Path("params/demonstrations/s22-heating")


def planted(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up export of a winter of heating, as the demonstration takes it in."""
    folder = tmp_path_factory.mktemp("winter") / "export"
    write_heating_winter(folder)
    return folder


@pytest.fixture
def place(root, export, tmp_path) -> Path:
    for name in ("runs/sample.yaml", "mappings/heating-winter.yaml", "panels/s19-synthetic/panel.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / "params" / name, tmp_path / name)
    shutil.copytree(root / HEATING, tmp_path / "ledger")
    shutil.copytree(export, tmp_path / "export")
    return tmp_path


COMMANDS = {
    "runs/sample.yaml": ("run", "{}/runs/sample.yaml", "--out", "{}/out"),
    "mappings/heating-winter.yaml": (
        "intake", "{}/export", "--mapping", "{}/mappings/heating-winter.yaml", "--out", "{}/out"),
    "panels/s19-synthetic/panel.yaml": ("delphi", "{}/panels/s19-synthetic"),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_title_with_personal_data_is_refused_by_kind_and_line(run_cli, place, name) -> None:
    planted(place / name, "zh: ", f"zh: 投诉电话{SECRET} ")
    said = run_cli(*(word.replace("{}", str(place)) for word in COMMANDS[name]))
    assert said.exit_code == 2
    assert f"found 〔手机号，已隐去〕, expected {NO_PERSONAL_DATA}" in said.stderr
    assert SECRET not in said.output
    assert not (place / "out").exists()


def test_what_is_shipped_is_not_refused(run_cli, place) -> None:
    assert run_cli("delphi", "params/panels/s19-synthetic").exit_code == 0
    export, out = place / "export", place / "out"
    mapping = place / "mappings" / "heating-winter.yaml"
    assert run_cli("intake", export, "--mapping", mapping, "--out", out).exit_code in (0, 1)
    assert (out / "ledger.yaml").is_file()


def test_a_register_whose_file_is_named_after_a_person_is_refused_and_the_name_not_repeated(place) -> None:
    (place / "ledger" / "cases.csv").rename(place / "ledger" / f"cases-{SECRET}.csv")
    with pytest.raises(InputError, match="found a file with 〔手机号，已隐去〕 in its name") as caught:
        read_ledger(place / "ledger")
    assert SECRET not in str(caught.value)
    (place / "ledger" / f"cases-{SECRET}.csv").rename(place / "ledger" / "cases-2025.csv")
    assert "cases" in read_ledger(place / "ledger").registers


def test_an_export_whose_file_is_named_after_a_person_is_refused(run_cli, place) -> None:
    file = next((place / "export").glob("*.csv"))
    file.rename(file.with_name(f"{file.stem}-{SECRET}.csv"))
    mapping = place / "mappings" / "heating-winter.yaml"
    planted(mapping, file.name, f"{file.stem}*.csv") if file.name in mapping.read_text() else None
    said = run_cli("intake", place / "export", "--mapping", mapping, "--out", place / "out")
    assert said.exit_code == 2
    assert SECRET not in said.output


@pytest.mark.parametrize("name", ["张伟", SECRET, "zhang.san@example.com"])
def test_an_expert_who_is_named_is_refused_and_the_name_not_repeated(run_cli, root, tmp_path, name) -> None:
    panel = shutil.copytree(root / "params" / "panels" / "s19-synthetic", tmp_path / "panel")
    for file in sorted(panel.glob("*.csv")):
        lines = file.read_text(encoding="utf-8").splitlines()
        _, _, rest = lines[1].partition(",")
        file.write_text("\n".join([lines[0], f"{name},{rest}", *lines[2:]]) + "\n", encoding="utf-8")
    said = run_cli("delphi", panel)
    assert said.exit_code == 2
    assert "expected a pseudonym" in said.stderr
    assert name not in said.output
