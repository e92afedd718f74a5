"""Collecting garbage seldom, while something is loaded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_COLLECT_AFTER = 50_000


@contextmanager
def few_collections() -> Iterator[None]:
    """Collect garbage seldom: hardly any here is cyclic, and looking for it took a seventh."""
    before = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
