"""What the federation knows: households, notices, and what service tasks may do with them.

``OPERATIONS`` and ``BRANCH`` are given to :func:`engine.open_engine`; :class:`Registry` asks
and acts on the engine that it returns; :func:`invariants` says what must always hold.
"""

from registry.api import Registry
from registry.funds.giving import give_back_of_cancelled as on_cancel
from registry.imports import Imports
from registry.invariants import invariants
from registry.loading import EarlierVersion, ExistingHousehold, Fate, Loaded
from registry.operations import OPERATIONS, PANELS, STARTS, operations
from registry.past_help import PastHelp
from registry.store.schema import BRANCH

__all__ = [
    "BRANCH",
    "OPERATIONS",
    "PANELS",
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
    "operations",
]
