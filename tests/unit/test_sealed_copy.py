"""A sealed copy comes back to its last byte, or not at all."""

import io

import pytest

from webapp.commands.sealed_copy import Unreadable, seal, unseal

KEY = bytes(range(32))
PIECE = 1024 * 1024
SEALED_PIECE = PIECE + 16
HEAD = 32


def sealed(content: bytes) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(content), target, KEY)
    return target.getvalue()


def unsealed(kept: bytes, key: bytes = KEY) -> bytes:
    target = io.BytesIO()
    unseal(io.BytesIO(kept), target, key)
    return target.getvalue()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
def test_what_was_sealed_comes_back(size: int) -> None:
    content = bytes(n % 251 for n in range(1000)) * (size // 1000 + 1)
    content = content[:size]
    kept = sealed(content)
    assert unsealed(kept) == content
    assert size < 100 or content[:100] not in kept


def test_the_same_twice_looks_different() -> None:
    assert sealed(b"a" * 100)[HEAD:] != sealed(b"a" * 100)[HEAD:]


def test_what_is_not_it_to_the_last_byte_is_refused() -> None:
    kept = sealed(b"x" * (2 * PIECE + 5))
    first, second = kept[HEAD : HEAD + SEALED_PIECE], kept[HEAD + SEALED_PIECE :][:SEALED_PIECE]
    rest = kept[HEAD + 2 * SEALED_PIECE :]
    head = kept[:HEAD]
    for wrong in (
        b"",
        head,
        kept[:-1],
        head + first,
        head + first + second,
        head + second + first + rest,
        head + first + rest,
        kept + b"\0",
        kept[:100] + bytes([kept[100] ^ 1]) + kept[101:],
        b"another " + kept[8:],
    ):
        with pytest.raises(Unreadable):
            unsealed(wrong)
    with pytest.raises(Unreadable):
        unsealed(kept, bytes(32))
