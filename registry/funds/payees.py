"""Who can be put on a roster: read as typed, told in words where she cannot be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.errors import Invalid
from engine.model.clock import local_date
from engine.model.identity_numbers import credit_code_problem, normalised, resident_id_problem
from engine.store.database import Tx
from engine.work.attributes import normal
from registry.budget.model import Batch, Payee, PayeeKind, Stamp
from registry.budget.programmes import is_per_member, pays_households
from registry.store import people, same_people
from registry.store.payees import HouseholdToPay
from registry.store.same_people import CountedIn

_LONGEST_NAME = 60
_LAST = 4


@dataclass(frozen=True)
class Beneficiary:
    """Who of a payee's a payment is for: the keyed hash of her number, and her name."""

    key: str = ""
    name: str = ""


NOBODY_ELSE = Beneficiary()
"""It is for the payee."""


def for_herself(programme: str, payee: Payee, said: Beneficiary = NOBODY_ELSE) -> Beneficiary:
    """Whom a payment is for; of a programme for each child a person is paid for herself."""
    if said.key or payee.kind is not PayeeKind.PERSON or not is_per_member(programme):
        return said
    return Beneficiary(payee.key, payee.name)


def typed_child(
    tx: Tx,
    stamp: Stamp,
    lookup_hash: Callable[[str], str],
    typed: Mapping[str, str],
    payee: Payee,
) -> Beneficiary:
    """The child of a household on file that a payment is for. Raises Invalid.

    Of her number only the keyed hash is kept; the household's file counts her.
    """
    name = " ".join(typed.get("student_name", "").split())
    if not name or len(name) > _LONGEST_NAME:
        raise Invalid(f"请填写学生姓名,不超过 {_LONGEST_NAME} 字。没有加入名单。")
    code = normalised(typed.get("student_code", ""))
    problem = resident_id_problem(code, local_date(stamp.at)) if code else "请填写学生身份证号。"
    if problem:
        raise Invalid(f"{problem}没有加入名单。")
    hashed = lookup_hash(normal(code))
    counted_in = people.counted(tx, [hashed]).get(hashed)
    if counted_in is None or counted_in[0] != payee.key:
        raise Invalid(
            f"{name}没有计入{payee.name}一户的档案,没有加入名单。请核对身份证号,或先更正档案。"
        )
    return Beneficiary(hashed, name)


def household_payee(found: HouseholdToPay) -> Payee:
    """A household on file."""
    return Payee(PayeeKind.HOUSEHOLD, found.file_no, found.name, found.unit, found.organisation_id)


def typed_payee(
    tx: Tx,
    stamp: Stamp,
    lookup_hash: Callable[[str], str],
    typed: Mapping[str, str],
    batch: Batch,
) -> Payee:
    """Somebody who is in no file: a person, an organisation, a village. Raises Invalid.

    Of a person only the keyed hash of her number and its end are kept.
    """
    name = " ".join(typed.get("name", "").split())
    if not name or len(name) > _LONGEST_NAME:
        raise Invalid(f"请填写收款人(单位)名称,不超过 {_LONGEST_NAME} 字。没有加入名单。")
    code = normalised(typed.get("code", ""))
    kind = typed.get("payee", "")
    if kind == PayeeKind.PERSON:
        return _person(tx, stamp, lookup_hash, name, code, batch)
    if kind == PayeeKind.ORGANISATION:
        problem = credit_code_problem(code) if code else None
        if problem:
            raise Invalid(f"{problem}没有加入名单。")
        return Payee(PayeeKind.ORGANISATION, code or name, name, code, batch.organisation_id)
    if kind == PayeeKind.VILLAGE:
        return Payee(PayeeKind.VILLAGE, name, name, "", batch.organisation_id)
    raise Invalid("请选择收款对象的种类。没有加入名单。")


def _person(
    tx: Tx,
    stamp: Stamp,
    lookup_hash: Callable[[str], str],
    name: str,
    code: str,
    batch: Batch,
) -> Payee:
    problem = resident_id_problem(code, local_date(stamp.at)) if code else "请填写身份证号。"
    if problem:
        raise Invalid(f"{problem}没有加入名单。")
    hashed = lookup_hash(normal(code))
    if pays_households(batch.programme):
        file = same_people.counted(tx, [hashed], batch.organisation_id).get(hashed)
        if file is not None:
            raise Invalid(
                f"{name}{has_file(file)},不能按未建档人员加入。"
                f"{pay_household(file, '请从档案中选择这一户。')}没有加入名单。"
            )
    return Payee(PayeeKind.PERSON, hashed, name, f"尾号 {code[-_LAST:]}", batch.organisation_id)


def has_file(file: CountedIn) -> str:
    """In words that somebody is counted in a file, and where, as far as the area may know."""
    where = f"计入档案 {file.file_no}" if file.file_no else f"档案不在本单位范围内,在{file.county}"
    return f"已经建档({where})"


def pay_household(file: CountedIn, here: str) -> str:
    """What to do then: ``here`` where the household can be chosen, else whom to ask."""
    if file.file_no:
        return here
    phone = f"(电话 {file.phone})" if file.phone else ""
    return f"请向{file.county}{phone}核实,由其按户发放。"
