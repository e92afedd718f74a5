"""What who handles a case sees at a glance: other clocks, letters in and out, what comes next.

A step that prints a paper with a proof of service (送达回证) and asks for a day is a letter out,
its answers that proof: way, day, receipt. What bodies outside answer, what the applicant did by
her receipt and messages are letters in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, takewhile

from flask import url_for

from engine import Engine
from engine.forms import Field, FieldKind
from engine.forms.paths import MISSING, get_at
from engine.forms.values import is_empty
from engine.model.actors import is_guest_id
from engine.model.cases import EventKind, HistoryEntry, StoredFile
from engine.model.definitions import ElementKind
from engine.work.ahead import Answer
from engine.work.handling import Coming, Handling, OpenNow
from engine.work.printing import PaperStep
from engine.work.submissions import Submission
from webapp.forms.shown import in_language, shown_value
from webapp.shared.items import named, step_of
from webapp.shared.language import _
from webapp.shared.limits import resting_on
from webapp.shared.navigation import Link
from webapp.shared.words import Badge, amount, day, due_badge, moment

_MOST_WAYS = 3
"""Ways to one step that are written out: the list is read at a glance."""

_TOLD = frozenset({FieldKind.DATE, FieldKind.SELECT, FieldKind.RADIO, FieldKind.TEXT})
"""What is short enough to stand in a line about a letter."""


@dataclass(frozen=True)
class Clock:
    """Another open step of the case and its limit."""

    step: str
    href: str
    due: Badge
    is_law: bool


@dataclass(frozen=True)
class Next:
    """What may come behind an open step: ``after`` names that step where several are open."""

    after: str
    ways: tuple["Way", ...]


@dataclass(frozen=True)
class Way:
    """One of the ways on.

    ``by``: what stands on the flows; ``to``: where it leads; ``about``: who, by when.
    """

    by: str
    to: str
    about: str


@dataclass(frozen=True)
class Letter:
    """What came in or went out; ``about``: how, when, with which receipt."""

    at: datetime
    is_out: bool
    what: str
    papers: tuple[Link, ...]
    about: str
    proofs: tuple[Link, ...]

    @property
    def day(self) -> str:
        """When it was written down."""
        return moment(self.at)[:10]


@dataclass(frozen=True)
class HandlingBox:
    """All of it; nothing of it where there is nothing to tell."""

    clocks: tuple[Clock, ...]
    next: tuple[Next, ...]
    letters: tuple[Letter, ...]
    drafts: tuple[Link, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the case has nothing of the kind."""
        return not (self.clocks or self.next or self.letters or self.drafts)

    @property
    def sent(self) -> int:
        """Letters that went out."""
        return sum(one.is_out for one in self.letters)

    @property
    def received(self) -> int:
        """Letters that came in."""
        return len(self.letters) - self.sent


def handling_box(
    engine: Engine,
    found: Handling,
    told: tuple[Sequence[Submission], Mapping[str, StoredFile]],
    at_task: str = "",
) -> HandlingBox:
    """The box of a case; ``told``: its finished steps and the papers the reader may know of.

    ``at_task``: the step whose page it stands on, which shows its own limit and form itself.
    """
    steps = found.papers
    letters = [*_of_steps(found, steps, *told), *_messages(found, told[1])]
    letters.sort(key=lambda one: one.at)
    return HandlingBox(
        clocks=_clocks(engine, found.now, at_task) if at_task else (),
        next=tuple(_next(found.now, at_task)),
        letters=tuple(letters[::-1]),
        drafts=tuple(_drafts(found.now, steps, at_task)),
    )


def _clocks(engine: Engine, now: Sequence[OpenNow], at_task: str) -> tuple[Clock, ...]:
    moment_now, calendar = engine.clock.now(), engine.calendar()
    return tuple(
        Clock(
            step_of(one.line.name, one.line.items, one.line.process_key),
            url_for("tasks.show", task_id=one.line.id),
            due_badge(one.line, moment_now, calendar),
            one.is_law,
        )
        for one in now
        if one.line.id != at_task
    )


def _next(now: Sequence[OpenNow], at_task: str) -> Iterator[Next]:
    """On the page of a step what comes behind it; on that of the case behind each open one."""
    shown = [one for one in now if not at_task or one.line.id == at_task]
    for one in shown:
        if one.coming:
            after = (
                step_of(one.line.name, one.line.items, one.line.process_key)
                if len(shown) > 1
                else ""
            )
            waited = groupby(one.coming, lambda to: to.ways if to.kind is ElementKind.CATCH else to)
            yield Next(after, tuple(way_of(list(together)) for _key, together in waited))


def way_of(together: Sequence[Coming]) -> Way:
    """同意 → 送达 信访接待员,收到后 3 个工作日; of waits all that one of them ends."""
    one, names = together[0], list(dict.fromkeys(to.name for to in together if to.name))
    by_when = ""
    if one.until is not None:
        by_when = _("最迟 %(day)s", day=day(one.until))
    elif one.limit:
        by_when = _("收到后 %(limit)s", limit=amount(one.limit))
    about = _(",").join(part for part in (named(one.who), by_when, _rests_on(one)) if part)
    return Way(_by(one.ways), _come_to(one.kind, names), about)


def _rests_on(one: Coming) -> str:
    """That a limit is of law and by which article; of another what a date that is settled rests on.

    How long the other steps may take is told where they are.
    """
    drawn = one.drawn
    if one.is_law:
        articles = (drawn.article,) if drawn.article else tuple(rule.law for rule in drawn.rules)
        return " ".join(part for part in (_("法定时限"), *articles) if part)
    if one.until is None:
        return ""
    source = resting_on(drawn.rules, drawn.article, drawn.basis, is_citizens=False)
    return _("依据 %(source)s", source=source) if source else ""


def _come_to(kind: ElementKind, names: Sequence[str]) -> str:
    """What a way leads to; a drawing may name neither ends nor waits."""
    name = _("、").join(map(named, names))
    if kind is ElementKind.END:
        return _("结束:%(name)s", name=name) if name else _("结束")
    if kind is ElementKind.CATCH:
        return _("等候:%(name)s", name=name) if name else _("等候")
    if kind is ElementKind.SUB_PROCESS:
        rest = _("其他在办环节不受影响")
        return _("%(said)s(%(more)s)", said=name, more=rest) if name else rest
    return name or _("未命名的环节")


def _by(ways: Sequence[Sequence[Answer]]) -> str:
    """同意、须公示(标准未变;标准有变、受理时): what several ways begin with is said once."""
    shown = [list(map(_answer, way)) for way in ways[:_MOST_WAYS]]
    same = takewhile(lambda answers: len(set(answers)) == 1, zip(*shown, strict=False))
    first = [answers[0] for answers in same]
    rest = _(";").join(_("、").join(way[len(first) :]) for way in shown)
    if len(ways) > _MOST_WAYS:
        rest = _("%(ways)s等", ways=rest)
    begun = _("、").join(first)
    return _("%(said)s(%(more)s)", said=begun, more=rest) if begun and rest else begun or rest


def _answer(one: Answer) -> str:
    """是 by what was asked, 同意 by itself."""
    said, asked = named(one.said), named(one.asked).rstrip("?\N{FULLWIDTH QUESTION MARK}")
    return _("%(asked)s:%(said)s", asked=asked, said=said) if asked else said


def _drafts(now: Sequence[OpenNow], steps: Sequence[PaperStep], at_task: str) -> Iterator[Link]:
    """The papers of open steps as they would be printed now, and forms half filled in."""
    papers = {step.task_id: step.papers for step in steps if step.is_open}
    for one in now:
        line = one.line
        for paper in papers.get(line.id, ()):
            sheet = url_for("printing.sheet", task_id=line.id, document_id=paper.id)
            yield Link(_("《%(title)s》预览", title=paper.title), sheet)
        if line.draft_at is not None and line.id != at_task:
            label = _("“%(step)s”草稿", step=step_of(line.name, line.items, line.process_key))
            yield Link(label, url_for("tasks.show", task_id=line.id))


def _of_steps(
    found: Handling,
    steps: Sequence[PaperStep],
    submissions: Sequence[Submission],
    files: Mapping[str, StoredFile],
) -> Iterator[Letter]:
    papers = {step.task_id: step.papers for step in steps if not step.is_open}
    for one in submissions:
        if one.is_withheld or not one.task_id:
            continue
        is_in = is_guest_id(one.by) or one.element_id in found.outside
        form = in_language(one.form)
        facts = [field for field in form.fields.values() if _is_told(field, one.data)]
        printed = papers.get(one.task_id, ())
        is_served = any(paper.is_served for paper in printed)
        is_out = is_served and any(field.kind is FieldKind.DATE for field in facts)
        if not (is_in or is_out):
            continue
        yield Letter(
            one.at,
            not is_in,
            step_of(one.element_name, one.items),
            tuple(
                Link(
                    paper.title,
                    url_for("printing.sheet", task_id=one.task_id, document_id=paper.id),
                )
                for paper in printed
            ),
            " · ".join(
                [
                    *([_("申请人(凭回执)")] if is_guest_id(one.by) else []),
                    *(f"{_label(f)}{shown_value(f, get_at(one.data, f.path))}" for f in facts),
                ]
            ),
            tuple(
                Link(label or files[key].name, url_for("reading.paper", file_id=key))
                for key, label in form.files(one.data)
                if key in files
            ),
        )


def _messages(found: Handling, files: Mapping[str, StoredFile]) -> Iterator[Letter]:
    for entry in found.came_in:
        proofs: tuple[Link, ...] = ()
        file_id = entry.detail.get("file")
        if isinstance(file_id, str):
            if file_id not in files:
                continue  # not for this reader
            proofs = (Link(files[file_id].name, url_for("reading.paper", file_id=file_id)),)
        reason = str(entry.detail.get("reason") or "")
        yield Letter(
            entry.at,
            is_out=False,
            what=_what(found, entry),
            papers=(),
            about=" · ".join(part for part in (entry.actor_name, reason) if part),
            proofs=proofs,
        )


def _what(found: Handling, entry: HistoryEntry) -> str:
    if entry.kind is EventKind.FILE_ADDED:
        return _("添加材料")
    name = found.messages.get(entry.element_id or "", "") or str(entry.detail.get("name", ""))
    return named(name)


def _is_told(field: Field, data: Mapping[str, object]) -> bool:
    """Whether an answer may stand in the line: short, given, and no personal data."""
    if field.kind not in _TOLD or field.decision or field.pii is not None:
        return False
    value = get_at(data, field.path)
    return field.is_asked and value is not MISSING and not is_empty(value)


def _label(field: Field) -> str:
    return f"{field.label} " if field.label else ""
