"""A word to the applicant when something waits for her or a stage is behind her.

Where a process says ``guestMobile``, a step that opens in her lane, a milestone with public words
or the end of the case leaves a row in the outbox, her number sealed in it. The postman makes of it
a neutral text message (product.md §1.11: nothing that a locked screen should not show), at most
one a case and day; without a gateway or a number the unit is asked to ring her.
"""

import base64
from collections.abc import Sequence
from datetime import timedelta

from engine.feel import EvaluationContext
from engine.model.actors import Actor
from engine.model.channels import ChannelKind, is_mobile
from engine.model.definitions import LaneKind
from engine.model.public_words import GUEST_MOBILE, WORDS
from engine.runtime import Program, Step
from engine.store import cases, directory, messages, outbox
from engine.store.channels import Nearest
from engine.store.database import Tx
from engine.store.messages import CASE, NewMessage
from engine.store.outbox import APPLICANT, Waiting
from engine.work.digests import CONTACT, masked
from engine.work.environment import Environment
from engine.work.public_status import text_of

BATCH = 20
TOO_OLD = timedelta(days=3)
"""News so old is no news: a worker that was down for long does not write to everybody."""

_LONGEST_MOBILE = 20


def number_to_tell(
    program: Program, step: Step, actor: Actor, feel: EvaluationContext
) -> str | None:
    """Her number as far as it is known, where this step is news to her; else None."""
    said = program.info.properties.get(GUEST_MOBILE, "").strip()
    if not said or actor.is_guest or not _is_news(program, step):
        return None
    return text_of(said, step.variables, feel, _LONGEST_MOBILE)


def _is_news(program: Program, step: Step) -> bool:
    opened = (program.element(one.process_key, one.element_id) for one in step.opened)
    if step.ended or any(
        one.lane is not None and one.lane.kind is LaneKind.PARTICIPANT for one in opened
    ):
        return True
    return any(
        passed.milestone
        and program.element(passed.process_key, passed.element_id).properties.get(WORDS)
        for passed in step.passed
    )


def leave(environment: Environment, tx: Tx, case_id: str, mobile: str) -> None:
    """A row for the postman."""
    sealed = environment.vault.seal(mobile.encode(), CONTACT) if mobile else b""
    payload = {"to": base64.b64encode(sealed).decode()}
    outbox.add(tx, APPLICANT, case_id, [None], payload, environment.now())


def tell(environment: Environment, tx: Tx) -> int:
    """Make messages of what waits; how many rows were taken up."""
    waiting = outbox.for_applicants(tx, BATCH)
    if not waiting:
        return 0
    now, nearest = environment.now(), Nearest(tx)
    new: dict[str, NewMessage] = {}
    for row in waiting:
        once = f"case:{environment.today()}:{row.case_id}"
        if row.created_at >= now - TOO_OLD and once not in new:
            message = _message(environment, tx, row, once, nearest)
            if message is not None:
                new[once] = message
    told = messages.known(tx, list(new))
    messages.add(tx, [one for once, one in new.items() if once not in told], now)
    outbox.taken_up(tx, [row.id for row in waiting], now)
    return len(waiting)


def _message(
    environment: Environment, tx: Tx, row: Waiting, once: str, nearest: Nearest
) -> NewMessage | None:
    case = cases.load(tx, row.case_id)
    if case is None:
        return None
    sealed = base64.b64decode(row.payload.get("to", ""))
    mobile = environment.vault.open(sealed, CONTACT).decode() if sealed else ""
    channel = nearest.of(case.organisation_id, ChannelKind.SMS) if is_mobile(mobile) else None
    return NewMessage(
        once=once,
        kind=CASE,
        via="copy" if channel is None else ChannelKind.SMS.value,
        organisation_id=case.organisation_id,
        day=environment.today(),
        text=_text(tx, case.organisation_id),
        case_id=case.id,
        channel_id=None if channel is None else channel.id,
        address=None if channel is None else sealed,
        shown_as="" if channel is None else masked(mobile),
    )


def _text(tx: Tx, organisation_id: str) -> str:
    """It names the top of the federation only: the unit below may be her employer's."""
    line = directory.line_upwards(tx, organisation_id)
    phone = _phone([one.phone for one in line])
    asked = f"请电话 {phone}" if phone else "请与经办单位联系"
    return f"您在{line[-1].name if line else '工会'}办理的事项有新进展,{asked}。"


def _phone(numbers: Sequence[str]) -> str:
    return next((one for one in numbers if one), "")
