"""Who asks for a list of cases, sees it and ends it; and the operation by which a case does."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import cast

from engine.errors import Broken, Conflict, Invalid, NotFound
from engine.model.actors import SYSTEM, Actor
from engine.model.clock import local_date
from engine.model.errands import ErrandStatus
from engine.model.fan_out import LONGEST_LIST_KEY, FanOut, Source
from engine.model.ids import new_id
from engine.model.operations import NotYet, Operation, OperationContext
from engine.store import audit, cases, definitions, errands, fan_outs
from engine.store.database import Tx
from engine.work import cancel
from engine.work.environment import Environment
from engine.work.fan_out_errands import ERRAND, end_list, have_done
from engine.work.fan_out_news import news_of, tell


@dataclass(frozen=True)
class Wanted:
    """A list that is asked for: its key, the process of its cases, where its lines come from.

    ``case_id`` is the case that waits for the end of all of them.
    """

    key: str
    process_key: str
    source: str
    wanted: Mapping[str, object] = field(default_factory=dict)
    case_id: str | None = None
    joins_until: date | None = None


def source_of(environment: Environment, name: str) -> Source:
    """A source by its name; Invalid where the installation has none of it."""
    found = environment.sources.get(name)
    if found is None:
        known = "、".join(sorted(environment.sources))
        raise Invalid(f"没有名为“{name[:40]}”的名单来源,没有发起。已有的来源:{known}。")
    return found


def seen(environment: Environment, tx: Tx, actor: Actor, key: str) -> FanOut:
    """A list for the eyes of who asked for it, or sees the case that did; NotFound."""
    found = fan_outs.by_key(tx, environment.vault, key)
    if found is not None and (actor.is_system or found.by_id == actor.person_id):
        return found
    if found is None or found.case_id is None or not cases.is_visible(tx, actor, found.case_id):
        raise NotFound("没有找到这份名单。")
    return found


def owned(environment: Environment, tx: Tx, actor: Actor, key: str) -> FanOut:
    """A list for who may stop it: whoever asked for it, or may cancel the case that did."""
    found = seen(environment, tx, actor, key)
    if not actor.is_system and found.by_id != actor.person_id:
        cancel.cancellable(environment, tx, actor, found.case_id or "", None)
    return found


def ask_for(environment: Environment, tx: Tx, actor: Actor, new: Wanted) -> FanOut:
    """Write a list down, or find it, and have it gone through."""
    source_of(environment, new.source)
    found = written(environment, tx, actor, new)
    have_done(environment, tx, actor, ERRAND, found.id, {}, found.total)
    return found


def written(environment: Environment, tx: Tx, actor: Actor, new: Wanted) -> FanOut:
    """The list of this key, written now where it is new; one that was stopped goes on."""
    if not new.key.strip() or len(new.key) > LONGEST_LIST_KEY or "\0" in new.key:
        raise Invalid(f"名单的编号要写 1 到 {LONGEST_LIST_KEY} 个字符,没有发起。")
    found = fan_outs.by_key(tx, environment.vault, new.key)
    if found is not None:
        same = (found.process_key, found.source, found.wanted, found.case_id) == (
            new.process_key,
            new.source,
            new.wanted,
            new.case_id,
        )
        if not same:
            raise Conflict(f"编号“{new.key}”已用于另一份名单,没有发起。请换一个编号。")
        if found.stopped_at is not None:
            fan_outs.stop(tx, found.id, None)
        return replace(found, stopped_at=None)
    version = definitions.latest(tx, new.process_key)
    if version is None:
        raise Invalid(f"没有名为“{new.process_key[:80]}”的流程,没有发起。")
    made = FanOut(
        id=new_id(),
        key=new.key,
        definition_id=version.id,
        by_id=actor.person_id,
        case_id=new.case_id,
        source=new.source,
        wanted=new.wanted,
        total=0,
        done=0,
        begun=0,
        refused=0,
        after="",
        asked_at=environment.now(),
        ended_at=None,
        stopped_at=None,
        joins_until=new.joins_until,
    )
    fan_outs.add(tx, environment.vault, made)
    audit.add_access(
        tx, made.asked_at, actor.person_id, "fan-out-begun", made.key, made.definition_id
    )
    return made


def begin_round(environment: Environment, tx: Tx, found: FanOut, total: int) -> FanOut:
    """Go through a list from its beginning."""
    fan_outs.begin_round(tx, found.id, total)
    begun = fan_outs.load(tx, environment.vault, found.id)
    if begun is None:
        raise NotFound("没有找到这份名单。")
    return begun


def ask_to_cancel(environment: Environment, tx: Tx, actor: Actor, key: str, reason: str) -> FanOut:
    """Stop a list and have its running cases cancelled."""
    found, why = owned(environment, tx, actor, key), cancel.stated(reason)
    end_list(environment, tx, actor, found, why)
    return fan_outs.load(tx, environment.vault, found.id) or found


# The operation -----------------------------------------------------------------------------

NAME = "cases.for_each"
WHILE_BEGINNING = timedelta(seconds=2)
WHILE_OPEN = timedelta(seconds=10)
"""How long the job that waits for the end of all cases rests between two looks."""

_LOOKS_SHARE = 100
"""And so many times as long as a look for news took: thousands that wait hold nobody up."""


def operation(environment: Callable[[], Environment]) -> Operation:
    """A case for each line of a list; done when all have ended.

    For an asynchronous service task: its job looks again and again until no case of the list
    runs. A timer at the task's boundary ends the waiting; the cases go on.
    """

    def run(
        context: OperationContext, inputs: Mapping[str, object]
    ) -> Mapping[str, object] | NotYet:
        """Begin a case of `process` for each line that `source` gives for `wanted`; wait for all.

        `list` names the list: the same name again is the same list, and no line has two cases.
        The list is gone through anew each day up to `until`, so that later lines join. What `news`
        knows of the lines is told to those of their cases that wait for `message`.
        """
        return _for_each(environment(), context, inputs)

    return Operation(
        name=NAME,
        title="名单里每一项各办一件,全部办结后继续",
        run=run,
        inputs={
            "list": {"type": "string"},
            "process": {"type": "string", "format": "process"},
            "source": {"type": "string"},
            "wanted": {"type": "object"},
            "until": {"type": ["string", "null"], "format": "date"},
            "message": {"type": "string"},
            "news": {"type": "string"},
        },
        required=frozenset({"list", "process", "source"}),
        outputs={
            "begun": {"type": "integer"},
            "refused": {"type": "integer"},
            "completed": {"type": "integer"},
            "cancelled": {"type": "integer"},
        },
        lasts=True,
    )


BEGIN_NAME = "cases.begin_each"


def begin_operation(environment: Callable[[], Environment]) -> Operation:
    """A case for each line of a list, each its own; done when all are begun.

    For an asynchronous service task whose case goes on without waiting for those it has begun.
    """

    def run(
        context: OperationContext, inputs: Mapping[str, object]
    ) -> Mapping[str, object] | NotYet:
        """Begin a case of `process` for each line that `source` gives for `wanted`; go on then.

        `list` names the list: the same name again is the same list, and no line has two cases.
        """
        wanted = _wanted(context, inputs)
        found = _gone_through(environment(), cast(Tx, context.tx), wanted)
        if isinstance(found, NotYet):
            return found
        return {"begun": found.begun, "refused": found.refused}

    return Operation(
        name=BEGIN_NAME,
        title="名单里每一项各办一件,发起后继续",
        run=run,
        inputs={
            "list": {"type": "string"},
            "process": {"type": "string", "format": "process"},
            "source": {"type": "string"},
            "wanted": {"type": "object"},
        },
        required=frozenset({"list", "process", "source"}),
        outputs={"begun": {"type": "integer"}, "refused": {"type": "integer"}},
        lasts=True,
    )


def _wanted(context: OperationContext, inputs: Mapping[str, object]) -> Wanted:
    asked = inputs.get("wanted")
    return Wanted(
        str(inputs["list"]),
        str(inputs["process"]),
        str(inputs["source"]),
        asked if isinstance(asked, Mapping) else {},
        context.case_id,
        _until(inputs),
    )


def _gone_through(environment: Environment, tx: Tx, wanted: Wanted) -> FanOut | NotYet:
    """The list once every line of it was looked at, or was stopped."""
    found = fan_outs.by_key(tx, environment.vault, wanted.key)
    if found is None or found.case_id != wanted.case_id:
        ask_for(environment, tx, SYSTEM, wanted)
        return NotYet(WHILE_BEGINNING)
    if found.stopped_at is None and found.ended_at is None:
        errand = errands.newest_about(tx, environment.vault, ERRAND, found.id)
        if errand is not None and errand.status is ErrandStatus.FAILED:
            raise Broken(errand.told)
        if errand is None or not errand.is_open:
            ask_for(environment, tx, SYSTEM, wanted)
        return NotYet(WHILE_BEGINNING)
    return found


def _for_each(
    environment: Environment, context: OperationContext, inputs: Mapping[str, object]
) -> Mapping[str, object] | NotYet:
    tx = cast(Tx, context.tx)
    wanted = _wanted(context, inputs)
    message, source_of_news = str(inputs.get("message") or ""), str(inputs.get("news") or "")
    news = news_of(environment, source_of_news) if message else None
    found = _gone_through(environment, tx, wanted)
    if isinstance(found, NotYet):
        return found
    began = time.perf_counter()
    if news is not None and tell(environment, tx, found, message, news):
        return NotYet(timedelta(0))
    rest = max(WHILE_OPEN, _LOOKS_SHARE * timedelta(seconds=time.perf_counter() - began))
    joining = found.stopped_at is None and (wanted.joins_until or date.min) >= environment.today()
    if joining and found.ended_at and local_date(found.ended_at) < environment.today():
        ask_for(environment, tx, SYSTEM, wanted)
        return NotYet(WHILE_BEGINNING)
    if joining or fan_outs.any_open(tx, found.id):
        return NotYet(rest)
    ended = fan_outs.children(tx, found.id)
    return {
        "begun": found.begun,
        "refused": found.refused,
        "completed": ended.completed,
        "cancelled": ended.cancelled,
    }


def _until(inputs: Mapping[str, object]) -> date | None:
    """The last day on which later lines join; None where none do."""
    said = str(inputs.get("until") or "")
    return date.fromisoformat(said[:10]) if said else None
