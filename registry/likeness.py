"""Other files that seem to be about the same people (domain.md, corrections 12 and 13).

In her own area somebody is told which file; outside it only that the county must be asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import Actor, Engine
from engine.store.database import Tx
from registry.household import File
from registry.opening import OpenedFile
from registry.people import FilePerson
from registry.store import households, likeness, people
from registry.store.people import Found

SAME_HEAD = "证件号码与另一户的户主相同"
SAME_COUNTED = "证件号码相同,并且两户都计入家庭人口"
SAME_NAMED = "证件号码相同,只在一户计入家庭人口"
NEAR = "证件号码只差校验位"
NAME = "同名同出生日期"
MOBILE = "手机号码相同"
ACCOUNT = "银行账号相同"
ADDRESS = "家庭住址相同"

ELSEWHERE = "另一县(市、区)有相近档案,请县总工会核实"
OTHER_UNIT = "本县另一单位有相近档案,请县总工会核实"
_WEAK = frozenset({ADDRESS, SAME_NAMED})


@dataclass(frozen=True)
class Like:
    """One likeness. ``file_no`` and ``name`` are empty outside the actor's area."""

    person: str
    sign: str
    file_no: str
    name: str
    told: str
    is_strong: bool


class Likenesses:
    """The group of questions about files that seem to be about the same people."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_opened(self, actor: Actor, opened: OpenedFile) -> Sequence[Like]:
        """What the file that she has open has in common with others, the strongest first."""
        file = opened.file

        def read(tx: Tx) -> Sequence[Like]:
            signs = _Signs.of(tx, file)
            seen = households.visible_among(tx, actor, signs.references())
            here = _Here(people.county_of(tx, file.organisation_id)[0], seen)
            found = [*here.by_number(signs), *here.by_signs(signs), *here.by_address(signs)]
            return sorted(dict.fromkeys(found), key=lambda one: not one.is_strong)

        return self._engine.ask(read)


@dataclass(frozen=True)
class _Signs:
    """Everything a file has in common with others, each kind asked once for all its people."""

    named: Sequence[FilePerson]
    same: Mapping[str, Sequence[Found]]
    near: Mapping[str, Sequence[Found]]
    born: Mapping[tuple[str, str], Sequence[Found]]
    accounts: Mapping[str, Sequence[Found]]
    mobile: Sequence[Found]
    address: Sequence[str]

    @classmethod
    def of(cls, tx: Tx, file: File) -> "_Signs":
        """Of one file."""
        own, named = file.file_no, people.of_file(tx, file.file_no)
        mobile = file.shown.mobile_hash
        return cls(
            named,
            same=people.with_id(tx, {one.id_hash for one in named if one.id_hash}, own),
            near=people.with_prefix(tx, {one.prefix_hash for one in named if one.prefix_hash}, own),
            born=people.with_name_and_birth(
                tx,
                {(one.name, one.birth_date) for one in named if one.name and one.birth_date},
                own,
            ),
            accounts=people.with_account(
                tx, {one.account_hash for one in named if one.account_hash}, own
            ),
            mobile=people.with_mobile(tx, mobile, own) if mobile else (),
            address=likeness.of_same_address(tx, own),
        )

    def references(self) -> set[str]:
        """The files that are named."""
        groups = [
            *self.same.values(),
            *self.near.values(),
            *self.born.values(),
            *self.accounts.values(),
            self.mobile,
        ]
        return {one.reference for group in groups for one in group} | set(self.address)


@dataclass(frozen=True)
class _Here:
    """One file as one person looks from it; ``seen`` are the other files she may see."""

    county_id: str
    seen: Mapping[str, File]

    def by_number(self, signs: _Signs) -> list[Like]:
        """The same number, or one that differs in the check digit alone."""
        found: list[Like] = []
        for person in signs.named:
            certain = signs.same.get(person.id_hash or "", ())
            known = {one.reference for one in certain}
            found += [self.told(person.name, _same(person, one), one) for one in certain]
            found += [
                self.told(person.name, NEAR, one)
                for one in signs.near.get(person.prefix_hash or "", ())
                if one.reference not in known
            ]
        return found

    def by_signs(self, signs: _Signs) -> list[Like]:
        """What is no proof: the mobile number, name and birthday, the bank account."""
        found = [self.told(signs.named[0].name, MOBILE, one) for one in signs.mobile]
        for person in signs.named:
            known = {one.reference for one in signs.same.get(person.id_hash or "", ())}
            found += [
                self.told(person.name, NAME, one)
                for one in signs.born.get((person.name, person.birth_date), ())
                if one.reference not in known
            ]
            accounts = signs.accounts.get(person.account_hash or "", ())
            found += [self.told(person.name, ACCOUNT, one) for one in accounts]
        return found

    def by_address(self, signs: _Signs) -> list[Like]:
        """The same address; people of other counties live elsewhere, so only what she may see."""
        return [
            Like("", ADDRESS, file_no, self.seen[file_no].shown.head_name, "", is_strong=False)
            for file_no in signs.address
            if file_no in self.seen
        ]

    def told(self, person: str, sign: str, found: Found) -> Like:
        """A likeness, as far as the actor may know."""
        strong = sign not in _WEAK
        other = self.seen.get(found.reference)
        if other is None:
            words = OTHER_UNIT if found.county_id == self.county_id else ELSEWHERE
            return Like(person, sign, "", "", words, strong)
        return Like(person, sign, found.reference, other.shown.head_name, "", strong)


def _same(person: FilePerson, found: Found) -> str:
    if found.position == 0:
        return SAME_HEAD
    return SAME_COUNTED if person.counted and found.counted else SAME_NAMED
