"""The form of the national system: its fields in its order, its value lists (domain.md §2).

One table serves the copy page, the export and the printed file, so that they can never differ.
A value is given as the national list has it, with its code where the list is numbered.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.forms.components import Personal
from registry.household import Content, category_of, mapping, mappings, text
from registry.money import number
from registry.vocabulary import (
    CAUSES,
    EXPENSE_KINDS,
    INCOME_KINDS,
    WORKER_KINDS,
    YES_NO,
    words,
)

_MONTHS = 12
_CENT = Decimal("0.01")
_GROUPS = ("head", "hardship", "national", "assets")
_DIBAO = "dibao"

_CATEGORIES: Mapping[str, tuple[str, str]] = {
    "dibao": ("1", "低保户"),
    "marginal": ("2", "低保边缘户"),
    "accident": ("3", "意外致困户"),
    "deep": ("11", "深度困难职工"),
    "relative": ("12", "相对困难职工"),
    "accident_worker": ("13", "意外致困职工"),
}
_SEXES = {"男": "1", "女": "2"}
_MARITAL = {"未婚": "10", "已婚": "20", "丧偶": "30", "离异": "40"}
_POLITICAL = {"中共党员": "01", "共青团员": "03", "群众": "13"}


@dataclass(frozen=True)
class Entry:
    """One field of the national form: what is typed there, and the list's code beside it."""

    key: str
    label: str
    value: str
    code: str = ""
    personal: Personal | None = None


@dataclass(frozen=True)
class Block:
    """A part of the form: the head, one member, the sums."""

    title: str
    entries: tuple[Entry, ...]


_Read = Callable[[Content, Content], tuple[str, str]]
"""Value and code out of a file and its answers, see :func:`_answers`."""


@dataclass(frozen=True)
class _Field:
    """A field: its label, and how its value is found."""

    key: str
    label: str
    read: _Read
    personal: Personal | None = None


def _plain(key: str) -> _Read:
    """The value as it was given, in whichever group of the file it stands.

    A code of a form's own list has its text beside it: the text is typed, the code shown.
    """
    beside = f"{key}_text"

    def read(_: Content, answers: Content) -> tuple[str, str]:
        said, words_ = _shown(answers.get(key)), _shown(answers.get(beside))
        return (words_, said if said != words_ else "") if said and words_ else (said, "")

    return read


def _listed(key: str, codes: Mapping[str, str]) -> _Read:
    """A value of one of our lists: its code and its words are those of the national list."""

    def read(_: Content, answers: Content) -> tuple[str, str]:
        said = answers.get(key)
        many = said if isinstance(said, list | tuple) else [said]
        given = [text(one) for one in many if text(one)]
        return "、".join(words(codes, one) for one in given), "、".join(given)

    return read


def _numbered(key: str, numbers: Mapping[str, str]) -> _Read:
    """A value stored in words whose national list is numbered."""
    plain = _plain(key)

    def read(content: Content, answers: Content) -> tuple[str, str]:
        said, code = plain(content, answers)
        return said, numbers.get(said, code)

    return read


def _worded(key: str, codes: Mapping[str, str]) -> _Read:
    """A value whose codes are ours alone."""

    def read(_: Content, answers: Content) -> tuple[str, str]:
        return words(codes, answers.get(key)), ""

    return read


def _category(content: Content, _: Content) -> tuple[str, str]:
    said = category_of(content)
    code, name = _CATEGORIES.get(said, ("", said))
    return name, code


def _level(content: Content, _: Content) -> tuple[str, str]:
    return text(content.get("archive_level")), ""


def _size(content: Content, _: Content) -> tuple[str, str]:
    return str(household_size(content)), ""


def _zero_jobs(content: Content, _: Content) -> tuple[str, str]:
    """As it was said, else derived: nobody of the household is at work."""
    said = mapping(content.get("hardship")).get("zero_job_family")
    if said not in (None, ""):
        return words(YES_NO, said), ""
    at_work = {"在岗", "农民工", "就业", "灵活就业", "自主创业", "务农"}
    people = [text(mapping(content.get("head")).get("identity"))]
    people += [text(one.get("occupation")) for one in mappings(content.get("members"))]
    return "否" if at_work & set(people) else "是", ""


def _own_wage(content: Content, _: Content) -> tuple[str, str]:
    """The head's wages a month, from the lines."""
    name = text(mapping(content.get("head")).get("name"))
    wages = _sum(
        row
        for row in mappings(content.get("income_lines"))
        if row.get("income_kind") == "wage" and text(row.get("person")) == name
    )
    return _money(wages / _MONTHS), ""


def _other_income(content: Content, _: Content) -> tuple[str, str]:
    lines = mappings(content.get("income_lines"))
    return _money(_sum(row for row in lines if row.get("income_kind") != "wage")), ""


def _year_income(content: Content, _: Content) -> tuple[str, str]:
    return _money(_sum(mappings(content.get("income_lines")))), ""


def _per_head(content: Content, _: Content) -> tuple[str, str]:
    income = _sum(mappings(content.get("income_lines")))
    return _money(income / _MONTHS / household_size(content)), ""


def _dibao(content: Content, _: Content) -> tuple[str, str]:
    said = number(mapping(content.get("hardship")).get("dibao_amount"))
    if said is not None:
        return _money(said), ""
    lines = mappings(content.get("income_lines"))
    relief = _sum(row for row in lines if row.get("income_kind") == _DIBAO)
    return (_money(relief / _MONTHS) if relief else ""), ""


HEAD_FIELDS: Sequence[_Field] = (
    _Field("archive_level", "档案级别", _level),
    _Field("category", "困难类别", _category),
    _Field("worker_kind", "职工/农民工", _worded("worker_kind", WORKER_KINDS)),
    _Field("name", "姓名", _plain("name"), Personal.NAME),
    _Field("ethnicity", "民族", _plain("ethnicity")),
    _Field("sex", "性别", _numbered("sex", _SEXES)),
    _Field("id_number", "身份证号", _plain("id_number"), Personal.ID),
    _Field("birth_date", "出生日期", _plain("birth_date")),
    _Field("political", "政治面貌", _numbered("political", _POLITICAL)),
    _Field("health", "健康状况", _plain("health")),
    _Field("disability", "残疾类别和等级", _plain("disability")),
    _Field("identity", "身份(工作状态)", _plain("identity")),
    _Field("model_worker", "劳模类型", _plain("model_worker")),
    _Field("mobile", "手机号码", _plain("mobile"), Personal.PHONE),
    _Field("other_contact", "其他联系方式", _plain("other_contact"), Personal.PHONE),
    _Field("postcode", "邮政编码", _plain("postcode")),
    _Field("marital", "婚姻状况", _numbered("marital", _MARITAL)),
    _Field("hukou", "户口类型", _plain("hukou")),
    _Field("hukou_area", "户口所在地行政区划", _plain("hukou_area")),
    _Field("address", "家庭住址", _plain("address"), Personal.ADDRESS),
    _Field("housing", "住房类型", _plain("housing")),
    _Field("floor_area", "建筑面积(平方米)", _plain("floor_area")),
    _Field("employer", "工作单位", _plain("employer")),
    _Field("employer_uscc", "统一社会信用代码", _plain("employer_uscc")),
    _Field("union_name", "所属工会", _plain("union_name")),
    _Field("union_uscc", "所属工会代码", _plain("union_uscc")),
    _Field("employer_kind", "单位性质", _plain("employer_kind")),
    _Field("employer_state", "企业状况", _plain("employer_state")),
    _Field("industry", "所属行业", _plain("industry")),
    _Field("work_start", "工作时间", _plain("work_start")),
    _Field("contract_from", "劳动合同签订时间", _plain("contract_from")),
    _Field("contract_term", "劳动合同期限", _plain("contract_term")),
    _Field("union_joined_on", "入会时间", _plain("union_joined_on")),
    _Field("single_parent", "是否单亲", _worded("single_parent", YES_NO)),
    _Field("zero_jobs", "是否零就业家庭", _zero_jobs),
    _Field("self_rescue", "是否有一定自救能力", _worded("self_rescue", YES_NO)),
    _Field("wage_month", "本人月平均收入(元)", _own_wage),
    _Field("nonwage_year", "家庭其他非薪资年收入(元)", _other_income),
    _Field("income_year", "家庭年度总收入(元)", _year_income),
    _Field("members_n", "家庭人口", _size),
    _Field("income_pc_month", "家庭月人均收入(元)", _per_head),
    _Field("medical_insurance", "医保状况", _plain("medical_insurance")),
    _Field("dibao_amount", "低保金额(元/月)", _dibao),
    _Field("cause_main", "主要致困原因", _listed("cause_main", CAUSES)),
    _Field("causes_more", "次要致困原因", _listed("causes_more", CAUSES)),
    _Field("cause_text", "其他原因说明", _plain("cause_text")),
    _Field("needs", "帮扶需求", _plain("needs")),
    _Field("bank", "开户银行", _plain("bank")),
    _Field("branch", "支行名称", _plain("bank_branch")),
    _Field("bank_account", "银行卡号", _plain("bank_account"), Personal.ACCOUNT),
    _Field("key_group", "五类重点群体", _plain("key_group")),
    _Field("four_batch", "四个一批", _plain("four_batch")),
)
_MEMBER_FIELDS: Sequence[tuple[str, str, Personal | None]] = (
    ("relation", "与户主关系", None),
    ("name", "姓名", Personal.NAME),
    ("sex", "性别", None),
    ("ethnicity", "民族", None),
    ("political", "政治面貌", None),
    ("id_number", "身份证号", Personal.ID),
    ("birth_date", "出生日期", None),
    ("health", "健康状况", None),
    ("disability", "残疾类别", None),
    ("illness", "所患疾病", Personal.TEXT),
    ("medical_insurance", "医保状况", None),
    ("marital", "婚姻状况", None),
    ("hukou", "户口类型", None),
    ("income_month", "月收入(元)", None),
    ("occupation", "人员身份", None),
    ("place", "单位或学校", None),
    ("education", "当前学历", None),
    ("school_from", "入学年份", None),
    ("school_years", "学制", None),
    ("living_together", "是否共同生活", None),
    ("supported", "是否赡养或抚养", None),
    ("mobile", "手机", Personal.PHONE),
)
_YES_NO_OF_MEMBER = frozenset({"living_together"})
_NUMBERED_OF_MEMBER: Mapping[str, Mapping[str, str]] = {
    "sex": _SEXES,
    "marital": _MARITAL,
    "political": _POLITICAL,
}


def blocks(content: Content) -> tuple[Block, ...]:
    """The whole form of a household: head, each member, what comes in and what goes out."""
    people = [_member(n, content, row) for n, row in enumerate(mappings(content.get("members")))]
    return (Block("户主", head_entries(content)), *people, Block("家庭收支(年)", _sums(content)))


def head_entries(content: Content) -> tuple[Entry, ...]:
    """The head's part of the form."""
    found, answers = [], _answers(content)
    for field in HEAD_FIELDS:
        value, code = field.read(content, answers)
        found.append(Entry(field.key, field.label, value, code, field.personal))
    return tuple(found)


def member_labels() -> tuple[str, ...]:
    """The headings of the members' table."""
    return tuple(label for _, label, _ in _MEMBER_FIELDS)


def member_entries(
    content: Content, row: Mapping[str, object], prefix: str = ""
) -> tuple[Entry, ...]:
    """One member's part of the form."""
    return tuple(
        Entry(
            f"{prefix}{key}",
            label,
            _of_member(content, row, key),
            _code_of_member(row, key),
            personal,
        )
        for key, label, personal in _MEMBER_FIELDS
    )


def household_size(content: Content) -> int:
    """As it was reckoned for the category, else the head and the members that count."""
    reckoned = number(mapping(content.get("proposal")).get("household_size"))
    if reckoned:
        return int(reckoned)
    return 1 + sum(one.get("counted") == "yes" for one in mappings(content.get("members")))


def _member(place: int, content: Content, row: Mapping[str, object]) -> Block:
    title = f"家庭成员 {place + 1}:{text(row.get('relation'))} {text(row.get('name'))}".rstrip()
    return Block(title, member_entries(content, row, f"members.{place}."))


def _of_member(content: Content, row: Mapping[str, object], key: str) -> str:
    if key in _YES_NO_OF_MEMBER:
        return words(YES_NO, row.get(key))
    if key == "income_month" and row.get(key) in (None, ""):
        name = text(row.get("name"))
        lines = mappings(content.get("income_lines"))
        earned = _sum(one for one in lines if text(one.get("person")) == name)
        return _money(earned / _MONTHS) if earned else ""
    if key == "income_month":
        return _money(number(row.get(key)) or Decimal(0))
    if key in ("sex", "birth_date") and not text(row.get(key)):
        return _from_number(text(row.get("id_number")), key)
    return _shown(row.get(f"{key}_text") or row.get(key)) if row.get(key) else ""


def _code_of_member(row: Mapping[str, object], key: str) -> str:
    numbers = _NUMBERED_OF_MEMBER.get(key)
    return numbers.get(_shown(row.get(key)), "") if numbers else ""


def _from_number(said: str, key: str) -> str:
    """What a resident's number says where nobody was asked; empty for other papers."""
    digits = said[6:14]
    if len(said) != len("350602199001019907") or not said[:17].isdigit():
        return ""
    if key == "sex":
        return "男" if int(said[16]) % 2 else "女"
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _sums(content: Content) -> tuple[Entry, ...]:
    """One figure a kind, yearly (domain.md §2.3)."""
    incomes = mappings(content.get("income_lines"))
    expenses = mappings(content.get("expense_lines"))
    found = [
        Entry(f"income.{code}", f"{name}收入(元)", _kind_sum(incomes, "income_kind", code))
        for code, name in INCOME_KINDS.items()
    ]
    found += [
        Entry(f"expense.{code}", f"{name}支出(元)", _kind_sum(expenses, "expense_kind", code))
        for code, name in EXPENSE_KINDS.items()
    ]
    return tuple(found)


def _kind_sum(lines: Sequence[Mapping[str, object]], kind: str, code: str) -> str:
    total = _sum(row for row in lines if row.get(kind) == code)
    return _money(total) if total else ""


def _sum(rows: Iterable[Mapping[str, object]]) -> Decimal:
    amounts = (number(row.get("amount")) for row in rows)
    return sum((one for one in amounts if one is not None), Decimal(0))


def _money(amount: Decimal) -> str:
    """As the national system takes it: 1234.50, no separators, no unit."""
    return f"{amount.quantize(_CENT)}"


def _answers(content: Content) -> Content:
    """What is said of each thing by the first group that says something about it."""
    found: dict[str, object] = {}
    for group in (*(mapping(content.get(name)) for name in _GROUPS), content):
        for key, said in group.items():
            if key not in found and said not in (None, "", []):
                found[key] = said
    return found


def _shown(said: object) -> str:
    if isinstance(said, list | tuple):
        return "、".join(text(one) for one in said)
    return text(said)
