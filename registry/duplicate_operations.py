"""Who of an application is on file, applies or is being paid elsewhere (DMN-11); merging two.

What is found is said for whoever decides: of another county no number, no name, no file, only
which county's union must be asked (domain.md §3.16, correction 12). How much each finding weighs
is a decision table's business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from engine.errors import Invalid, NotFound
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from engine.work.attributes import normal
from registry.household import MERGED, mapping, mappings, shown_of, text
from registry.household_operations import content_of, write_version
from registry.indexing import address_hash
from registry.people import FilePerson, people_of
from registry.store import households, open_payments, people
from registry.store.people import FILE, Found
from registry.vocabulary import CLOSE_REASONS, EXIT_KINDS, words

Inputs = Mapping[str, object]

HEAD, MEMBER, APPLICATION = "head", "member", "application"
CARD, PHONE, NAME, NEAR, ADDRESS = "card", "phone", "name", "near", "address"
LEFT = "left"
"""Counted in a file that left the register: when that was and why weighs in the decision."""

PAYMENT = "payment"
"""A payment under way: to a person without a file, or to a household struck off since."""

FALSE_PAPERS = "false_papers"
"""The reason for striking a file off that counts against a new application (DMN-02 X7)."""

_WHAT: Mapping[str, str] = {
    HEAD: "已是另一户档案的户主",
    MEMBER: "已登记在另一户档案中",
    APPLICATION: "正在另一件申请中",
    CARD: "的银行账号与另一户相同",
    PHONE: "的手机号码与另一户相同",
    NAME: "与另一户中的人同名同出生日期",
    NEAR: "的证件号码与另一户中的人只差校验位",
    ADDRESS: "的住址与另一户相同",
    LEFT: "原在档,已退出",
    PAYMENT: "有帮扶款尚未发放",
}
_SAME_NAME = "的手机号码和姓名都与另一户的户主相同"


@dataclass(frozen=True)
class _Match:
    """One thing that was found: of whom, what, where."""

    kind: str
    person: str
    counted: bool
    found: Found
    same_name: bool = False
    """Of a mobile number: its owner there has the same name, not only the same telephone."""

    def told(self, county_id: str) -> dict[str, object]:
        """In words for the reviewer of this county."""
        same_county = self.found.county_id == county_id
        reference = self.found.reference if same_county else None
        if same_county:
            where = f"{self.found.what} {reference}{self._aside()}"
        else:
            phone = self.found.county_phone or "电话见通讯录"
            where = f"请向{self.found.county_name or '上级工会'}核实({phone})"
        return {
            "kind": self.kind,
            "person": self.person,
            "counted_here": self.counted,
            "counted_there": self.found.counted,
            "same_county": same_county,
            "reference": reference,
            "file_no": reference if self.found.what == FILE else None,
            "union": self.found.county_name,
            "closed_on": self.found.closed_on or None,
            # Why another county struck its file off is its own business; the day is weighed.
            "closed_reason": (self.found.closed_reason or None) if same_county else None,
            "same_name": self.same_name,
            "text": f"{self.person}{_SAME_NAME if self.same_name else _WHAT[self.kind]}:{where}",
        }

    def _aside(self) -> str:
        """What a payment is for; of a file since when it is closed and why."""
        if self.found.purpose:
            return f"({self.found.purpose})"
        if not self.found.closed_on:
            return ""
        if self.found.closed_reason in EXIT_KINDS:
            return f"({self.found.closed_on} {EXIT_KINDS[self.found.closed_reason]})"
        reason = words(CLOSE_REASONS, self.found.closed_reason)
        return f"({self.found.closed_on} 注销,{reason})"


def _find_duplicates(context: OperationContext, inputs: Inputs) -> Inputs:
    """Look for everybody of the application in the whole federation.

    In files, running cases and payments under way.
    """
    tx = cast(Tx, context.tx)
    content = {
        "head": mapping(inputs.get("head")),
        "members": inputs.get("members"),
        "national": {"bank_account": inputs.get("bank_account")},
    }
    named = people_of(content, context.lookup_hash)
    own_file = text(inputs.get("file_no"))
    hashes = {one.id_hash for one in named if one.id_hash}
    counted = {one.id_hash for one in named if one.counted and one.id_hash}
    certain = people.with_id(tx, hashes, own_file)
    # a petition or a case of legal aid is no application: whoever has one may apply
    its_process = people.process_of(context.case_id)
    cases = people.in_open_cases(tx, hashes, context.case_id, its_process)
    mobile = normal(text(mapping(inputs.get("head")).get("mobile")))
    lives_at = address_hash(text(mapping(inputs.get("head")).get("address")), context.lookup_hash)
    paid = open_payments.to_people(tx, hashes, context.case_id, own_file)
    county_id, _name, _phone = people.county_of(tx, context.organisation_id)
    matches = [
        *_by_number(named, certain, cases),
        *_by_former_file(named, people.in_closed_files(tx, counted, own_file)),
        *_by_signs(tx, named, mobile and context.lookup_hash(mobile), own_file, certain),
        *_by_address(tx, named[0], lives_at, own_file, certain),
        *_by_payment(named, paid, county_id),
    ]
    told = [one.told(county_id) for one in matches]
    return {
        "matches": told,
        "found": len(told),
        "false_papers_on": people.struck_off_for(tx, counted, FALSE_PAPERS) or None,
    }


def _by_number(
    named: Sequence[FilePerson],
    files: Mapping[str, Sequence[Found]],
    cases: Mapping[str, Sequence[Found]],
) -> list[_Match]:
    matches: list[_Match] = []
    for one in named:
        for found in files.get(one.id_hash or "", []):
            kind = HEAD if found.position == 0 else MEMBER
            matches.append(_Match(kind, one.name, one.counted, found))
        matches.extend(
            _Match(APPLICATION, one.name, one.counted, found)
            for found in cases.get(one.id_hash or "", [])
        )
    return matches


def _by_former_file(
    named: Sequence[FilePerson], files: Mapping[str, Sequence[Found]]
) -> list[_Match]:
    """Whose household left the register; of several former files the last one says so."""
    return [
        _Match(LEFT, one.name, one.counted, found[0])
        for one in named
        if one.counted and (found := files.get(one.id_hash or ""))
    ]


def _by_signs(
    tx: Tx,
    named: Sequence[FilePerson],
    mobile_hash: str,
    own_file: str,
    certain: Mapping[str, Sequence[Found]],
) -> list[_Match]:
    """What is no proof: the same card, telephone, name and birthday, a number almost the same."""
    head = named[0]
    matches: list[_Match] = []
    if head.account_hash:
        matches += [
            _Match(CARD, head.name, head.counted, found)
            for found in people.with_account(tx, {head.account_hash}, own_file).get(
                head.account_hash, ()
            )
            if found.name != head.name
        ]
    if mobile_hash:
        by_number = {found.reference for found in certain.get(head.id_hash or "", [])}
        matches += [
            _Match(
                PHONE,
                head.name,
                head.counted,
                found,
                # A family shares a telephone; whoever has the name too may be herself under
                # another number. Of a file that her own number found this says nothing more.
                same_name=found.name == head.name and found.reference not in by_number,
            )
            for found in people.with_mobile(tx, mobile_hash, own_file)
        ]
    prefixes = {one.prefix_hash for one in named if one.prefix_hash}
    near = people.with_prefix(tx, prefixes, own_file)
    born = {(one.name, one.birth_date) for one in named if one.name and one.birth_date}
    same_birth = people.with_name_and_birth(tx, born, own_file)
    for one in named:
        known = {found.reference for found in certain.get(one.id_hash or "", [])}
        for found in near.get(one.prefix_hash or "", []):
            if found.reference not in known:
                matches.append(_Match(NEAR, one.name, one.counted, found))
                known.add(found.reference)
        matches += [
            _Match(NAME, one.name, one.counted, found)
            for found in same_birth.get((one.name, one.birth_date), ())
            if found.reference not in known
        ]
    return matches


def _by_address(
    tx: Tx,
    head: FilePerson,
    lives_at: str | None,
    own_file: str,
    certain: Mapping[str, Sequence[Found]],
) -> list[_Match]:
    """The same address: one household may have come twice, under two of its heads."""
    if lives_at is None:
        return []
    known = {found.reference for each in certain.values() for found in each}
    return [
        _Match(ADDRESS, head.name, head.counted, found)
        for found in people.with_address(tx, lives_at, own_file)
        if found.reference not in known
    ]


def _by_payment(
    named: Sequence[FilePerson], paid: Mapping[str, Sequence[Found]], county_id: str
) -> list[_Match]:
    """Who is being paid: of another county once, whatever number of payments it has for her."""
    matches: list[_Match] = []
    for one in named:
        asked: set[str] = set()
        for found in paid.get(one.id_hash or "", []):
            if found.county_id not in asked:
                matches.append(_Match(PAYMENT, one.name, one.counted, found))
            if found.county_id != county_id:
                asked.add(found.county_id)
    return matches


def _merge(context: OperationContext, inputs: Inputs) -> Inputs:
    """Put a needy worker into the file of her own household (一户一档)."""
    tx = cast(Tx, context.tx)
    existing = households.numbered(tx, text(inputs.get("file_no")))
    if existing is None:
        raise NotFound("没有要并入的档案,没有改动。请核对档案编号。")
    if not existing.shown.stands:
        raise Invalid("要并入的档案已经退出,没有改动。请重新裁定,或按新户建档。")
    before = households.newest_of_case(tx, context.case_id, MERGED)
    if before is not None and before.file_no == existing.file_no:
        return {"version": before.number}
    worker = mapping(inputs.get("head"))
    number = normal(text(worker.get("id_number")))
    if not number:
        raise Invalid("要并入的人没有证件号码,没有改动。请补齐后重试。")
    content = dict(content_of(context, existing))
    others = [
        member
        for member in mappings(content.get("members"))
        if normal(text(member.get("id_number"))) != number
    ]
    known = next(
        (
            member
            for member in mappings(content.get("members"))
            if normal(text(member.get("id_number"))) == number
        ),
        {},
    )
    content["members"] = [
        *others,
        {
            **known,
            "relation": text(inputs.get("relation")) or known.get("relation"),
            "name": text(worker.get("name")),
            "id_number": text(worker.get("id_number")),
            "occupation": text(worker.get("identity")),
            "health": text(worker.get("health")),
            "living_together": "yes",
            "counted": "yes",
            "place": text(worker.get("employer")),
            "needy_worker": "yes",
        },
    ]
    changed = existing.followed(shown_of(content, context.lookup_hash), context.now)
    households.save(tx, changed)
    return {"version": write_version(context, changed, MERGED, content)["version"]}


_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_GROUP = {"type": "object"}
_LIST_OR_NOTHING = {"type": ["array", "null"], "items": {"type": "object"}}

FIND_DUPLICATES = Operation(
    name="household.find_duplicates",
    title="查重",
    run=_find_duplicates,
    inputs={
        "head": _GROUP,
        "members": _LIST_OR_NOTHING,
        "bank_account": _TEXT_OR_NOTHING,
        "file_no": _TEXT_OR_NOTHING,
    },
    required=frozenset({"head"}),
    outputs={
        "matches": {"type": "array", "items": {"type": "object"}},
        "found": {"type": "integer", "minimum": 0},
        "false_papers_on": {"type": ["string", "null"], "format": "date"},
    },
)
MERGE = Operation(
    name="household.merge",
    title="并入已有档案",
    run=_merge,
    inputs={"file_no": {"type": "string"}, "head": _GROUP, "relation": _TEXT_OR_NOTHING},
    required=frozenset({"file_no", "head"}),
    outputs={"version": {"type": "integer", "minimum": 1}},
)
