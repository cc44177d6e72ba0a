"""What exports call the columns of a ledger, in Chinese and English."""

from __future__ import annotations

import re

from auditlib.ledger.registers import REGISTERS

__all__ = ["target_of"]

WHEN = "(?:的)?(?:时间|日期|时刻|时)"
WHO = "(?:被考核|承办|办理|责任|主办|处置|处理|所属|涉诉|被投诉|经办)?"
WHAT = "(?:工单|信访件?|投诉件?|诉求|案件|受理|登记|办件|事项|业务|件)?"
AT = "(?: ?dt| at| date| time)"
NAMES: dict[str, dict[str, str]] = {
    "cases": {
        "case_id": f"{WHAT}(?:编号|号码?|单号|流水号|序列号)"
        "|(?:case|complaint|ticket|request|enquiry|case enquiry|service request)? ?(?:id|no|number|ref|reference|key)",
        "unit": f"{WHO}(?:单位|部门|机构|科室|分公司|网点|支行|企业)(?:名称|编码|代码)?"
        "|(?:responsible |assigned )?(?:department|unit|agency|division|branch|office|company|organi[sz]ation)",
        "kind": f"{WHAT}(?:类别|类型|性质)|(?:case|complaint|request) ?(?:kind|class)|kind",
        "channel": f"{WHAT}(?:来件)?(?:渠道|来源|途径|方式)|source|channel|submitted ?via",
        "category": "(?:问题|诉求|投诉|内容)(?:分类|大类|小类|领域)|[一二三]级分类"
        "|type|category|issue|subject|topic|case ?title",
        "received_at": f"(?:受理|提交|登记|来电|来访|投诉|诉求|接收|收到|信访|收件|反映|举报){WHEN}"
        f"|open(?:ed)?{AT}?|received?{AT}?|created?{AT}?|submitted{AT}?|reported{AT}"
        "|date ?(?:received|opened|submitted|created|reported)",
        "entered_at": f"录入{WHEN}|entered{AT}?",
        "accepted_at": f"(?:接单|签收|接件){WHEN}|accepted{AT}?",
        "dispatched_at": f"(?:派单|转办|交办|分派|下派|转交){WHEN}"
        f"|dispatched{AT}?|date ?sent(?: ?(?:to ?)?company)?|assigned{AT}",
        "contacted_at": f"(?:首次)?联系{WHEN}|contacted{AT}?",
        "planned_at": f"方案{WHEN}|planned{AT}?",
        "replied_at": f"(?:答复|回复|反馈|回访){WHEN}|replied{AT}?|respon(?:se|ded){AT}?",
        "due_at": f"(?:办理|办结|处理|答复|截止|规定)?(?:期限|时限|截止{WHEN})"
        f"|(?:应办结|应答复|到期|截止|要求完成){WHEN}|target{AT}?|due{AT}?|deadline|sla (?:target|due){AT}?",
        "closed_at": f"(?:实际)?(?:办结|结案|完成|办毕|归档|关闭|处理完成|结束){WHEN}"
        f"|closed?{AT}?|date ?closed|resolved{AT}|completed?{AT}?|completion date",
        "status": f"(?:办理|处理|当前)?{WHAT}状态|(?:case )?status",
        "outcome": "(?:办理|处理|处置|办结)(?:结果|结论|情况)|closure ?(?:reason|code)|outcome|result|resolution",
        "satisfaction": "(?:群众|回访|办理结果|总体|服务)?满意(?:度|情况|与否)|评价结果|satisfaction|rating",
        "person_key": "(?:当事人|用户|客户|投诉人|信访人)(?:代号|编码|标识)|(?:person|customer) ?(?:key|id)",
    },
    "units": {
        "unit": "(?:单位|部门|机构|分公司)?(?:编码|代码|编号|code)|unit(?: ?(?:id|code))?",
        "name": "(?:单位|部门|机构|分公司)?(?:名称|全称)|name|unit ?name",
        "group": "(?:考核)?(?:组别|分组|类别|序列)|group",
    },
    "events": {
        "event_id": "(?:事件|事项|问题)?(?:编号|号码?|序号)|(?:event|incident) ?(?:id|no)",
        "unit": f"{WHO}(?:单位|部门|机构|科室|分公司|网点|支行|企业)(?:名称|编码|代码)?|department|unit|branch",
        "at": f"(?:发生|发现|通报){WHEN}|(?:event|incident|occurred){AT}",
        "kind": "(?:事件|问题)(?:类别|类型|性质)|(?:event|incident) ?(?:kind|type)",
        "reason": "(?:事件)?(?:原因|事由)|reason",
    },
    "exclusions": {
        "case_id": "(?:工单|信访件?|投诉件?|案件|件)?(?:编号|号|单号)|case ?id",
        "reason": "(?:剔除|排除|申请)?(?:理由|原因|事由)|reason",
        "approver": "(?:批准|审批|审核)(?:单位|部门|机关)?|approve[rd](?: by)?",
        "clause": "(?:依据|条款)(?:条款)?|clause",
    },
}
"""By register and column, a pattern of the names that mean it. Registers that are not here go by their own names."""


def target_of(register: str, name: str) -> tuple[str, bool] | None:
    """The column of a register that a name of a source means, and whether it says so in as many words."""
    plain = _plain(name)
    for column in REGISTERS[register].columns:
        if plain in (_plain(column.name), _plain(column.zh)):
            return column.name, True
    found = [
        target for target, pattern in NAMES.get(register, {}).items() if re.fullmatch(pattern, plain)
    ]  # fmt: skip
    return (found[0], len(found) == 1) if found else None


def _plain(name: str) -> str:
    """A name without what stands in brackets after it, in small letters, with blanks for its other signs."""
    bare = re.sub(r"[（(【\[].*?[）)】\]]", "", name)
    bare = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare)  # DateReceived
    return re.sub(r"[\s_\-./*:：]+", " ", bare).strip().lower()
