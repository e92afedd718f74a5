"""Lists from Excel as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from registry.imports.api import Progress
from registry.incoming.batch import HOUSEHOLDS, Kind, Row, State, Status
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import moment

MOST_SHOWN = 200
RESULTS_SHOWN = 50
_ALL = 100


@dataclass(frozen=True)
class Choice:
    """A kind of list that may be brought."""

    name: str
    what: str
    href: str


@dataclass(frozen=True)
class Brought:
    """A list that was brought before."""

    href: str
    file_name: str
    kind: str
    at: str
    status: str
    status_words: str
    total: int
    done: int
    bad: int


@dataclass(frozen=True)
class ImportsPage(Page):
    """Which kind of list, and the lists of late."""

    template: ClassVar[str] = "imports/choose.html"

    choices: tuple[Choice, ...]
    lists: tuple[Brought, ...]

    @property
    def title(self) -> str:
        """批量导入."""
        return _("批量导入")


@dataclass(frozen=True)
class ColumnShown:
    """A column of the template."""

    heading: str
    is_required: bool
    hint: str


@dataclass(frozen=True)
class SheetShown:
    """A sheet of the template."""

    title: str
    columns: tuple[ColumnShown, ...]


@dataclass(frozen=True)
class BringPage(Page):
    """The template of a kind, and where to bring it filled in."""

    template: ClassVar[str] = "imports/bring.html"

    kind: str
    name: str
    sheets: tuple[SheetShown, ...]
    units: int
    is_household: bool
    waiting: int | None
    message: str

    @property
    def title(self) -> str:
        """批量导入 · 类别."""
        return f"{_('批量导入')} · {self.name}"


@dataclass(frozen=True)
class Wrong:
    """What is wrong at one row of one sheet."""

    sheet: str
    row: int
    who: str
    message: str
    is_warning: bool


@dataclass(frozen=True)
class Result:
    """What became of a row."""

    row: int
    who: str
    number: str
    href: str
    words: str


@dataclass(frozen=True)
class ListPage(Page):
    """A list: how far it is, what is wrong with it, what came of it."""

    template: ClassVar[str] = "imports/list.html"

    id: str
    kind: str
    kind_name: str
    file_name: str
    at: str
    status: str
    status_words: str
    is_working: bool
    is_refused: bool
    stopped: str
    percent: int
    total: int
    good: int
    bad: int
    known: int
    done: int
    loose: int
    told: str
    earlier: str
    is_household: bool
    wrong: tuple[Wrong, ...]
    more_wrong: int
    results: tuple[Result, ...]
    first_results: str
    next_results: str

    @property
    def title(self) -> str:
        """批量导入 · 文件."""
        return f"{_('批量导入')} · {self.file_name}"


def imports_page(
    shell: Shell,
    kinds: Sequence[tuple[str, str]],
    steps: Mapping[str, tuple[str, int]],
    recent: Sequence[Progress],
) -> ImportsPage:
    """The kinds she may bring, by name, and the steps that wait to be done from a list."""
    return ImportsPage(
        shell,
        tuple(
            Choice(
                named(name),
                _("县里已有的档案直接登记为在档,不走审批,标注“导入”")
                if kind == HOUSEHOLDS
                else _("每行发起一件申请,内容存为第一个环节的草稿,补上签字材料后提交"),
                url_for("imports.bring", kind=kind),
            )
            for kind, name in kinds
        )
        + tuple(
            Choice(
                named(name),
                _("%(n)s 件等待您办理:下载名单,填好结果后上传,一次登记,逐件留痕", n=n),
                url_for("imports.bring", kind=kind),
            )
            for kind, (name, n) in steps.items()
        ),
        tuple(_brought(one) for one in recent),
    )


def _brought(one: Progress) -> Brought:
    batch = one.batch
    return Brought(
        href=url_for("imports.show", list_id=batch.id),
        file_name=batch.file_name,
        kind=named(one.kind_name),
        at=moment(batch.created_at),
        status=batch.status.value,
        status_words=status_words(batch.status),
        total=one.total,
        done=one.count(State.DONE),
        bad=one.count(State.BAD),
    )


def status_words(status: Status) -> str:
    """Where a list stands, in words."""
    return {
        Status.READING: _("正在读取"),
        Status.REFUSED: _("不能读取"),
        Status.CHECKING: _("正在检查"),
        Status.CHECKED: _("已检查,待导入"),
        Status.RUNNING: _("正在导入"),
        Status.DONE: _("已导入"),
        Status.DROPPED: _("已放弃"),
    }[status]


def bring_page(
    shell: Shell, kind_name: str, kind: Kind, waiting: int | None, message: str = ""
) -> BringPage:
    """The page of one kind; ``message`` says why the file before was refused.

    ``waiting`` is how many steps wait, None for a kind that is no list of steps.
    """
    from webapp.sheets.template import hint_of

    return BringPage(
        shell,
        kind_name,
        named(kind.name),
        tuple(
            SheetShown(
                sheet.title,
                tuple(ColumnShown(c.heading, c.required, hint_of(c)) for c in sheet.columns),
            )
            for sheet in kind.layout.sheets
        ),
        len(kind.units().names),
        kind_name == HOUSEHOLDS,
        waiting,
        message,
    )


def list_page(
    shell: Shell,
    progress: Progress,
    wrong: Sequence[Row],
    results: Sequence[Row],
    after: int,
    stopped: str,
) -> ListPage:
    """A list with the first rows that are wrong, and a page of results; one more than shown.

    ``stopped`` says why nothing goes on although there is something to do.
    """
    batch = progress.batch
    good, bad = progress.count(State.GOOD), progress.count(State.BAD)
    done, known = progress.count(State.DONE), progress.count(State.KNOWN)
    lines = _wrong_lines(progress, wrong)
    return ListPage(
        shell=shell,
        id=batch.id,
        kind=batch.kind,
        kind_name=named(progress.kind_name),
        file_name=batch.file_name,
        at=moment(batch.created_at),
        status=batch.status.value,
        status_words=status_words(batch.status),
        is_working=progress.is_working,
        is_refused=batch.status is Status.REFUSED,
        stopped=stopped,
        percent=_percent(progress),
        total=progress.total,
        good=good,
        bad=bad,
        known=known,
        done=done,
        loose=0 if batch.status is Status.REFUSED else len(batch.loose),
        told=_told(progress),
        earlier="" if progress.earlier is None else moment(progress.earlier.created_at),
        is_household=batch.kind == HOUSEHOLDS,
        wrong=lines[:MOST_SHOWN],
        more_wrong=max(0, bad + len(batch.loose) - MOST_SHOWN),
        results=tuple(_result(row, batch.kind) for row in results[:RESULTS_SHOWN]),
        first_results=url_for("imports.show", list_id=batch.id) if after else "",
        next_results=url_for(
            "imports.show", list_id=batch.id, after=results[RESULTS_SHOWN - 1].number
        )
        if len(results) > RESULTS_SHOWN
        else "",
    )


def _percent(progress: Progress) -> int:
    """How much of the work at hand is done."""
    if progress.batch.status is Status.READING:
        return 0
    if not progress.total:
        return _ALL
    if progress.batch.status is Status.CHECKING:
        return _ALL - _ALL * progress.count(State.READ) // progress.total
    begun = progress.count(State.DONE, State.GOOD) or 1
    return _ALL - _ALL * progress.count(State.GOOD) // begun


def _told(progress: Progress) -> str:
    """The sentence above everything: what was found, what was kept, what to do."""
    bad = progress.count(State.BAD) + len(progress.batch.loose)
    if progress.batch.status is Status.REFUSED:
        return "".join(problem.message for problem in progress.batch.loose)
    if progress.batch.status is Status.CHECKED:
        return _told_checked(progress.count(State.GOOD), bad, progress.count(State.KNOWN))
    if progress.batch.status is Status.DROPPED:
        return _("这份名单已放弃,没有导入任何一行。")
    done = progress.count(State.DONE)
    if progress.batch.status is not Status.DONE:
        return ""
    if bad:
        return _(
            "已导入 %(done)s 行;%(bad)s 行有错,没有导入。"
            "改正后可以整份重新上传,已导入的行不会重复。",
            done=done,
            bad=bad,
        )
    return _("已导入 %(done)s 行。", done=done)


def _told_checked(good: int, bad: int, known: int) -> str:
    if bad and good:
        return _("%(bad)s 行有错,其余 %(good)s 行已通过,可先导入。", bad=bad, good=good)
    if bad:
        return _("%(bad)s 行有错,没有可以导入的行。请下载改正后重新上传。", bad=bad)
    if good:
        return _("%(good)s 行全部通过检查,可以导入。", good=good)
    return _("%(known)s 行以前都已导入,没有需要再导入的行。", known=known)


def _wrong_lines(progress: Progress, rows: Sequence[Row]) -> tuple[Wrong, ...]:
    """One line for each problem, each with its own sheet and row."""
    if progress.batch.status is Status.REFUSED:
        return ()
    lines = [Wrong(p.sheet, p.row, "", p.message, p.is_warning) for p in progress.batch.loose]
    lines += [
        Wrong(p.sheet, p.row, row.label, p.message, p.is_warning)
        for row in rows
        for p in row.problems
        if p.column or len(row.problems) == 1  # what only points to another sheet says no more
    ]
    return tuple(lines)


def _result(row: Row, kind: str) -> Result:
    href = ""
    if row.result and row.result_label:
        href = (
            url_for("register.household", file_no=row.result)
            if kind == HOUSEHOLDS
            else url_for("cases.show", case_id=row.result)
        )
    words = _("已导入") if row.state is State.DONE else _("以前已导入,或已在档、已办结")
    return Result(row.read.row, row.label, row.result_label, href, words)
