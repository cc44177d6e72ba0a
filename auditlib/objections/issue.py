"""Who issues a result, and until when and where a unit objects to it: optional keys of a run file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from auditlib.core.message import t
from auditlib.core.values import Day, Strict, Text

__all__ = ["Issue", "Terms", "TermsOfObjection", "day_words", "faults"]

Path_ = tuple[str | int, ...]


class Issue(Strict):
    """A result as it is issued: by which body, when, under which number, reviewed and approved by which post or body.

    Persons sign by hand, on paper: a name of a person is refused like all personal data.
    """

    issuer: Text
    date: Day
    number: str | None = None
    """The number of the paper (发文字号)."""
    reviewed_by: Text | None = None
    approved_by: Text | None = None


class TermsOfObjection(Strict):
    """Until which day objections are heard, where they go, and the clause that provides for them, if any does."""

    deadline: Day
    contact: Text
    clause: str | None = None


@dataclass(frozen=True)
class Terms:
    """How the results of a run are issued and contested, as its run file says it."""

    run: str
    issue: Issue
    objections: TermsOfObjection | None = None

    def rows(self, language: str) -> tuple[tuple[str, str], ...]:
        """What is printed of it, a label and a text each; a label without a text is left out."""
        issue, against = self.issue, self.objections
        rows = [
            (t("Issuing body", language), issue.issuer(language)),
            (t("Date of issue", language), day_words(issue.date, language)),
            (t("Number of the paper", language), issue.number or ""),
            (t("Reviewed by", language), issue.reviewed_by(language) if issue.reviewed_by else ""),
            (t("Approved for issue by", language), issue.approved_by(language) if issue.approved_by else ""),
        ]
        if against is not None:
            rows += [
                (t("Objections until", language), day_words(against.deadline, language)),
                (t("Objections go to", language), against.contact(language)),
                (t("Clause on objections", language), against.clause or ""),
            ]
        return tuple((label, text) for label, text in rows if text)


def day_words(day: date, language: str) -> str:
    """A day as papers write it: 2026年2月10日."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def faults(
    issue: Issue | None, objections: TermsOfObjection | None, as_of: datetime | None
) -> Iterator[tuple[Path_, str]]:
    """What does not go together in these keys of a run file, each with its place."""
    if objections is not None and issue is None:
        yield ("objections",), "found objections to a result that nobody issues, expected the key issue beside it"
    if issue is None:
        return
    if as_of is not None and issue.date < as_of.date():
        yield ("issue", "date"), f"found {issue.date}, expected no earlier than as_of, {as_of.date()}"
    if objections is not None and objections.deadline < issue.date:
        found = f"found {objections.deadline}, expected no earlier than the date of issue, {issue.date}"
        yield ("objections", "deadline"), found
