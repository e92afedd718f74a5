"""What keeps people's data unreadable in the tables and in backups (design.md D3).

Payloads (states, submissions, drafts, event payloads) are zlib-compressed and sealed with
AES-256-GCM under one data key per case; the data key is wrapped by the master key, which lies
outside the database. Rotating the master key rewraps; purging a case destroys its key. The
associated data names case, kind of row and number, so that a sealed value cannot be moved.
"""

import hashlib
import hmac
import os
import zlib

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import StateUnreadable

_NONCE = 12
KEY_BYTES = 32
_MAX_PLAIN = 64 * 1024 * 1024
_FASTEST = 1
_WINDOW_BITS = 13
_MEMORY_LEVEL = 6
"""zlib's own defaults clear 256 kB a call, which costs ten times the packing of a form; with 8 kB
of window and so much less memory the result is as short."""
_SHORT = 1024
_SHORT_WINDOW_BITS = 10
_SHORT_MEMORY_LEVEL = 3
"""What is no longer than the window itself needs no larger one: most rows of a history."""


class Vault:
    """Seals and opens, by a master key of 32 bytes."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            msg = "the master key must have 32 bytes"
            raise ValueError(msg)
        self._wrapping = AESGCM(_derive(master_key, b"wrap data keys"))
        self._common = AESGCM(_derive(master_key, b"seal what belongs to no case"))
        self._lookup_key = _derive(master_key, b"look up personal numbers")
        self._signing_key = _derive(master_key, b"sign the audit chain")
        self._file_key = AESGCM(_derive(master_key, b"seal files"))

    def new_data_key(self, case_id: str) -> tuple[bytes, "CaseVault"]:
        """A fresh data key, wrapped for the case's row, and the vault that uses it."""
        key = os.urandom(KEY_BYTES)
        nonce = os.urandom(_NONCE)
        wrapped = nonce + self._wrapping.encrypt(nonce, key, case_id.encode())
        return wrapped, CaseVault(case_id, key)

    def case(self, case_id: str, wrapped: bytes) -> "CaseVault":
        """The vault of a case from its wrapped key; StateUnreadable for a wrong or lost key."""
        try:
            key = self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], case_id.encode())
        except (InvalidTag, ValueError) as error:
            msg = f"the data key of case {case_id} does not open with this master key"
            raise StateUnreadable(msg) from error
        return CaseVault(case_id, key)

    def lookup_hash(self, text: str) -> str:
        """A keyed hash by which equal numbers are found and nobody can try numbers out (D17)."""
        return hmac.new(self._lookup_key, text.encode(), hashlib.sha256).hexdigest()

    def sign(self, text: str) -> str:
        """A signature of the audit chain's head; only the holder of the master key can make it."""
        return hmac.new(self._signing_key, text.encode(), hashlib.sha256).hexdigest()

    def seal(self, plain: bytes, kind: str) -> bytes:
        """Seal something that belongs to no case, such as a remembered answer."""
        return _seal(self._common, plain, kind.encode())

    def open(self, sealed: bytes, kind: str) -> bytes:
        """Open what :meth:`seal` made."""
        return _open(self._common, sealed, kind.encode())

    def seal_file(self, content: bytes, sha256: str) -> bytes:
        """Seal a stored file; its own hash is the associated data."""
        nonce = os.urandom(_NONCE)
        return nonce + self._file_key.encrypt(nonce, content, sha256.encode())

    def open_file(self, sealed: bytes, sha256: str) -> bytes:
        """Open a stored file; StateUnreadable when it was changed on the disk."""
        try:
            return self._file_key.decrypt(sealed[:_NONCE], sealed[_NONCE:], sha256.encode())
        except (InvalidTag, ValueError) as error:
            msg = f"the stored file {sha256} was changed or is sealed with another key"
            raise StateUnreadable(msg) from error


class CaseVault:
    """Seals and opens the rows of one case."""

    def __init__(self, case_id: str, key: bytes) -> None:
        self._case_id = case_id
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, kind: str, number: int) -> bytes:
        """Compress and seal bytes for one row."""
        return _seal(self._cipher, plain, self._place(kind, number))

    def open(self, sealed: bytes, kind: str, number: int) -> bytes:
        """Open one row; StateUnreadable if it was changed, moved or cut."""
        return _open(self._cipher, sealed, self._place(kind, number))

    def seal_json(self, value: object, kind: str, number: int) -> bytes:
        """Seal a JSON value."""
        return self.seal(orjson.dumps(value), kind, number)

    def open_json(self, sealed: bytes, kind: str, number: int) -> object:
        """Open a JSON value."""
        value: object = orjson.loads(self.open(sealed, kind, number))
        return value

    def _place(self, kind: str, number: int) -> bytes:
        return f"{self._case_id}/{kind}/{number}".encode()


def _derive(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master_key)


def _seal(cipher: AESGCM, plain: bytes, place: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    if len(plain) <= _SHORT:
        packer = zlib.compressobj(_FASTEST, zlib.DEFLATED, _SHORT_WINDOW_BITS, _SHORT_MEMORY_LEVEL)
    else:
        packer = zlib.compressobj(_FASTEST, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL)
    packed = packer.compress(plain) + packer.flush()
    return nonce + cipher.encrypt(nonce, packed, place)


def _open(cipher: AESGCM, sealed: bytes, place: bytes) -> bytes:
    try:
        packed = cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, _MAX_PLAIN)
    except (InvalidTag, ValueError, zlib.error) as error:
        msg = f"a stored value was changed or moved: {place.decode()}"
        raise StateUnreadable(msg) from error
    return plain
