"""Who is named in a file: head and members, as far as duplicates are looked for (DMN-11).

One person is *counted* in one file and may be *named* in two: two needy sons share their mother
(domain.md, correction 12).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from engine.work.attributes import normal
from registry.household import Content, mapping, mappings, text

LookupHash = Callable[[str], str]

_RESIDENT_LENGTH = 18
_LONGEST_NAME = 60


@dataclass(frozen=True)
class FilePerson:
    """A person in a file; ``position`` 0 is its head. Numbers are there as keyed hashes only.

    ``prefix_hash`` is that of the first 17 digits: two numbers that differ in the check digit
    alone are one person or a slip of the pen (domain.md, correction 13).
    """

    position: int
    name: str
    birth_date: str
    counted: bool
    id_hash: str | None
    prefix_hash: str | None
    account_hash: str | None = None


def people_of(content: Content, lookup_hash: LookupHash) -> list[FilePerson]:
    """Everybody a file's content names, the head first."""
    head = mapping(content.get("head"))
    account = account_of(content)
    found = [
        _person(
            0,
            head,
            lookup_hash,
            counted=True,
            account_hash=lookup_hash(account) if account else None,
        )
    ]
    found.extend(
        _person(number, member, lookup_hash, counted=text(member.get("counted")) == "yes")
        for number, member in enumerate(mappings(content.get("members")), start=1)
    )
    return found


def account_of(content: Content) -> str:
    """The household's bank account, digits alone; empty where none is known.

    It is asked with the application; of older files there is only what was typed into the national
    system.
    """
    head, national = mapping(content.get("head")), mapping(content.get("national"))
    return normal(text(head.get("bank_account") or national.get("bank_account")))


def _person(
    position: int,
    said: Content,
    lookup_hash: LookupHash,
    *,
    counted: bool,
    account_hash: str | None = None,
) -> FilePerson:
    number = normal(text(said.get("id_number")))
    return FilePerson(
        position=position,
        name=text(said.get("name"))[:_LONGEST_NAME],
        birth_date=text(said.get("birth_date"))[:10] or birth_date_in(number),
        counted=counted,
        id_hash=lookup_hash(number) if number else None,
        prefix_hash=prefix_hash(number, lookup_hash),
        account_hash=account_hash,
    )


def prefix_hash(number: str, lookup_hash: LookupHash) -> str | None:
    """The keyed hash of a resident's number without its check digit; None for other numbers."""
    if len(number) != _RESIDENT_LENGTH or not number[:17].isdigit():
        return None
    return lookup_hash(f"17 {number[:17]}")


def birth_date_in(number: str) -> str:
    """``1990-01-01`` as a resident's number says it; empty for other numbers."""
    digits = number[6:14]
    if len(number) != _RESIDENT_LENGTH or not digits.isdigit():
        return ""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return ""
