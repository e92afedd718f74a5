"""Names of organisations and roles for pages that only have their ids."""

import time
from collections.abc import Mapping

from engine import Engine
from engine.model.organisations import Organisation, Role
from webapp.shared.language import is_english

_FRESH_FOR = 30.0
"""Seconds. A renamed unit is shown under its new name after that at the latest."""

_OFFICES = ("county", "city")


class PlaceNames:
    """The directory's names, read again every half minute. Rights are never read from here."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read_at = float("-inf")
        self._organisations: Mapping[str, Organisation] = {}
        self._roles: Mapping[str, Role] = {}

    def organisations(self) -> Mapping[str, Organisation]:
        """Organisations by id."""
        self._refresh()
        return self._organisations

    def organisation(self, organisation_id: str) -> str:
        """An organisation's name; empty for an unknown one."""
        found = self.organisations().get(organisation_id)
        return "" if found is None else found.name

    def office_phone(self, organisation_id: str) -> str:
        """The telephone of the county's union above an organisation, or of the next that has one.

        From the city's own offices it is the city's. Empty where nobody wrote one down.
        """
        known = self.organisations()
        current = known.get(organisation_id)
        while current is not None:
            if current.level in _OFFICES and current.phone:
                return current.phone
            current = known.get(current.approval_parent or "")
        return ""

    def role(self, code: str) -> str:
        """A role's name in the language of this request; the code for an unknown one."""
        self._refresh()
        found = self._roles.get(code)
        if found is None:
            return code
        return found.en if found.en and is_english() else found.zh

    def forget(self) -> None:
        """Read anew with the next question: after a change made on this machine."""
        self._read_at = float("-inf")

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < _FRESH_FOR:
            return
        self._organisations = self._engine.directory.organisations()
        self._roles = self._engine.directory.roles()
        self._read_at = time.monotonic()
