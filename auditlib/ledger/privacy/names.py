"""Chinese personal names: which characters are surnames, and which words only look as if they began with one."""

from __future__ import annotations

import re

__all__ = ["COMPOUND", "EVERY_SURNAME", "SURNAMES", "is_bare_name", "is_labelled_name", "is_titled_name"]

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤尚温康施牛樊"
    "葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁符舒阮纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路"
    "游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全"
    "佟应臧闵苟邬边卞姬师仇栾隋商刁沙荣巫"
)
"""The surnames of nearly everyone, the most frequent first; one that begins many ordinary words may stand here too."""

EVERY_SURNAME = SURNAMES + (
    "戈和明奚云凤花水昌廉皮元伏茅计谈祖储虞支昝经裘干诸幸封仲伊璩郁杭洪嵇滑荀羊於惠甄家糜松井富乌巴弓牧隗山宓蓬郗"
    "班仰秋暴钭厉戎束幽韶郜蓟薄印宿怀从鄂索咸籍赖屠池胥苍闻莘贡劳逄扶堵宰郦雍却桑濮寿通扈燕冀郏浦别充慕茹习宦鱼容"
    "慎庾终暨居衡步都满弘匡国文寇广禄阙东殴殳沃利蔚越夔隆巩厍晁勾敖融訾阚那空毋乜养鞠须丰巢蒯查后荆红竺权逯盖益桓"
    "公"
)
"""The surnames of the Hundred Family Surnames (百家姓) that stand in the list besides the frequent ones."""

COMPOUND = (
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "长孙", "宇文", "司徒", "司空",
    "夏侯", "端木", "百里", "呼延", "南宫", "独孤", "轩辕", "钟离", "申屠", "闻人", "澹台", "赫连", "太史", "淳于",
    "单于", "濮阳",
)  # fmt: skip

ANONYMOUS = re.compile("[某×＊*○〇Xx甲乙丙丁戊]")
"""What stands for the rest of a name that has been left out: 王某, 李×, 张甲."""

FUNCTION = frozenset(
    "的了在是和与及或于被已未不无没有可并且将就都也会要把向从对为这那该某各每其之以而由因昨今号点月年时员们人方"
    "件问题进行处理反映投诉举报要求情况"
)
"""Characters of ordinary sentences that are in no given name, or so rarely that the sentence is the likelier."""

PLACES = re.compile(
    "张家口|张家界|张家港|张掖|石家庄|石景山|石嘴山|石河子|马鞍山|马边|江苏|江西|江门|江阴|江北|江南|江东|成都|"
    "宁波|宁夏|宁德|温州|温岭|安徽|安阳|安康|安庆|安顺|安宁|广东|金华|金昌|金山|徐州|徐汇|常州|常德|常熟|唐山|"
    "唐县|邢台|邯郸|秦皇岛|秦淮|柳州|梅州|桂林|桂平|兰州|兰考|海淀|黄山|黄冈|黄石|黄浦|黄河|高新|高邮|高碑店|"
    "高密|白云|白山|白城|白银|龙岩|龙岗|龙华|武汉|武威|武昌|武清|荆州|荆门|钟山|钟祥|曲靖|曲阜|阳江|阳泉|阳光|"
    "滕州|吉林|吉安|毕节|盛泽|严重|路桥|路北|路南|关中|关外|林芝|林州|易县|雷州|钱塘|余杭|余姚"
)
"""Places that begin with a surname."""
OFFICE = re.compile(
    "[局委办所站部处科室组队院厅会司心社团校厂店行馆县市区镇乡村街道省员长]$|中心|公司|单位|部门|小区|领导|客户|用户|"
    "市民|居民"
)
"""What no person is called, or called to the end."""
ORGANISATION = re.compile(
    "[\u4e00-\u9fff]{0,6}?(?:公司|集团|餐饮|牛肉面|饭店|酒店|超市|商[店行]|药房|诊所|店|厂|馆|铺|事务所)"
)
"""The rest of a firm's name, after a form of address that belongs to it: 李先生牛肉面."""
WORDS = re.compile(
    "管理|管道|管家|管线|经办|党员|党委|党支部|党组|全体|全部|全程|保安|方案|方面|方式|方便|高度|高管|高温|高层|"
    "安全|安装|安排|安监|温度|时间|时候|时常|施工|成功|成立|成员|连续|关于|关系|单位|单独|应当|应急|项目|计划|"
    "计量|计费|解决|解释|解除|商家|商户|商店|农民|农村|师傅|路人|路面|车主|车间|房东|房屋|房主|金额|金融|石油|"
    "田间|万元|万一|付款|白天|龙头|左右|于是|申请|申诉|席位|边上|纪律|纪检|纪委|游客|华为|华东|易燃|包括|包装|"
    "费用|周边|周围|周期|周末|周一|周二|周三|周四|周五|马上|马路|夏季|任务|任何|余额|严格|严重|成本|祝贺|谢谢|"
    "许可|许多|何时|何地|何种|章程|符合|毕竟|左侧|盛大|冷水|冷气|甘肃|云南|辽宁|康复|荣誉|童装|古城|水电|水费|"
    "水管|明确|文明|公开|公正|家属|家人|家庭|国家|通知|别人|空调|广场|东区|都市|满意|居民|终端|容易|充值|养老|"
    "时任|常务|值班|当班|责任|连队|公示|明日|都有|查看|当事|相应|"
    "查询|后台|须知|权益|司机|司法|苗木|蓝天|凌晨|曲线|欧洲|宫颈|米面|桂花|阳光|阳台|景区|荣获"
)
"""Ordinary words that begin with a surname."""
LAST_OF_A_WORD = frozenset((
    "对方", "双方", "我方", "乙方", "甲方", "多方", "各方", "校方", "资方", "警方", "官方", "院方", "店方", "厂方",
    "司方", "有关", "相关", "无关", "海关", "由于", "位于", "至于", "鉴于", "关于", "对于", "属于", "便于", "等于",
    "善于", "处于", "保安", "公安", "治安", "平安", "西安", "提高", "最高", "主任", "责任", "担任", "新任", "主管",
    "分管", "律师", "教师", "医师", "厨师", "同时", "及时", "按时", "当时", "中石", "司机", "商家", "国家", "大家",
    "专家", "独家", "全国", "本国", "如何", "任何", "年轻", "其余", "业余", "黄金", "现金", "资金", "开车", "乘车",
    "停车", "顺路", "道路", "公路", "民航", "千万", "百万", "回应", "供应", "反应", "一连", "接连", "完成", "组成",
    "达成", "构成", "赞成", "了解", "理解", "调解", "安居", "邻居", "同居", "下单", "账单", "订单", "名单", "保单",
    "工单", "接单", "派单",
))  # fmt: skip
"""Ordinary words that end with a surname: 对方女士 is not Ms 方."""


def is_titled_name(name: str, before: str, after: str) -> bool:
    """Whether ``name`` before 先生 or 女士 is one: no firm that is called so, and not the end of an ordinary word."""
    if _is_ordinary(name) or ORGANISATION.match(after):
        return False
    if len(name) > 1 and name not in COMPOUND:
        return name[0] in SURNAMES or name[:2] in COMPOUND
    return before[-1:] + name not in LAST_OF_A_WORD


def is_labelled_name(name: str, after: str) -> bool:
    """Whether ``name`` after 联系人 or 姓名 is one: no place, no office, no ordinary word."""
    told = name + after
    if _is_ordinary(name) or PLACES.match(told) or WORDS.match(told) or ANONYMOUS.match(after):
        return False
    return not OFFICE.search(name) and not re.match(r"[\u4e00-\u9fff]{0,6}(?:公司|[局委办所站]|中心|部门)", after)


def is_bare_name(text: str) -> bool:
    """Whether a whole cell is a name: a surname and one or two characters more, or three after a compound one."""
    surname = text[:2] if text[:2] in COMPOUND else text[:1]
    if surname not in COMPOUND and surname not in SURNAMES:
        return False
    given = text[len(surname) :]
    if not re.fullmatch("[\u4e00-\u9fff]{1,2}", given):
        return False
    return not (_is_ordinary(text) or PLACES.match(text) or OFFICE.search(text) or WORDS.match(text))


def _is_ordinary(name: str) -> bool:
    anonymous = ANONYMOUS.search(name[1:])
    return bool(anonymous or WORDS.match(name) or any(letter in FUNCTION for letter in name[1:]))
