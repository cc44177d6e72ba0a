"""What a panel's report says in sentences: every one is computed, and names what the numbers do not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from auditlib.core.exact import Rounding, decimal_text
from auditlib.core.numerals import plain
from auditlib.delphi.result import GroupAnalysis, ItemAnalysis
from auditlib.delphi.statistics.concordance import strength
from auditlib.report.panel_tables import PanelView, fixed, group_name, p_text, percent, reached, rounds_of

__all__ = [
    "SIGNIFICANT",
    "agreement_caption",
    "agreement_method",
    "agreement_sentence",
    "consensus_limits",
    "consensus_sentence",
    "declared_on",
    "distribution_caption",
    "group_p",
    "joined",
    "moved_sentence",
    "proposals_sentence",
    "shows",
    "shows_not",
    "stability_limits",
    "stability_sentence",
    "weights_rounding",
    "weights_sentence",
    "whole_groups",
]  # fmt: skip

SIGNIFICANT = 0.05
LOW, GOOD = 0.5, 0.7
"""Below the first of Schmidt's points agreement is called less than moderate, from the second on strong."""


def joined(sentences: Iterable[str], language: str) -> str:
    """Sentences in a row."""
    return ("" if language == "zh" else " ").join(sentence for sentence in sentences if sentence)


def group_p(found: GroupAnalysis) -> float | None:
    """The p to go by: over all orders or random panels; the approximation where there is neither."""
    if found.chance is not None:
        return found.chance.p
    return None if found.concordance is None else found.concordance.p


def whole_groups(view: PanelView) -> list[GroupAnalysis]:
    """The agreement of each level as a whole: across groups where a level has several parents."""
    across = {found.group.level for found in view.one.groups if found.group.kind == "level"}
    return [f for f in view.one.groups if f.group.kind == "level" or f.group.level not in across]


def agreement_sentence(view: PanelView, found: GroupAnalysis) -> str:
    """W of a group with p and the word for its strength, each said for itself."""
    group, agreed, p = group_name(view, found), found.concordance, group_p(found)
    if agreed is None or agreed.W is None or p is None:
        why = "" if found.undefined is None else found.undefined(view.language)
        return view.t("{group}: W is not defined; {why}.", group=group, why=why)
    point = strength(agreed.W)
    values = {"group": group, "W": fixed(agreed.W, 3), "p": p_text(p, sign=True), "word": point.words(view.language)}
    if p >= SIGNIFICANT:
        return view.t(
            "{group}: W = {W}, p {p}. Chance cannot be ruled out (limit 0.05); the agreement is {word}.", **values
        )
    if point.W >= GOOD:
        return view.t("{group}: W = {W}, p {p}. The agreement is {word} and beyond chance.", **values)
    return view.t(
        "{group}: W = {W}, p {p}. The orders agree beyond chance; the agreement is {word}{verdict}",
        verdict=view.t(", and a small p does not make it good." if point.W < LOW else "."),
        **values,
    )


def agreement_caption(view: PanelView) -> str:
    """How W of each level moved between the last two rounds, and where agreement inside groups is high and low."""
    return joined(
        [
            view.t("Points are W, bars bootstrap intervals of 95 %, upright lines Schmidt's five points. ").strip(),
            *_moves(view),
            _groups_apart(view),
        ],
        view.language,
    )


def _moves(view: PanelView) -> Iterator[str]:
    if view.before is None:
        return
    moved = False
    for found in whole_groups(view):
        known = {one.round.number: same.concordance for one, same in rounds_of(view, found)}
        old, new = known.get(view.before.round.number), known.get(view.number)
        if old is not None and new is not None and old.W is not None and new.W is not None:
            moved = True
            yield view.t(
                "{group}: W went from {old} in round {before} to {new} in round {round}.",
                group=group_name(view, found),
                before=view.before.round.number,
                round=view.number,
                old=fixed(old.W, 3),
                new=fixed(new.W, 3),
            )
    if moved:
        yield view.t("Both rounds come from the same experts, so overlapping intervals are no test.")


def _groups_apart(view: PanelView) -> str:
    known = [
        (found.concordance.W, found)
        for found in view.one.groups
        if found.group.kind == "siblings" and found.group.level > 1
        and found.concordance is not None and found.concordance.W is not None
    ]  # fmt: skip
    if len(known) < 2:
        return ""
    (high, best), (low, worst) = max(known, key=lambda one: one[0]), min(known, key=lambda one: one[0])
    return view.t(
        'Inside the groups, agreement is highest under "{best}" (W = {high}, {high_word}) and '
        'lowest under "{worst}" (W = {low}, {low_word}).',
        best=view.name(best.group.id),
        worst=view.name(worst.group.id),
        high=fixed(high, 3),
        low=fixed(low, 3),
        high_word=strength(high).words(view.language),
        low_word=strength(low).words(view.language),
    )


def agreement_method(view: PanelView) -> str:
    """Which p holds, how intervals were drawn, and what the words go by."""
    chances = [found.chance for found in view.one.groups if found.chance is not None]
    spans = [found.interval for found in view.one.groups if found.interval is not None]
    said = []
    if chances:
        drawn = [chance for chance in chances if chance.method == "permutation"]
        counted = (
            view.t("all orders were counted for {count} {count:group|groups}", count=len(chances) - len(drawn))
            if len(drawn) < len(chances)
            else ""
        )
        permuted = ""
        if drawn:
            error = fixed(max(chance.error for chance in drawn), 4)
            permuted = view.t(
                "for {count} {count:group|groups} {draws} random panels were drawn (seed {seed}, "
                "Monte-Carlo error at most {error})",
                count=len(drawn),
                draws=drawn[0].draws,
                seed=drawn[0].seed,
                error=error,
            )
        between = ("，" if view.language == "zh" else "; ") if counted and permuted else ""
        said.append(
            view.t(
                "W is corrected for ties. p (χ²) is an approximation; with seven items or fewer p "
                "(orders) holds: {enumerated}{permuted}.",
                enumerated=f"{counted}{between}",
                permuted=permuted,
            )
        )
    if spans:
        said.append(
            view.t(
                "Intervals resample the experts ({draws} draws, seed {seed}).", draws=spans[0].draws, seed=spans[0].seed
            )
        )
    tested = sum(group_p(found) is not None for found in view.one.groups)
    if tested > 1:
        said.append(
            view.t(
                "{count} {count:group|groups} were tested in this round; their p are not corrected for being several.",
                count=tested,
            )
        )
    return joined(
        [*said, view.t("The word is that of the nearest of Schmidt's five points (1997): 0.1, 0.3, 0.5, 0.7, 0.9.")],
        view.language,
    )


def distribution_caption(view: PanelView) -> str:
    """On which item the experts differ least and most, and how many marks are missing."""
    asked = [found for found in view.one.items.values() if found.described is not None]
    known = [
        (found.described.cv, found.item.id) for found in asked if found.described and found.described.cv is not None
    ]
    blank = len(asked) * view.one.round.returned - sum(f.described.n for f in asked if f.described)
    missing = view.t(" Marks that were not given: {count}.", count=blank) if blank else ""
    if not known:
        return view.t(
            "Experts by the mark they gave to each of {of} {of:item|items}; no CV is defined.{blank}",
            of=len(asked),
            blank=missing,
        )
    least, most = min(known, key=lambda one: one[0]), max(known, key=lambda one: one[0])
    return view.t(
        "Experts by the mark they gave to each of {of} {of:item|items}: low marks hatched and to "
        "the left, high ones to the right, the middle one centred. They differ least on "
        '"{least}" (CV {least_cv}) and most on "{most}" (CV {most_cv}).{blank}',
        of=len(asked),
        blank=missing,
        least=view.name(least[1]),
        least_cv=fixed(least[0], 3),
        most=view.name(most[1]),
        most_cv=fixed(most[0], 3),
    )


def consensus_limits(view: PanelView) -> str:
    """The agreed thresholds of consensus in words; empty where none was agreed."""
    limits = view.analysis.panel.declared.thresholds.consensus
    said = []
    if limits is not None and limits.cv_below is not None:
        said.append(view.t("CV < {cv}", cv=plain(limits.cv_below)))
    if limits is not None and limits.agreement_at_least is not None and limits.agreeing_from is not None:
        share = f"{plain(limits.agreement_at_least * 100)} %".replace(" %", "%" if view.language == "zh" else " %")
        said.append(
            view.t("at least {share} of the experts give {mark} or more", share=share, mark=plain(limits.agreeing_from))
        )
    return _list(view, said)


def stability_limits(view: PanelView) -> str:
    """The agreed thresholds of stability in words; empty where none was agreed."""
    limits = view.analysis.panel.declared.thresholds.stability
    said = []
    if limits is not None and limits.cv_change_at_most is not None:
        said.append(view.t("CV changes by {most} at most", most=plain(limits.cv_change_at_most)))
    if limits is not None and limits.kappa_at_least is not None:
        said.append(view.t("weighted κ of {least} or more", least=plain(limits.kappa_at_least)))
    if limits is not None and limits.p_above is not None:
        said.append(view.t("p > {p} after Holm", p=plain(limits.p_above)))
    return _list(view, said)


def declared_on(view: PanelView) -> str:
    """On which day the thresholds were agreed, in brackets."""
    day = view.analysis.panel.declared.thresholds.declared
    return view.t(" (when they were agreed is not stated)") if day is None else view.t(" (agreed on {date})", date=day)


def consensus_sentence(view: PanelView) -> str:
    """How many items reach every threshold, and which do not; empty where no threshold was agreed."""
    found = {name: reached(view, one) for name, one in view.one.items.items() if one.consensus is not None}
    return (
        _verdicts(
            view,
            ("{count} of {of} {of:item|items} {count:reaches|reach} all agreed thresholds of consensus{rest}."),
            found,
        )
        if consensus_limits(view) and found
        else ""
    )


def stability_sentence(view: PanelView) -> str:
    """How many items are stable, and which are not; empty without thresholds or a round before."""
    if view.before is None or not stability_limits(view) or not view.one.stability:
        return ""
    found = {one.moved.item: one.stable for one in view.one.stability}
    return _verdicts(
        view,
        ("Since round {before}, {count} of {of} {of:item|items} {count:is|are} stable by the agreed thresholds{rest}."),
        found,
        before=view.before.round.number,
    )


def moved_sentence(view: PanelView) -> str:
    """Which items moved significantly, the number of tests taken into account, and how the CVs went."""
    found = view.one.stability or ()
    moved = [one.moved.item for one in found if (p := one.moved.wilcoxon_p_holm) is not None and p < SIGNIFICANT]
    first = (
        view.t(
            "Items that moved significantly after Holm's correction: {count} ({names}).",
            count=len(moved),
            names=view.names(moved),
        )
        if moved
        else view.t("No item moved significantly after Holm's correction (limit 0.05).")
    )
    changes = [round(change, 12) for one in found if (change := one.moved.cv_change) is not None]
    counts = {"down": sum(c < 0 for c in changes), "up": sum(c > 0 for c in changes), "same": changes.count(0)}
    return joined([first, view.t("The CV fell for {down}, rose for {up}, stayed for {same}.", **counts)], view.language)


def proposals_sentence(view: PanelView) -> str:
    """Which items are proposed for deletion and for discussion; empty where nothing was screened."""
    screened = [item for part in view.one.screening.values() for item in part]
    if not screened:
        return ""

    def named(verdict: str) -> str:
        items = [item.item for item in screened if item.verdict == verdict]
        return (
            view.t("{count} ({names})", count=len(items), names=view.names(items)) if items else view.t("none of them")
        )

    return view.t(
        "The criteria propose to delete {delete} and to discuss {discuss}; the panel decides.",
        delete=named("delete"),
        discuss=named("discuss"),
    )


def weights_sentence(view: PanelView) -> str:
    """The heaviest and the lightest item at the ends of the tree."""
    known = [(found.weight.combined, found) for found in view.leaves if found.weight.combined is not None]
    if not known:
        return view.t("This round gives no weights.")
    digits = view.analysis.panel.declared.digits
    high, low = max(known, key=lambda one: one[0])[1], min(known, key=lambda one: one[0])[1]
    return view.t(
        'Of the items at the ends of the tree, "{high}" weighs most ({high_p} %), "{low}" least ({low_p} %).',
        high=view.name(high.item.id),
        high_p=high.printed("combined", digits),
        low=view.name(low.item.id),
        low_p=low.printed("combined", digits),
    )


def weights_rounding(view: PanelView) -> str:
    """What the printed weights add up to, and which of them rounding one by one would print otherwise."""
    digits = view.analysis.panel.declared.digits
    total = sum((found.published.combined for found in view.leaves if found.published is not None), Fraction(0))
    others = [
        found.item.id
        for found in view.one.items.values()
        if found.published is not None
        and (
            found.printed("combined", digits) != percent(found.weight.combined, digits)
            or found.printed("weight", digits) != percent(found.weight.weight, digits)
        )
    ]
    differ = (
        view.t(" Rounding each by itself would differ for: {names}.", names=view.names(others))
        if others
        else view.t(" Rounding each by itself gives the same.")
    )
    return (
        view.t(
            "The weights of a group add up to 100 %, combined weights at the ends of the tree to "
            "{total} %. Largest remainders: all are rounded down, and the missing units go to the "
            "largest remainders.",
            total=fixed(total, digits),
        )
        + differ
    )


def shows(view: PanelView) -> list[str]:
    """What the round shows: agreement, consensus, stability, proposals, weights."""
    levels = [agreement_sentence(view, found) for found in whole_groups(view)]
    rest = [
        _groups_apart(view), consensus_sentence(view), stability_sentence(view), _stuck(view), proposals_sentence(view),
        weights_sentence(view),
    ]  # fmt: skip
    return [sentence for sentence in (*levels, *rest) if sentence]


def shows_not(view: PanelView) -> list[str]:
    """What a reader could take from the numbers and should not; only what this round gives cause for."""
    one, declared = view.one, view.analysis.panel.declared
    dropped = max((g.concordance.dropped for g in one.groups if g.concordance is not None), default=0)
    away = one.round.sent - one.round.returned
    agreed = [g for g in one.groups if g.concordance is not None and g.concordance.W is not None]
    causes: list[tuple[object, Callable[[], str]]] = [
        (
            declared.synthetic,
            lambda: view.t("The marks are made up: they show the method and prove nothing of the matter."),
        ),
        (
            agreed,
            lambda: view.t(
                "A small p says that the orders agree beyond chance, not that they agree well; W says how well."
            ),
        ),
        (
            any(g.group.kind == "level" for g in agreed),
            lambda: view.t(
                "A W across groups ranks items of different parents together, while weights are shared "
                "out inside each parent; it does not stand for the W of each group."
            ),
        ),
        (
            True,
            lambda: (
                view.t(
                    "Consensus and stability are different things: experts may agree and still move, or "
                    "differ and stand still."
                )
                if view.before
                else view.t("One round does not tell whether opinions are stable.")
            ),
        ),
        (
            one.authority,
            lambda: view.t("Authority is what experts say of themselves; it does not prove their judgement."),
        ),
        (
            any(g.interval for g in agreed),
            lambda: view.t("Experts are no random sample; intervals show the spread of resampling these ones only."),
        ),
        (declared.scale.min, lambda: _ratio(view)),
        (
            one.screening and declared.thresholds.screening.boundary_values,
            lambda: view.t(
                "Boundary values come from the items themselves, so other items give others; to lie "
                "beyond them is not to be unimportant."
            ),
        ),
        (
            dropped,
            lambda: view.t(
                "{count} {count:expert left an item out and does|experts left an item out and do} not "
                "count for W, which speaks of the others.",
                count=dropped,
            ),
        ),
        (
            away,
            lambda: view.t(
                "The {count} forms that did not come back may differ from those that did; nobody can tell.", count=away
            ),
        ),
    ]
    return [text for cause, sentence in causes if cause and (text := sentence())]


def _stuck(view: PanelView) -> str:
    stable = {one.moved.item for one in view.one.stability or () if one.stable}
    items = [name for name, found in view.one.items.items() if name in stable and reached(view, found) is False]
    return (
        view.t(
            "Stable without consensus, items: {count} ({names}). Opinions hardly move, and still differ.",
            count=len(items),
            names=view.names(items),
        )
        if items
        else ""
    )


def _ratio(view: PanelView) -> str:
    """How far two weights of a group can lie apart on this scale, and how far they do."""
    scale = view.analysis.panel.declared.scale
    groups: dict[str | None, list[ItemAnalysis]] = {}
    for found in view.one.items.values():
        if found.described is not None and found.weight.weight:
            groups.setdefault(found.weight.parent, []).append(found)
    pairs = [
        (max(part, key=_weight), min(part, key=_weight)) for part in groups.values() if len(part) > 1
    ]  # fmt: skip
    if not pairs:
        return ""
    big, small = max(pairs, key=lambda pair: _weight(pair[0]) / _weight(pair[1]))
    return view.t(
        "Weights are shares of means: on marks from {low} to {high} two weights of a group "
        'differ by a factor of {most} at most; here the largest is {found} ("{big}" and '
        '"{small}").',
        low=plain(scale.min),
        high=plain(scale.max),
        most=decimal_text(scale.max / scale.min, Rounding(1)),
        found=fixed(_weight(big) / _weight(small), 2),
        big=view.name(big.item.id),
        small=view.name(small.item.id),
    )


def _weight(found: ItemAnalysis) -> Fraction:
    return found.weight.weight or Fraction(0)


def _verdicts(view: PanelView, name: str, found: dict[str, bool | None], **values: object) -> str:
    rest = [item for item, verdict in found.items() if verdict is False]
    unknown = [item for item, verdict in found.items() if verdict is None]
    tail = view.t("; not so: {names}", names=view.names(rest)) if rest else ""
    tail += view.t("; cannot be told: {names}", names=view.names(unknown)) if unknown else ""
    count = len(found) - len(rest) - len(unknown)
    return view.t(name, count=count, of=len(found), rest=tail, **values)


def _list(view: PanelView, said: Sequence[str]) -> str:
    return ("；" if view.language == "zh" else "; ").join(said)
