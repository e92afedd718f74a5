"""Other files that seem to be about the same people (domain.md, corrections 12 and 13).

In her own area somebody is told which file; outside it only that the county must be asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import Actor, Engine
from engine.store.database import Tx
from registry.people import FilePerson
from registry.reading import must_see
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

    def of_file(self, actor: Actor, file_no: str) -> Sequence[Like]:
        """What a file has in common with others, the strongest first; NotFound outside her area."""

        def read(tx: Tx) -> Sequence[Like]:
            file, _union = must_see(tx, actor, file_no)
            here = _Here(tx, actor, file_no, people.county_of(tx, file.organisation_id)[0])
            named = people.of_file(tx, file_no)
            ids = {one.id_hash for one in named if one.id_hash}
            same = people.with_id(tx, ids, file_no)
            found = here.by_number(named, same)
            if file.shown.mobile_hash:
                mobile = people.with_mobile(tx, file.shown.mobile_hash, file_no)
                found += [here.told(named[0].name, MOBILE, one) for one in mobile]
            found += here.by_signs(named, same)
            found += here.by_address()
            return sorted(dict.fromkeys(found), key=lambda one: not one.is_strong)

        return self._engine.ask(read)


class _Here:
    """One file as one person looks from it."""

    def __init__(self, tx: Tx, actor: Actor, file_no: str, county_id: str) -> None:
        self._tx = tx
        self._actor = actor
        self._file_no = file_no
        self._county_id = county_id

    def by_number(
        self, named: Sequence[FilePerson], same: Mapping[str, Sequence[Found]]
    ) -> list[Like]:
        """The same number, or one that differs in the check digit alone."""
        tx, own = self._tx, self._file_no
        near = people.with_prefix(tx, {one.prefix_hash for one in named if one.prefix_hash}, own)
        found: list[Like] = []
        for person in named:
            certain = same.get(person.id_hash or "", [])
            known = {one.reference for one in certain}
            found += [self.told(person.name, _same(person, one), one) for one in certain]
            found += [
                self.told(person.name, NEAR, one)
                for one in near.get(person.prefix_hash or "", [])
                if one.reference not in known
            ]
        return found

    def by_signs(
        self, named: Sequence[FilePerson], same: Mapping[str, Sequence[Found]]
    ) -> list[Like]:
        """What is no proof: name and birthday, the bank account."""
        tx, own = self._tx, self._file_no
        born = {(one.name, one.birth_date) for one in named if one.name and one.birth_date}
        alike = people.with_name_and_birth(tx, born, own)
        found: list[Like] = []
        for person in named:
            known = {one.reference for one in same.get(person.id_hash or "", ())}
            found += [
                self.told(person.name, NAME, one)
                for one in alike.get((person.name, person.birth_date), ())
                if one.reference not in known
            ]
            if person.account_hash:
                accounts = people.with_account(tx, person.account_hash, own)
                found += [self.told(person.name, ACCOUNT, one) for one in accounts]
        return found

    def by_address(self) -> list[Like]:
        """The same address; people of other counties live elsewhere, so only what she may see."""
        found = []
        for file_no in likeness.of_same_address(self._tx, self._file_no):
            other = households.visible_file(self._tx, self._actor, file_no)
            if other is not None:
                name = other[0].shown.head_name
                found.append(Like("", ADDRESS, file_no, name, "", is_strong=False))
        return found

    def told(self, person: str, sign: str, found: Found) -> Like:
        """A likeness, as far as the actor may know."""
        strong = sign not in _WEAK
        other = households.visible_file(self._tx, self._actor, found.reference)
        if other is None:
            words = OTHER_UNIT if found.county_id == self._county_id else ELSEWHERE
            return Like(person, sign, "", "", words, strong)
        return Like(person, sign, found.reference, other[0].shown.head_name, "", strong)


def _same(person: FilePerson, found: Found) -> str:
    if found.position == 0:
        return SAME_HEAD
    return SAME_COUNTED if person.counted and found.counted else SAME_NAMED
