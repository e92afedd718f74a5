"""What stands above the form of a step that names a panel of the register (``panel``)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from engine import Actor
from engine.errors import NotFound, NotPermitted
from engine.model.tasks import TaskStatus
from engine.work.view import TaskView
from registry.budget.amounts import in_yuan, yuan
from registry.budget.model import WAS_PAID
from registry.funds.batches import BatchView
from registry.store.campaigns import PAID_STANDS, Stand
from webapp.shared.language import _
from webapp.shared.navigation import Link
from webapp.shared.notice_port import ObjectionShown
from webapp.shared.registry_port import RegistryPort
from webapp.shared.words import day

_MOST_ROWS = 200


@dataclass(frozen=True)
class ObjectionRow:
    """One objection as its reader may see it."""

    receipt: str
    how: str
    taken_by: str
    is_readable: bool
    text: str
    by: str
    result: str
    reply: str


@dataclass(frozen=True)
class Panel:
    """A box of the register at a step: words, ways to pages, objections."""

    title: str
    text: str
    links: tuple[Link, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[int, ...] = ()
    """The places of the columns that hold numbers, which stand to the right."""
    objections: tuple[ObjectionRow, ...] = ()


def panel_of(registry: RegistryPort, actor: Actor, view: TaskView) -> Panel | None:
    """The panel the step names, None where it names none or is over."""
    draw = PANELS.get(view.element.properties.get("panel", ""))
    if draw is None or view.task.status is not TaskStatus.OPEN:
        return None
    return draw(registry, actor, view)


def objection_rows(found: Sequence[ObjectionShown]) -> tuple[ObjectionRow, ...]:
    """Objections in words."""
    return tuple(
        ObjectionRow(
            receipt=one.receipt,
            how=f"{one.way} {day(one.said_on)}",
            taken_by=one.taken_by,
            is_readable=one.is_readable,
            text=one.text,
            by=one.by or _("没有留名"),
            result=" ".join(
                part for part in (one.result_words, one.replied_on and day(one.replied_on)) if part
            ),
            reply=one.reply,
        )
        for one in found
    )


def _sheet(_registry: RegistryPort, _actor: Actor, view: TaskView) -> Panel | None:
    has_consent = view.scope.get("on_board") is True
    return Panel(
        title=_("公示单"),
        text=_("公示单写全名,本人已签字同意。打开公示单将留痕;只张贴在本单位公示栏,请勿外传。")
        if has_consent
        else _("本人没有签字同意写全名,公示单只写脱敏姓名。"),
        links=(
            Link(_("打开公示单(打印张贴)"), url_for("notices.step_sheet", task_id=view.task.id)),
        ),
    )


def _objections(registry: RegistryPort, actor: Actor, view: TaskView) -> Panel | None:
    if view.is_withheld:
        return None
    found = objection_rows(registry.objections_of_step(actor, view))
    return Panel(
        title=_("异议 %(n)s 件", n=len(found)),
        text=_("只供核查的工会查看,查看已留痕。核查和答复时请对建档单位和被公示人保密。"),
        objections=found,
    )


def _copy(_registry: RegistryPort, _actor: Actor, view: TaskView) -> Panel | None:
    file_no = view.scope.get("file_no")
    if not isinstance(file_no, str) or not file_no:
        return None
    return Panel(
        title=_("抄录页"),
        text=_("按全国系统表单的顺序排列,点一下复制一项,录完在本页登记全国编号。"),
        links=(Link(_("打开抄录页(将留痕)"), url_for("register.copy", file_no=file_no)),),
    )


def _reported(registry: RegistryPort, actor: Actor, view: TaskView) -> Panel | None:
    found = registry.reports.of_step(actor, view)
    if found is None or view.is_withheld:
        return None
    links = []
    if found.is_visible:
        links.append(Link(_("打开档案"), url_for("register.household", file_no=found.file_no)))
    return Panel(
        title=_("举报 %(n)s 件", n=len(found.reports)),
        text=_("只供核查、审批的工会查看,查看已留痕。请对建档单位和被举报人保密。"),
        links=tuple(links),
        objections=objection_rows(found.reports),
    )


def _batch(registry: RegistryPort, actor: Actor, view: TaskView) -> Panel | None:
    number = view.scope.get("batch_no")
    found = registry.batches.of_case(actor, number) if isinstance(number, str) else None
    if found is None:
        return None
    told = {one.id: found.faults.get(one.id, ()) for one in found.payments}
    exceptions = {one.id for one in found.payments if told[one.id] or one.exception}
    paid = {one.id for one in found.payments if one.status in WAS_PAID}
    without = set(found.without_account) - found.unpaid.keys() - paid
    stopped = sum(any(not one.is_allowed for one in faults) for faults in told.values())
    ordered = sorted(
        found.payments,
        key=lambda one: (
            one.id in paid,
            one.id not in found.unpaid,
            one.id not in exceptions,
            one.id not in without,
            one.number,
        ),
    )
    rows = tuple(
        (
            str(one.number),
            one.for_whom,
            one.payee.note,
            f"{yuan(one.fen):,.2f}",
            " ".join(
                part
                for part in (
                    _("银行已付") if one.id in paid else found.unpaid.get(one.id, ""),
                    *(fault.sentence for fault in told[one.id]),
                    one.exception,
                    _("档案中没有银行账号") if one.id in without else "",
                )
                if part
            ),
        )
        for one in ordered
    )
    counts = _Counts(len(rows), len(paid), len(exceptions), len(without), stopped)
    return Panel(
        title=_("名单 %(n)s 笔,合计 %(total)s", n=len(rows), total=in_yuan(found.line.fen)),
        text=found.waits or _batch_words(view, counts),
        links=_batch_links(found),
        columns=(_("序号"), _("收款人"), _("单位(尾号)"), _("金额(元)"), _("例外和理由")),
        rows=rows[:_MOST_ROWS],
        numeric=(0, 3),
    )


@dataclass(frozen=True)
class _Counts:
    """Payments of a batch: all, those the bank has paid, with an exception, without an account.

    ``stopped``: those that cannot be paid any more.
    """

    lines: int
    paid: int
    exceptions: int
    without_account: int
    stopped: int


def _batch_words(view: TaskView, counts: _Counts) -> str:
    """How far the batch is, and why it was not closed when that was tried."""
    words, why = _how_far(counts), view.scope.get("pay_message")
    if not isinstance(why, str):
        return words
    return words + _("上次没有登记:%(why)s", why=why)


def _how_far(counts: _Counts) -> str:
    left = counts.lines - counts.paid
    if counts.paid and left:
        return _(
            "银行已付 %(paid)s 笔,还有 %(left)s 笔没有付,列在最前。", paid=counts.paid, left=left
        )
    if counts.paid:
        return _("各笔都已由银行付清,办结即可。")
    parts = []
    if counts.stopped:
        parts.append(_("%(n)s 笔已不能付款,登记付款时转为挂账。", n=counts.stopped))
    if counts.exceptions:
        parts.append(_("%(n)s 笔有例外,列在最前。", n=counts.exceptions))
    if counts.without_account:
        parts.append(_("%(n)s 笔的档案中没有银行账号。", n=counts.without_account))
    return "".join(parts) or _("金额、上限和重复发放都已核对,没有例外。")


def _batch_links(found: BatchView) -> tuple[Link, ...]:
    number = found.line.batch.number
    links = [Link(_("打开批次"), url_for("funds.batch", number=number))]
    if found.may_send:
        links.append(Link(_("银行文件"), url_for("funds.bank_file", number=number)))
    return tuple(links)


def _campaign(registry: RegistryPort, actor: Actor, view: TaskView) -> Panel | None:
    """How far the campaign of this case is, by county: who has not paid comes first."""
    try:
        found = registry.campaigns.view(actor, view.case.number)
    except (NotFound, NotPermitted):
        return None
    counties: dict[str, dict[Stand, int]] = {}
    for one in found.figures:
        counts = counties.setdefault(one.county or _("市直"), {})
        counts[one.stand] = counts.get(one.stand, 0) + one.households

    def unpaid(counts: Mapping[Stand, int]) -> int:
        return sum(n for stand, n in counts.items() if stand in _NOT_YET)

    return Panel(
        title=_("覆盖率 %(percent)s%%", percent=found.percent),
        text=_("已资助 %(paid)s 人,共 %(all)s 人。", paid=found.paid, all=found.households())
        if found.is_entitled
        else _("已发放 %(paid)s 户,名单共 %(all)s 户。", paid=found.paid, all=found.households()),
        links=(Link(_("打开活动页"), url_for("funds.campaign", number=found.case_number)),),
        columns=(
            (_("名单(人)"), _("已资助(人)"), _("未资助(人)"), _("还没有付款(人)"), _("单位"))
            if found.is_entitled
            else (_("名单(户)"), _("已发放(户)"), _("不发放(户)"), _("还没有付款(户)"), _("单位"))
        ),
        rows=tuple(
            (
                str(sum(counts.values())),
                str(sum(counts.get(stand, 0) for stand in PAID_STANDS)),
                str(counts.get(Stand.HELD, 0)),
                str(unpaid(counts)),
                county,
            )
            for county, counts in sorted(counties.items(), key=lambda one: -unpaid(one[1]))
        ),
        numeric=(0, 1, 2, 3),
    )


def _payee(registry: RegistryPort, actor: Actor, view: TaskView) -> Panel | None:
    """What stands against paying the household of this case what its list is for."""
    file_no, key = view.scope.get("file_no"), view.scope.get("campaign")
    if not isinstance(file_no, str) or not isinstance(key, str):
        return None
    found = registry.campaigns.findings(actor, key, [file_no]).get(file_no)
    return Panel(
        title=_("系统核对"),
        text=found or _("在档、没有重复发放、没有超过上限。"),
        links=(Link(_("打开档案"), url_for("register.household", file_no=file_no)),),
    )


_NOT_YET = (Stand.OPEN, Stand.WAITING, Stand.ARRANGED)

PANELS: Mapping[str, Callable[[RegistryPort, Actor, TaskView], Panel | None]] = {
    "notice.sheet": _sheet,
    "notice.objections": _objections,
    "household.copy": _copy,
    "household.report": _reported,
    "funds.batch": _batch,
    "funds.campaign": _campaign,
    "funds.payee": _payee,
}
"""What is drawn for each name that a process file may give (`registry.PANELS`)."""
