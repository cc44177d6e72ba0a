"""The words of the pages over runs by the keys that their templates and their script know; English, as message ids."""

from __future__ import annotations

from collections.abc import Mapping

from auditlib.core.message import t, worded

__all__ = ["WORDS", "say", "script_words"]

WORDS = {
    "site_title": "Assessments",
    "skip_link": "Skip to the content",
    "contents": "Contents",
    "count_runs": "Runs",
    "count_periods": "Periods",
    "count_rows": "Results",
    "count_reports": "Reports",
    "results": "Units and periods",
    "compare": "Compare",
    "runs": "Runs",
    "schemes": "Schemes",
    "panels": "Expert panels",
    "other_pages": "Other pages",
    "without_script": (
        "Below are the first rows of the newest period. With script allowed, the browser can search, filter, "
        "sort and compare all runs."
    ),
    "footer": "Made by auditlib site from the files of the runs; it reads nothing from a network.",
    "none_yet": "None yet.",
    "search": "Find a unit (name or code)",
    "run": "Run",
    "period": "Period",
    "group": "Group",
    "outcome": "Outcome",
    "state": "State",
    "any": "All",
    "reset": "Clear all",
    "all_found": "All results: {all}.",
    "found": "Matching results: {shown} of {all}.",
    "trouble": (
        "The data file {file} cannot be read. The page may have been written anew: reload it; if that does "
        "not help, run auditlib site."
    ),
    "previous": "Previous",
    "next": "Next",
    "page": "Page {page} of {pages}",
    "units_caption": "Results by unit and period; the buttons of the headings sort.",
    "unit": "Unit",
    "total": "Total",
    "out_of": "Out of",
    "rank": "Rank",
    "outcomes": "Outcomes",
    "files": "Other files",
    "complete": "complete",
    "partial": "in part",
    "unscored": "no total",
    "failed_report": "report failed",
    "tied": "tied",
    "undecided": "{outcome} (undecided)",
    "choose": "Compare",
    "chosen_a": "Left",
    "chosen_b": "Right",
    "side_a": "Left",
    "side_b": "Right",
    "swap": "Swap",
    "clear": "Clear",
    "compare_hint": (
        "Choose two units, or two periods of one unit: press “Compare” in the table above, or fill in below."
    ),
    "indicator": "Indicator",
    "difference": "Difference (right − left)",
    "lost": "{points}",
    "lost_most": "{points}, lost most",
    "widest": "the widest difference",
    "rest": "Base, roll-up and others",
    "rank_of": "rank {rank}",
    "no_rank": "not ranked",
    "not_assessable": "not assessable",
    "needs_input": "needs input",
    "side_words": "{unit} {period}: {total}, {rank}",
    "answer": "{a}; {b}. The totals differ by {difference}; the widest difference is {indicator} ({points}).",
    "answer_equal": "{a}; {b}. The totals differ by {difference}; the indicators have equal points.",
    "answer_open": "{a}; {b}. At least one has no total.",
    "comparison_caption": "Points by indicator, side by side",
    "other_scheme": (
        "The two were scored by different schemes or versions: indicators of one name need not be comparable."
    ),
    "scheme": "Scheme",
    "version": "version {version}",
    "periods": "Periods",
    "units": "Units",
    "reports": "Reports",
    "failed": "Failed",
    "signatures": "Signatures",
    "chain": "Chain of runs",
    "unchecked": "(not checked)",
    "unsigned": "none",
    "chain_recorded": "recorded",
    "chain_replaced": "manifest replaced",
    "chain_absent": "not recorded",
    "unreadable": "Cannot be read:",
    "verify_hint": "Whether signatures and files hold is checked by",
    "page_dossier": "Dossier",
    "page_examples": "Worked examples",
    "no_dossier": "No dossier yet:",
    "findings_count": "Findings of the check: {count}, new {fresh}",
    "no_findings": "The check found nothing.",
    "unchecked_scheme": "The rules have not been checked yet.",
    "fresh": "new",
    "index_title": "Index of reports",
    "index_count": "Reports: {count}; done {done}, failed {failed}.",
    "report": "Report",
    "made": "Made",
    "done": "done",
    "kind_ranking": "Ranking of units",
    "filter": "Filter",
    "filter_of": "Filter: {table}",
    "shown_rows": "Showing {shown} of {all} rows",
    "csv": "CSV",
    "csv_of": "Download as CSV: {table}",
    "provisional": "provisional working days",
}


def say(key: str, language: str, /, **values: object) -> str:
    """The words of a key in a language."""
    return t(WORDS[key], language, **values)


def script_words(language: str) -> Mapping[str, str]:
    """All words as the script of the page fills them in, with their values in braces."""
    return {key: worded(text, language) for key, text in WORDS.items()}
