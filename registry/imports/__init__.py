"""Lists that people bring are checked row by row, and loaded: existing households, applications.

Two kinds know what a row becomes: ``existing`` a file of the register, ``applying`` a case of any
process. :class:`Imports` is the door; the values are in :mod:`registry.incoming`. Nothing here
knows Excel.
"""

from registry.imports.api import Imports

__all__ = ["Imports"]
