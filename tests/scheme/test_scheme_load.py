"""Scheme files: each way to be wrong with its message, and how readings, values, gaps and versions come in."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_tree
from auditlib.scheme.hoisting import hoisted
from auditlib.scheme.load import find_scheme, load_scheme, loaded, scheme_files
from auditlib.scheme.nodes import with_branches
from auditlib.scheme.section_shapes import with_shapes

TESTS = Path(__file__).parents[1]
BAD = sorted((TESTS / "bad").glob("*.yaml"))


def problems_of(action):
    """What is said, without columns: whether these are right is asked of all files together."""
    with pytest.raises(InputError) as caught:
        action()
    return [re.sub(r"^(\S+:\d+):\d+: ", r"\1: ", line) for line in str(caught.value).splitlines()]


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_scheme_with_one_fault_is_refused_with_exactly_its_message(file):
    head = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("# expected: ")]
    assert problems_of(lambda: load_scheme(file, str(file.relative_to(TESTS)))) == [
        line.removeprefix("# expected: ") for line in head
    ]


@pytest.mark.long
def test_the_column_of_a_fault_is_where_its_key_or_item_begins():
    looked_at = 0
    for file in BAD:
        with pytest.raises(InputError) as caught:
            load_scheme(file)
        text = file.read_text(encoding="utf-8").splitlines()
        for problem in caught.value.problems:
            if problem.line is None or problem.message.startswith("not YAML"):
                continue
            assert problem.column is not None
            rest = text[problem.line - 1][problem.column - 1 :]
            key = re.split(r"[.\[]", problem.path)[-1]
            if rest.startswith((f"{key}:", f'"{key}":')):
                looked_at += 1
            else:  # an item of a list, a value by itself, or a file as a whole
                assert rest[:1] not in ("", " ", ","), f"{file.name}: {problem}"
                assert text[problem.line - 1][: problem.column - 1].strip(" -")[-1:] in ("", "{", "[", ",", ":"), (
                    problem
                )
    assert looked_at > 60


def test_there_is_a_bad_file_for_every_policy_that_a_source_can_leave_open():
    left_open = "step_mode zero_denominator floor cap bound open clock ties rounding_mode period_policy gap_policy"
    assert {f"missing_{policy}" for policy in left_open.split()} <= {file.stem for file in BAD}


BOUNDARIES = {
    "shortfall_every_nothing": ("every: 0,", 'every: "0.0001",'),
    "step_of_nothing": ("every: {days: 0}", "every: {days: 1}"),
    "step_over_less_than_nothing": ("over: {days: -1}", "over: {days: 0}"),
    "window_of_nothing": ("{hours: 0}", "{hours: 1}"),
    "window_of_nothing_by_a_reading": ("value: {days: 0,", "value: {days: 1,"),
    "limit_of_nothing": ("{hours: 0}", "{minutes: 1}"),
    "limit_in_days_below_nothing": ("{days: -1,", "{days: 0,"),
    "place_of_nobody": ("top: 0", "top: 1"),
    "range_upside_down": ("low: 3, high: 2", "low: 2, high: 2"),
    "range_of_rows": ("where: late, low: 2}", "where: late}"),
    "consequence_upside_down": ("low: 12, high: 6", "low: 6, high: 6"),
    "gap_upside_down": ("low: 1, high: 0", "high: 0"),
    "multiplier_by_nothing": ("by: 0,", 'by: "0.5",'),
    "until_before_from": ("until: 2024-12-31", "until: 2025-01-01"),
    "no_periods": ("periods: []", "periods: [year]"),
    "period_twice": ("[month, quarter, month]", "[month, quarter, year]"),
    "outcome_that_bars_itself": (", bars: [praise]", ", bars: []"),
    "words_that_differ_by_blanks": ("[重 大, 一般, 重大]", "[重 大, 一般, 重]"),
}


@pytest.mark.parametrize("name", BOUNDARIES)
def test_the_nearest_value_that_can_be_meant_loads(name, tmp_path):
    text = (TESTS / "bad" / f"{name}.yaml").read_text(encoding="utf-8")
    fault, right = BOUNDARIES[name]
    assert text.count(fault) == 1
    file = tmp_path / "small.yaml"
    file.write_text(text.replace(fault, right), encoding="utf-8")
    assert load_scheme(file).natural.scheme == "small"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("90", "a value from 0 to 1"),
        ("-0.1", "a value from 0 to 1"),
    ],
)
def test_a_share_that_a_gap_lacks_is_supplied_as_a_fraction(given, expected):
    file = load_scheme(TESTS.parent / "params" / "schemes" / "s18-anhui-telecom.yaml", "s18.yaml")
    missing = "target of the pre-processing rate (as a fraction of 1)"
    assert problems_of(lambda: file.resolve(supplied={"preprocess_target": given})) == [
        f"s18.yaml:84: --set preprocess_target [(2)]: found {given}, expected {expected} ({missing})"
    ]
    for possible in ("0", "0.9", "1"):
        assert file.resolve(supplied={"preprocess_target": possible}).supplied == {
            "preprocess_target": Fraction(possible)
        }


def test_a_penalty_that_a_gap_lacks_is_not_supplied_as_a_bonus():
    file = load_scheme(TESTS.parent / "params" / "schemes" / "s18-anhui-telecom.yaml", "s18.yaml")
    assert problems_of(lambda: file.resolve(supplied={"resolution_penalty": "1", "network_means_bonus": "-1"})) == [
        "s18.yaml:89: --set resolution_penalty [1.3(2)]: found 1, expected at most 0 (points below that threshold"
        " (negative))",
        "s18.yaml:91: --set network_means_bonus [1.3(3)]: found -1, expected at least 0 (points of the incentive)",
    ]
    assert file.resolve(supplied={"resolution_penalty": "-1", "network_means_bonus": "1"}).supplied


# --- a scheme without fault ---


SMALL = """\
scheme: small
version: "1"
title: {zh: 小方案, en: Small scheme}
source: {document: small.txt, title: {zh: 小方案, en: Small scheme}, last_checked: 2026-01-01}
effective: {from: 2025-01-01, until: 2025-12-31}
periods: [month]
clauses:
  一: {quote: 逾期每天扣1分}
  二: {quote: 未解决每件扣分}
readings:
  day_begun:
    clause: 一
    question: {zh: 不足1天如何计, en: Does a day begun count?}
    use: completed
    options:
      completed: {value: floor, zh: 满1天才计, en: completed days only}
      started: {value: ceil, zh: 不足1天按1天计, en: every day begun}
  counted:
    clause: 二
    question: {zh: 哪些未解决, en: Which ones are unsolved?}
    use: all
    options:
      all: {value: unsolved, zh: 全部, en: all}
      closed: {value: unsolved_closed, zh: 已办结的, en: those closed}
  denominator:
    clause: 二
    question: {zh: 分母, en: A share of what?}
    use: received
    options:
      received: {value: received, zh: 全部, en: all}
      closed: {value: closed, zh: 已办结, en: closed}
gaps:
  lost_points: {clause: 二, missing: {zh: 分值缺失, en: the points are missing}, policy: exclude}
values:
  full:
    2025-01-01: 10
    2025-07-01: 12
columns:
  cases:
    days_late:
      steps: {from: due_at, to: closed_at, open: as_of, clock: continuous, over: {days: 0}, every: {days: 1},
              mode: $day_begun}
    doubled: {sql: days_late * 2}
measures:
  received: {title: {zh: 收件, en: Received}, register: cases}
  closed: {title: {zh: 办结, en: Closed}, register: cases, where: closed_at is not null}
  late: {title: {zh: 逾期, en: Late}, register: cases, where: doubled > 0}
  unsolved: {title: {zh: 未解决, en: Unsolved}, register: cases, where: not resolved}
  unsolved_closed: {title: {zh: 未解决, en: Unsolved}, register: cases, where: not resolved and closed_at is not null}
rates:
  unsolved_rate: {title: {zh: 率, en: Rate}, numerator: unsolved, denominator: $denominator, zero: 0, show: percent}
indicators:
  - id: timeliness
    title: {zh: 时效, en: Timeliness}
    clause: 一
    max: $full
    start: $full
    floor: 0
    cap: $full
    rules:
      - {id: late, clause: 一, title: {zh: 逾期, en: Late}, points: -1, per: late}
      - {id: plain, clause: 一, title: {zh: 收件, en: Received}, points: -1, per: received}
  - id: solution
    title: {zh: 解决, en: Solution}
    clause: 二
    max: 5
    start: 5
    floor: 0
    cap: 5
    rules:
      - {id: each, clause: 二, title: {zh: 每件, en: Each}, points: -1, per: $counted}
      - {id: lost, clause: 二, title: {zh: 缺, en: Lost}, points: $lost_points, per: unsolved}
      - {id: rate, clause: 二, title: {zh: 率, en: Rate}, points: -1, when: {of: unsolved_rate, above: "0.1"}}
ranking: {clause: null, by: total, order: descending, within: all, different_maxima: undecided, ties: undecided}
rounding: {digits: 2, mode: half_up}
"""


def written(folder, text=SMALL, name="small.yaml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def small(tmp_path):
    return load_scheme(written(tmp_path), "small.yaml")


def line_of(text, mark):
    (line,) = [number for number, line in enumerate(text.splitlines(), 1) if mark in line]
    return line


def rule_of(resolved, indicator, rule):
    return next(r for i, r in resolved.scheme.rules() if (i.id, r.id) == (indicator, rule))


def step_mode(resolved):
    return resolved.scheme.columns["cases"]["days_late"].steps.mode


def test_the_readings_in_use_are_those_of_the_file_unless_others_are_chosen(small):
    assert step_mode(small.resolve()) == "floor"
    assert step_mode(small.resolve({"day_begun": "started"})) == "ceil"
    assert small.resolve({"day_begun": "started"}).readings == {
        "day_begun": "started", "counted": "all", "denominator": "received",
    }  # fmt: skip
    assert rule_of(small.resolve({"counted": "closed"}), "solution", "each").per == "unsolved_closed"


def test_a_reading_reaches_every_rule_that_hangs_on_it_and_no_other(small):
    resolved = small.resolve()
    assert {key: names for key, names in resolved.rule_readings.items() if names} == {
        ("timeliness", "late"): ("day_begun",),  # through a measure, a column and the column behind it
        ("solution", "each"): ("counted",),  # in the rule itself
        ("solution", "rate"): ("denominator",),  # through a rate
    }
    assert small.resolve({"day_begun": "started"}).readings_of("timeliness", "late") == {"day_begun": "started"}
    assert resolved.readings_of("timeliness", "plain") == {}


@pytest.mark.parametrize(
    ("day", "full"),
    [(date(2025, 1, 1), 10), (date(2025, 6, 30), 10), (date(2025, 7, 1), 12), (date(2030, 1, 1), 12), (None, 12)],
)
def test_a_dated_value_is_the_one_in_force_on_the_day(small, day, full):
    assert small.resolve(on=day).scheme.indicators[0].max == full


def test_a_day_before_every_value_is_refused(small):
    (problem,) = problems_of(lambda: small.resolve(on=date(2024, 12, 31)))
    line = line_of(SMALL, "  full:")
    assert problem == f"small.yaml:{line}: values.full: no value is in force on 2024-12-31"


def test_a_rule_waits_for_its_gap_until_it_is_supplied(small):
    assert rule_of(small.resolve(), "solution", "lost").gap == "lost_points"
    resolved = small.resolve(supplied={"lost_points": "-0.1"})
    rule = rule_of(resolved, "solution", "lost")
    assert (rule.gap, rule.points, rule.per) == (None, Fraction(-1, 10), "unsolved")
    assert resolved.supplied == {"lost_points": Fraction(-1, 10)}


def test_unknown_readings_options_and_gaps_are_all_refused_at_once_with_what_there_is(small):
    assert problems_of(
        lambda: small.resolve({"night": "long", "counted": "none"}, {"found_points": "1", "lost_points": "many"})
    ) == [
        "small.yaml: --reading: found night, expected one of the readings: day_begun, counted, denominator",
        "small.yaml: --reading counted: found none, expected one of all, closed",
        "small.yaml: --set: found found_points, expected one of the gaps: lost_points",
        "small.yaml: --set lost_points: 'many' is not a number such as 12, -0.5 or 1/3",
    ]


def test_a_float_is_refused_as_a_supplied_value(small):
    (problem,) = problems_of(lambda: small.resolve(supplied={"lost_points": 0.5}))
    assert problem == "small.yaml: --set lost_points: exact numbers are written as text or whole numbers, not float 0.5"


def test_every_option_of_every_reading_must_make_a_valid_scheme(tmp_path):
    text = SMALL.replace("closed: {value: unsolved_closed,", "closed: {value: unsolved_open,")
    assert problems_of(lambda: load_scheme(written(tmp_path, text), "small.yaml")) == [
        f"small.yaml:{line_of(text, 'closed: {value: unsolved_open')}: indicators[1].rules[0].per [二]: "
        "found unsolved_open, expected a quantity of this file; did you mean unsolved_closed?"
    ]


def test_several_faults_of_a_file_are_reported_at_once_by_line(tmp_path):
    text = (
        SMALL.replace("per: received", "per: recieved")
        .replace("where: not resolved}", "where: resolved =}")
        .replace("denominator: $denominator", "denominator: lost")
    )
    lines = problems_of(lambda: load_scheme(written(tmp_path, text), "small.yaml"))
    marks = ["where: resolved =", "denominator: lost", "per: recieved"]
    assert [line.partition(" ")[0] for line in lines] == [f"small.yaml:{line_of(text, mark)}:" for mark in marks]


# --- overlays ---


OVERLAY = """\
scheme: small-annual
extends: small
title: {zh: 年度, en: Annual}
values:
  full:
    2025-07-01: 20
indicators:
  - id: solution
    title: {zh: 解决, en: Solution}
    clause: 二
    max: 7
    start: 7
    floor: 0
    cap: 7
    rules:
      - {id: each, clause: 二, title: {zh: 每件, en: Each}, points: -2, per: unsolved}
"""


def test_a_scheme_that_extends_another_changes_what_it_names_and_keeps_the_rest(tmp_path):
    written(tmp_path)
    scheme = load_scheme(written(tmp_path, OVERLAY, "small-annual.yaml")).resolve(on=date(2025, 8, 1)).scheme
    assert (scheme.scheme, scheme.version, scheme.title.en) == ("small-annual", "1", "Annual")
    assert [(indicator.id, indicator.max) for indicator in scheme.indicators] == [("timeliness", 20), ("solution", 7)]
    assert [rule.points for rule in scheme.indicators[1].rules] == [-2]
    assert set(scheme.measures) == {"received", "closed", "late", "unsolved", "unsolved_closed"}


def test_a_fault_of_an_overlay_is_reported_in_the_overlay_and_one_of_its_base_in_the_base(tmp_path):
    written(tmp_path, SMALL.replace("per: late}", "per: lost}"))
    text = OVERLAY.replace("per: unsolved}", "per: lost}")
    known = "closed, late, received, unsolved, unsolved_closed, unsolved_rate"
    lost = f"found lost, expected a quantity of this file: {known}"
    assert problems_of(lambda: load_scheme(written(tmp_path, text, "small-annual.yaml"), "s/small-annual.yaml")) == [
        f"s/small-annual.yaml:{line_of(text, '{id: each')}: indicators[1].rules[0].per [二]: {lost}",
        f"s/small.yaml:{line_of(SMALL, '{id: late')}: indicators[0].rules[0].per [一]: {lost}",
    ]


def test_a_scheme_can_extend_one_that_extends_another(tmp_path):
    written(tmp_path)
    written(tmp_path, OVERLAY, "small-annual.yaml")
    third = written(tmp_path, "scheme: third\nextends: small-annual\n", "third.yaml")
    assert load_scheme(third).natural.indicators[1].max == 7


# --- versions ---


@pytest.fixture
def versions(tmp_path):
    written(tmp_path)
    newer = SMALL.replace('version: "1"', 'version: "2"').replace(
        "{from: 2025-01-01, until: 2025-12-31}", "{from: 2026-01-01}"
    )
    written(tmp_path, newer, "small@2.yaml")
    return tmp_path


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 1, 1), "small.yaml"),
        (date(2025, 12, 31), "small.yaml"),
        (date(2026, 1, 1), "small@2.yaml"),
        (None, "small@2.yaml"),
    ],
)
def test_the_version_in_force_on_the_day_is_found(versions, day, name):
    assert find_scheme("small", versions, day) == versions / name


def test_a_day_on_which_no_version_is_in_force_is_refused(versions):
    (problem,) = problems_of(lambda: find_scheme("small", versions, date(2024, 6, 1)))
    assert problem == f"{versions}: small: found none in force on 2024-06-01, expected exactly one version"


def test_a_day_on_which_two_versions_are_in_force_is_refused(versions):
    written(versions, SMALL.replace('version: "1"', 'version: "1b"'), "small@1b.yaml")
    (problem,) = problems_of(lambda: find_scheme("small", versions, date(2025, 6, 1)))
    assert (
        problem
        == f"{versions}: small: found small.yaml, small@1b.yaml in force on 2025-06-01, expected exactly one version"
    )


def test_a_single_version_is_found_whatever_the_day(tmp_path):
    file = written(tmp_path)
    assert find_scheme("small", tmp_path, date(1999, 1, 1)) == file


def test_a_scheme_given_as_a_file_is_that_file(versions):
    assert find_scheme(str(versions / "small.yaml"), versions, date(2026, 5, 1)) == versions / "small.yaml"
    (problem,) = problems_of(lambda: find_scheme("no.yaml", versions))
    assert problem == "no.yaml: no such scheme file"


def test_an_unknown_scheme_is_refused_with_those_there_are(versions):
    (problem,) = problems_of(lambda: find_scheme("large", versions))
    assert problem == f"{versions}: found no scheme large; the schemes there are: small, small@2"


def test_the_tenth_version_is_later_than_the_ninth(versions):
    for number in ("9", "10"):
        written(versions, SMALL.replace('version: "1"', f'version: "{number}"'), f"small@{number}.yaml")
    assert find_scheme("small", versions) == versions / "small@10.yaml"


DECLARED = sorted((Path(__file__).parents[2] / "params").rglob("*.yaml"))


@pytest.mark.parametrize("file", DECLARED, ids=lambda file: file.stem)
def test_declared_files_read_alike_by_the_strict_pure_python_parser(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert yaml.load(text, Loader=yaml.SafeLoader) == yaml.load(text, Loader=yaml.CSafeLoader)


def test_the_files_of_a_scheme_are_its_own_and_those_that_it_extends() -> None:
    folder = Path(__file__).parents[2] / "params" / "schemes"
    own = folder / "s09-chengde-12315-annual.yaml"
    assert scheme_files(own) == [own, folder / "s09-chengde-12315.yaml"]


# --- one language, a source nobody has compared yet, ids ---

ONE_LANGUAGE = SMALL.replace("title: {zh: 小方案, en: Small scheme}", "title: 小方案", 1).replace(
    ", last_checked: 2026-01-01}", ", url: https://example.org/办法.html}", 1
)


def test_one_language_is_enough_for_titles(tmp_path):
    assert ONE_LANGUAGE != SMALL
    (tmp_path / "s.yaml").write_text(ONE_LANGUAGE, encoding="utf-8")
    natural = load_scheme(tmp_path / "s.yaml").natural
    assert (natural.title("zh"), natural.title("en")) == ("小方案", "小方案")
    assert (natural.source.last_checked, natural.source.url) == (None, "https://example.org/办法.html")
    (tmp_path / "e.yaml").write_text(ONE_LANGUAGE.replace("title: 小方案", "title: {en: Small}"), encoding="utf-8")
    assert load_scheme(tmp_path / "e.yaml").natural.title("zh") == "Small"


def test_a_title_in_neither_language_is_refused(tmp_path):
    (tmp_path / "s.yaml").write_text(ONE_LANGUAGE.replace("title: 小方案", "title: {fr: Petit}"), encoding="utf-8")
    said = problems_of(lambda: load_scheme(tmp_path / "s.yaml", "s.yaml"))
    assert [line.partition(": ")[2] for line in said] == [
        "title: missing key `en`, expected text", "title: missing key `zh`, expected text",
        "title.fr: unknown key `fr`; expected one of zh, en",
    ]  # fmt: skip


def test_an_address_that_is_none_is_refused(tmp_path):
    (tmp_path / "s.yaml").write_text(ONE_LANGUAGE.replace("https://", "javascript:"), encoding="utf-8")
    (said,) = problems_of(lambda: load_scheme(tmp_path / "s.yaml", "s.yaml"))
    assert "source.url: found 'javascript:example.org/办法.html', expected text" in said


def test_a_chinese_id_is_refused_with_the_reason(tmp_path):
    text = SMALL.replace("id: timeliness", "id: 时效", 1).replace("  received: {title", "  收件: {title", 1)
    text = text.replace("denominator: received", "denominator: 收件", 1)
    assert text.count("收件:") == 1
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    why = (
        "expected a name of letters, digits, _ or -: an id stands in conditions, commands, file names and addresses of "
        "pages, and has to be typed on every keyboard; people read the `title`, in any language"
    )
    said = [line.partition(": ")[2] for line in problems_of(lambda: load_scheme(tmp_path / "s.yaml", "s.yaml"))]
    assert f"indicators[0].id: found '时效', {why}" in said
    assert f"measures.收件: found '收件' as a key, {why}" in said


# --- wrong shapes, wherever they stand ---


def _paths(value, at=()):
    yield from [at] if at else []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _paths(inner, (*at, key))


def _with(value, at, new):
    if not at:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = _with(copy[at[0]], at[1:], new)
    return copy


EVERY_WORD = (TESTS / "bad" / "rule_per_an_unknown_quantity.yaml").read_text(encoding="utf-8").replace("ratd", "rated")


@pytest.mark.parametrize("wrong", [5, "text", [], [1], {}, {"x": 1}, True, None, {"add": 5}], ids=repr)
def test_no_value_of_a_wrong_shape_ends_in_anything_but_its_place(wrong, tmp_path):
    """Whatever stands at whatever place: it loads as a number or a name might, or is refused with line and column."""
    file = written(tmp_path, EVERY_WORD)
    right, refused = read_tree(file), 0
    assert load_scheme(file).natural.scheme == "small"
    for number, at in enumerate(_paths(right.value)):
        tree = replace(right, value=_with(right.value, at, wrong), texts=(f"{wrong!r} {number}",))
        try:
            loaded(hoisted(with_branches(with_shapes(tree))))
        except InputError as error:
            refused += 1
            for problem in error.problems:
                assert problem.line is not None
                assert problem.column is not None
                assert "unknown key" in problem.message or problem.message.startswith(
                    ("found", "missing", "the ", "a ")
                )
    assert refused > 60


def test_what_a_rule_names_is_placed_where_it_is_named():
    for name, word in (
        ("rule_per_an_unknown_quantity", "ratd"),
        ("rule_per_an_unknown_quantity_where_it_asks", "rate_of_the_late"),
        ("rule_steps_above_an_unknown_quantity", "above: medium"),
        ("ranking_by_an_unknown_quantity", "lateness"),
        ("outcome_when_an_unknown_quantity", "above: midle"),
    ):
        file = TESTS / "bad" / f"{name}.yaml"
        with pytest.raises(InputError) as caught:
            load_scheme(file)
        (problem,) = caught.value.problems
        line = file.read_text(encoding="utf-8").splitlines()[problem.line - 1]
        assert line[problem.column - 1 :].removeprefix("per: ").startswith(word)


def test_names_that_the_program_gives_are_not_told_as_those_that_may_be_meant():
    with pytest.raises(InputError) as caught:
        load_scheme(TESTS / "bad" / "ranking_by_an_unknown_quantity.yaml")
    names = str(caught.value).rpartition(": ")[2].split(", ")
    assert names == ["band", "closed", "late", "late_rate", "middle", "open", "rated", "received"]
