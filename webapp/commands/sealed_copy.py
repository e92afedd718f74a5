"""A file sealed with the master key, written and read piece by piece, however large it is.

Each file has a key of its own, derived from the master key and the salt at its beginning. Pieces
of a megabyte are sealed with AES-256-GCM; the nonce is the piece's number and whether it is the
last one (the STREAM construction), so no piece can be changed, moved, left out or cut off.
"""

import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BEGINS_WITH = b"bangfu sealed 1\n"
_SALT = 16
_PIECE = 1024 * 1024
_TAG = 16
_KEY_BYTES = 32
_NUMBER_BYTES = 11


class Unreadable(Exception):
    """It is not what was sealed: changed, cut off, or sealed with another key."""


def seal(plain: IO[bytes], sealed: IO[bytes], master_key: bytes) -> None:
    """Write what is read from the one to the other, sealed."""
    salt = os.urandom(_SALT)
    cipher = _cipher(master_key, salt)
    sealed.write(_BEGINS_WITH + salt)
    for number, piece, is_last in _pieces(plain, _PIECE):
        sealed.write(cipher.encrypt(_nonce(number, is_last=is_last), piece, None))


def unseal(sealed: IO[bytes], plain: IO[bytes], master_key: bytes) -> None:
    """Write back what was sealed; Unreadable where it is not that to its last byte."""
    if sealed.read(len(_BEGINS_WITH)) != _BEGINS_WITH:
        raise Unreadable
    cipher = _cipher(master_key, sealed.read(_SALT))
    for number, piece, is_last in _pieces(sealed, _PIECE + _TAG):
        try:
            plain.write(cipher.decrypt(_nonce(number, is_last=is_last), piece, None))
        except (InvalidTag, ValueError) as error:
            raise Unreadable from error


def _pieces(source: IO[bytes], size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Number, bytes, and whether it is the last; of nothing, one empty piece."""
    number, piece = 0, _full(source, size)
    while following := _full(source, size):
        yield number, piece, False
        number, piece = number + 1, following
    yield number, piece, True


def _full(source: IO[bytes], size: int) -> bytes:
    """So many bytes, fewer only at the end: a pipe gives what it has just now."""
    found = bytearray()
    while len(found) < size and (more := source.read(size - len(found))):
        found += more
    return bytes(found)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big") + bytes([is_last])


def _cipher(master_key: bytes, salt: bytes) -> AESGCM:
    kdf = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=b"seal a backup")
    return AESGCM(kdf.derive(master_key))
