"""What a page says of its issue: who issues its results, until when and where they are contested, the form for it."""

from __future__ import annotations

from collections.abc import Sequence

from auditlib.core.message import t
from auditlib.objections.issue import Terms, day_words
from auditlib.report.html import escape, heading

__all__ = ["closing_html", "contest_html"]

CHANGES = 4
BLANK = "\N{NO-BREAK SPACE}"


def closing_html(terms: Terms, language: str, form: str = "") -> str:
    """The section that ends a page. With the name of the file of a ``form`` it leads there, and is a form on paper."""
    title = t("Issue and objections", language)
    table = _table(title, [(label, escape(text)) for label, text in terms.rows(language)], "unseen")
    against = _contest(form, language) if form else ""
    return f'<section class="audit issue">{heading(title, "issue")}{table}{against}</section>'


def contest_html(terms: Terms | None, language: str, form: str = "") -> str:
    """What can be done against the results, for the first screen; where no way is named, whom to ask for one."""
    against = terms.objections if terms else None
    if against is None:
        issuer = terms.issue.issuer(language) if terms else t("whoever issued these results", language)
        asked = t("The run names no way to object to these results: ask {issuer}.", language, issuer=issuer)
        return f'<section class="audit contest"><p>{escape(asked)}</p></section>'
    values = {"deadline": day_words(against.deadline, language), "contact": against.contact(language)}
    told = escape(t("Objections to these results are heard until {deadline}: {contact}.", language, **values))
    name = escape(t("Objection to an assessment result", language))
    link = f' <a href="{escape(form)}" download>{name}</a>' if form else ""
    return f'<section class="audit contest"><p>{told}{link}</p></section>'


def _contest(form: str, language: str) -> str:
    """Where the form lies, and on paper a form for pen and ink."""
    name = t("Objection to an assessment result", language)
    told = t("The form has a sheet for every score line, to be filled and handed in as it is, or printed.", language)
    link = f'<p><a href="{escape(form)}" download>{escape(name)}</a>{escape(t(": ", language))}{escape(told)}</p>'
    labels = ("Line", "Clause", "Reason", "Paper", "Filed on", "Seal of the unit:", "Signature, by hand:")
    rows = [
        (t(label, language).rstrip("：:"), "<br>" * (CHANGES if label == "Reason" else 0) + BLANK) for label in labels
    ]
    return f'{link}<div class="printed">{_table(name, rows)}</div>'


def _table(caption: str, rows: Sequence[tuple[str, str]], kind: str = "") -> str:
    """Labels beside cells of markup."""
    lines = "".join(f'<tr><th scope="row">{escape(label)}</th><td>{cell}</td></tr>' for label, cell in rows)
    hidden = f' class="{kind}"' if kind else ""
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}"><table class="issue">'
        f"<caption{hidden}>{escape(caption)}</caption><tbody>{lines}</tbody></table></div>"
    )
