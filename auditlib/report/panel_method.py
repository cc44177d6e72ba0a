"""The end of a panel's report: what is not defined and why, what was agreed, and how to do it all again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from auditlib.core.hashes import digest, file_sha256, software
from auditlib.core.numerals import plain
from auditlib.core.values import Text
from auditlib.delphi.rounds import panel_files
from auditlib.delphi.statistics.descriptives import UNDEFINED as NO_STATISTIC
from auditlib.delphi.statistics.reliability import UNDEFINED as NO_ALPHA
from auditlib.delphi.statistics.stability import UNDEFINED as NO_CHANGE
from auditlib.delphi.weights.shares import UNDEFINED as NO_WEIGHT
from auditlib.report.panel_sentences import consensus_limits, declared_on, stability_limits
from auditlib.report.panel_tables import PanelView, PaperTable, group_name, plain_table

__all__ = ["authority_tables", "commands", "inputs_table", "method_table", "undefined_table"]


def undefined_table(view: PanelView) -> PaperTable:
    """Every statistic of the round that is not defined: of which item or group, which one, why."""
    return plain_table(view, ("where", "statistic", "why"), _undefined(view), texts=3)


def _undefined(view: PanelView) -> Iterator[list[str]]:
    stops = "、" if view.language == "zh" else ", "
    for where, names, reason in _gaps(view):
        yield [where, stops.join(view.heading(f"m_{name}") for name in names), reason(view.language)]


def _gaps(view: PanelView) -> Iterator[tuple[str, list[str], Text]]:
    for name, found in view.one.items.items():
        if found.described is not None:
            yield from _by_reason(view.name(name), found.described.undefined, NO_STATISTIC)
        if found.weight.undefined is not None:
            yield view.name(name), ["weight"], NO_WEIGHT[found.weight.undefined]
    for group in view.one.groups:
        if group.undefined is not None:
            yield group_name(view, group), ["W"], group.undefined
        if group.alpha is not None and group.alpha.undefined is not None:
            yield group_name(view, group), ["alpha"], NO_ALPHA[group.alpha.undefined]
    for one in view.one.stability or ():
        yield from _by_reason(view.name(one.moved.item), one.moved.undefined, NO_CHANGE | NO_STATISTIC)


def _by_reason(
    where: str, undefined: Mapping[str, str], reasons: Mapping[str, Text]
) -> Iterator[tuple[str, list[str], Text]]:
    for reason in dict.fromkeys(undefined.values()):
        yield where, [name for name, why in undefined.items() if why == reason], reasons[reason]


def method_table(view: PanelView) -> PaperTable:
    """The question, the options in force, the thresholds, and every note of the analysis."""
    declared = view.analysis.panel.declared
    stop = "；" if view.language == "zh" else "; "
    options = [f"o_mean_{declared.mean}", f"o_sd_{declared.sd}", f"o_missing_{declared.missing}"]
    draws = view.t("{draws} draws, seed {seed}", draws=declared.resampling.draws, seed=declared.resampling.seed)
    limits = [text for text in (consensus_limits(view), stability_limits(view)) if text]
    rows = [
        ("m_question", "" if declared.question is None else declared.question(view.language)),
        ("m_options", stop.join(map(view.heading, options))),
        ("m_resampling", draws),
        (
            "consensus",
            consensus_limits(view) or view.t("The panel agreed on no thresholds of consensus, so none is said here."),
        ),
        (
            "stability",
            stability_limits(view)
            or view.t("No thresholds of stability were agreed: the changes are told and nothing is judged."),
        ),
        ("m_thresholds", declared_on(view).strip(" （）()") if limits else ""),
        ("m_note", "" if declared.note is None else declared.note(view.language)),
        *(("m_note", note(view.language)) for note in view.analysis.notes),
    ]
    return plain_table(view, ("what", "value"), [(view.heading(name), text) for name, text in rows if text], texts=2)


def authority_tables(view: PanelView) -> str:
    """The tables of authority in force, in a sentence, and whose they are."""
    declared = view.analysis.panel.declared
    comma, stop = ("；", "、") if view.language == "zh" else ("; ", ", ")
    bases = comma.join(
        f"{basis.title(view.language)} {'/'.join(map(plain, (basis.large, basis.medium, basis.small)))}"
        for basis in declared.tables.bases.values()
    )
    levels = declared.tables.familiarity.values()
    familiarity = stop.join(f"{level.title(view.language)} {plain(level.value)}" for level in levels)
    usual = (
        ""
        if declared.authority is not None
        else view.t(" The panel declares no tables; those of one published study are in force.")
    )
    return view.t(
        "Cr = (Ca + Cs) / 2. Bases of judgement (large/medium/small): {bases}. Familiarity: {familiarity}.{usual}",
        bases=bases,
        familiarity=familiarity,
        usual=usual,
    )


def inputs_table(view: PanelView, panel: str) -> PaperTable:
    """Each file with its hash, the digest of all, and the software."""
    hashes = [[file.name, file_sha256(file)] for file in panel_files(view.analysis.panel)]
    versions = software()
    rows = [
        (view.t("Panel"), panel),
        *((name, f"sha256 {value}") for name, value in hashes),
        (view.t("Digest of all files"), f"sha256 {digest(hashes)}"),
        (view.t("Software"), f"auditlib {versions['auditlib']}, Python {versions['python']}"),
        (view.t("Source of the software"), f"sha256 {versions['auditlib source']}"),
    ]
    return plain_table(view, ("what", "value"), rows, texts=2)


def commands(view: PanelView, panel: str) -> list[tuple[str, str]]:
    """The command lines that compute the panel again and make this report anew, each with what it does."""
    parameters = ["-p", "panel", panel, "-p", "round", str(view.number), "-p", "language", view.language]
    made = f"papermill auditlib://delphi_panel.ipynb delphi_panel.ipynb {shlex.join(parameters)}"
    return [
        (view.t("Compute again"), f"auditlib delphi {shlex.quote(panel)} --format json"),
        (view.t("Make the report anew"), made),
    ]
