"""Organisations, people, roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.api.commands import Group
from engine.errors import (
    NotFound,
)
from engine.model.actors import Actor
from engine.model.organisations import DatedGrant, Organisation, Person, Role
from engine.model.tasks import Holder
from engine.store import directory as stored_directory
from engine.store.database import Tx
from engine.work import (
    accounts,
    organise,
)


class Directory(Group):
    """Organisations, people, roles."""

    def organisations(self) -> Mapping[str, Organisation]:
        """Every organisation by id."""
        today = self._environment.today()
        return self._commands.ask(lambda tx: stored_directory.organisations(tx, today))

    def roles(self) -> Mapping[str, Role]:
        """Every role by code."""
        return self._commands.ask(stored_directory.roles)

    def people(self) -> Sequence[Person]:
        """Everybody with an account."""
        return self._commands.ask(stored_directory.people)

    def grants(self) -> Sequence[DatedGrant]:
        """Every grant that holds today."""
        today = self._environment.today()
        return self._commands.ask(lambda tx: stored_directory.grants(tx, today))

    def designations(self) -> Sequence[tuple[int, str, str, str, str]]:
        """(id, role, organisation, handled by, document) that hold today."""
        today = self._environment.today()
        return self._commands.ask(lambda tx: stored_directory.designations(tx, today))

    def holders(self, role: str, organisation_id: str) -> Sequence[Holder]:
        """Who holds a role at an organisation."""
        today = self._environment.today()
        return self._commands.ask(
            lambda tx: stored_directory.holders(tx, role, organisation_id, today)
        )

    def actor(self, person_id: str) -> Actor:
        """A person as she stands now; NotFound for a closed or unknown account."""
        today = self._environment.today()
        found = self._commands.ask(lambda tx: stored_directory.actor(tx, person_id, today))
        if found is None:
            raise NotFound("没有找到这个人员。")
        return found

    def actor_named(self, username: str) -> Actor:
        """The same by user name, for the command line and tests."""
        found = self._commands.ask(lambda tx: stored_directory.person_by_username(tx, username))
        if found is None:
            raise NotFound(f"没有名为“{username}”的用户。")
        return self.actor(found[0].id)

    def load(
        self,
        organisations: Sequence[Organisation],
        roles: Sequence[Role],
        people: Sequence[tuple[Person, str | None]],
        grants: Sequence[tuple[str, str, str]],
    ) -> None:
        """Fill an empty directory in one go; Conflict where there is something in it."""
        self._commands.execute(
            lambda tx: organise.load(self._environment, tx, organisations, roles, people, grants)
        )

    def add_organisation(self, actor: Actor, new: Organisation) -> None:
        """Add a unit."""
        self._commands.execute(
            lambda tx: organise.add_organisation(self._environment, tx, actor, new)
        )

    def rename_organisation(self, actor: Actor, organisation_id: str, code: str, name: str) -> None:
        """Rename a unit; it stays the same."""
        self._commands.execute(
            lambda tx: organise.rename_organisation(
                self._environment, tx, actor, organisation_id, code, name
            )
        )

    def move_organisation(self, actor: Actor, organisation_id: str, parent_id: str) -> None:
        """Give a unit another approving parent from today on."""
        self._commands.execute(
            lambda tx: organise.move_organisation(
                self._environment, tx, actor, organisation_id, parent_id
            )
        )

    def add_person(self, actor: Actor, new: organise.NewPerson) -> str:
        """Open an account; the token of its one-use link."""

        def command(tx: Tx) -> str:
            organise.add_person(self._environment, tx, actor, new)
            return accounts.make_link(self._environment, tx, new.id)

        return self._commands.execute(command)

    def close_account(self, actor: Actor, person_id: str) -> None:
        """Close an account."""
        self._commands.execute(
            lambda tx: organise.close_account(self._environment, tx, actor, person_id)
        )

    def grant(self, actor: Actor, person_id: str, role: str, organisation_id: str) -> None:
        """Give a role at an organisation."""
        self._commands.execute(
            lambda tx: organise.grant(
                self._environment, tx, actor, person_id, role, organisation_id
            )
        )

    def withdraw_grant(self, actor: Actor, grant_id: int) -> None:
        """Take a role back."""
        self._commands.execute(
            lambda tx: organise.withdraw_grant(self._environment, tx, actor, grant_id)
        )

    def designate(
        self, actor: Actor, role: str, organisation_id: str, handled_by: str, document: str
    ) -> None:
        """Say in writing who does a unit's steps of a role."""
        self._commands.execute(
            lambda tx: organise.designate(
                self._environment, tx, actor, role, organisation_id, handled_by, document
            )
        )
