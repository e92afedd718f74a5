"""The words of the register: code -> what people read (domain.md §1.0, §2.4)."""

from collections.abc import Mapping

CATEGORIES: Mapping[str, str] = {
    "dibao": "低保户",
    "marginal": "低保边缘户",
    "accident": "意外致困户",
    "observe": "待观察",
    "deep": "深度困难职工",
    "relative": "相对困难职工",
    "accident_worker": "意外致困职工",
    "none": "不符合条件",
}
"""The categories of both rule sets: a household keeps the one of the rules it was measured by."""

RULES_OF_2021 = "GB2021"
CATEGORIES_OF: Mapping[str, tuple[str, ...]] = {
    "GB2016": ("dibao", "marginal", "accident"),
    RULES_OF_2021: ("deep", "relative", "accident_worker"),
}
"""The categories that a file can have, by the rules it was measured by."""

_SAID_BEFORE: Mapping[tuple[str, str], str] = {(RULES_OF_2021, "accident"): "accident_worker"}


def category_by_rules(code: str, rule_set: str) -> str:
    """The code of a category by the rules it was found with.

    The first releases wrote accident under the rules of 2021 as they did under those of 2016,
    which name another kind of household.
    """
    return _SAID_BEFORE.get((rule_set, code), code)


APPLICATION_KINDS: Mapping[str, str] = {
    "self": "本人申请",
    "on_behalf": "工会代办",
    "found": "主动发现",
}
WORKER_KINDS: Mapping[str, str] = {"worker": "职工", "migrant": "农民工"}
YES_NO: Mapping[str, str] = {"yes": "是", "no": "否", "True": "是", "False": "否"}
VEHICLE_USES: Mapping[str, str] = {
    "private": "自用",
    "business": "营运",
    "disabled": "残疾人代步",
}
HAVE: Mapping[str, str] = {"yes": "有", "no": "无"}
PUBLICATION: Mapping[str, str] = {
    "web": "网上(脱敏)和单位公示栏",
    "unit": "只在单位公示栏",
    "none": "不同意公开(由审批人决定公示范围)",
    "restricted": "限定范围",
}
CAUSES: Mapping[str, str] = {
    "1": "无劳动能力",
    "2": "有劳动能力而未就业",
    "3": "下岗失业",
    "4": "未参加社会保险",
    "5": "社会保险待遇落实不到位",
    "6": "患重特大疾病",
    "7": "遭受自然灾害",
    "8": "遭受意外事故",
    "9": "子女上学",
    "10": "其他",
}
INCOME_KINDS: Mapping[str, str] = {
    "wage": "工资性",
    "business": "经营性",
    "property": "财产性",
    "transfer": "转移性",
    "dibao": "低保金",
    "other": "其他",
}
EXPENSE_KINDS: Mapping[str, str] = {
    "medical": "医疗自付",
    "education": "教育",
    "disability_care": "残疾照护",
    "accident": "意外损失",
    "work_cost": "必要就业成本",
    "rent": "房租",
}
RULE_SETS: Mapping[str, str] = {"GB2016": "2016 年规定", "GB2021": "2021 年规定"}
NOTICE_STATUSES: Mapping[str, str] = {
    "open": "正在公示",
    "suspended": "异议核查中",
    "closed": "已结束",
}
NOTICE_PERIOD_OVER = "公示期满"
"""An open notice whose last day is over, until its result is written down."""
NOTICE_RESULTS: Mapping[str, str] = {
    "noObjection": "无异议",
    "dismissed": "异议不成立",
    "upheld": "异议成立",
    "withdrawn": "申请人撤回",
    "stopped": "办件变更,公示终止",
}
NOTICE_CASE_OVER = "办件已终止"
"""The result of a notice whose case ended without saying one."""
HOUSEHOLD_STATUSES: Mapping[str, str] = {
    "awaiting_entry": "在档(待录入)",
    "on_file": "在档",
    "lifted": "已脱困",
    "secured": "已解困(常态化帮扶)",
    "fallen_back": "返困(待重新建档)",
    "closed": "已注销",
}
EXIT_KINDS: Mapping[str, str] = {"lifted": "脱困", "secured": "解困"}
"""The two exits (domain.md §1.3)."""
CLOSE_REASONS: Mapping[str, str] = {
    "false_papers": "弄虚作假",
    "no_longer": "不再符合(核对发现财产)",
    "death": "死亡",
    "retired": "退休或离岗",
    "moved": "调离本市",
    "lost_contact": "失联(连续两次走访未遇)",
    "duplicate": "重复建档",
    "own_wish": "本人申请退出",
    "other_relief": "转城乡其他救助",
}
"""注销原因 (domain.md §1.0)."""
REPORT_RESULTS: Mapping[str, str] = {
    "dismissed": "不属实",
    "closed": "属实,档案已注销",
    "corrected": "属实,档案已更正",
}
"""What came of a report on a file."""
ACTS: Mapping[str, str] = {
    "approved": "建档审批",
    "entered": "录入全国系统",
    "imported": "导入已有档案",
    "merged": "并入同户的困难职工",
    "corrected": "勘误",
    "decided_again": "认定复核",
    "withdrawn": "撤回授权",
    "renewed": "重新授权",
    "numbered": "登记全国系统编号",
    "closed": "注销",
    "reopened": "撤销注销",
    "lifted": "认定脱困",
    "secured": "认定解困",
    "fell_back": "回访发现返困",
    "exit_revoked": "撤销退出",
    "reviewed": "动态复核",
    "transferred": "转入其他单位",
}
ORIGINS: Mapping[str, str] = {"imported": "导入", "": "办件建档"}
HELP_KINDS: Mapping[str, str] = {
    "festival": "送温暖",
    "living": "生活救助",
    "medical": "医疗救助",
    "schooling": "金秋助学",
    "emergency": "临时救助",
    "training": "技能培训",
    "work": "就业介绍",
    "legal": "法律援助",
    "mutual_aid": "医疗互助补助",
    "housing": "公租房推荐",
    "other": "其他",
}
HELP_SOURCES: Mapping[str, str] = {
    "finance": "财政拨款",
    "upper": "上级工会补助",
    "own": "本级工会经费",
    "donation": "社会捐赠",
    "employer": "用人单位",
    "none": "不涉及资金",
}
LEVELS: Mapping[str, str] = {
    "province": "省级",
    "city": "市级",
    "county": "县级",
    "township": "乡镇(街道)",
    "grassroots": "基层",
}
PAPERS: Mapping[str, str] = {
    "form": "困难职工档案表",
    "application": "困难职工帮扶申请书",
    "authorisation": "家庭经济状况核对授权委托书",
    "identity": "家庭成员身份证复印件",
    "hukou": "户口簿复印件",
    "income": "收入证明(十二个月)",
    "dibao": "低保证复印件",
    "diagnosis": "诊断证明和自付费用票据",
    "disability": "残疾证复印件",
    "accident": "意外事故或灾害证明",
    "schooling": "学籍和学费票据",
    "contract": "劳动合同复印件",
    "visit": "入户调查表和照片",
    "notice": "公示单、公示照片和公示结果",
    "means_report": "家庭经济状况核对报告",
    "approval": "审批表和会议纪要",
    "bank": "银行卡复印件",
    "other": "其他",
}
"""The papers of a volume (domain.md §1.0, §2.4), in the order in which they lie in it."""


def words(codes: Mapping[str, str], code: object) -> str:
    """The words of a code; a code nobody knows is shown as it is, nothing is empty."""
    return "" if code is None else codes.get(str(code), str(code))
