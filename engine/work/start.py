"""Start a case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.errors import BangfuError, Conflict, Invalid, NotPermitted
from engine.feel import value_or_expression
from engine.model.actors import PUBLIC, Actor
from engine.model.cases import Case, CaseStatus, EventKind
from engine.model.clock import ZONE
from engine.model.deadlines import Deadline
from engine.model.definitions import ONLY_ONE, OVERDUE, UNFINISHED, ProcessInfo
from engine.model.fan_out import CAMPAIGN, LONGEST_KEY
from engine.model.ids import new_case_id
from engine.model.links import LINKED
from engine.model.organisations import LEVEL_NAMES, Organisation
from engine.model.public_words import PUBLIC_FORM
from engine.runtime import Ports, Program, Step
from engine.runtime import start as step_start
from engine.store import cases, definitions, directory, exclusions, files, subjects
from engine.store.database import Tx
from engine.store.events import FIRST_LINK
from engine.store.turns import take_turns
from engine.work import drafts
from engine.work.advance import write_step
from engine.work.attributes import attributes_of
from engine.work.environment import Environment
from engine.work.history import Cause
from engine.work.opened import Memory, OpenedCase, ports_of
from engine.work.passing_on import keep_like_those_it_comes_from
from engine.work.scanning import numbers_in_papers
from engine.work.subjects import Subject, subject_of

TIMED = "timed"
"""What a case is begun from that a start event's timer begins; none but the system does."""

PUBLIC_PAGE = "public"
"""What a case is begun from that somebody without an account writes on the public page."""

_MOST_FIELDS = 3

Begin = Callable[[Program, Mapping[str, object], Ports], Step]
"""Makes the first step of a case: :func:`engine.runtime.start`, or what is the same."""


@dataclass(frozen=True)
class Started:
    """What a start answers: the case as it is now, with its open steps."""

    case: Case
    open_task_ids: tuple[str, ...]
    data: Mapping[str, object]

    @property
    def case_id(self) -> str:
        """The case's id."""
        return self.case.id


@dataclass(frozen=True)
class Request:
    """What a person asks to start."""

    process_key: str
    organisation_id: str
    data: Mapping[str, object]
    business_key: str | None = None
    version: int | None = None
    draft: Mapping[str, object] | None = None
    """What is known already of the first step's form: kept as its draft when the case begins.
    Whoever may start a case need not be who does its first step; a draft is the step's own."""
    about: tuple[str, ...] = ()
    """Late steps of other cases that it is about, for a process that begins from them."""
    origin: str = ""
    """What it is started from; only a process that names it (``startsFrom``) may be."""


@dataclass(frozen=True)
class PreparedStart:
    """A start that was checked, before the database is locked.

    ``kept_like`` is the case that begins it: whoever is kept away from that one is from this one.
    """

    request: Request
    program: Program
    home: Organisation
    number: str
    data: Mapping[str, object]
    variables: Mapping[str, object]
    files: tuple[str, ...]
    subject: Subject
    kept_like: str = ""

    @property
    def is_unfinished(self) -> bool:
        """Whether its start form lacks answers, which a step of the case asks for."""
        return self.variables.get(UNFINISHED) is True


@dataclass(frozen=True)
class Place:
    """A unit for which an actor may start cases of one version, and the units above it."""

    program: Program
    upwards: tuple[Organisation, ...]

    @property
    def home(self) -> Organisation:
        """The unit itself."""
        return self.upwards[0]


def prepare(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    request: Request,
    take_numbers: Callable[[str, int], int],
) -> PreparedStart:
    """Check right, organisation and start form; take a number. Writes nothing of the case.

    Raises NotFound for an unknown process or organisation, NotPermitted, Invalid.
    """
    place = place_of(environment, tx, actor, request)
    ready = checked(environment, tx, actor, request, place)
    series = series_of(environment, tx, ready)
    number = environment.numbers.next(series, take_numbers)
    return replace(ready, number=numbered(series, number))


def place_of(environment: Environment, tx: Tx, actor: Actor, request: Request) -> Place:
    """What a request for this unit shares with every other for it by this actor.

    Raises NotPermitted, Invalid.
    """
    row = (
        definitions.latest(tx, request.process_key)
        if request.version is None
        else definitions.by_id(tx, f"{request.process_key}:{request.version}")
    )
    if row is None:
        raise Invalid(f"没有名为“{request.process_key}”的流程(或没有这个版本),未发起。")
    program = environment.programs.get(tx, row.id)
    upwards = directory.line_upwards(tx, request.organisation_id)
    home = upwards[0] if upwards else None
    if home is None:
        raise Invalid("没有找到所选的单位,未发起。请重新选择申请单位。")
    _must_be_startable(actor, program, upwards, request.origin)
    if home.valid_to is not None and home.valid_to <= environment.today():
        raise Invalid(f"“{home.name}”已于 {home.valid_to} 撤销,未发起。请为接收它的单位办理。")
    return Place(program, tuple(upwards))


def checked(
    environment: Environment, tx: Tx, actor: Actor, request: Request, place: Place
) -> PreparedStart:
    """Check what a case is about and what was filled in; it has no number yet."""
    program, home = place.program, place.home
    subject = subject_of(environment, tx, actor, program.info, place.upwards, request.about)
    form = program.start_form()
    if form is None:
        if request.data and request.origin not in {CAMPAIGN, LINKED}:
            raise Invalid("这个流程没有发起表单,不接收填写内容。")
        variables = {**request.data, **subject.variables}
        request = _named(environment, tx, place, request, variables)
        return PreparedStart(request, program, home, "", request.data, variables, (), subject)
    context = environment.feel(tx, home.id, environment.now())
    validation = form.validate(request.data, subject.variables, context)
    lacks = bool(validation.errors)
    if lacks and (request.origin != LINKED or not program.info.finished_in):
        raise Invalid(f"有 {len(validation.errors)} 处需要修改,其余内容已保留。", validation.errors)
    if lacks:
        validation = form.unfinished(request.data, subject.variables, context)
    numbers = numbers_in_papers(environment, tx, form, validation.data)
    if numbers:
        raise Invalid("附件里有证件号码或银行账号,没有提交,其余内容已保留。", numbers)
    begins_with = {**validation.variables, **subject.variables}
    if program.info.finished_in:
        begins_with[UNFINISHED] = lacks
    return PreparedStart(
        _named(environment, tx, place, request, begins_with),
        program,
        home,
        "",
        validation.data,
        begins_with,
        tuple(file_id for file_id, _ in form.files(validation.data)),
        subject,
    )


def _named(
    environment: Environment,
    tx: Tx,
    place: Place,
    request: Request,
    variables: Mapping[str, object],
) -> Request:
    """The request under the key that a unit has only one case of, where the process says so."""
    only_one = _only_one(environment, tx, place, variables)
    return replace(request, business_key=only_one) if only_one else request


def _only_one(
    environment: Environment, tx: Tx, place: Place, variables: Mapping[str, object]
) -> str:
    """What a unit has only one case of, for what this one would begin with; empty: nothing."""
    text = place.program.info.properties.get(ONLY_ONE, "").strip()
    if not text:
        return ""
    feel = environment.feel(tx, place.home.id, environment.now())
    found = value_or_expression(text).evaluate(variables, feel)
    if isinstance(found.value, str) and found.value.strip():
        return found.value.strip()[:LONGEST_KEY]
    reasons = "、".join(found.problems) or f"得出的是 {str(found.value)[:40]}"
    raise Invalid(
        f"这个流程的“{text[:60]}”没有得出文字({reasons}),未发起。请联系流程设计员或系统管理员。"
    )


def _must_be_the_only_one(tx: Tx, actor: Actor, prepared: PreparedStart) -> None:
    """That no case of the unit stands in its way; of two started at once one finds the other.

    Which it is is told to who may know of it. What the system is told becomes a variable that
    everybody reads who sees the case for which it asks.
    """
    info, key = prepared.program.info, prepared.request.business_key
    if not info.properties.get(ONLY_ONE, "").strip() or not key:
        return
    take_turns(tx, f"only one {info.key} {prepared.home.id}")
    found = cases.standing(tx, info.key, prepared.home.id, key)
    if found is None:
        return
    case_id, number = found
    may_know = (
        cases.is_for_all_to_know(tx, case_id)
        if actor.is_system
        else cases.may_be_known_to(tx, actor, case_id)
    )
    if not may_know:
        raise Conflict(f"{prepared.home.name}的{info.name}“{key}”已经发起,没有重复发起。")
    raise Conflict(
        f"{prepared.home.name}的{info.name}“{key}”已经发起(办件 {number}),没有重复发起。"
        "请打开那一件继续办理。"
    )


def series_of(environment: Environment, tx: Tx, ready: PreparedStart) -> str:
    """What comes before the running number of a case."""
    year = environment.now().astimezone(ZONE).year
    prefix = ready.program.info.number_prefix
    return f"{_prefix(tx, ready.subject.numbered_by)}{prefix}-{year}-"


def numbered(series: str, number: int) -> str:
    """A case's number, as people say it."""
    return f"{series}{number:06d}"


def counter_of(series: str) -> str:
    """The name under which a series is counted."""
    return f"case {series}"


def given(environment: Environment, tx: Tx, actor: Actor, request: Request) -> Mapping[str, object]:
    """The variables that the start form may speak of; Invalid, Conflict as when it is started."""
    row = definitions.latest(tx, request.process_key)
    if row is None or not request.about:
        return {}
    info = environment.programs.get(tx, row.id).info
    upwards = directory.line_upwards(tx, request.organisation_id)
    return subject_of(environment, tx, actor, info, upwards, request.about).variables


def _must_be_startable(
    actor: Actor, program: Program, upwards: Sequence[Organisation], origin: str
) -> None:
    info, home = program.info, upwards[0]
    if info.start_role is None:
        raise NotPermitted("这个流程只由其他流程调用,不能单独发起。")
    if info.starts_from_record != origin and not _may_be_listed(actor, info, origin):
        raise NotPermitted(f"“{info.name}”不能在这里发起,未发起。请打开有关的记录,从那里登记。")
    if info.start_levels and home.level not in info.start_levels:
        levels = "或".join(LEVEL_NAMES.get(level, level) for level in info.start_levels)
        raise Invalid(f"这个流程要由{levels}单位发起,“{home.name}”不是。请另选单位。")
    if origin and actor == PUBLIC:
        return  # what the public may say is decided where it says it
    if origin == PUBLIC_PAGE and actor.is_writer:
        return  # and where it may begin a case: there is somebody at this union who takes it
    if origin in {CAMPAIGN, LINKED, TIMED} and actor.is_system:
        return  # drawn in a process: a case of it asks for it, or its timer begins it
    # Her own unit, or one below hers: a township officer types for a union without a PC (代办).
    places = {place for role in info.starters for place in actor.places(role)}
    if places.isdisjoint(one.id for one in upwards):
        raise NotPermitted(
            f"您不能为“{home.name}”发起这个流程,未发起。如需办理,请联系县总工会管理员。"
        )


def why_not(refused: BangfuError) -> str:
    """Why a case was not begun, with the first fields that are wrong."""
    if not isinstance(refused, Invalid) or not refused.errors:
        return refused.message
    told = ";".join(f"{one.label}:{one.message}" for one in refused.errors[:_MOST_FIELDS])
    more = len(refused.errors) - _MOST_FIELDS
    return f"{told};另有 {more} 处" if more > 0 else told


def _may_be_listed(actor: Actor, info: ProcessInfo, origin: str) -> bool:
    """Whether a list or a case may begin it: what begins from nothing, or from a record.

    The latter only as drawn in a process, which then gives what the record's page would.
    """
    if origin == TIMED:
        return bool(info.begins_on) and actor.is_system
    if origin == PUBLIC_PAGE:
        return actor.is_writer and not info.starts_from and PUBLIC_FORM in info.properties
    if origin not in {CAMPAIGN, LINKED} or info.starts_from == OVERDUE:
        return False
    return not info.starts_from or actor.is_system


def _prefix(tx: Tx, upwards: Sequence[Organisation]) -> str:
    """``漳芗``: the city's first character and the county's, two where counties share one."""
    city = next((o for o in upwards if o.level == "city"), upwards[-1])
    county = next((o for o in upwards if o.level == "county"), None)
    if county is None:
        return city.name[:2]
    rivals = directory.names_at(tx, "county") - {county.name}
    length = 1
    while length < len(county.name) and any(n[:length] == county.name[:length] for n in rivals):
        length += 1
    return city.name[:1] + county.name[:length]


def _total_limit(environment: Environment, tx: Tx, prepared: PreparedStart) -> str | None:
    """The total limit as it holds for a case that starts now; it stays the case's own."""
    text = prepared.program.info.total_limit
    if text is None:
        return None
    feel = environment.feel(tx, prepared.home.id, environment.now())
    evaluation = value_or_expression(text).evaluate(prepared.variables, feel)
    if evaluation.value is None and not evaluation.problems:
        return None
    try:
        return str(Deadline.parse(str(evaluation.value)))
    except Invalid as error:
        reasons = "、".join(evaluation.problems) or f"得出的是 {str(evaluation.value)[:40]}"
        raise Invalid(
            f"这个流程的全程时限“{text[:60]}”没有得出 30wd 这样的时限({reasons}),未发起。"
            "请联系流程设计员或系统管理员。"
        ) from error


def begin(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    prepared: PreparedStart,
    run: Begin = step_start,
) -> Started:
    """Start a prepared case inside the command's transaction. ``run`` makes its first step."""
    _must_be_the_only_one(tx, actor, prepared)
    now = environment.now()
    case_id = new_case_id(now)
    wrapped, vault = environment.vault.new_data_key(case_id)
    info = prepared.program.info
    kept = exclusions.of_case(tx, prepared.kept_like) if prepared.kept_like else []
    case = Case(
        id=case_id,
        number=prepared.number,
        definition_id=prepared.program.id,
        organisation_id=prepared.home.id,
        business_key=prepared.request.business_key,
        title=info.name,
        status=CaseStatus.ACTIVE,
        milestone=None,
        started_by=actor.person_id,
        created_at=now,
        ended_at=None,
        total_due_at=None,
        total_limit=_total_limit(environment, tx, prepared),
        paused_since=None,
        pauses=(),
        rev=1,
        next_task_no=1,
        event_count=0,
        chain_head=FIRST_LINK,
        data_key=wrapped,
        state=b"",
        excludes=bool(kept),
    )
    memory = Memory(
        b"",
        {"code": prepared.home.code, "name": prepared.home.name},
        signers=dict.fromkeys(prepared.program.starts_kept_apart, (actor.person_id,)),
    )
    opened = OpenedCase(case, vault, memory, prepared.program)
    cases.add(tx, case)
    exclusions.add(tx, case_id, kept, exclusions.When(now, 1))
    if prepared.files and files.link(tx, prepared.files, case_id, actor.person_id, now) != len(
        set(prepared.files)
    ):
        raise Invalid("有附件已过期或不是您上传的,请重新上传该附件。其余内容已保留。")
    cause = Cause(actor, now)
    noted = {"kept_away": [[one.kind, one.ref] for one in kept]} if kept else {}
    cause.note(EventKind.STARTED, {"data": prepared.data, **prepared.subject.variables, **noted})
    if prepared.subject.task_ids:
        subjects.add(tx, case_id, prepared.subject.task_ids)
    form = prepared.program.start_form()
    if form is not None:
        cause.attributes.extend(attributes_of(environment, form, prepared.data))
    ports = ports_of(environment, tx, opened, cause)
    step = run(prepared.program, prepared.variables, ports)
    changed = write_step(environment, tx, opened, step, cause, [])
    if prepared.subject.task_ids:
        keep_like_those_it_comes_from(environment, tx, case_id)
        changed = cases.load(tx, case_id) or changed
    opened_ids = tuple(f"{case_id}-{n}" for n in range(1, changed.next_task_no))
    if prepared.request.draft is not None and opened_ids:
        drafts.begin_with(environment, tx, actor, opened_ids[0], prepared.request.draft)
    masked = form.mask(prepared.data) if form is not None else {}
    return Started(changed, opened_ids, masked)
