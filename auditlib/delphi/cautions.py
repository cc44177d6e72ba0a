"""What someone who is about to use a panel's weights has to know: where its experts do not agree, or still move."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.core.values import Text
from auditlib.delphi.result import Analysis, GroupAnalysis
from auditlib.delphi.statistics.concordance import strength

__all__ = ["cautions"]

SIGNIFICANT, MODERATE = 0.05, 0.5
"""A p of this or more does not rule chance out; Schmidt's point of moderate agreement."""


def cautions(analysis: Analysis) -> tuple[Text, ...]:
    """A sentence for each weakness of the round that settles the weights; none where there is nothing to say.

    W of a group that is undefined, weak (nearest to Schmidt's 0.1 or 0.3) or not beyond chance; items without the
    agreed consensus, or none agreed; items that are not stable by what was agreed, or one round alone.
    """
    one = analysis.last
    said = [text for group in one.groups for text in _of_group(group)]
    limits = analysis.panel.declared.thresholds
    if limits.consensus is None:
        said.append(Text(zh="没有约定共识阈值", en="no thresholds of consensus were agreed"))
    else:
        failed = [
            name for name, found in one.items.items() if found.verdict is not None and found.verdict.reached is False
        ]
        said += _listed(failed, "未达到约定的共识", "without the agreed consensus")
    if one.stability is None:
        said.append(
            Text(zh="只有一轮，意见是否稳定无从得知", en="one round alone does not tell whether opinions are stable")
        )
    elif limits.stability is not None:
        said += _listed([m.moved.item for m in one.stability if m.stable is False], "不稳定", "not stable")
    return tuple(said)


def _of_group(found: GroupAnalysis) -> Iterator[Text]:
    group, agreed = found.group.id, found.concordance
    if agreed is None or agreed.W is None:
        if found.undefined is not None and len(found.group.items) > 1:
            yield Text(zh=f"{group}：{found.undefined.zh}", en=f"{group}: {found.undefined.en}")
        return
    word, p = strength(agreed.W), agreed.p if found.chance is None else found.chance.p
    if word.W < MODERATE:
        yield Text(
            zh=f"{group}：W = {agreed.W:.3f}，协调程度{word.words.zh}",
            en=f"{group}: W = {agreed.W:.3f} is {word.words.en}",
        )
    if p is not None and p >= SIGNIFICANT:
        yield Text(
            zh=f"{group}：W = {agreed.W:.3f}，p = {p:.3f}，不能排除偶然",
            en=f"{group}: W = {agreed.W:.3f} with p = {p:.3f}: chance cannot be ruled out",
        )


def _listed(items: list[str], zh: str, en: str) -> list[Text]:
    listed = Text(zh=f"{zh}的条目：{'、'.join(items)}", en=f"items {en}: {', '.join(items)}")
    return [listed] if items else []
