"""Every demonstration of a scheme of duties: all its duties are in use, and every kind of result is met."""

import json
from collections import defaultdict

import pytest
import yaml
from demonstrations import DEMONSTRATIONS, OF_DUTIES

from auditlib.core.home import home
from auditlib.scheme.load import load_scheme


@pytest.mark.long
@pytest.mark.parametrize("scheme", OF_DUTIES)
def test_a_demonstration_shows_every_duty_in_use_and_knows_every_act_and_case(scheme: str, run_cli) -> None:
    folder = DEMONSTRATIONS / scheme
    note = yaml.safe_load((folder / "ledger.yaml").read_text(encoding="utf-8"))
    assert note["synthetic"] is True
    assert 2 <= len((folder / "units.csv").read_text(encoding="utf-8").splitlines()) - 1 <= 4
    asked = ("duties", scheme, "--ledger", folder, "--period", note["period"])
    done = run_cli(*asked, "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["as_of"] == str(note["as_of"])
    assert not [one for one in found["warnings"] if "does not know" in str(one)]
    kinds = {notice["kind"] for notice in found["notices"]}
    assert not kinds & {"unknown_act", "act_of_no_case", "act_before_case", "rarely_recorded"}
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for unit in found["units"]:
        for duty in unit["duties"]:
            for status, number in duty["counts"].items():
                counts[duty["id"]][status] += number
    duties = load_scheme(home() / "params" / "schemes" / f"{scheme}.yaml").natural.duties
    declared = [duty for duty in duties if duty.when != "false"]  # only another reading asks for those
    assert not [duty.id for duty in declared if not any(n for s, n in counts[duty.id].items() if s != "not_applicable")]
    over_all = {status for by_status in counts.values() for status, number in by_status.items() if number}
    assert {"met", "missed", "running", "not_assessable"} <= over_all
    assert "late" in over_all or not any(duty.limits for duty in declared)
    for language in ("zh", "en"):
        table = run_cli(*asked, "--language", language)
        assert table.exit_code == 0, table.output
        assert declared[0].title(language) in table.stdout
