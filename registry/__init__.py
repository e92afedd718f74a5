"""What the federation knows: households, notices, and what service tasks may do with them.

``OPERATIONS`` and ``BRANCH`` are given to :func:`engine.open_engine`; :class:`Registry` asks
and acts on the engine that it returns; :func:`invariants` says what must always hold.
"""

from typing import TYPE_CHECKING

from engine.lazily import fetched

if TYPE_CHECKING:
    from registry.api import Registry
    from registry.funds.giving import give_back_of_cancelled as on_cancel
    from registry.imports import Imports
    from registry.loading import EarlierVersion, ExistingHousehold, Fate, Loaded
    from registry.operations import NEWS, OPERATIONS, PANELS, SOURCES, STARTS, operations_for
    from registry.past_help import PastHelp
    from registry.promises import invariants
    from registry.store.schema import BRANCH

__all__ = [
    "BRANCH",
    "NEWS",
    "OPERATIONS",
    "PANELS",
    "SOURCES",
    "STARTS",
    "EarlierVersion",
    "ExistingHousehold",
    "Fate",
    "Imports",
    "Loaded",
    "PastHelp",
    "Registry",
    "invariants",
    "on_cancel",
    "operations_for",
]

__getattr__ = fetched(
    __name__,
    {
        "BRANCH": "registry.store.schema",
        "OPERATIONS": "registry.operations",
        "NEWS": "registry.operations",
        "PANELS": "registry.operations",
        "SOURCES": "registry.operations",
        "STARTS": "registry.operations",
        "EarlierVersion": "registry.loading",
        "ExistingHousehold": "registry.loading",
        "Fate": "registry.loading",
        "Imports": "registry.imports",
        "Loaded": "registry.loading",
        "PastHelp": "registry.past_help",
        "Registry": "registry.api",
        "invariants": "registry.promises",
        "operations_for": "registry.operations",
        "on_cancel": "registry.funds.giving:give_back_of_cancelled",
    },
)
