"""Ranges over readings are what scoring under every combination, one after the other, gives."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from small_scheme import TITLE, base_scheme, late, outcome, scored

from auditlib.analysis.readings.parts import Scorer, choices
from auditlib.analysis.readings.ranges import spread
from auditlib.analysis.readings.ranks import Board
from auditlib.analysis.readings.totals import Heads, Totals
from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.read import read_ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.load import load_scheme
from auditlib.scoring.score import score

PARAMS = Path(__file__).parents[2] / "params"
NEVER = -(10**9)


def scheme_file(name):
    return load_scheme(PARAMS / "schemes" / f"{name}.yaml")


def by_brute_force(file, ledger, period, fixed, as_of=None):
    """Totals and ranks of every unit, scored anew under each combination of all readings that are not fixed."""
    free = {name: list(r.options) for name, r in file.natural.readings.items() if name not in fixed}
    found = {}
    for chosen in product(*free.values()):
        readings = {**fixed, **dict(zip(free, chosen, strict=True))}
        result = score(
            file.resolve(readings, None, period.first), ledger, period, as_of, calendar=china(), evidence=False
        )
        for unit in result.units:
            found.setdefault(unit.unit, {})[chosen] = (unit.total, unit.rank)
    return found, {name: r.use for name, r in file.natural.readings.items() if name not in fixed}


def agrees(file, ledger, period, fixed, as_of=None, brute_force=None):
    slow, used = brute_force or by_brute_force(file, ledger, period, fixed, as_of)
    fast = spread(file, ledger, period, as_of, readings=fixed)
    assert fast.totals_complete
    assert fast.ranks_complete
    assert {unit.unit for unit in fast.units} == slow.keys()
    for unit in fast.units:
        own = slow[unit.unit]
        totals = [total for total, _ in own.values() if total is not None]
        ranks = [rank for _, rank in own.values() if rank is not None]
        assert (unit.lowest and unit.lowest.value) == min(totals, default=None)
        assert (unit.highest and unit.highest.value) == max(totals, default=None)
        assert (unit.best and unit.best.value) == min(ranks, default=None)
        assert (unit.worst and unit.worst.value) == max(ranks, default=None)
        assert unit.unscored == (len(totals) < len(own))
        assert (unit.total, unit.rank) == own[tuple(used.values())]
        for end, which in ((unit.lowest, 0), (unit.highest, 0), (unit.best, 1), (unit.worst, 1)):
            if end is not None:  # the readings that are named lead there
                assert own[tuple((used | dict(end.readings)).values())][which] == end.value
        alone = {}
        for name, option in ((n, o) for n in used for o in file.natural.readings[n].options if o != used[n]):
            then = own[tuple((used | {name: option}).values())]
            if then != own[tuple(used.values())]:
                alone[name, option] = then
        assert {
            (e.reading, e.option): (e.total, e.rank)
            for e in unit.alone
            if not e.conclusions or (e.total, e.rank) != (unit.total, unit.rank)
        } == alone
    moving = {
        name
        for at, name in enumerate(used)
        for own in slow.values()
        for chosen, value in own.items()
        if own[(*chosen[:at], used[name], *chosen[at + 1 :])] != value
    }
    assert set(fast.readings) == moving
    assert set(fast.idle) == used.keys() - moving
    return fast


@pytest.mark.long
@pytest.mark.parametrize(
    ("scheme", "period", "free"),
    [
        ("s04-hotline", "2025", ["year_end", "month_without_score", "equal_scores", "swapped_units"]),
        (
            "s12-jiangsu-insurance",
            "2025",
            ["premium_numerator", "industry_average", "forced_last_points", "ranked_together"],
        ),
        ("s12-jiangsu-insurance", "2025", ["premium_unit", "media_rungs"]),
        ("s20-office-evaluation", "2025", ["satisfied_share", "missing_method", "one_problem"]),
    ],
)
def test_a_demonstration_ledger_spreads_as_every_combination_scored_by_itself(scheme, period, free) -> None:
    file = scheme_file(scheme)
    fixed = {name: r.use for name, r in file.natural.readings.items() if name not in free}
    agrees(file, read_ledger(PARAMS / "demonstrations" / scheme), Period.parse(period), fixed)


S22_FREE = [
    ["started_or_completed", "contact_clock", "unprinted_floor", "channel_failure_bound"],
    ["overtime_days", "overtime_clock", "working_day_limit", "same_problem"],
    ["percentage_points", "resolution_denominator", "repeat_denominator", "no_complaints"],
    ["satisfaction_scale", "satisfaction_steps", "unprinted_floor", "late_days"],
]


def random_ledger(folder: Path, seed: int, cases: int = 24) -> None:
    """Three units with a few cases each, times scattered about the limits."""
    chance = random.Random(seed)
    start = datetime(2026, 1, 5, 9)

    def later(moment, hours):
        return moment + timedelta(minutes=chance.randrange(0, int(hours * 60)))

    rows = []
    for number in range(cases):
        received = start + timedelta(hours=chance.randrange(0, 400))
        closed = later(received, 150) if chance.random() < 0.8 else None
        rows.append(
            {
                "case_id": f"C{number}",
                "unit": f"U{chance.choice([1, 1, 2, 2, 3])}",
                "kind": chance.choice(["咨询", "投诉", "复杂"]),
                "person_key": f"p{chance.randrange(4)}",
                "problem_key": f"q{chance.randrange(3)}",
                "received_at": received,
                "accepted_at": later(received, 2),
                "contacted_at": later(received, 6),
                "planned_at": later(received, 100),
                "replied_at": later(received, 12),
                "closed_at": closed,
                "resolved": chance.choice(["true", "true", "true", "false"]),
                "satisfaction": chance.choice(["满意", "满意", "基本满意", "不满意"]) if closed else None,
                "missing_items": chance.choice([0, 0, 1]),
            }
        )
    tables = {
        "units": [{"unit": f"U{n}"} for n in (1, 2, 3)],
        "cases": rows,
        "events": [{"event_id": f"E{n}", "unit": f"U{n % 3 + 1}", "at": start, "kind": "渠道故障"} for n in range(5)],
        "submissions": [{"unit": "U1", "kind": "专项任务", "due_at": start, "submitted_at": later(start, 60)}],
    }
    for name, lines in tables.items():
        columns = [column.name for column in REGISTERS[name].columns]
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(
                {k: v.isoformat() if isinstance(v, datetime) else v for k, v in line.items()} for line in lines
            )


@pytest.mark.long
@pytest.mark.parametrize(("seed", "free"), list(enumerate(S22_FREE)))
def test_a_random_ledger_spreads_as_every_combination_scored_by_itself(seed, free, tmp_path) -> None:
    random_ledger(tmp_path, seed)
    file = scheme_file("s22-heating")
    fixed = {name: r.use for name, r in file.natural.readings.items() if name not in free}
    moment = datetime(2026, 2, 10)
    found = agrees(file, read_ledger(tmp_path, moment), Period.parse("2026-01"), fixed, moment)
    assert found.readings  # the ledgers are made so that some reading matters


# --- every rank of every combination ---


def every_rank_agrees(file, ledger, period, free, as_of=None):
    """Compares the rank of every unit under every combination of the ``free`` readings with scoring that one alone.

    Gives the ranks of each combination, as they were found one by one.
    """
    fixed = {name: r.use for name, r in file.natural.readings.items() if name not in free}
    options = {n: (r.use, *(o for o in r.options if o != r.use)) for n, r in file.natural.readings.items() if n in free}
    look = as_of or datetime(2026, 2, 10)
    slow, used = by_brute_force(file, ledger, period, fixed, look)
    natural = score(file.resolve(fixed, None, period.first), ledger, period, look, calendar=china(), evidence=False)
    scorer = Scorer(file, ledger, period, look, options, fixed, {})
    heads = Heads(scorer)
    tables = scorer.tables(heads.pieces())
    laid_out = {unit.unit: Totals(heads, tables, unit.unit).tables(10**6) for unit in natural.units}
    totals, attained = ({code: found[at] for code, found in laid_out.items()} for at in (0, 1))
    board = Board(scorer, tables, totals, attained, natural, 10**6)
    ranks = {
        chosen: {code: own[chosen][1] for code, own in slow.items()} for chosen in product(*map(options.get, used))
    }
    seen = set()
    for row, numbers in enumerate(board.rows):
        own = {name: options[name][number] for name, number in zip(board.readings, numbers, strict=True)}
        found = {unit.unit: board.rank(at, row) for at, unit in enumerate(natural.units)}
        for chosen in (c for c in ranks if own.items() <= dict(zip(used, c, strict=True)).items()):
            assert found == ranks[chosen], chosen
            seen.add(chosen)
    assert seen == ranks.keys()
    agrees(file, ledger, period, fixed, look, (slow, used))
    return ranks


def write(folder: Path, **registers: str) -> None:
    """The registers with all of their columns, those that the text lacks empty."""
    for name, text in registers.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, [column.name for column in REGISTERS[name].columns], restval="")
            writer.writeheader()
            writer.writerows(csv.DictReader(text.splitlines()))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_ranks_of_branches_out_of_different_full_marks_are_those_of_every_combination(seed, tmp_path) -> None:
    """Four or five cases for three units: some have none of a kind, and readings move what is out of how much."""
    random_ledger(tmp_path, 20 + seed, cases=4 + seed % 2)
    free = ("different_maxima", "no_complaints", "resolution_denominator", "repeat_denominator")
    ledger = read_ledger(tmp_path, datetime(2026, 2, 10))
    found = every_rank_agrees(scheme_file("s22-heating"), ledger, Period.parse("2026-01"), free)
    assert {None in ranks.values() for ranks in found.values()} == {True, False}
    assert len({tuple(ranks.values()) for ranks in found.values()}) > 2


@pytest.mark.long
def test_ranks_of_a_year_of_different_full_marks_are_those_of_every_combination(tmp_path) -> None:
    random_ledger(tmp_path, 5, cases=5)
    with (tmp_path / "units.csv").open("a", encoding="utf-8") as stream:
        stream.write("U4" + "," * (len(REGISTERS["units"].columns) - 1) + "\n")  # nothing is known of it
    ledger = read_ledger(tmp_path, datetime(2026, 2, 10))
    file = scheme_file("s22-heating")
    found = every_rank_agrees(file, ledger, Period.parse("2026"), ("different_maxima", "no_complaints"))
    assert {None in ranks.values() for ranks in found.values()} == {True, False}


STATIONS = """case_id,unit,kind,received_at,closed_at,due_at,filed,mediated,mediation_ok,replied_at
1,A,申诉,2026-01-05T09:00:00,2026-01-06T09:00:00,,,true,true,
2,A,举报,2026-01-05T09:00:00,2026-01-06T09:00:00,,true,,,
3,B,申诉,2026-01-05T09:00:00,,,,false,,
4,B,举报,2026-01-07T09:00:00,2026-01-09T09:00:00,,false,,,
5,C,申诉,2026-01-05T09:00:00,,2026-03-01,true,true,false,
6,D,申诉,2026-01-05T09:00:00,2026-01-06T09:00:00,,,true,true,
7,F,举报,2026-01-05T09:00:00,,2026-01-15,true,,,
"""


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "period"), [("s09-chengde-12315", "2026-01"), ("s09-chengde-12315-annual", "2026")])
def test_ranks_of_stations_assessed_on_different_indicators_are_those_of_every_combination(
    scheme, period, tmp_path
) -> None:
    write(tmp_path, units="unit,group\nA,g\nB,g\nC,g\nD,g\nE,h\nF,h\n", cases=STATIONS)
    write(tmp_path, events="unit\n", submissions="unit\n", unit_facts="unit\n", marks="unit\n")
    free = ("assessed_otherwise", "nothing_to_rate", "close_denominator_appeals", "mediation_denominator")
    ledger = read_ledger(tmp_path, datetime(2026, 2, 10))
    found = every_rank_agrees(scheme_file(scheme), ledger, Period.parse(period), free)
    assert len({tuple(ranks.values()) for ranks in found.values()}) > 5


def insurers(folder: Path) -> None:
    """Eight insurers and one of no group: A to D alike in volume, four of all put last, H without premium."""
    lines = dict.fromkeys("ABCDE", "寿险") | dict.fromkeys("FGH", "产险") | {"I": ""}
    cases = [f"{unit}{n},{unit},书面,2025-03-03T09:00:00" for unit in "ABCDFFG" for n in range(4)]
    cases = [f"{n}{row}" for n, row in enumerate(cases)]
    petitions = ["1,A,群体性事件,2", "2,B,敏感期,1", "3,E,敏感期,1", "4,G,敏感期,1", "5,C,,1"]
    late = [f"9{unit},{unit},,1" for unit in "AADF"]
    events = [(row, "非正常上访") for row in petitions] + [(f"{n}{row}", "反馈形式不符") for n, row in enumerate(late)]
    premium = dict.fromkeys("ABCDEFG", 100_000_000) | {"H": 0}
    facts = [f"{unit},2025,branches,10\n{unit},2025,premium_yuan,{yuan}" for unit, yuan in premium.items()]
    write(
        folder,
        units="\n".join(["unit,group", *(f"{unit},{line}" for unit, line in lines.items())]),
        cases="\n".join(["case_id,unit,channel,received_at", *cases]),
        events="\n".join(
            ["event_id,unit,severity,count,kind,at", *(f"{row},{kind},2025-03-03T09:00:00" for row, kind in events)]
        ),
        submissions="unit,kind,due_at,submitted_at\n",
        unit_facts="\n".join(["unit,period,fact,value", *facts]),
    )


@pytest.mark.long
@pytest.mark.parametrize(
    "free",
    [
        ("several_last", "volume_still_equal", "forced_last_points", "ranked_together"),
        ("several_last", "zero_base", "premium_numerator", "ranked_together"),
    ],
)
def test_ranks_of_insurers_put_last_or_without_a_place_are_those_of_every_combination(free, tmp_path) -> None:
    insurers(tmp_path)
    ledger = read_ledger(tmp_path, datetime(2026, 2, 10))
    found = every_rank_agrees(scheme_file("s12-jiangsu-insurance"), ledger, Period.parse("2025"), free)
    assert any(len(set(ranks.values()) - {None}) < len([r for r in ranks.values() if r]) for ranks in found.values())
    assert len({tuple(ranks.values()) for ranks in found.values()}) > 3


@pytest.mark.long
def test_ranks_under_every_reading_of_the_ranking_itself_are_those_of_every_combination(tmp_path) -> None:
    """Different full marks, several put last, a tie-break and either order, all of them open at once."""

    def reading(**options: object) -> dict[str, object]:
        values = {name: {"value": value, "zh": "甲", "en": "A"} for name, value in options.items()}
        return {"clause": "一", "question": TITLE, "use": next(iter(options)), "options": values}

    share = {"title": TITLE, "numerator": "late", "denominator": "received", "zero": "$nothing", "show": "number"}
    scheme = base_scheme(
        readings={
            "maxima": reading(**{name: name for name in ("by_share", "unranked", "apart", "undecided")}),
            "last": reading(undecided="undecided", by_total="by_total"),
            "ties": reading(undecided="undecided", broken={"by": "received", "order": "descending"}),
            "order": reading(descending="descending", ascending="ascending"),
            "nothing": reading(not_assessable="not_assessable", zero=0),
        },
        rates={"lateness": share},
        outcomes=[outcome("last", quantity={"of": "grave", "at_least": 1}, forces_last=True)],
    )
    rule = {"id": "share", "clause": "一", "title": TITLE, "points": 20, "per": "lateness"}
    more = {"id": "share", "title": TITLE, "clause": "一", "max": 20, "start": 0, "floor": 0, "cap": 20}
    scheme["indicators"] += [more | {"rules": [rule]}]  # type: ignore[operator]
    scheme["ranking"] |= {  # type: ignore[operator]
        "within": "all", "different_maxima": "$maxima", "forced_last": "$last", "ties": "$ties", "order": "$order",
    }  # fmt: skip
    cases = {
        "A": [],
        "B": ["按"],
        "C": ["按", "按"],
        "D": late(4),
        "E": ["重"],
        "F": ["重", *late(2)],
        "G": [],
        "H": [],
    }
    scored(tmp_path, scheme, cases)
    ledger = read_ledger(tmp_path, datetime(2025, 7, 5))
    file = load_scheme(tmp_path / "small.yaml")
    free = ("maxima", "last", "ties", "order", "nothing")
    found = every_rank_agrees(file, ledger, Period.parse("2025-06"), free, datetime(2025, 7, 5))
    assert len({tuple(ranks.values()) for ranks in found.values()}) > 8


def test_the_alternatives_of_the_source_are_the_ends_of_the_range(tmp_path) -> None:
    """S22-20: 70, 20 and 10 ratings make 82; full steps of 5 leave 15 points, started ones 12, in proportion 13.2."""
    ratings = ["满意"] * 70 + ["基本满意"] * 20 + ["不满意"] * 10
    received = datetime(2026, 1, 5, 9)
    with (tmp_path / "units.csv").open("w") as stream:
        stream.write("unit\n甲\n")
    for name in ("cases", "events", "submissions"):
        columns = [column.name for column in REGISTERS[name].columns]
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            if name == "cases":
                for number, rating in enumerate(ratings):
                    row = {"case_id": number, "unit": "甲", "kind": "投诉", "satisfaction": rating, "resolved": "true"}
                    times = dict.fromkeys(
                        ("received_at", "accepted_at", "contacted_at", "planned_at", "closed_at"), received.isoformat()
                    )
                    writer.writerow(row | times | {"redone": "true", "reviewed_at": received.isoformat()})
    file = scheme_file("s22-heating")
    fixed = {name: r.use for name, r in file.natural.readings.items() if name != "satisfaction_steps"}
    moment = datetime(2026, 2, 1)
    (unit,) = spread(file, read_ledger(tmp_path, moment), Period.parse("2026-01"), moment, readings=fixed).units
    assert {(e.option, str(e.delta)) for e in unit.alone} == {("started", "-3"), ("proportional", "-9/5")}
    assert unit.highest.value - unit.lowest.value == 3


@pytest.mark.long
def test_of_too_many_combinations_the_options_alone_and_in_pairs_are_looked_at_and_it_says_so(run_cli) -> None:
    folder = PARAMS / "demonstrations" / "s20-office-evaluation"
    common = ("score", "s20-office-evaluation", "--ledger", folder, "--period", "2025", "--reading", "all")
    whole = json.loads(run_cli(*common, "--format", "json").stdout)
    cut = json.loads(run_cli(*common, "--format", "json", "--limit", 4).stdout)
    assert (whole["totals_complete"], whole["ranks_complete"]) == (True, True)
    assert (cut["totals_complete"], cut["ranks_complete"]) == (True, False)  # no unit feels more than two readings
    for one, other in zip(whole["units"], cut["units"], strict=True):
        assert one["alone"] == other["alone"]
        assert float(one["lowest"]["value"]) <= float(other["lowest"]["value"])
    told = run_cli(*common, "--limit", 4)
    assert "ranks: too many combinations; only each option alone and every two together were looked at" in told.stderr


def test_singles_and_pairs_are_all_there_are_of_two_readings() -> None:
    options = {"a": ("x", "y", "z"), "b": ("x", "y")}
    cut, complete = choices(("a", "b"), options, 0)
    assert complete
    assert sorted(cut) == sorted(product("xyz", "xy"))
    assert choices((), options, 0) == ([()], True)


@pytest.mark.long
def test_a_reading_that_is_decided_beside_all_stays_fixed(run_cli) -> None:
    folder = PARAMS / "demonstrations" / "s20-office-evaluation"
    common = ("score", "s20-office-evaluation", "--ledger", folder, "--period", "2025", "--reading", "all")
    fixed = json.loads(run_cli(*common, "--reading", "satisfied_share=share", "--format", "json").stdout)
    assert fixed["fixed"] == {"satisfied_share": "share"}
    assert fixed["in_use"]["satisfied_share"] == "share"
    assert "satisfied_share" not in [reading["id"] for reading in fixed["readings"]]
    alone = json.loads(run_cli(*common[:-2], "--reading", "satisfied_share=share", "--format", "json").stdout)
    assert [unit["total"] for unit in fixed["units"]] == [unit["total"] for unit in alone["units"]]


@pytest.mark.long
def test_a_target_that_a_reading_turns_is_shown_though_there_are_no_totals(run_cli) -> None:
    folder = PARAMS / "demonstrations" / "s02-fujian-three-rates"
    common = ("score", "s02-fujian-three-rates", "--ledger", folder, "--period", "2025-12")
    found = json.loads(run_cli(*common, "--reading", "all", "--format", "json").stdout)
    moved = {
        (unit["unit"], e["reading"], e["option"], c["id"], c["in_use"], c["then"])
        for unit in found["units"]
        for e in unit["alone"]
        for c in e["conclusions"]
    }
    used = json.loads(run_cli(*common, "--format", "json").stdout)
    other = json.loads(run_cli(*common, "--reading", "connection_figures=test_calls", "--format", "json").stdout)
    met = [{(u["unit"], i["id"]): i.get("met") for u in r["units"] for i in u["indicators"]} for r in (used, other)]
    words = {None: "open", True: "yes", False: "no"}
    turned = {(*key, words[met[0][key]], words[met[1][key]]) for key in met[0] if met[0][key] != met[1][key]}
    assert turned
    assert {
        (u, i, old, new) for u, r, o, i, old, new in moved if (r, o) == ("connection_figures", "test_calls")
    } == turned


def test_a_unit_that_is_ranked_elsewhere_has_its_own_group_beside(run_cli) -> None:
    asked = ("score", "s04-hotline", "--ledger", "s04-hotline", "--period", "2025-03", "--reading", "all")
    by_name = {unit["unit"]: unit for unit in json.loads(run_cli(*asked, "--format", "json").stdout)["units"]}
    assert (by_name["X镇"]["group"], by_name["X镇"]["ranked_in"]) == ("镇", "街道办事处")
    rows = {row["unit"]: row for row in csv.DictReader(io.StringIO(run_cli(*asked, "--format", "csv").stdout))}
    assert (rows["X镇"]["group"], rows["X镇"]["ranked_in"]) == ("镇", "街道办事处")


def test_csv_has_a_row_a_unit_and_xlsx_is_refused(run_cli, tmp_path) -> None:
    folder = PARAMS / "demonstrations" / "s04-hotline"
    common = ("score", "s04-hotline", "--ledger", folder, "--period", "2025", "--reading", "all")
    done = run_cli(*common, "--format", "csv", "--out", tmp_path / "x.csv")
    assert done.exit_code == 0
    rows = list(csv.DictReader((tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["lowest"], row["highest"]) for row in rows if row["unit"] == "新城街道办事处"] == [("93", "186")]
    assert run_cli(*common, "--format", "xlsx", "--out", tmp_path / "x.xlsx").exit_code == 2
    refused = run_cli("explain", *common[1:], "--unit", "X镇")
    assert refused.exit_code == 2
    assert "found all, expected one of the readings" in refused.stderr
