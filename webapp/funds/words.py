"""Programmes, sources, movements and states in the reader's language; the tabs of the pages."""

from collections.abc import Mapping

from flask import url_for

from registry.budget.amounts import yuan
from registry.budget.model import (
    BatchStatus,
    Column,
    Kind,
    PayeeKind,
    PaymentStatus,
    TransferStatus,
)
from registry.budget.programmes import programmes, sources, subjects, subjects_en
from registry.store.campaigns import Stand
from webapp.shared.language import _, is_english, lazy
from webapp.shared.navigation import Link

COLUMNS: Mapping[Column, object] = {
    Column.ALLOCATED: lazy("下达"),
    Column.RESERVED: lazy("占用"),
    Column.COMMITTED: lazy("已批"),
    Column.PAID: lazy("已付"),
    Column.AVAILABLE: lazy("结余"),
}
KINDS: Mapping[Kind, object] = {
    Kind.ALLOCATE: lazy("下达"),
    Kind.REDUCE: lazy("核减"),
    Kind.RESERVE: lazy("占用"),
    Kind.RELEASE: lazy("释放占用"),
    Kind.COMMIT: lazy("批准"),
    Kind.REVOKE: lazy("撤销批准"),
    Kind.PAY: lazy("付款"),
    Kind.RECOVER: lazy("追回"),
    Kind.HOLD: lazy("调剂占用"),
    Kind.UNHOLD: lazy("调剂退回"),
    Kind.TRANSFER_OUT: lazy("调出"),
    Kind.TRANSFER_IN: lazy("调入"),
    Kind.CARRY_OUT: lazy("结转下年"),
    Kind.CARRY_IN: lazy("上年结转"),
}
STATES: Mapping[BatchStatus, object] = {
    BatchStatus.DRAFT: lazy("草稿"),
    BatchStatus.SUBMITTED: lazy("待审批"),
    BatchStatus.APPROVED: lazy("待付款"),
    BatchStatus.PAID: lazy("已付款"),
    BatchStatus.REFUSED: lazy("不同意"),
    BatchStatus.WITHDRAWN: lazy("已撤回"),
}
PAYMENT_STATES: Mapping[PaymentStatus, object] = {
    PaymentStatus.PAID: lazy("已付"),
    PaymentStatus.HELD: lazy("挂账"),
    PaymentStatus.RELEASED: lazy("已退回"),
    PaymentStatus.RECOVERED: lazy("已追回"),
}
"""Those that are told beside a payment of a batch that is paid in parts."""
TRANSFER_STATES: Mapping[TransferStatus, object] = {
    TransferStatus.PENDING: lazy("待审批"),
    TransferStatus.DONE: lazy("已调剂"),
    TransferStatus.REFUSED: lazy("没有调剂"),
}
PAYEES: Mapping[PayeeKind, object] = {
    PayeeKind.HOUSEHOLD: lazy("在档户"),
    PayeeKind.PERSON: lazy("未建档人员"),
    PayeeKind.ORGANISATION: lazy("单位"),
    PayeeKind.VILLAGE: lazy("村"),
}


STANDS: Mapping[Stand, object] = {
    Stand.OPEN: lazy("核对、说明中"),
    Stand.WAITING: lazy("待制单"),
    Stand.ARRANGED: lazy("批次中"),
    Stand.PAID: lazy("已付待走访"),
    Stand.DONE: lazy("已付已办结"),
    Stand.HELD: lazy("不发放,已说明"),
    Stand.CANCELLED: lazy("已作废"),
}


STUDENT_STANDS: Mapping[Stand, object] = {
    **STANDS,
    Stand.OPEN: lazy("申请、审核、说明中"),
    Stand.PAID: lazy("已付待核实"),
    Stand.HELD: lazy("未资助,已说明"),
}
"""The same where students apply."""


def stand_words(stand: Stand, *, per_student: bool) -> str:
    """How far one of a campaign is."""
    return str((STUDENT_STANDS if per_student else STANDS)[stand])


def fund_tabs(current: str) -> tuple[Link, ...]:
    """The pages of the money."""
    links = (
        ("ledger", _("指标台账"), url_for("funds.ledger")),
        ("campaigns", _("帮扶活动"), url_for("funds.campaigns")),
        ("batches", _("发放批次"), url_for("funds.batches")),
        ("transfers", _("调剂记录"), url_for("funds.transfers")),
        ("expenses", _("其他支出"), url_for("funds.expenses")),
        ("year", _("年度报告"), url_for("funds.year")),
    )
    return tuple(Link(label, href, name == current) for name, label, href in links)


def programme_words(code: str) -> str:
    """A programme's name; one that is no longer listed keeps its code."""
    return programme_names().get(code, code)


def source_words(code: str) -> str:
    """A source's name."""
    return source_names().get(code, code)


def programme_names() -> dict[str, str]:
    """Every programme."""
    english = is_english()
    return {code: one.title_en if english else one.title for code, one in programmes().items()}


def source_names() -> dict[str, str]:
    """Every source."""
    english = is_english()
    return {code: one.title_en if english else one.title for code, one in sources().items()}


def subject_names() -> Mapping[str, str]:
    """What is spent on beside the programmes."""
    return subjects_en() if is_english() else subjects()


def item_names(programme: str) -> Mapping[str, str]:
    """What a programme gives."""
    found = programmes().get(programme)
    if found is None:
        return {}
    return found.items_en if is_english() else found.items


def amount(fen: int) -> str:
    """1,000.00, for a column that says the unit in its heading."""
    return f"{yuan(fen):,.2f}"
