"""Names of organisations and roles for pages that only have their ids."""

import threading
import time
from collections.abc import Mapping

from engine import Engine
from engine.model.organisations import Organisation, Role
from webapp.shared.language import is_english, spoken

_FRESH_FOR = 30.0
"""Seconds. A renamed unit is shown under its new name after that at the latest."""

_OFFICES = ("county", "city")


class PlaceNames:
    """The directory's names, read again every half minute. Rights are never read from here."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read_at = float("-inf")
        self._forgotten = object()
        self._keeping = threading.Lock()
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

    def routing(self, told: str, role: str) -> str:
        """Why steps of a role are where they are, as the engine has said it in Chinese."""
        said = spoken(told)
        if said == told:
            return told
        self._refresh()
        found = self._roles.get(role)
        return said if found is None or not found.en else said.replace(found.zh, found.en)

    def forget(self) -> None:
        """Read anew with the next question: after a change made on this machine."""
        with self._keeping:
            self._read_at = float("-inf")
            self._forgotten = object()

    def _refresh(self) -> None:
        while time.monotonic() - self._read_at >= _FRESH_FOR:
            forgotten = self._forgotten
            with self._engine.one_view():  # the request's own may be older than what was changed
                organisations = self._engine.directory.organisations()
                roles = self._engine.directory.roles()
            with self._keeping:
                if forgotten is self._forgotten:  # else something was changed while it was read
                    self._organisations, self._roles = organisations, roles
                    self._read_at = time.monotonic()
