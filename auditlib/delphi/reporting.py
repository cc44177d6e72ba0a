"""The key ``reporting`` of ``panel.yaml``: what a paper on a panel has to tell and no answer can, and the checklists.

Sources: Gattrell, Logullo, van Zuuren and others, ACCORD (ACcurate COnsensus Reporting Document), PLOS Medicine 21
(2024) e1004326, doi 10.1371/journal.pmed.1004326, whose 35 items are T1, I1 to I3, M1 to M21, R1 to R5, D1, D2 and O1
to O3; Jünger, Payne, Brine, Radbruch and Brearley, Guidance on Conducting and REporting DElphi Studies (CREDES),
Palliative Medicine 31 (2017) 684-706, doi 10.1177/0269216317690685, whose 16 recommendations are on justification (1),
planning (2) and consensus (3); informational input (4), bias (5), interpretation (6) and external validation (7) in the
conduct; and purpose (8), experts (9), methods (10), procedure (11), consensus (12), results (13), limitations (14),
conclusions (15) and dissemination (16) in the report. What is asked is told in our words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, model_validator

from auditlib.core.values import Strict, Text

__all__ = ["CHECKLIST", "Characteristic", "ChecklistItem", "Reporting"]


class CharacteristicValue(Strict):
    """One group of the experts and how many belong to it."""

    title: Text
    experts: Annotated[int, Field(ge=0)]


class Characteristic(Strict):
    """A characteristic of the experts, such as years of practice, with the numbers of those who share a value."""

    title: Text
    values: tuple[CharacteristicValue, ...]

    @property
    def experts(self) -> int:
        """How many experts the values hold together."""
        return sum(value.experts for value in self.values)

    @model_validator(mode="after")
    def _has_experts(self) -> Characteristic:
        if not self.experts:
            raise ValueError("found no experts in values, expected at least one")
        return self


class Reporting(Strict):
    """What those who run a panel say of it, each in a sentence or two; everything may be left out and is then told.

    The keys stand in the order of :data:`CHECKLIST`, which says what each of them answers.
    """

    rationale: Text | None = None
    aim: Text | None = None
    update_of: Text | None = None
    registration: Text | None = None
    steering: Text | None = None
    selection: Text | None = None
    recruitment: Text | None = None
    public: Text | None = None
    item_origin: Text | None = None
    literature: Text | None = None
    evidence: Text | None = None
    consensus_rationale: Text | None = None
    stopping_rule: Text | None = None
    non_consensus: Text | None = None
    collection: Text | None = None
    processing: Text | None = None
    piloting: Text | None = None
    feedback: Text | None = None
    anonymity: Text | None = None
    bias: Text | None = None
    steering_decisions: Text | None = None
    incentives: Text | None = None
    accessibility: Text | None = None
    deviations: Text | None = None
    external_validation: Text | None = None
    limitations: Text | None = None
    comparison: Text | None = None
    conclusions: Text | None = None
    endorsement: Text | None = None
    conflicts: Text | None = None
    funding: Text | None = None
    dissemination: Text | None = None
    characteristics: tuple[Characteristic, ...] = ()


@dataclass(frozen=True)
class ChecklistItem:
    """One row of the checklist: the items of ACCORD and the recommendations of CREDES that ask it, and what is asked.

    ``key`` names the entry of ``reporting`` that answers, ``computed`` what the panel's own files answer; where both
    are named, both are needed. Neither: the paper itself has to.
    """

    accord: str
    credes: str
    zh: str
    en: str
    key: str = ""
    computed: str = ""

    @property
    def title(self) -> Text:
        """What is asked, in both languages."""
        return Text(zh=self.zh, en=self.en)


CHECKLIST = (
    ChecklistItem("T1", "", "题名写明共识方法", "The title names the consensus method"),
    ChecklistItem(
        "I1", "1, 8", "为何采用共识方法，为何采用这一种", "Why a consensus method, and why this one", "rationale",
    ),
    ChecklistItem("I2", "8", "目的、使用者、适用地域", "Aim, for whom, for which area", "aim"),
    ChecklistItem(
        "I3", "", "是否更新已有文件：哪一份，为何更新", "What it brings up to date, if anything, and why", "update_of",
    ),
    ChecklistItem(
        "M1", "", "在何处预先注册，或写明未注册", "Where it was registered beforehand, or that it was not",
        "registration",
    ),
    ChecklistItem("M2", "", "由谁主持，分工、专长和经验", "Who steered, in which role, by which expertise", "steering"),
    ChecklistItem(
        "M3", "9", "遴选标准、人数的理由、由谁遴选", "Criteria of choice, why so many experts, and who chose them",
        "selection",
    ),
    ChecklistItem("M4", "9", "如何邀请专家", "How experts were invited", "recruitment"),
    ChecklistItem("M5", "", "投诉人或公众参与了什么", "What part complainants or the public had", "public"),
    ChecklistItem("M6", "10", "条目和材料的来源", "Where items and material come from", "item_origin"),
    ChecklistItem("M7", "10", "文献检索的策略和日期", "Search of the literature: how, and when", "literature"),
    ChecklistItem(
        "M8", "4, 10", "证据如何归纳，是否提供给专家", "How evidence was summed up, and whether experts were given it",
        "evidence",
    ),
    ChecklistItem("M9", "2, 10", "方法与步骤", "Method and steps", computed="method"),
    ChecklistItem(
        "M10", "10", "条目如何表述、用什么量表、能否写意见和新条目",
        "How items were put, on which scale, with remarks and new items or not", computed="presentation",
    ),
    ChecklistItem("M11", "10", "各轮的目的", "What each round was for", computed="objectives"),
    ChecklistItem(
        "M12", "3, 12", "事先约定的共识标准及理由",
        "Definition of consensus, agreed beforehand, and why", "consensus_rationale", "consensus",
    ),
    ChecklistItem("", "3", "何时停止", "When the panel stops", "stopping_rule"),
    ChecklistItem(
        "", "3, 6, 12", "未达成共识的条目如何处理和解释",
        "What is done with items without consensus, and what it means", "non_consensus", "stuck",
    ),
    ChecklistItem(
        "M13", "3", "已达成共识的条目是否再次征询", "Whether items with consensus were asked again",
        computed="asked_again",
    ),
    ChecklistItem(
        "M14", "10", "各轮如何收集答卷，单独还是会上作答", "How answers were collected, alone or in a group",
        "collection",
    ),
    ChecklistItem("M15", "10", "如何处理答卷", "How answers were processed", "processing", "processing"),
    ChecklistItem("M16", "4, 10", "材料和问卷的预试", "Piloting of material and forms", "piloting"),
    ChecklistItem("M17", "10", "轮次之间的反馈", "Feedback between rounds", "feedback"),
    ChecklistItem("M18", "", "匿名：对谁匿名，如何保证", "Anonymity: towards whom, and how", "anonymity"),
    ChecklistItem("", "5", "如何防止偏倚", "How bias was kept away", "bias"),
    ChecklistItem(
        "M19", "5, 10", "主持者是否参与决定", "What part those who steered had in decisions", "steering_decisions",
    ),
    ChecklistItem("M20", "", "激励", "Incentives", "incentives"),
    ChecklistItem("M21", "", "便利参与的措施", "How taking part was made easier", "accessibility"),
    ChecklistItem("R1", "11", "各轮起止日期", "When each round began and ended", computed="dates"),
    ChecklistItem("R2", "2", "与方案的偏离及理由", "Deviations from the protocol, and why", "deviations"),
    ChecklistItem(
        "R3", "9, 11", "各轮专家与答卷数，专家特征", "Experts and forms by round, characteristics",
        computed="participation",
    ),
    ChecklistItem("R4", "12, 13", "结果", "Results", computed="results"),
    ChecklistItem(
        "R5", "13", "条目何时、为何修改、新增、删除", "Items changed, added or dropped, when and why",
        computed="changes",
    ),
    ChecklistItem("", "7", "外部验证", "Validation by others", "external_validation"),
    ChecklistItem("D1", "14", "优点与局限", "Strengths and limitations", "limitations"),
    ChecklistItem("D2", "", "与已有研究是否一致，不一致的原因", "Fit with what is known, and why not", "comparison"),
    ChecklistItem("", "15", "结论与结果相称：适用范围", "Conclusions no wider than the results", "conclusions"),
    ChecklistItem("O1", "", "认可机构及其作用", "Who endorses it, in which role", "endorsement"),
    ChecklistItem("O2", "5", "利益冲突及其处理", "Conflicts of interest and how they were handled", "conflicts"),
    ChecklistItem("O3", "", "经费与资助者的作用", "Funding and the role of the funder", "funding"),
    ChecklistItem("", "16", "发表与传播", "Publication and dissemination", "dissemination"),
)  # fmt: skip
"""ACCORD's 35 items in their order, with what only CREDES asks."""
