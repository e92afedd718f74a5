"""What an applicant adds with her receipt of her own accord, while her case runs (``guestPapers``).

Words and papers lie in the case's history, and whoever handles it is told. They are read with the
case, by whoever may read all that she has said in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.errors import Invalid, NotFound, TaskNotOpen
from engine.forms.masking import SEALED
from engine.model.actors import Actor, is_guest_id
from engine.model.cases import RUNNING, Case, EventKind, StoredFile
from engine.model.public_words import GUEST_PAPERS
from engine.runtime import Program
from engine.store import cases, directory, events, files, messages, task_lists, tasks
from engine.store.database import Tx
from engine.store.messages import NewMessage
from engine.work.access import visible_case
from engine.work.alerts import seeing, who_does
from engine.work.allowances import Allowance, use
from engine.work.compartments import closed_to
from engine.work.environment import Environment
from engine.work.history import Cause, write_history
from engine.work.opened import OpenedCase, open_case

LONGEST_WORDS = 2000
MOST_PAPERS = 20
ADDED = "added"
"""The kind of message that tells who handles a case, and the word in the case's history."""

ADDITIONS = Allowance(
    "receipt-additions",
    times=10,
    within=timedelta(hours=1),
    sentence="一小时内补充得太多,这一次没有提交,您写的内容都在。"
    "请 {minutes} 分钟后再试,急事请拨打页面上的电话。",
)

_OVER = "这一件已经办结,不能再补充。有新的情况请打电话,或者另外写信。您写的内容都在,可复制。"
_EMPTY = "请写一句话,或者选一份材料,再按“提交”。"


@dataclass(frozen=True)
class Addition:
    """What was added at once."""

    at: datetime
    words: str
    papers: tuple[StoredFile, ...]


def takes_additions(program: Program, case: Case) -> bool:
    """Whether she may add something now."""
    says = program.info.properties.get(GUEST_PAPERS, "").strip() == "true"
    return says and case.status in RUNNING


def add(
    environment: Environment, tx: Tx, guest: Actor, words: str, file_ids: Sequence[str]
) -> None:
    """Add words and papers to her case, and tell who handles it.

    Raises NotFound, Invalid, TaskNotOpen when the case has ended, TooManyTries.
    """
    case = cases.load(tx, guest.guest_case_id) if guest.is_guest else None
    if case is None:
        raise NotFound
    opened = open_case(environment, tx, case)
    if not takes_additions(opened.program, case):
        raise TaskNotOpen(_OVER)
    said, ids = words.strip()[:LONGEST_WORDS], tuple(dict.fromkeys(file_ids))
    if not said and not ids:
        raise Invalid(_EMPTY)
    if len(ids) > MOST_PAPERS:
        raise Invalid(f"一次最多补 {MOST_PAPERS} 份材料,没有提交。请分几次补。")
    use(environment, tx, ADDITIONS, guest.person_id)
    now = environment.now()
    if ids and files.link(tx, ids, case.id, guest.person_id, now) != len(ids):
        raise Invalid("有附件已过期或不是您上传的,没有提交。请重新上传该附件,其他内容都在。")
    told = {"words": said, "papers": list(ids)}
    cause = Cause(guest, now)
    cause.note(EventKind.NOTICE, {ADDED: "guest", "payload": told})
    write_history(tx, case, opened.vault, cause)
    _tell(environment, tx, opened)


def of_case(environment: Environment, tx: Tx, actor: Actor, case_id: str) -> tuple[Addition, ...]:
    """What was added to a case, the newest first.

    What she says of her own accord may tell who she is: who may not read every compartment of the
    case reads 已密封.
    """
    opened = open_case(environment, tx, visible_case(tx, actor, case_id))
    found = tuple(_additions(tx, opened))
    if closed_to(environment, tx, actor, opened):
        return tuple(Addition(one.at, SEALED, ()) for one in found)
    return found


def papers_added(tx: Tx, opened: OpenedCase) -> frozenset[str]:
    """The ids of the papers among it."""
    return frozenset(paper.id for one in _additions(tx, opened) for paper in one.papers)


def of_guest(tx: Tx, opened: OpenedCase) -> tuple[Addition, ...]:
    """The same for the applicant herself."""
    return tuple(_additions(tx, opened))


def _additions(tx: Tx, opened: OpenedCase) -> Iterator[Addition]:
    rows = events.of_case(tx, opened.case.id, kinds=(EventKind.NOTICE.value,))
    for row in reversed(rows):
        if row.payload is None or not is_guest_id(row.actor or ""):
            continue
        detail = opened.vault.open_json(row.payload, "event", row.number)
        told = detail.get("payload") if isinstance(detail, Mapping) and ADDED in detail else None
        if isinstance(told, Mapping):
            ids = [str(one) for one in told.get("papers") or ()]
            found = files.by_ids(tx, ids)
            papers = tuple(found[one] for one in ids if one in found)
            yield Addition(row.at, str(told.get("words") or ""), papers)


def _tell(environment: Environment, tx: Tx, opened: OpenedCase) -> None:
    """A line in the messages of whoever handles the case now."""
    case, day = opened.case, environment.today()
    text = f"办件 {case.number} 的申请人凭回执补充了内容,请打开办件查看。"
    messages.add(
        tx,
        [
            NewMessage(
                once=f"{ADDED}:{case.id}:{case.event_count + 1}:{person_id}",
                kind=ADDED,
                via="app",
                organisation_id=case.organisation_id,
                day=day,
                text=text,
                person_id=person_id,
                case_id=case.id,
            )
            for person_id in sorted(_handlers(environment, tx, opened))
        ],
        environment.now(),
    )


def _handlers(environment: Environment, tx: Tx, opened: OpenedCase) -> set[str]:
    """Who does its open steps; where it only waits, who did the last one, or who takes such in."""
    case, today = opened.case, environment.today()
    found: set[str] = set()
    for line in task_lists.open_of_case(tx, case.id):
        loaded = tasks.load(tx, line.id)
        if loaded is not None:
            found.update(who_does(environment, tx, loaded))
    if found:
        return found
    done = reversed(events.of_case(tx, case.id, kinds=(EventKind.TASK_COMPLETED.value,)))
    doers = (row.actor for row in done if row.actor and directory.person_by_id(tx, row.actor))
    role = opened.program.info.start_role or ""
    last = next(doers, None)
    people = (
        [one.person_id for one in directory.holders(tx, role, case.organisation_id, today)]
        if last is None
        else [last]
    )
    return set(seeing(tx, case, people, today))
