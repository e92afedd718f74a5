"""What happened to a case, in words: who did what when, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.forms import CompiledForm
from engine.model.actors import is_guest_id
from engine.model.cases import EventKind, HistoryEntry
from engine.model.items import Items, of_detail
from engine.runtime import Program
from engine.work.guest_additions import ADDED
from webapp.forms.shown import in_language, shown_value
from webapp.shared.items import step_of
from webapp.shared.language import _, lazy, spoken
from webapp.shared.words import moment

_MAIN = frozenset(
    {
        EventKind.STARTED,
        EventKind.TASK_COMPLETED,
        EventKind.NOTICE,
        EventKind.GRANT,
        EventKind.INCIDENT,
        EventKind.CANCELLED,
        EventKind.MIGRATED,
        EventKind.COMPLETED,
    }
)
_SYSTEM = lazy("系统")


@dataclass(frozen=True)
class ShownEntry:
    """One line of the history; ``is_main`` are the deeds of people, the rest is beside them."""

    at: str
    text: str
    reason: str
    is_main: bool


@dataclass(frozen=True)
class _Told:
    text: str
    reason: str = ""


class Storyteller:
    """Tells the entries of one case; ``program_at`` gives the version at a row's number."""

    def __init__(self, program_at: Callable[[int], Program], name_of: Callable[[str], str]) -> None:
        self._program_at = program_at
        self._name_of = name_of
        self._items: dict[str, Items] = {}
        """Which of a repeated step each was: said when it was begun."""

    def tell(self, entries: Sequence[HistoryEntry]) -> tuple[ShownEntry, ...]:
        """The entries in words, oldest first."""
        shown = []
        for entry in entries:
            if entry.task_id and "items" in entry.detail:
                self._items[entry.task_id] = of_detail(entry.detail["items"])
            told = self._tell(entry)
            shown.append(ShownEntry(moment(entry.at), told.text, told.reason, entry.kind in _MAIN))
        return tuple(shown)

    def _tell(self, entry: HistoryEntry) -> _Told:
        tellers: Mapping[EventKind, Callable[[HistoryEntry], _Told]] = {
            EventKind.STARTED: self._started,
            EventKind.TASK_CREATED: self._created,
            EventKind.TASK_CLAIMED: self._claimed,
            EventKind.TASK_RELEASED: self._released,
            EventKind.TASK_COMPLETED: self._completed,
            EventKind.TIMER_SET: self._timer_set,
            EventKind.TIMER_FIRED: self._timer_fired,
            EventKind.MESSAGE: self._message,
            EventKind.FILE_ADDED: self._file_added,
            EventKind.DECISION: self._decision,
            EventKind.GRANT: self._granted,
            EventKind.NOTICE: self._reported,
            EventKind.INCIDENT: self._incident,
            EventKind.RETRIED: self._retried,
            EventKind.CANCELLED: self._cancelled,
            EventKind.MIGRATED: self._migrated,
            EventKind.COMPLETED: lambda _entry: _Told(_("办件办结。")),
        }
        return tellers[entry.kind](entry)

    def _who(self, entry: HistoryEntry) -> str:
        if is_guest_id(entry.actor or ""):
            return _("申请人(凭回执)")
        return entry.actor_name or str(_SYSTEM)

    def _step(self, entry: HistoryEntry) -> str:
        try:
            program = self._program_at(entry.number)
            found = program.element(entry.process_key or "", entry.element_id or "")
        except KeyError:
            return entry.element_id or ""
        known = self._items.get(entry.task_id or "", ())
        return step_of(
            found.name or found.id,
            of_detail(entry.detail.get("items")) or known,
            entry.process_key or "",
        )

    def _started(self, entry: HistoryEntry) -> _Told:
        return _Told(_("%(who)s发起办件。", who=self._who(entry)))

    def _created(self, entry: HistoryEntry) -> _Told:
        due = _instant(entry.detail.get("due_at"))
        if due is None:
            return _Told(_("到“%(step)s”环节。", step=self._step(entry)))
        begins = entry.detail.get("from")
        if begins:
            return _Told(
                _(
                    "到“%(step)s”环节,从 %(start)s 起算,应于 %(due)s 前办结。",
                    step=self._step(entry),
                    start=str(begins),
                    due=moment(due)[: len("2026-11-16")],
                )
            )
        return _Told(
            _(
                "到“%(step)s”环节,应于 %(due)s 前办结。",
                step=self._step(entry),
                due=moment(due)[: len("2026-11-16")],
            )
        )

    def _claimed(self, entry: HistoryEntry) -> _Told:
        detail = entry.detail
        if "passed_on_by" not in detail:
            return _Told(_("%(who)s认领“%(step)s”。", who=self._who(entry), step=self._step(entry)))
        return _Told(
            _(
                "%(who)s把“%(step)s”转办给%(to)s。",
                who=self._who(entry),
                step=self._step(entry),
                to=self._name_of(str(detail.get("to", ""))),
            ),
            _("原因:%(reason)s", reason=detail.get("reason", "")),
        )

    def _released(self, entry: HistoryEntry) -> _Told:
        begun_by = entry.detail.get("given_up")
        if begun_by:
            name = self._name_of(str(begun_by))
            words = _("“%(step)s”不再需要办理,%(who)s不用再办。", step=self._step(entry), who=name)
            return _Told(words)
        words = _("%(who)s放回“%(step)s”。", who=self._who(entry), step=self._step(entry))
        return _Told(words, str(entry.detail.get("reason") or ""))

    def _completed(self, entry: HistoryEntry) -> _Told:
        decided, reason = self._decided(entry)
        words = _("%(who)s办结“%(step)s”", who=self._who(entry), step=self._step(entry))
        reasons = [one for one in (reason, *_why_hers(entry)) if one]
        return _Told(f"{words}:{decided}。" if decided else f"{words}。", ";".join(reasons))

    def _decided(self, entry: HistoryEntry) -> tuple[str, str]:
        """What the person decided, and where she sent it back to."""
        data = entry.detail.get("data")
        program = self._program_at(entry.number)
        try:
            element = program.element(entry.process_key or "", entry.element_id or "")
        except KeyError:
            return "", ""
        form = program.form_of(element)
        if form is None or form.decision is None or not isinstance(data, Mapping):
            return "", ""
        form = in_language(form)
        asked = form.decision
        value = None if asked is None else data.get(asked.path[0])
        decided = asked.label_of(value) if asked is not None and value else ""
        return decided, _sent_back(form, data)

    def _timer_set(self, entry: HistoryEntry) -> _Told:
        due = _instant(entry.detail.get("due_at"))
        step, reason = self._step(entry), str(entry.detail.get("reason") or "")
        if reason:  # a date that was reckoned again, of a step or of the whole case
            step = step or str(entry.detail.get("name") or "")
            before = entry.detail.get("before")
            if before:
                return _Told(
                    _(
                        "%(who)s将“%(step)s”的期限由 %(before)s 改为 %(due)s。",
                        who=self._who(entry),
                        step=step,
                        before=moment(_instant(before)),
                        due=moment(due),
                    ),
                    reason,
                )
            return _Told(_("“%(step)s”的期限改为 %(due)s。", step=step, due=moment(due)), reason)
        return _Told(_("“%(step)s”开始计时,至 %(due)s。", step=step, due=moment(due)))

    def _timer_fired(self, entry: HistoryEntry) -> _Told:
        return _Told(_("“%(step)s”时间到。", step=self._step(entry)))

    def _message(self, entry: HistoryEntry) -> _Told:
        reason = str(entry.detail.get("reason") or "")
        if entry.detail.get("signal") == "thrown":
            return self._signal_thrown(entry)
        if is_guest_id(entry.actor or ""):
            words = _("%(who)s提出“%(step)s”。", who=self._who(entry), step=self._step(entry))
            return _Told(words, _("理由:%(reason)s", reason=reason) if reason else "")
        return _Told(_("收到“%(step)s”。", step=self._step(entry)), reason)

    def _signal_thrown(self, entry: HistoryEntry) -> _Told:
        count = entry.detail.get("cases")
        others = _("另有 %(count)s 件在等它,即将收到。", count=count) if count else ""
        return _Told(_("发出信号“%(name)s”。", name=entry.detail.get("name", "")), others)

    def _file_added(self, entry: HistoryEntry) -> _Told:
        return _Told(
            _(
                "%(who)s添加材料“%(name)s”。",
                who=self._who(entry),
                name=entry.detail.get("name", ""),
            )
        )

    def _decision(self, entry: HistoryEntry) -> _Told:
        problems = entry.detail.get("problems")
        reason = (
            ";".join(spoken(str(one)) for one in problems) if isinstance(problems, list) else ""
        )
        return _Told(_("“%(step)s”按规则算出建议结果。", step=self._step(entry)), reason)

    def _reported(self, entry: HistoryEntry) -> _Told:
        if ADDED in entry.detail:
            return _Told(_("%(who)s补充了内容,见办件页“申请人补充”。", who=self._who(entry)))
        if "receipt" in entry.detail:
            return _Told(_("%(who)s开出回执,申请人可凭编码查进度。", who=self._who(entry)))
        return _Told(
            _("“%(step)s”已完成。", step=self._step(entry)), str(entry.detail.get("text", ""))
        )

    def _granted(self, entry: HistoryEntry) -> _Told:
        """Money: what became of how many payments, or whose, how much; at a step or beside it."""
        detail = entry.detail
        if "act" not in detail:
            return self._reported(entry)
        count = detail.get("payments")
        parts = (
            detail["act"],
            _("%(n)s 笔", n=count) if count else "",
            detail.get("payee", ""),
            detail.get("amount", ""),
        )
        said = " ".join(str(part) for part in parts if part)
        if entry.element_id:
            return _Told(_("“%(step)s”已完成。", step=self._step(entry)), said)
        return _Told(_("%(who)s登记资金:%(what)s。", who=self._who(entry), what=said))

    def _incident(self, entry: HistoryEntry) -> _Told:
        return _Told(
            _("“%(step)s”处理异常,已填内容都在,待管理员处理。", step=self._step(entry)),
            spoken(str(entry.detail.get("message", ""))),
        )

    def _retried(self, entry: HistoryEntry) -> _Told:
        return _Told(_("重试“%(step)s”。", step=self._step(entry)))

    def _cancelled(self, entry: HistoryEntry) -> _Told:
        return _Told(
            _("%(who)s作废办件。", who=self._who(entry)),
            _("原因:%(reason)s", reason=entry.detail.get("reason", "")),
        )

    def _migrated(self, entry: HistoryEntry) -> _Told:
        detail = entry.detail
        return _Told(
            _(
                "%(who)s将办件由流程第 %(old)s 版转到第 %(new)s 版。",
                who=self._who(entry),
                old=_version(detail.get("from")),
                new=_version(detail.get("to")),
            ),
            _("恢复到转版之前。") if detail.get("back") else "",
        )


def _version(definition_id: object) -> str:
    return str(definition_id or "").rpartition(":")[2]


def _why_hers(entry: HistoryEntry) -> tuple[str, ...]:
    """What let her, of all people, do the step: a small unit's profile, a written designation."""
    document, designated = entry.detail.get("profile"), entry.detail.get("designated")
    profile = _("按最小岗位方案办理(%(document)s)", document=document) if document else ""
    return profile, spoken(str(designated or "")).rstrip("。.")


def _sent_back(form: CompiledForm, data: Mapping[str, object]) -> str:
    """Where to, and what is to be changed there."""
    target = None if form.return_field is None else data.get(form.return_field.path[0])
    if not target or form.return_field is None:
        return ""
    told = _("退回到:%(step)s", step=form.return_field.label_of(target))
    items = form.return_items
    chosen = None if items is None else data.get(items.path[0])
    if items is None or not chosen:
        return told
    return f"{told};" + _("请修改:%(fields)s", fields=shown_value(items, chosen))


def _instant(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
