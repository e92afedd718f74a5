"""What people show who they are with: identity cards, permits, passports, birth certificates.

A number says by its shape which documents it can be from. Certainly wrong is only what has the
shape of an identity number and breaks its rules, or no shape at all; whether it is the document
that somebody said it is, only warns.
"""

import re
from datetime import date
from enum import StrEnum

from engine.model.identity_numbers import ResidentIdKind, resident_id_problem
from engine.model.identity_numbers import kind_of as resident_kind_of

_RESIDENT_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_DIGITS = re.compile(r"[0-9]{11,}X?")
_ENOUGH_DIGITS = 4


class Document(StrEnum):
    """A kind of document, as forms offer it."""

    RESIDENT = "居民身份证"
    RESIDENCE_PERMIT = "港澳台居民居住证"
    HONG_KONG_MACAO_PERMIT = "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "台湾居民来往大陆通行证"
    FOREIGNER = "外国人永久居留身份证"
    PASSPORT = "护照"
    BIRTH_CERTIFICATE = "出生医学证明"


_SHAPES: tuple[tuple[Document, re.Pattern[str]], ...] = (
    (Document.HONG_KONG_MACAO_PERMIT, re.compile(r"[HM][0-9]{8}([0-9]{2})?")),
    (Document.TAIWAN_PERMIT, re.compile(r"T?[0-9]{8}|[0-9]{10}(\(?[A-Z]\)?)?")),
    # The card of before 2023: a country, then twelve digits.
    (Document.FOREIGNER, re.compile(r"[A-Z]{3}[0-9]{12}")),
    (Document.BIRTH_CERTIFICATE, re.compile(r"[A-Z][0-9]{9}")),
    (Document.PASSPORT, re.compile(r"(?=[A-Z0-9]*[0-9]{4})[A-Z0-9]{5,14}")),
)
_BY_RESIDENT_KIND = {
    ResidentIdKind.MAINLAND: Document.RESIDENT,
    ResidentIdKind.HONG_KONG: Document.RESIDENCE_PERMIT,
    ResidentIdKind.MACAO: Document.RESIDENCE_PERMIT,
    ResidentIdKind.TAIWAN: Document.RESIDENCE_PERMIT,
    ResidentIdKind.FOREIGNER: Document.FOREIGNER,
}


def documents_of(number: str) -> tuple[Document, ...]:
    """The documents that a number can be from, the likelier first; none for no shape at all."""
    if _RESIDENT_SHAPE.fullmatch(number):
        return (_BY_RESIDENT_KIND[resident_kind_of(number)],)
    if _DIGITS.fullmatch(number):
        return ()
    return tuple(document for document, shape in _SHAPES if shape.fullmatch(number))


def document_problem(number: str, today: date) -> str | None:
    """What is certainly wrong with the number of a document, or None."""
    if _RESIDENT_SHAPE.fullmatch(number) or _is_old_resident_number(number):
        return resident_id_problem(number, today)
    if _DIGITS.fullmatch(number):
        return f"身份证号应为 18 位,这里是 {len(number)} 位,请对照证件逐位核对。"
    if documents_of(number):
        return None
    return "证件号码应为 18 位身份证号,或护照、通行证、居住证、出生医学证明上的编号(字母和数字)。"


def document_warning(number: str, said: str) -> str | None:
    """Where a number is not from the document that it is said to be from, or None."""
    known = documents_of(number)
    if not said or not known or said not in tuple(Document) or said in known:
        return None
    return f"这个号码像是{known[0]}的,与所选的证件种类“{said}”不同,请与证件核对。"


def _is_old_resident_number(number: str) -> bool:
    return re.fullmatch(r"[0-9]{15}", number) is not None
