"""A household's file as people read it: headings, labels, words; numbers masked or whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from typing_extensions import override

from engine.forms.components import Personal
from engine.forms.masking import mask_text
from registry.household import Content, mapping, mappings, text
from registry.vocabulary import (
    APPLICATION_KINDS,
    CATEGORIES,
    CAUSES,
    EXPENSE_KINDS,
    HAVE,
    INCOME_KINDS,
    PUBLICATION,
    RULE_SETS,
    VEHICLE_USES,
    WORKER_KINDS,
    YES_NO,
    words,
)

Mask = Callable[[Personal, str], str]
"""How a personal text is shown."""


def masked(kind: Personal, clear: str) -> str:
    """As everybody of the area sees it; a name is how one speaks of a file and stays."""
    return clear if kind is Personal.NAME else mask_text(kind, clear)


def whole(_: Personal, clear: str) -> str:
    """As somebody sees it who asked for it by name, which is written down."""
    return clear


@dataclass(frozen=True)
class Fact:
    """One answer as people read it."""

    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """A part of a file: facts, or a table when it has columns."""

    tab: str
    title: str
    facts: tuple[Fact, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class _Field:
    """How one value is read: its label, and as what kind of thing."""

    key: str
    label: str
    codes: Mapping[str, str] | None = None
    personal: Personal | None = None
    money: bool = False
    unit: str = ""

    def show(self, group: Mapping[str, object], mask: Mask) -> str:
        """The value in words; empty where nothing was said.

        A code of a form's own list has its text beside it, as it was when it was given.
        """
        value = group.get(self.key)
        if self.codes is None and value not in (None, "", []):
            value = group.get(f"{self.key}_text") or value
        if isinstance(value, list | tuple):
            return "、".join(words(self.codes or {}, one) for one in value)
        if value is None or value == "":
            return ""
        if self.codes is not None:
            return words(self.codes, value)
        if self.personal is not None:
            return mask(self.personal, str(value))
        if self.money:
            return _money(value)
        return f"{value} {self.unit}" if self.unit else text(value)

    def each(self) -> "tuple[_Field, ...]":
        """The single values it shows."""
        return (self,)


@dataclass(frozen=True)
class _Several(_Field):
    """Several values in one place, each with its label: what few say of themselves."""

    parts: tuple[_Field, ...] = ()

    @override
    def show(self, group: Mapping[str, object], mask: Mask) -> str:
        shown = ((part.label, part.show(group, mask)) for part in self.parts)
        return ",".join(f"{label} {said}" for label, said in shown if said)

    @override
    def each(self) -> tuple[_Field, ...]:
        return self.parts


def _money(value: object) -> str:
    try:
        return f"{Decimal(str(value)):,.2f} 元"
    except InvalidOperation:
        return text(value)


_HEAD = (
    _Field("name", "姓名", personal=Personal.NAME),
    _Field("sex", "性别"),
    _Field("id_kind", "证件种类"),
    _Field("id_number", "证件号码", personal=Personal.ID),
    _Field("birth_date", "出生日期"),
    _Field("worker_kind", "职工或农民工", WORKER_KINDS),
    _Field("identity", "身份(工作状态)"),
    _Field("employer", "工作单位"),
    _Field("employer_uscc", "单位统一社会信用代码"),
    _Field("union_name", "受理工会"),
    _Field("contract_from", "劳动合同签订"),
    _Field("union_joined_on", "入会时间"),
    _Field("mobile", "手机号码", personal=Personal.PHONE),
    _Field("other_contact", "其他联系电话", personal=Personal.PHONE),
    _Field("marital", "婚姻状况"),
    _Field("single_parent", "是否单亲", YES_NO),
    _Field("hukou", "户口类型"),
    _Field("address", "家庭住址", personal=Personal.ADDRESS),
    _Field("health", "健康状况"),
    _Field("disability", "残疾类别和等级"),
    _Field("other_contact_whose", "是谁的电话"),
    _Field("medical_insurance", "医保状况"),
    _Field("contract_term", "劳动合同期限"),
    _Field("bank", "开户银行"),
    _Field("bank_branch", "支行名称"),
    _Field("bank_account", "银行账号", personal=Personal.ACCOUNT),
    _Field("account_holder", "开户名", personal=Personal.NAME),
    _Field("account_relation", "开户人与户主关系"),
    _Field("account_reason", "用他人账户的原因"),
    _Field("application_kind", "申请方式", APPLICATION_KINDS),
)
_HARDSHIP = (
    _Field("cause_main", "主要致困原因", CAUSES),
    _Field("causes_more", "次要致困原因", CAUSES),
    _Field("cause_text", "其他原因说明"),
    _Field("event_date", "发生日期"),
    _Field("needs", "帮扶需求"),
    _Field("has_dibao", "是否享受低保", YES_NO),
    _Field("dibao_number", "低保证号", personal=Personal.ID),
    _Field("dibao_date", "低保证日期"),
    _Field("dibao_amount", "每月低保金", money=True),
    _Field("event_text", "病名或经过", personal=Personal.TEXT),
    _Field("zero_job_family", "是否零就业家庭", YES_NO),
    _Field("self_rescue", "是否有一定自救能力", YES_NO),
)
_FOUND = (
    _Field("category", "认定类型", CATEGORIES),
    _Field("category_reason", "与建议不同的理由"),
    _Field("archive_level", "档案级别"),
    _Field("approved_on", "审批日期"),
)
_NATIONAL = (
    _Field("national_no", "全国系统编号"),
    _Field("entered_on", "录入日期"),
    _Field("ethnicity", "民族"),
    _Field("political", "政治面貌"),
    _Field("model_worker", "劳模类型"),
    _Field("industry", "所属行业"),
    _Field("key_group", "五类重点群体"),
    _Field("four_batch", "四个一批"),
    _Field("hukou_area", "户口所在地区划代码"),
    _Field("postcode", "邮政编码"),
    _Field("work_start", "工作时间"),
    _Field("medical_insurance", "医保状况"),
    _Field("bank", "开户银行"),
    _Field("bank_account", "银行账号", personal=Personal.ACCOUNT),
    _Field("bank_branch", "支行名称"),
    _Field("union_uscc", "所属工会代码"),
    _Field("employer_kind", "单位性质"),
    _Field("employer_state", "企业状况"),
)
_ORIGIN = (
    _Field("source", "来源"),
    _Field("row", "来源中的行"),
    _Field("archived_on", "原建档日期"),
    _Field("changed_on", "原最近修改日期"),
)
_MEMBER = (
    _Field("relation", "与户主关系"),
    _Field("name", "姓名", personal=Personal.NAME),
    _Field("id_number", "证件号码", personal=Personal.ID),
    _Field("occupation", "身份"),
    _Field("health", "健康状况"),
    _Field("living_together", "共同生活", YES_NO),
    _Field("counted", "计入家庭人口", YES_NO),
    _Field("place", "单位或学校"),
    _Several(
        "more",
        "其他",
        parts=(
            _Field("sex", "性别"),
            _Field("birth_date", "出生日期"),
            _Field("ethnicity", "民族"),
            _Field("political", "政治面貌"),
            _Field("marital", "婚姻状况"),
            _Field("hukou", "户口类型"),
            _Field("medical_insurance", "医保状况"),
            _Field("illness", "所患疾病", personal=Personal.TEXT),
            _Field("disability", "残疾"),
            _Field("income_month", "月收入", money=True),
            _Field("education", "学历"),
            _Field("school_from", "入学年份"),
            _Field("school_years", "学制", unit="年"),
            _Field("supported", "赡养或抚养"),
            _Field("mobile", "手机", personal=Personal.PHONE),
            _Field("note", "备注"),
        ),
    ),
)
_VEHICLE = (
    _Field("model", "厂牌型号"),
    _Field("bought", "购置年份"),
    _Field("engine", "排量", unit="升"),
    _Field("used_for", "用途", VEHICLE_USES),
    _Field("worth", "估值", money=True),
)
_INCOME = (
    _Field("month", "月份"),
    _Field("person", "谁的收入", personal=Personal.NAME),
    _Field("income_kind", "类别", INCOME_KINDS),
    _Field("amount", "金额", money=True),
)
_EXPENSE = (
    _Field("expense_kind", "类别", EXPENSE_KINDS),
    _Field("person", "谁的支出", personal=Personal.NAME),
    _Field("period", "期间"),
    _Field("amount", "自付金额", money=True),
)
_ASSETS = (
    _Field("housing", "住房类型"),
    _Field("dwellings", "住房套数", unit="套"),
    _Field("floor_area", "建筑面积", unit="平方米"),
    _Field("vehicle", "有无机动车", HAVE),
    _Field("business", "有无开店、办厂或雇用他人", HAVE),
    _Field("savings", "存款合计", money=True),
    _Field("investments", "投资净值合计", money=True),
    _Field("housing_fund", "公积金余额", money=True),
    _Field("business_text", "店铺、企业名称和雇工人数"),
    _Field("costly_school", "有无高收费就学", HAVE),
)
_PROPOSAL = (
    _Field("category", "测算建议", CATEGORIES),
    _Field("rule", "依据"),
    _Field("rule_set", "认定规则", RULE_SETS),
    _Field("standard", "低保标准(每人每月)", money=True),
    _Field("household_size", "家庭人口", unit="人"),
    _Field("income_own", "全年收入(不含低保金)", money=True),
    _Field("income_dibao", "全年低保金", money=True),
    _Field("expenses", "刚性支出", money=True),
    _Field("y_own", "人均月收入(不含低保金)", money=True),
    _Field("y_net", "扣除刚性支出后", money=True),
    _Field("gap", "与标准的差额", money=True),
    _Field("months_below", "低于标准的月份", unit="个月"),
    _Field("warnings", "需要核实"),
)
_CONSENT = (
    _Field("given", "已签署授权委托书", YES_NO),
    _Field("version", "授权书版本"),
    _Field("publication", "同意公示的范围", PUBLICATION),
    _Field("withdrawn_on", "撤回授权日期"),
    _Field("withdrawn_reason", "撤回授权说明"),
    _Field("renewed_on", "重新授权日期"),
)


@dataclass(frozen=True)
class Part:
    """One group or list of a file's content and how it is read. ``path`` is its key; empty: all."""

    tab: str
    title: str
    fields: tuple[_Field, ...]
    path: str
    is_list: bool = False

    @property
    def each(self) -> tuple[_Field, ...]:
        """The single values of a group or row."""
        return tuple(one for field in self.fields for one in field.each())

    def of(self, content: Content) -> object:
        """What the content says about it."""
        found: object = content
        for name in filter(None, self.path.split(".")):
            found = mapping(found).get(name)
        return found


PARTS = (
    Part("basics", "户主", _HEAD, "head"),
    Part("basics", "困难情况", _HARDSHIP, "hardship"),
    Part("basics", "认定", _FOUND, ""),
    Part("basics", "全国系统", _NATIONAL, "national"),
    Part("basics", "导入", _ORIGIN, "imported"),
    Part("members", "家庭成员(户主以外)", _MEMBER, "members", is_list=True),
    Part("money", "测算", _PROPOSAL, "proposal"),
    Part("money", "收入明细", _INCOME, "income_lines", is_list=True),
    Part("money", "刚性支出明细", _EXPENSE, "expense_lines", is_list=True),
    Part("money", "住房和资产", _ASSETS, "assets"),
    Part("money", "机动车", _VEHICLE, "assets.vehicles", is_list=True),
    Part("papers", "授权和申请材料", _CONSENT, "consent"),
)
"""Everything a file may say, in the order in which it is read."""


def sections(content: Content, mask: Mask) -> tuple[Section, ...]:
    """The parts of a file that say something."""
    found = (_SPECIAL.get(part.path, _section)(part, content, mask) for part in PARTS)
    return tuple(part for part in found if part.facts or part.rows)


def _section(part: Part, content: Content, mask: Mask) -> Section:
    read = _table if part.is_list else _facts
    return read(part.tab, part.title, part.fields, part.of(content), mask)


def _facts(tab: str, title: str, fields: Sequence[_Field], group: object, mask: Mask) -> Section:
    answers = mapping(group)
    shown = ((field.label, field.show(answers, mask)) for field in fields)
    return Section(tab, title, tuple(Fact(label, words_) for label, words_ in shown if words_))


def _table(tab: str, title: str, fields: Sequence[_Field], group: object, mask: Mask) -> Section:
    return Section(
        tab,
        title,
        columns=tuple(field.label for field in fields),
        rows=tuple(tuple(f.show(line, mask) for f in fields) for line in mappings(group)),
    )


def _origin(part: Part, content: Content, _: Mask) -> Section:
    """Where a file was taken over from, and what its earlier record said beside."""
    origin = mapping(part.of(content))
    found = _facts(part.tab, part.title, part.fields, origin, whole)
    earlier = mapping(origin.get("earlier")).items()
    said = tuple(Fact(label, text(value)) for label, value in earlier if text(value))
    return Section(found.tab, found.title, (*found.facts, *said))


def _papers(part: Part, content: Content, _: Mask) -> Section:
    """Consent, and how many signed sheets there are; the files themselves are in the case."""
    consent = mapping(part.of(content))
    found = _facts(part.tab, part.title, part.fields, consent, whole)
    sheets = consent.get("paper")
    if not isinstance(sheets, list | tuple) or not sheets:
        return found
    signed = Fact("签字的申请书和授权委托书", f"{len(sheets)} 份")
    return Section(found.tab, found.title, (*found.facts, signed))


_SPECIAL = {"imported": _origin, "consent": _papers}
"""Parts that say more than their fields."""
