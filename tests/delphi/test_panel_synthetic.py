"""The made-up panel in the shape of the study: always the same, labelled, and near what the study prints."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from auditlib.core.yaml_file import read_yaml
from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel
from auditlib.delphi.weights.printed import PrintedFile


@pytest.fixture(scope="module")
def folder(root):
    return root / "params" / "panels" / "s19-synthetic"


@pytest.fixture(scope="module")
def analysis(folder):
    return analyse(read_panel(folder))


@pytest.mark.long
def test_it_says_that_it_is_made_up(folder, analysis) -> None:
    declared = analysis.panel.declared
    assert declared.synthetic
    assert "合成数据" in declared.title.zh
    assert "编造" in declared.note.zh
    assert analysis.notes[0].en == "the data of this panel are synthetic, no survey was made"


def test_two_rounds_of_26_experts_go_the_whole_way(analysis) -> None:
    assert [(one.round.sent, one.round.returned) for one in analysis.rounds] == [(26, 26), (26, 26)]
    assert [one.positive_coefficient for one in analysis.rounds] == [1, 1]
    verdicts = {item.item: item.verdict for part in analysis.last.screening.values() for item in part}
    assert verdicts["motivation"] == "delete"
    assert analysis.last.stability is not None
    assert analysis.authority.Cr == (analysis.authority.Ca + analysis.authority.Cs) / 2


def test_its_agreement_is_near_the_printed_one_and_higher_than_in_the_first_round(analysis) -> None:
    first, last = (
        {group.group.id: group.concordance.W for group in one.groups} for one in (analysis.rounds[0], analysis.last)
    )
    assert last["level-1"] == pytest.approx(0.317, abs=0.01)
    assert last["level-2"] == pytest.approx(0.496, abs=0.01)
    assert first["level-1"] < last["level-1"]
    assert first["level-2"] < last["level-2"]


def test_its_shares_of_means_come_near_the_printed_weights(root, analysis) -> None:
    printed = read_yaml(PrintedFile, root / "params" / "panels" / "s19-handling-posts" / "printed.yaml")
    assert [row.item for row in printed.rows] == list(analysis.last.items)
    for row in printed.rows:
        assert abs(100 * analysis.last.items[row.item].weight.weight - row.weight) < Fraction(3, 2)


def test_its_published_weights_add_up_under_every_parent_and_in_all(analysis) -> None:
    items = analysis.last.items.values()
    parents = {found.weight.parent for found in items}
    sums = {p: sum(f.published.weight for f in items if f.weight.parent == p) for p in parents}
    assert set(sums.values()) == {Fraction(100)}
    assert sum(f.published.combined for f in items if f.weight.parent is not None) == 100


@pytest.mark.long
def test_the_command_gives_the_same_once_more(folder, analysis, run_cli) -> None:
    assert json.loads(run_cli("delphi", folder, "--format", "json").stdout) == analysis.to_json()


@pytest.mark.long
def test_every_table_is_printed(folder, run_cli) -> None:
    printed = run_cli("delphi", folder).stdout
    names = ("weights", "rounds", "agreement", "agreement_details", "items", "screening", "consensus", "stability")
    assert all(f" {name}\n" in printed for name in (*names, "authority", "notes"))
    assert "\n2\t2\tmotivation\tdelete\tmean 2 < 3.14; full_mark_ratio 0 < 0.02314; cv 0.4 > 0.2635\n" in printed
    assert "\npanel\t0.8308\t0.7385\t0.7846\n" in printed  # (.5 | .4) + (.3 | .2 | .1) + .2; 1 | .8 | .5; over 26
