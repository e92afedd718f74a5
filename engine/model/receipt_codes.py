"""Codes of receipts: what an applicant types to see her case.

Sixteen signs in groups of four, for example ``7KMP-2XQA-94TD-HW3R``: fifteen random ones and a
check sign. The alphabet has no 0, 1, I, L and O, which people mix up on paper; its 31 signs are a
prime number, so that the check sign finds any wrong sign and any two that changed places.
"""

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_SIGNS = 15
"""31 ** 15 are 74 bits: nobody finds a code by trying."""

GROUP = 4
_PLACE = {sign: place for place, sign in enumerate(ALPHABET)}


def new_code() -> str:
    """A code nobody can guess, without its hyphens."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SIGNS))
    return body + _check_sign(body)


def code_of(digest: str) -> str:
    """The code that a keyed digest, in hexadecimal, stands for: the same one each time."""
    number, signs = int(digest, 16), []
    for _ in range(RANDOM_SIGNS):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    body = "".join(signs)
    return body + _check_sign(body)


def normal_code(text: str) -> str | None:
    """The code in what a person typed: any case, with or without hyphens; None if it is none."""
    plain = unicodedata.normalize("NFKC", text).upper()
    code = "".join(sign for sign in plain if sign.isalnum())
    if len(code) != RANDOM_SIGNS + 1 or any(sign not in _PLACE for sign in code):
        return None
    return code if _check_sign(code[:-1]) == code[-1] else None


def grouped(code: str) -> str:
    """The code as it is printed, in groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def _check_sign(body: str) -> str:
    total = sum(weight * _PLACE[sign] for weight, sign in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]
