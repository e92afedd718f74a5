"""Cases that anybody begins on the public page, without an account (``publicForm``).

What she writes are the answers of the process's own start form: the case is like any other, and the
first step of the staff is where it is looked at. She gets the code of its receipt at once. The code
is worked out of the page that she sent, so that a second press of the button, or a lost answer,
shows the same one: stored is its hash alone.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from engine.errors import Invalid, NotFound
from engine.feel import EvaluationContext
from engine.forms import CompiledForm
from engine.model.actors import Actor
from engine.model.cases import EventKind
from engine.model.organisations import Organisation
from engine.model.public_words import PUBLIC_FORM, PUBLIC_NAME
from engine.model.receipt_codes import code_of
from engine.runtime import Program
from engine.store import audit, cases, definitions, directory, receipts
from engine.store.database import Tx
from engine.work import start
from engine.work.allowances import Allowance, must_be_left, use
from engine.work.environment import Environment
from engine.work.history import Cause, write_history
from engine.work.opened import open_case
from engine.work.receipts import asks_proof, hash_of, next_words, responsible

LETTERS = Allowance("public-letter", times=20, within=timedelta(hours=1))
"""Of one address: many telephones stand behind one address of a mobile network."""

PAPERS = Allowance(
    "public-papers",
    times=60,
    within=timedelta(hours=1),
    sentence="从您所在的网络上传得太多,这一份没有收下,其他内容不受影响。请 {minutes} 分钟后再传。",
)

SENT_BEFORE = (
    "您已经从这一页发出过一封信,这一次没有发。要补充的,请凭那封信的回执在“查办件”里补充;"
    "要另外反映一件事,请核对后再按一次“发送”。您写的内容都在。"
)

_GONE = "没有找到这个页面。请返回重新选择要反映的事项和工会。"


@dataclass(frozen=True)
class Matter:
    """Something that anybody may begin."""

    key: str
    name: str
    about: str


@dataclass(frozen=True)
class Desk:
    """The form of a matter at one union; ``context`` holds while its page is drawn."""

    matter: Matter
    unit: Organisation
    form: CompiledForm
    context: EvaluationContext


@dataclass(frozen=True)
class Letter:
    """What somebody sends. ``page`` is what the page was given, and no other page has."""

    process_key: str
    organisation_id: str
    data: Mapping[str, object]
    page: str
    address: str

    @property
    def digest(self) -> str:
        """Tells whether the same page sends the same words again."""
        said = orjson.dumps(
            [self.process_key, self.organisation_id, dict(self.data)],
            default=str,
            option=orjson.OPT_SORT_KEYS,
        )
        return hashlib.sha256(said).hexdigest()


@dataclass(frozen=True)
class Sent:
    """What she is told: the code opens her case, this once in words and never in an address."""

    case_id: str
    number: str
    code: str
    asks_proof: bool
    unit: Organisation | None
    next_words: str
    sent_at: datetime


def matters(environment: Environment, tx: Tx) -> tuple[Matter, ...]:
    """What anybody may begin, where somebody is there to take it."""
    return tuple(_matter(program) for program in _open(environment, tx))


def unions(environment: Environment, tx: Tx, process_key: str) -> tuple[Organisation, ...]:
    """The unions at which such a case can be begun: its first step has somebody who does it."""
    program = _program(environment, tx, process_key)
    return tuple(_unions(environment, tx, program))


def desk(environment: Environment, tx: Tx, process_key: str, organisation_id: str) -> Desk:
    """The form of a matter at a union; NotFound where nobody may begin it there."""
    program = _program(environment, tx, process_key)
    form = program.public_form()
    found = (one for one in _unions(environment, tx, program) if one.id == organisation_id)
    unit = next(found, None)
    if unit is None or form is None:
        raise NotFound(_GONE)
    context = environment.feel(tx, unit.id, environment.now())
    return Desk(_matter(program), unit, form, context)


def prepare(
    environment: Environment,
    tx: Tx,
    writer: Actor,
    letter: Letter,
    take_numbers: Callable[[str, int], int],
) -> start.PreparedStart:
    """Check what was written, by the form she saw and by the start form; take a number.

    Raises NotFound, Invalid, TooManyTries.
    """
    seen = desk(environment, tx, letter.process_key, letter.organisation_id)
    validation = seen.form.validate(letter.data, {}, seen.context)
    if validation.errors:
        raise Invalid(f"有 {len(validation.errors)} 处需要修改,您写的内容都在。", validation.errors)
    must_be_left(environment, tx, LETTERS, letter.address)  # before a number is taken for nothing
    wanted = _program(environment, tx, letter.process_key).start_form()
    asked = set() if wanted is None else {field.path[0] for field in wanted.fields.values()}
    data = {name: value for name, value in validation.data.items() if name in asked}
    request = start.Request(
        letter.process_key, letter.organisation_id, data, origin=start.PUBLIC_PAGE
    )
    return start.prepare(environment, tx, writer, request, take_numbers)


def begin(
    environment: Environment, tx: Tx, writer: Actor, letter: Letter, ready: start.PreparedStart
) -> Sent:
    """Begin the case and give out its receipt; TooManyTries from this address."""
    use(environment, tx, LETTERS, letter.address)
    case = start.begin(environment, tx, writer, ready).case
    now = environment.now()
    receipts.issue(tx, case.id, _hash_of(environment, writer, letter.page), writer.person_id, now)
    audit.add_access(tx, now, writer.person_id, "public-letter", case.id, letter.process_key)
    cause = Cause(writer, now)
    cause.note(EventKind.NOTICE, {"receipt": "issued"})
    write_history(tx, case, open_case(environment, tx, case).vault, cause)
    return told(environment, tx, writer, letter, case.id)


def told(environment: Environment, tx: Tx, writer: Actor, letter: Letter, case_id: str) -> Sent:
    """What she is told of a case that she has begun, once more too; NotFound for any other."""
    case = cases.load(tx, case_id)
    receipt = receipts.by_code(tx, _hash_of(environment, writer, letter.page))
    if case is None or receipt is None or receipt.case_id != case.id:
        raise NotFound("这封信已经收到。它的回执后来重开过,请用新的回执查询。")
    opened = open_case(environment, tx, case)
    return Sent(
        case.id,
        case.number,
        _code(environment, writer, letter.page),
        asks_proof(tx, case, opened.program),
        responsible(tx, case),
        next_words(environment, tx, opened),
        case.created_at,
    )


def _code(environment: Environment, writer: Actor, page: str) -> str:
    return code_of(environment.vault.lookup_hash(f"public letter\n{writer.person_id}\n{page}"))


def _hash_of(environment: Environment, writer: Actor, page: str) -> str:
    return hash_of(environment, _code(environment, writer, page))


def _open(environment: Environment, tx: Tx) -> Iterator[Program]:
    newest = environment.newest_versions(tx)
    for row in newest.rows:
        info = newest.infos.get(row.id)
        if not row.start_role or info is None or PUBLIC_FORM not in info.properties:
            continue
        program = environment.programs.get(tx, row.id)
        if program.public_form() is not None and any(_unions(environment, tx, program)):
            yield program


def _program(environment: Environment, tx: Tx, process_key: str) -> Program:
    row = definitions.latest(tx, process_key)
    program = None if row is None else environment.programs.get(tx, row.id)
    if program is None or program.public_form() is None:
        raise NotFound(_GONE)
    return program


def _matter(program: Program) -> Matter:
    info = program.info
    return Matter(
        info.key, info.properties.get(PUBLIC_NAME, "").strip() or info.name, info.documentation
    )


def _unions(environment: Environment, tx: Tx, program: Program) -> Iterator[Organisation]:
    """Those that do the first step themselves, with somebody who holds its role today."""
    step, today = program.first_step(), environment.today()
    lane = None if step is None else step.lane
    if lane is None:
        return
    roles = {lane.role, *(role for _level, role in lane.roles_at)}
    wanted = program.info.start_level
    for role, unit in directory.held_places(tx, roles, today):
        is_there = lane.at(unit.level) == (role, unit.level) and wanted in {None, "", unit.level}
        if is_there and not unit.is_closed(today):
            yield unit
