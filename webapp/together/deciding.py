"""One decision for several cases: each is completed by itself, refusals do not stop the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import Actor, Engine
from engine.errors import BangfuError, Busy, Invalid, Refused
from engine.forms import CompiledForm
from engine.forms.paths import get_at, set_at
from engine.model.once import Once, Replayed
from engine.work.complete import Completed
from engine.work.together import Together, Waiting, answers_for
from webapp.shared.items import with_items
from webapp.shared.language import _


@dataclass(frozen=True)
class Decided:
    """What came of one case; ``refusal`` is empty where it is done."""

    task_id: str
    title: str
    number: str
    refusal: str = ""


@dataclass(frozen=True)
class Minutes:
    """A paper that goes into every case, such as the minutes of the meeting that decided."""

    name: str
    label: str
    content: bytes


@dataclass(frozen=True)
class Asked:
    """What one page asks: its answers, the revisions it showed, its number, a paper for all."""

    answers: Mapping[str, object]
    seen: Mapping[str, int]
    nonce: str
    minutes: Minutes | None = None


def decide(engine: Engine, actor: Actor, found: Together, asked: Asked) -> tuple[Decided, ...]:
    """Complete each case with the same answers, each by itself.

    The same page sent again changes nothing: each case remembers that it was decided by it.
    """
    done: list[Decided] = []
    used: set[str] = set()
    for one in found.waiting:
        refusal = _complete(engine, actor, (found, one), asked, used)
        done.append(Decided(one.task_id, with_items(one.title, one.items), one.number, refusal))
    return tuple(done)


def _complete(
    engine: Engine, actor: Actor, place: tuple[Together, Waiting], asked: Asked, used: set[str]
) -> str:
    found, one = place
    if found.form is None:
        return _("这一步没有表单,请逐件办理。")
    once: Once[Completed] = Once(
        f"{asked.nonce}-{one.task_id}"[:200],
        "complete-together",
        one.task_id,
        lambda _done: b"done",
    )
    try:
        own = _with_own_files(engine, actor, found.form, asked.answers, used)
        data = answers_for(one, found.form, own)
        rev = asked.seen.get(one.task_id)
        done = engine.tasks.complete(actor, one.task_id, data, if_match=rev, once=once)
    except Replayed:
        return ""
    except Invalid as refused:
        told = ";".join(error.message for error in refused.errors)
        return told or refused.message
    except (Refused, Busy) as refused:
        return _message(refused)
    if asked.minutes is not None:
        paper = asked.minutes
        engine.files.attach(actor, done.task.case_id, paper.name, paper.content, paper.label)
    return ""


def _message(refused: BangfuError) -> str:
    return str(getattr(refused, "message", "")) or _("没有办成,请打开这一件查看。")


def _with_own_files(
    engine: Engine,
    actor: Actor,
    form: CompiledForm,
    given: Mapping[str, object],
    used: set[str],
) -> dict[str, object]:
    """The answers with files of the case's own: one paper, sent once, goes into every case."""
    data = dict(given)
    for asked in form.fields.values():
        value = get_at(data, asked.path)
        if asked.kind.value != "file" or not value or not isinstance(value, str | list):
            continue
        ids: Sequence[str] = [value] if isinstance(value, str) else [str(i) for i in value]
        own = [_own(engine, actor, file_id, used) for file_id in ids]
        set_at(data, asked.path, own if isinstance(value, list) else own[0])
    return data


def _own(engine: Engine, actor: Actor, file_id: str, used: set[str]) -> str:
    if file_id not in used:
        used.add(file_id)
        return file_id
    return engine.files.copy(actor, file_id).id
