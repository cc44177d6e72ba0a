# ruff: noqa: E501 — the two languages stand side by side
"""Every fixed sentence of the report of a panel of experts, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from auditlib.report.wording import worded

__all__ = ["WORDS", "tell"]

# fmt: off
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    # titles
    "full_title": ("{panel}：第{round}轮专家咨询报告", "{panel}: report of round {round} of the panel of experts"),
    "participation": ("专家参与与权威程度", "Participation and authority"),
    "items": ("各条目评分", "Marks of the items"),
    "distribution": ("评分分布", "Distribution of the marks"), "distribution_part": ("评分分布（{part}/{parts}）", "Distribution of the marks ({part} of {parts})"),
    "agreement": ("协调程度", "Agreement"), "screening": ("条目筛选", "Screening of the items"),
    "consensus": ("共识", "Consensus"), "stability": ("稳定性", "Stability"),
    "weights": ("权重", "Weights"), "weights_part": ("权重（{part}/{parts}）", "Weights ({part} of {parts})"),
    "remarks": ("专家意见", "Remarks of the experts"), "undefined": ("没有定义的统计量", "Statistics that are not defined"),
    "method": ("方法与约定", "Methods and what was agreed"), "repeat": ("如何复核本报告", "How to re-perform this report"),
    "table": ("表{number}　{title}", "Table {number}. {title}"), "figure": ("图{number}　{caption}", "Figure {number}. {caption}"),
    "shows": ("这一轮说明什么", "What this round shows"), "shows_not": ("不说明什么", "What it does not show"),
    # titles of tables
    "t_rounds": ("各轮参与情况", "Participation by round"), "t_authority": ("专家权威程度（第{round}轮）", "Authority of the experts (round {round})"),
    "t_experts": ("各专家的权威程度", "Authority by expert"), "t_items": ("第{round}轮评分与权重", "Marks and weights of round {round}"),
    "t_counts": ("第{round}轮各分值的人数", "Experts by mark given, round {round}"), "t_agreement": ("Kendall 协调系数 W", "Kendall's coefficient of concordance W"),
    "t_boundaries": ("第{round}轮界值", "Boundary values of round {round}"), "t_screening": ("第{round}轮筛选建议", "Proposals of round {round}"),
    "t_consensus": ("第{round}轮共识", "Consensus in round {round}"), "t_stability": ("第{before}轮至第{round}轮的变化", "Change from round {before} to round {round}"),
    "t_weights": ("第{round}轮权重", "Weights of round {round}"),
    # columns
    "round": ("轮次", "Round"), "sent": ("发出", "Sent"), "returned": ("收回", "Returned"), "positive": ("积极系数（%）", "Returned (%)"),
    "remarked": ("提意见者（%）", "With remarks (%)"), "coefficient": ("系数", "Coefficient"), "experts": ("人数", "Experts"),
    "mean": ("均数", "Mean"), "min": ("最小", "Min"), "max": ("最大", "Max"), "expert": ("专家", "Expert"),
    "item": ("条目", "Item"), "n": ("n", "n"), "x": ("均数 x̄", "Mean x̄"), "xw": ("加权均数", "Weighted mean"), "s": ("标准差 s", "SD s"), "cv": ("变异系数 CV", "CV"),
    "k": ("满分频率 K", "Full-mark ratio K"), "q1": ("P25", "Q1"), "median": ("中位数", "Median"), "q3": ("P75", "Q3"),
    "weight_p": ("权重（%）", "Weight (%)"), "combined_p": ("组合权重（%）", "Combined weight (%)"),
    "group": ("组", "Group"), "W": ("W", "W"), "interval": ("95%自助区间", "Bootstrap 95 %"), "chi2": ("χ²", "χ²"), "df": ("df", "df"),
    "p": ("p（χ²）", "p (χ²)"), "p_exact": ("p（重排）", "p (orders)"), "word": ("强弱", "Strength"), "W_plain": ("W（未校正）", "W uncorrected"), "alpha": ("α", "α"),
    "level": ("级别", "Level"), "criterion": ("准则", "Criterion"), "centre": ("均值 ± 标准差", "Mean ± SD"), "bound": ("保留条件", "Kept where"),
    "proposal": ("建议", "Proposal"), "reasons": ("理由", "Reasons"), "agreed_share": ("给{mark}分及以上（%）", "Marks of {mark} or more (%)"),
    "cv_reached": ("CV 达到", "CV reached"), "share_reached": ("比例达到", "Share reached"), "reached": ("共识", "Consensus"),
    "pairs": ("两轮都答", "In both"), "cv_before": ("前轮 CV", "CV before"), "cv_after": ("本轮 CV", "CV after"), "cv_change": ("CV 变化", "Change"),
    "kappa": ("加权 κ", "Weighted κ"), "wilcoxon": ("Wilcoxon p", "Wilcoxon p"), "holm": ("p（Holm）", "p (Holm)"), "stable": ("稳定", "Stable"),
    "share": ("权重", "Weight"), "combined": ("组合权重", "Combined"), "weight_alone": ("权重单独舍入（%）", "Weight rounded alone (%)"), "combined_alone": ("组合单独舍入（%）", "Combined rounded alone (%)"),
    "remark": ("意见", "Remark"), "whole": ("（整体）", "(on the whole)"), "where": ("位置", "Where"), "statistic": ("统计量", "Statistic"), "why": ("原因", "Why"),
    "what": ("事项", "What"), "value": ("内容", "Value"),
    # values
    "round_n": ("第{round}轮", "Round {round}"), "level_n": ("第{level}级", "Level {level}"), "yes": ("是", "yes"), "no": ("否", "no"), "undefined_mark": ("未定义", "undefined"),
    "keep": ("保留", "keep"), "discuss": ("讨论", "discuss"), "delete": ("删除", "delete"),
    "items_n": ("项数", "Items"), "m": ("专家 m", "Experts m"),
    "level_group": ("第{level}级全部条目（跨组）", "All items of level {level} (across groups)"), "first_level": ("第1级各条目", "Items of level 1"), "under": ("{item}（组内）", "Under {item}"),
    "failed": ("{statistic} = {found} {sign} {limit}", "{statistic} = {found} {sign} {limit}"), "own_criterion": ("{name}（{statistic}）", "{name} ({statistic})"),
    "band": ("{low}–{high} 分", "{low}–{high}"), "band_one": ("{mark} 分", "{mark}"), "band_label": ("{mark} {label}", "{mark} {label}"), "no_answer": ("未答", "No answer"),
    "m_mean": ("均数", "mean"), "m_sd": ("标准差", "SD"), "m_cv": ("CV", "CV"), "m_median": ("中位数", "median"), "m_q1": ("P25", "Q1"), "m_q3": ("P75", "Q3"),
    "m_iqr": ("四分位距", "IQR"), "m_full_mark_ratio": ("满分频率", "full-mark ratio"), "m_W": ("W", "W"), "m_weight": ("权重", "weight"),
    "m_cv_before": ("前轮 CV", "CV before"), "m_cv_after": ("本轮 CV", "CV after"), "m_cv_change": ("CV 变化", "change of CV"), "m_kappa_linear": ("线性加权 κ", "linearly weighted κ"),
    "m_kappa_quadratic": ("平方加权 κ", "quadratically weighted κ"), "m_wilcoxon_p": ("Wilcoxon p", "Wilcoxon p"), "m_wilcoxon_p_holm": ("Holm 校正后的 p", "p corrected by Holm"), "m_alpha": ("Krippendorff α", "Krippendorff's α"),
    "m_authority": ("权威系数", "authority"),
    # first screen
    "f_panel": ("专家组", "Panel"), "f_round": ("轮次", "Round"), "f_scale": ("评分", "Marks"), "f_scale_value": ("{low} 至 {high} 分", "{low} to {high}"),
    "f_items": ("条目", "Items"), "f_items_value": ("{count} 项，{levels} 级", "{count} on {levels} levels"), "f_opened": ("发出日期", "Opened"), "f_agreed": ("阈值约定于", "Thresholds agreed"),
    "synthetic": ("合成数据：评分是编造的，不是真实调查", "Synthetic data: the marks are made up, no survey was made"),
    "a_positive": ("专家积极系数", "Positive coefficient"), "a_positive_more": ("发出 {sent} 份，收回 {returned} 份", "{sent} sent, {returned} returned"),
    "a_positive_assumed": ("收回 {returned} 份；发出份数没有声明", "{returned} returned; how many were sent is not declared"),
    "a_authority": ("权威系数 Cr", "Authority Cr"), "a_authority_more": ("Ca {Ca}，Cs {Cs}；专家自评", "Ca {Ca}, Cs {Cs}; as the experts rate themselves"), "a_authority_none": ("没有 experts.csv，无从计算", "not known: there is no experts.csv"),
    "a_W": ("W：{group}", "W: {group}"), "a_W_value": ("{W}　{word}", "{W} {word}"), "a_W_more": ("p {p}；95%区间 {low}–{high}", "p {p}; interval of 95 % {low}–{high}"), "a_W_plain": ("p {p}", "p {p}"),
    "a_consensus": ("共识（本轮之内）", "Consensus (within this round)"), "a_of": ("{count} / {of} 项", "{count} of {of}"), "a_consensus_more": ("达到约定的阈值：{limits}", "reach what was agreed: {limits}"), "a_consensus_none": ("没有约定阈值，不作判断", "no thresholds were agreed, so none is said"),
    "a_stability": ("稳定（与第{before}轮比）", "Stability (since round {before})"), "a_stability_first": ("稳定（轮次之间）", "Stability (between rounds)"), "a_stability_more": ("符合约定的阈值：{limits}", "keep to what was agreed: {limits}"), "a_first": ("首轮，无从比较", "first round, nothing to compare"),
    "a_stability_none": ("没有约定阈值，变化见表", "no thresholds were agreed; the table tells the changes"),
    "l_cv": ("CV < {cv}", "CV < {cv}"), "l_share": ("至少 {share} 的专家给 {mark} 分及以上", "at least {share} of the experts give {mark} or more"),
    "l_change": ("CV 变化不超过 ±{most}", "CV changes by {most} at most"), "l_kappa": ("加权 κ 不低于 {least}", "weighted κ of {least} or more"), "l_p": ("Holm 校正后 p > {p}", "p > {p} after Holm"),
    # what W says
    "W_not_chance": ("{group}：W = {W}，p {p}。排序一致不像出于偶然，但协调程度为“{word}”{verdict}", "{group}: W = {W}, p {p}. The orders agree beyond chance; the agreement is {word}{verdict}"),
    "W_chance": ("{group}：W = {W}，p {p}。不能排除排序一致出于偶然（以 0.05 为界），协调程度“{word}”。", "{group}: W = {W}, p {p}. Chance cannot be ruled out (limit 0.05); the agreement is {word}."),
    "W_low": ("，不能只凭 p 值称为协调。", ", and a small p does not make it good."), "W_good": ("。", "."),
    "W_high": ("{group}：W = {W}，p {p}。协调程度为“{word}”，且不像出于偶然。", "{group}: W = {W}, p {p}. The agreement is {word} and beyond chance."),
    "W_undefined": ("{group}：W 没有定义。{why}。", "{group}: W is not defined; {why}."),
    "W_groups": ("组内协调最强的是“{best}”（W = {high}，{high_word}），最弱的是“{worst}”（W = {low}，{low_word}）。", "Inside the groups, agreement is highest under \"{best}\" (W = {high}, {high_word}) and lowest under \"{worst}\" (W = {low}, {low_word})."),
    "W_moved": ("{group}的 W 由第{before}轮的 {old} 变为第{round}轮的 {new}。", "{group}: W went from {old} in round {before} to {new} in round {round}."),
    "W_not_a_test": ("两轮出自同一批专家，区间是否重叠不是检验。", "Both rounds come from the same experts, so overlapping intervals are no test."),
    "W_many": ("本轮检验了 {count} 组，p 未作多重校正。", "{count} groups were tested in this round; their p are not corrected for being several."),
    "W_methods": ("W 经同分校正；p（χ²）为近似，条目不多于7项时以 p（重排）为准：{enumerated}{permuted}。", "W is corrected for ties. p (χ²) is an approximation; with seven items or fewer p (orders) holds: {enumerated}{permuted}."),
    "W_enumerated": ("{count} 组穷举全部排序", "all orders were counted for {count} groups"), "W_permuted": ("{count} 组由 {draws} 次随机重排得出（种子 {seed}，蒙特卡洛标准误不超过 {error}）", "for {count} groups {draws} random panels were drawn (seed {seed}, Monte-Carlo error at most {error})"),
    "W_bootstrap": ("区间由专家重抽样得出（{draws} 次，种子 {seed}）。", "Intervals resample the experts ({draws} draws, seed {seed})."),
    "W_scale": ("强弱用语取 Schmidt（1997）五个点 0.1、0.3、0.5、0.7、0.9 中最近的一个。", "The word is that of the nearest of Schmidt's five points (1997): 0.1, 0.3, 0.5, 0.7, 0.9."),
    # what the round shows
    "s_consensus": ("{of} 项中 {count} 项达到约定的全部共识阈值{rest}。", "{count} of {of} items reach all agreed thresholds of consensus{rest}."), "s_rest": ("；没有达到的：{names}", "; not so: {names}"), "s_unknown": ("；无从判断的：{names}", "; cannot be told: {names}"),
    "s_stability": ("与第{before}轮相比，{of} 项中 {count} 项按约定的阈值为稳定{rest}。", "Since round {before}, {count} of {of} items are stable by the agreed thresholds{rest}."),
    "s_stuck": ("已稳定而未达共识的有 {count} 项（{names}）：意见已不大移动，分歧仍在。", "Stable without consensus, items: {count} ({names}). Opinions hardly move, and still differ."),
    "s_screening": ("界值法等准则建议删除 {delete}，讨论 {discuss}，其余保留；由专家组决定。", "The criteria propose to delete {delete} and to discuss {discuss}; the panel decides."), "s_none": ("0 项", "none"), "s_some": ("{count} 项（{names}）", "{count} ({names})"),
    "s_weights": ("组合权重最高的末级条目是“{high}”（{high_p}%），最低的是“{low}”（{low_p}%）。", "Of the items at the ends of the tree, \"{high}\" weighs most ({high_p} %), \"{low}\" least ({low_p} %)."),
    "s_no_weights": ("本轮没有可用的权重。", "This round gives no weights."),
    # what it does not show
    "n_synthetic": ("评分是编造的，只演示方法，对实际问题什么也不证明。", "The marks are made up: they show the method and prove nothing of the matter."),
    "n_p": ("p 值小只说明排序一致不像偶然，不说明一致程度高；程度看 W。", "A small p says that the orders agree beyond chance, not that they agree well; W says how well."),
    "n_level": ("跨组的 W 把不同上级之下的条目放在一起排序，而权重是在各自上级之内分配的；它不代替各组的 W。", "A W across groups ranks items of different parents together, while weights are shared out inside each parent; it does not stand for the W of each group."),
    "n_apart": ("共识与稳定是两回事：专家可以一致而仍在变动，也可以分歧而不再变动，两者不合并成一个数。", "Consensus and stability are different things: experts may agree and still move, or differ and stand still."),
    "n_first": ("只有一轮，看不出意见是否稳定。", "One round does not tell whether opinions are stable."),
    "n_authority": ("权威系数来自专家自评，不证明判断正确。", "Authority is what experts say of themselves; it does not prove their judgement."),
    "n_sample": ("专家不是随机抽取的；区间只反映在这些专家中重抽样的波动。", "Experts are no random sample; intervals show the spread of resampling these ones only."),
    "n_ratio": ("权重是均数的占比：{low} 至 {high} 分的量表上，同组两项的权重之比至多 {most} : 1，本轮最大为 {found} : 1（“{big}”与“{small}”）。", "Weights are shares of means: on marks from {low} to {high} two weights of a group differ by a factor of {most} at most; here the largest is {found} (\"{big}\" and \"{small}\")."),
    "n_boundary": ("界值由本轮条目自身算出，换一批条目界值就变；落在界外不等于不重要。", "Boundary values come from the items themselves, so other items give others; to lie beyond them is not to be unimportant."),
    "n_dropped": ("有 {count} 位专家未答全，计算 W 时按整行剔除，W 只代表答全者。", "{count} experts left an item out and do not count for W, which speaks of the others."),
    "n_returned": ("没有收回的 {count} 份可能与收回的不同，无从得知。", "The {count} forms that did not come back may differ from those that did; nobody can tell."),
    # captions
    "c_distribution": ("{of} 项按专家所给分值的人数；低分带斜纹，居左，高分居右，中间分值居中。分歧最小的是“{least}”（CV {least_cv}），最大的是“{most}”（CV {most_cv}）。{blank}", "Experts by the mark they gave to each of {of} items: low marks hatched and to the left, high ones to the right, the middle one centred. They differ least on \"{least}\" (CV {least_cv}) and most on \"{most}\" (CV {most_cv}).{blank}"),
    "c_distribution_plain": ("{of} 项按专家所给分值的人数；变异系数没有定义。{blank}", "Experts by the mark they gave to each of {of} items; no CV is defined.{blank}"),
    "c_blank": ("共有 {count} 处未答。", " Marks that were not given: {count}."),
    "c_screening": ("每点是一个条目，编号见表；虚线为界值或自定的准则：均数不低于竖线、CV 不高于横线者在保留一侧。{proposals}", "Each point is an item, by its number in the table. Dashed lines are boundaries: the mean should not lie left of them, the CV not above. {proposals}"),
    "c_labels": ("一级多于 {most} 项时，只标出建议讨论或删除的。", "On a level of more than {most} items only those to discuss or delete are numbered."),
    "c_weights": ("条长为组合权重，浅色为上级条目，深色为末级条目；右侧数字是本组权重 → 组合权重。{sentence}", "Bars are combined weights, pale for items with items of their own; the figures are weight inside the group → combined weight. {sentence}"),
    "c_agreement": ("点为 W，横线为95%自助区间，竖线为 Schmidt 的五个点。", "Points are W, bars bootstrap intervals of 95 %, upright lines Schmidt's five points. "),
    # notes of tables
    "note_items": ("x̄ 为算术均数，s 的分母为 {divisor}，CV = s / x̄，K 为给满分（{top} 分）者的比例，分位数按第7型（线性内插）。权重为本组均数之占比，组合权重为逐级乘积，均按同组最大余数法舍入。", "x̄ is the plain mean, s divides by {divisor}, CV = s / x̄, K is the share that gave the top mark ({top}), quartiles are of type 7. Weights are shares of the means of a group, combined ones products down the tree, both rounded by largest remainders."),
    "note_weighted": ("权重按以专家权威系数加权的均数计算。", "Weights are taken from means weighted by each expert's authority."),
    "note_authority": ("Cr = (Ca + Cs) / 2。判断依据（大/中/小）：{bases}；熟悉程度：{familiarity}。{usual}", "Cr = (Ca + Cs) / 2. Bases of judgement (large/medium/small): {bases}. Familiarity: {familiarity}.{usual}"),
    "note_usual": ("赋值表未声明，采用一项已发表研究的表。", " The panel declares no tables; those of one published study are in force."),
    "note_boundaries": ("各级分别计算：均数与满分频率不低于均值 − 标准差，CV 不高于均值 + 标准差（标准差的分母为 {divisor}）。", "By level: means and full-mark ratios not below mean − SD, CVs not above mean + SD (the SD divides by {divisor})."),
    "note_screening": ("全部准则不符合的建议删除，部分不符合的建议讨论。只是建议，由专家组决定。", "An item that fails every criterion is proposed for deletion, one that fails some for discussion. The panel decides."),
    "note_no_screening": ("没有采用任何筛选准则。", "No criterion of screening is in force."), "note_nothing_screened": ("没有可以筛选的条目。", "There are no items to screen."),
    "note_consensus": ("阈值：{limits}{declared}。", "Thresholds: {limits}{declared}."), "declared_on": ("（约定于 {date}）", " (agreed on {date})"), "declared_never": ("（没有写明何时约定）", " (when they were agreed is not stated)"),
    "note_no_consensus": ("专家组没有约定共识的阈值，这里不作判断；CV 与满分频率见上表。", "The panel agreed on no thresholds of consensus, so none is said here."),
    "note_first": ("这是第一轮，没有可比较的前一轮。", "This is the first round; there is none before to compare with."),
    "note_stability": ("{count} 项各作一次双侧 Wilcoxon 符号秩检验，p（Holm）按这 {count} 次校正；κ 为线性加权。CV 取各轮全部作答，κ 与 Wilcoxon 取两轮都作答者。{limits}", "Each of {count} items has one two-sided Wilcoxon signed-rank test, and p (Holm) is corrected for these {count}. κ has linear weights. CVs are of all answers of a round, κ and Wilcoxon of those who answered in both. {limits}"),
    "note_stability_limits": ("稳定的阈值：{limits}{declared}。", "Stable means: {limits}{declared}."), "note_no_stability": ("没有约定稳定的阈值，只列变化，不作判断。", "No thresholds of stability were agreed: the changes are told and nothing is judged."),
    "note_stability_p": ("p 大只是没有检出移动，不证明没有移动。", " A large p finds no movement; it does not prove that there is none."), "note_absent": ("本轮新增或上轮没有的条目不比较：{names}。", " Not compared, because the round before did not ask them: {names}."),
    "moved_none": ("没有一项的移动在 Holm 校正后显著（以 0.05 为界）。", "No item moved significantly after Holm's correction (limit 0.05)."), "moved_some": ("Holm 校正后显著移动的有 {count} 项：{names}。", "Items that moved significantly after Holm's correction: {count} ({names})."), "moved_cv": ("CV 下降 {down} 项，上升 {up} 项，不变 {same} 项。", "The CV fell for {down}, rose for {up}, stayed for {same}."),
    "note_weights": ("同组权重合计 100%，末级组合权重合计 {total}%。最大余数法：先舍去，再把差额按余数从大到小补足，使舍入后仍合计一致。", "The weights of a group add up to 100 %, combined weights at the ends of the tree to {total} %. Largest remainders: all are rounded down, and the missing units go to the largest remainders."),
    "note_weights_same": ("与逐个四舍五入没有差别。", " Rounding each by itself gives the same."), "note_weights_differ": ("与逐个四舍五入不同的有：{names}。", " Rounding each by itself would differ for: {names}."),
    "note_remarks": ("原文照录，只以代号署名。", "As they were written, under pseudonyms only."), "note_undefined": ("下列统计量没有定义，表中以“—”表示，不以 0 代替。", "These statistics are not defined. Tables show — for them, never 0."),
    "note_undefined_none": ("本轮各统计量均有定义。", "Every statistic of this round is defined."),
    "note_repeat": ("同样的文件得出同样的报告。下列命令重算全部统计量并重新生成本报告。", "The same files give the same report. These commands compute all statistics again and make the report anew."),
    "step_delphi": ("重新计算", "Compute again"), "step_report": ("重新生成报告", "Make the report anew"),
    "in_panel": ("专家组", "Panel"), "in_digest": ("全部文件的摘要", "Digest of all files"), "in_software": ("软件", "Software"), "in_source": ("软件源码", "Source of the software"),
    "m_options": ("统计口径", "Options"), "m_thresholds": ("阈值", "Thresholds"), "m_note": ("说明", "Note"), "m_question": ("咨询问题", "Question"), "m_resampling": ("重抽样", "Resampling"),
    "o_mean_plain": ("权重用算术均数", "weights from plain means"), "o_mean_authority_weighted": ("权重用权威系数加权均数", "weights from means weighted by authority"), "o_sd_sample": ("标准差分母 n − 1", "SD divides by n − 1"), "o_sd_population": ("标准差分母 n", "SD divides by n"),
    "o_missing_complete": ("缺答者计算 W 时按整行剔除", "experts with a missing mark do not count for W"), "o_missing_pairwise": ("缺答时两两比较求 W", "W from pairs of experts where marks are missing"), "o_draws": ("{draws} 次，种子 {seed}", "{draws} draws, seed {seed}"),
    "divisor_sample": ("n − 1", "n − 1"), "divisor_population": ("n", "n"),
    # figures
    "x_experts": ("作答专家的比例（%）", "Share of the experts who answered (%)"), "x_mean": ("均数", "Mean"), "y_cv": ("变异系数 CV", "CV"), "x_W": ("协调系数 W", "W"), "x_weight": ("组合权重（%）", "Combined weight (%)"),
})
# fmt: on


def tell(name: str, language: str, /, **values: object) -> str:
    """The wording ``name`` in a language, with its values put in as text."""
    return worded(WORDS[name], language, **values)
