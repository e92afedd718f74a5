"""Receipts: a code on paper that opens one case to the applicant (design.md D7, product.md §1.11).

Guessing is slowed by address and by the code that was typed, known or not; every wrong answer is
the same. The code itself is nowhere but on the paper: stored is its keyed hash.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.errors import CaseNotActive, Invalid, NotPermitted, NotSignedIn
from engine.model.actors import Actor, guest_of
from engine.model.cases import Case, EventKind
from engine.model.clock import local_date, months_before
from engine.model.confidentiality import Degree
from engine.model.definitions import LaneKind
from engine.model.organisations import Organisation
from engine.model.public_words import RECEIPT, RECEIPT_NEXT, RECEIPT_PROOF
from engine.model.receipt_codes import new_code, normal_code
from engine.model.tasks import TaskLine
from engine.runtime import Program, read_scope
from engine.store import audit, cases, directory, receipts, task_lists
from engine.store.database import Tx
from engine.work.access import visible_case
from engine.work.allowances import Allowance, give_back, use
from engine.work.environment import Environment
from engine.work.federation_settings import Setting
from engine.work.history import Cause, write_history
from engine.work.opened import OpenedCase, case_variable, open_case
from engine.work.public_status import text_of
from engine.work.seen_case import SeenCase, seen_case

IDLE = timedelta(minutes=30)
"""A guest's session dies half an hour after her last click: she may sit at another's machine."""

LIFETIME = timedelta(hours=2)
LAST = 4
_SEEN_EVERY = timedelta(minutes=1)
_LONGEST = 100
_LONGEST_NEXT = 600
_ENOUGH = 16
"""So many signs of a hash tell codes apart in the log, and nobody gets a code from them."""

_TOO_MANY = "试错次数太多,请 {minutes} 分钟后再试。纸条看不清时,请拨打页面上的联系电话。"
BY_ADDRESS = Allowance("receipt", times=20, within=timedelta(hours=1), sentence=_TOO_MANY)
"""Wrong tries of one address: many telephones stand behind one address of a mobile network."""

BY_CODE = Allowance("receipt-code", times=5, within=timedelta(hours=1), sentence=_TOO_MANY)
"""Wrong last four beside one code, whether there is such a code or not."""

RECEIPT_MONTHS = Setting(
    "receipt months", 24, "申请人凭回执查询", "Applicants looking up their receipts"
)

_WRONG = (
    "没有查到。请核对回执编码;回执上写明要填后四位的,请填申请人证件号码或手机号的后四位。"
    "仍查不到,请拨打回执上的电话。"
)
_OVER = "查询已超时,请重新输入回执编码。您填写的内容已存为草稿,重新输入后可以接着填。"


@dataclass(frozen=True)
class Issued:
    """One receipt of a case, for the staff."""

    issued_at: datetime
    by_name: str
    revoked_at: datetime | None


@dataclass(frozen=True)
class CaseReceipts:
    """What the staff see of a case's receipts. ``is_offered``: its process gives any."""

    is_offered: bool
    may_issue: bool
    asks_proof: bool
    issued: tuple[Issued, ...]


@dataclass(frozen=True)
class Slip:
    """What is printed, once: the code is not to be had again."""

    code: str
    case: Case
    program: Program
    issued_at: datetime
    asks_proof: bool
    unit: Organisation | None
    next_words: str


@dataclass(frozen=True)
class Entered:
    """A guest's session."""

    token: str
    case_id: str


def offers_receipt(program: Program) -> bool:
    """Whether the process says so, or has steps an applicant may do herself."""
    said = program.info.properties.get(RECEIPT, "")
    if said in {"true", "false"}:
        return said == "true"
    return any(
        element.lane is not None and element.lane.kind is LaneKind.PARTICIPANT
        for key in program.processes
        for element in program.elements(key)
    )


def of_case(environment: Environment, tx: Tx, actor: Actor, case_id: str) -> CaseReceipts:
    """The receipts of a case the actor may see, the newest first."""
    return of_seen(seen_case(environment, tx, actor, case_id))


def of_seen(case_seen: SeenCase) -> CaseReceipts:
    """The same of a case that its reader was found to see."""
    tx, actor = case_seen.tx, case_seen.actor
    case, program = case_seen.opened.case, case_seen.opened.program
    found = receipts.of_case(tx, case.id)
    names = directory.names(tx, [one.issued_by for one in found])
    offered = offers_receipt(program)
    return CaseReceipts(
        is_offered=offered,
        may_issue=offered and _may_issue(actor, case, program, case_seen.open_steps),
        asks_proof=offered and asks_proof(tx, case, program),
        issued=tuple(
            Issued(one.issued_at, names.get(one.issued_by, ""), one.revoked_at) for one in found
        ),
    )


def issue(environment: Environment, tx: Tx, actor: Actor, case_id: str) -> Slip:
    """A new code for a case; the one of before no longer opens anything."""
    case = visible_case(tx, actor, case_id)
    program = environment.programs.get(tx, case.definition_id)
    if not offers_receipt(program):
        raise CaseNotActive("这个流程不开回执,没有开出。")
    if not _may_issue(actor, case, program, task_lists.open_of_case(tx, case_id)):
        raise NotPermitted("回执由本单位经办人或正在办理这一件的人开,没有开出。")
    code, now = new_code(), environment.now()
    receipts.issue(tx, case_id, hash_of(environment, code), actor.person_id, now)
    audit.add_access(tx, now, actor.person_id, "receipt-issued", case_id)
    cause = Cause(actor, now)
    cause.note(EventKind.NOTICE, {"receipt": "issued"})
    opened = open_case(environment, tx, case)
    write_history(tx, case, opened.vault, cause)
    return Slip(
        code,
        case,
        program,
        now,
        asks_proof(tx, case, program),
        responsible(tx, case),
        next_words(environment, tx, opened),
    )


def asks_proof(tx: Tx, case: Case, program: Program) -> bool:
    """Whether last fours are asked beside the code."""
    return bool(_proofs(tx, case, program))


def next_words(environment: Environment, tx: Tx, opened: OpenedCase) -> str:
    """What happens next, as the process says it: the days in it may be parameters."""
    case, said = opened.case, opened.program.info.properties.get(RECEIPT_NEXT, "")
    scope: Mapping[str, object] = {}
    if said.lstrip().startswith("="):
        scope = {
            **read_scope(opened.program, opened.memory.engine, None),
            "case": case_variable(environment, tx, opened),
        }
    feel = environment.feel(tx, case.organisation_id, environment.now())
    return text_of(said, scope, feel, _LONGEST_NEXT)


def responsible(tx: Tx, case: Case) -> Organisation | None:
    """Whom the applicant rings: the unit that took it in, or the next above it with a telephone."""
    line = directory.line_upwards(tx, case.organisation_id)
    return next((one for one in line if one.phone), line[0] if line else None)


def _may_issue(actor: Actor, case: Case, program: Program, open_steps: Sequence[TaskLine]) -> bool:
    """Who took the application in, and whoever has a step of it before her."""
    role = program.info.start_role or ""
    return (
        actor.person_id == case.started_by
        or actor.holds_at(role, case.organisation_id)
        or any(actor.holds_at(line.role, line.handling_id) for line in open_steps)
    )


def _proofs(tx: Tx, case: Case, program: Program) -> Sequence[str]:
    """The last fours of which one is asked beside the code; none where the case knows none.

    A sealed case is opened by its code alone: nobody is told that a number of hers is known.
    """
    if case.confidentiality >= Degree.SEALED:
        return ()
    named = program.info.properties.get(RECEIPT_PROOF, "").replace("，", ",")
    wanted = {name.strip() for name in named.split(",") if name.strip()}
    return [
        attribute.last4
        for attribute in cases.attributes(tx, case.id)
        if attribute.last4 and (not wanted or attribute.name in wanted)
    ]


def hash_of(environment: Environment, code: str) -> str:
    """What is stored of a code."""
    return environment.vault.lookup_hash(f"receipt\n{code}")


# The applicant -----------------------------------------------------------------------------


def read_code(text: str) -> str:
    """The code she typed; Invalid where anybody can see that it was mistyped."""
    code = normal_code(text[:_LONGEST])
    if code is None:
        raise Invalid(
            "回执编码有 16 位,您输入的有缺漏或有一位不对。请对照回执逐组核对"
            "(编码里没有数字 0、1 和字母 I、L、O)。"
        )
    return code


def enter(environment: Environment, tx: Tx, code: str, proof: str, address: str) -> Entered | None:
    """Open a session for the holder of a receipt; None, and one try fewer, for anything wrong.

    Raises TooManyTries. The caller commits in either case: a wrong try must stay counted.
    """
    hashed = hash_of(environment, code)
    uses = (
        use(environment, tx, BY_ADDRESS, address),
        use(environment, tx, BY_CODE, hashed[:_ENOUGH]),
    )
    found = receipts.by_code(tx, hashed)
    case = None if found is None else cases.load(tx, found.case_id)
    if found is None or case is None or not _is_proven(environment, tx, case, proof):
        audit.add_access(tx, environment.now(), None, "receipt-refused", hashed[:_ENOUGH])
        return None
    _must_be_valid(environment, tx, case)
    for one in uses:
        give_back(tx, one)
    token, now = secrets.token_urlsafe(32), environment.real_now()
    receipts.open_session(tx, token, found.id, now, now + LIFETIME)
    guest = guest_of(case.id)
    audit.add_access(tx, environment.now(), guest.person_id, "receipt-entered", case.id)
    return Entered(token, case.id)


def _must_be_valid(environment: Environment, tx: Tx, case: Case) -> None:
    """A receipt opens its case for some months after the end; Invalid, for who has it, later."""
    months = RECEIPT_MONTHS.number(environment, tx, case.organisation_id)
    if case.ended_at is not None and case.ended_at < months_before(environment.now(), months):
        raise Invalid(
            f"这一件已于 {local_date(case.ended_at)} 办结,回执在办结后 {months} 个月内有效,"
            "已过有效期。需要查询的,请带身份证件到受理的工会。"
        )


def _is_proven(environment: Environment, tx: Tx, case: Case, proof: str) -> bool:
    program = environment.programs.get(tx, case.definition_id)
    wanted = _proofs(tx, case, program)
    plain = "".join(unicodedata.normalize("NFKC", proof[:_LONGEST]).split()).upper()
    given = plain[-LAST:].encode()
    fits = [hmac.compare_digest(given, last4.encode()) for last4 in wanted]
    return not wanted or any(fits)


def wrong() -> NotSignedIn:
    """What is told of every wrong code and every wrong proof."""
    return NotSignedIn(_WRONG)


def guest_for(environment: Environment, tx: Tx, token: str) -> tuple[Actor, bool]:
    """The guest of a session, and whether "seen" should be written; NotSignedIn when it is over."""
    session = receipts.find_session(tx, token) if token else None
    now = environment.real_now()
    if session is None or session.expires_at <= now or session.seen_at + IDLE <= now:
        raise NotSignedIn(_OVER)
    return guest_of(session.case_id), session.seen_at + _SEEN_EVERY <= now
