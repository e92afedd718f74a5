"""Ids: how they are made and what they look like (design.md D20).

A case id is a UUIDv7 (RFC 9562) written as 26 characters of Crockford's base32 in lower case: it
sorts by the instant it was made, survives being read aloud and fits a URL. A task id is the id of
its case and a running number, a definition id the key of the process and its version.
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import NewType

from engine.errors import NotFound

CaseId = NewType("CaseId", str)
TaskId = NewType("TaskId", str)
DefinitionId = NewType("DefinitionId", str)
PersonId = NewType("PersonId", str)
OrganisationId = NewType("OrganisationId", str)
FileId = NewType("FileId", str)
QueueId = NewType("QueueId", int)
JobId = NewType("JobId", int)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o, u (Crockford)
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_BITS_OF_A_PAIR = 10
_CASE_CHARACTERS = 26
_RANDOM_CHARACTERS = 16  # 80 bits

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62
_MILLISECONDS_FROM_BIT = 80
_RANDOM_A_BITS = 12
_RANDOM_A_FROM_BIT = 64
_RANDOM_B_BITS = 62

# 26 characters hold 130 bits, a UUID has 128: the first character is at most 7
_CASE = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}")
_TASK = re.compile(r"([0-7][0-9a-hjkmnp-tv-z]{25})-([1-9][0-9]{0,8})")
_DEFINITION = re.compile(r"([^\s:/]{1,100}):([1-9][0-9]{0,8})")

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def new_case_id(now: datetime) -> CaseId:
    """A fresh id for a case begun at ``now``; ids of later milliseconds sort later."""
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    random = secrets.randbits(_RANDOM_A_BITS + _RANDOM_B_BITS)
    number = (
        milliseconds << _MILLISECONDS_FROM_BIT
        | _VERSION_7
        | (random >> _RANDOM_B_BITS) << _RANDOM_A_FROM_BIT
        | _VARIANT_RFC
        | random & (1 << _RANDOM_B_BITS) - 1
    )
    return CaseId(_base32(number, _CASE_CHARACTERS))


def new_id() -> str:
    """A fresh random id of 16 characters (80 bits) for anything that is not a case."""
    return _base32(secrets.randbits(5 * _RANDOM_CHARACTERS), _RANDOM_CHARACTERS)


def case_id(text: str) -> CaseId:
    """Read a case id from outside; NotFound when it cannot be one."""
    if _CASE.fullmatch(text) is None:
        raise NotFound
    return CaseId(text)


def task_id(case: str, number: int) -> TaskId:
    """The id of the ``number``-th task of a case, counted from 1."""
    if number < 1:
        raise ValueError(f"tasks are numbered from 1, not {number}")
    return TaskId(f"{case}-{number}")


def split_task_id(text: str) -> tuple[CaseId, int]:
    """The case and the running number of a task id from outside; NotFound when it is none."""
    match = _TASK.fullmatch(text)
    if match is None:
        raise NotFound
    return CaseId(match[1]), int(match[2])


def definition_id(key: str, version: int) -> DefinitionId:
    """The id of one version of a process, ``key:version``."""
    if version < 1:
        raise ValueError(f"versions are numbered from 1, not {version}")
    return DefinitionId(f"{key}:{version}")


def split_definition_id(text: str) -> tuple[str, int]:
    """The key and the version of a definition id from outside; NotFound when it is none."""
    match = _DEFINITION.fullmatch(text)
    if match is None:
        raise NotFound
    return match[1], int(match[2])


def _base32(number: int, characters: int) -> str:
    """An even number of characters, two at a time."""
    first = _BITS_OF_A_PAIR * (characters // 2 - 1)
    return "".join([_PAIRS[number >> bits & 0x3FF] for bits in range(first, -1, -_BITS_OF_A_PAIR)])
