"""Organisations, people, roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from engine.api.commands import Group
from engine.errors import (
    NotFound,
)
from engine.model.actors import Actor
from engine.model.organisations import (
    DatedGrant,
    Designation,
    Organisation,
    Person,
    Role,
    SeparationProfile,
)
from engine.model.tasks import Holder
from engine.store import designations as stored_designations
from engine.store import directory as stored_directory
from engine.store import organisations as stored_organisations
from engine.store import profiles as stored_profiles
from engine.store.database import Tx
from engine.store.organisations import DatedName, DatedParent
from engine.work import (
    accounts,
    designating,
    handover,
    organise,
    profiles,
    units,
)
from engine.work.handover import Estate, HandOver
from engine.work.organise import Papers, Term
from engine.work.units import Change

AT_ONCE = Change()
FROM_TODAY = Term()
NO_PAPERS = Papers()


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

    def designations(self) -> Sequence[Designation]:
        """Every written designation that ever held or will, the newest first."""
        return self._commands.ask(stored_designations.every)

    def profiles(self, organisation_id: str | None = None) -> Sequence[SeparationProfile]:
        """Every separation profile, of one unit or of all, the newest first."""
        return self._commands.ask(lambda tx: stored_profiles.every(tx, organisation_id))

    def holders(self, role: str, organisation_id: str) -> Sequence[Holder]:
        """Who holds a role at an organisation."""
        today = self._environment.today()
        return self._commands.ask(
            lambda tx: stored_directory.holders(tx, role, organisation_id, today)
        )

    def line_upwards(self, organisation_id: str) -> Sequence[Organisation]:
        """An organisation and those above it by approval, nearest first; without their parents."""
        return self._commands.ask(lambda tx: stored_directory.line_upwards(tx, organisation_id))

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
        papers: Papers = NO_PAPERS,
    ) -> None:
        """Fill an empty directory in one go; Conflict where there is something in it."""
        everybody = (roles, people, grants)
        self._commands.execute(
            lambda tx: organise.load(self._environment, tx, organisations, everybody, papers)
        )

    def add_organisation(self, actor: Actor, new: Organisation) -> int:
        """Add a unit; how many open steps go elsewhere now."""
        return self._commands.execute(
            lambda tx: organise.add_organisation(self._environment, tx, actor, new)
        )

    def rename_organisation(
        self,
        actor: Actor,
        organisation_id: str,
        code: str,
        name: str,
        change: Change = AT_ONCE,
    ) -> int:
        """Rename a unit from a day on; it stays the same."""
        return self._commands.execute(
            lambda tx: units.rename(
                self._environment, tx, actor, organisation_id, (code, name), change
            )
        )

    def move_organisation(
        self,
        actor: Actor,
        organisation_id: str,
        parent_id: str,
        kind: str = "approval",
        change: Change = AT_ONCE,
    ) -> int:
        """Give a unit another parent from a day on; how many open steps go elsewhere now."""
        return self._commands.execute(
            lambda tx: units.move(
                self._environment, tx, actor, organisation_id, (kind, parent_id), change
            )
        )

    def close_organisation(
        self, actor: Actor, organisation_id: str, successor_id: str | None, change: Change
    ) -> int:
        """End a unit on a day; its open work goes to the successor."""
        return self._commands.execute(
            lambda tx: units.close(
                self._environment, tx, actor, organisation_id, successor_id, change
            )
        )

    def names_of(self, organisation_id: str) -> Sequence[DatedName]:
        """What a unit was, is and will be called; empty: never renamed."""
        return self._commands.ask(lambda tx: stored_organisations.names_of(tx, organisation_id))

    def parents_of(self, organisation_id: str) -> Sequence[DatedParent]:
        """Under whom a unit stood, stands and will stand."""
        return self._commands.ask(lambda tx: stored_organisations.parents_of(tx, organisation_id))

    def successor_of(self, organisation_id: str) -> str | None:
        """Who took over from a closed unit."""
        return self._commands.ask(lambda tx: stored_organisations.successor_of(tx, organisation_id))

    def open_steps_of(self, organisation_id: str) -> int:
        """Open steps that a unit handles, or that belong to cases of its own."""
        return self._commands.ask(
            lambda tx: stored_organisations.open_steps_of(tx, organisation_id)
        )

    def all_grants(self) -> Sequence[DatedGrant]:
        """Every grant that holds today or begins later."""
        today = self._environment.today()
        return self._commands.ask(lambda tx: stored_organisations.grants_at(tx, today))

    def follow_day(self) -> int:
        """Let what is dated today begin to hold; how many open steps go elsewhere now."""
        with self._commands.database.look() as tx:
            if units.is_followed(self._environment, tx):
                return 0
        return self._commands.execute(lambda tx: units.follow_day(self._environment, tx))

    def add_person(self, actor: Actor, new: organise.NewPerson) -> str:
        """Open an account; the token of its one-use link."""

        def command(tx: Tx) -> str:
            organise.add_person(self._environment, tx, actor, new)
            return accounts.make_link(self._environment, tx, new.id)

        return self._commands.execute(command)

    def close_account(self, actor: Actor, person_id: str) -> int:
        """Close an account; how many open steps go elsewhere now."""
        return self._commands.execute(
            lambda tx: organise.close_account(self._environment, tx, actor, person_id)
        )

    def estate(self, actor: Actor, person_id: str) -> Estate:
        """The roles, steps and drafts that a person would hand over."""
        return self._commands.ask(
            lambda tx: handover.estate(self._environment, tx, actor, person_id)
        )

    def hand_over(
        self, actor: Actor, person_id: str, successor_id: str, *, closes: bool
    ) -> HandOver:
        """Give a person's roles and held steps to her successor."""
        return self._commands.execute(
            lambda tx: handover.hand_over(
                self._environment, tx, actor, person_id, successor_id, closes=closes
            )
        )

    def grant(
        self,
        actor: Actor,
        person_id: str,
        role: str,
        organisation_id: str,
        term: Term = FROM_TODAY,
    ) -> int:
        """Give a role at an organisation; how many open steps go elsewhere now."""
        new = (person_id, role, organisation_id)
        return self._commands.execute(
            lambda tx: organise.grant(self._environment, tx, actor, new, term)
        )

    def withdraw_grant(self, actor: Actor, grant_id: int, day: date | None = None) -> int:
        """Take a role back, today or from a day on; how many open steps go elsewhere now."""
        return self._commands.execute(
            lambda tx: organise.withdraw_grant(self._environment, tx, actor, grant_id, day)
        )

    def designate(
        self,
        actor: Actor,
        new: tuple[str, str, str],
        document: str,
        reason: str = "",
        term: Term = FROM_TODAY,
    ) -> int:
        """Say in writing who does a unit's steps; ``new``: role, unit, who does them."""
        paper = (document, reason)
        return self._commands.execute(
            lambda tx: designating.designate(self._environment, tx, actor, new, paper, term)
        )

    def withdraw_designation(
        self, actor: Actor, designation_id: int, day: date | None = None
    ) -> int:
        """Take a written designation back, from today or a later day on."""
        return self._commands.execute(
            lambda tx: designating.withdraw_designation(
                self._environment, tx, actor, designation_id, day
            )
        )

    def declare_profile(
        self,
        actor: Actor,
        organisation_id: str,
        document: str,
        reason: str,
        term: Term = FROM_TODAY,
    ) -> int:
        """Declare a small unit's separation profile; how many open steps go elsewhere now."""
        paper = (document, reason)
        return self._commands.execute(
            lambda tx: profiles.declare_profile(
                self._environment, tx, actor, organisation_id, paper, term
            )
        )

    def end_profile(self, actor: Actor, profile_id: int, day: date | None = None) -> int:
        """End a separation profile, today or on a later day."""
        return self._commands.execute(
            lambda tx: profiles.end_profile(self._environment, tx, actor, profile_id, day)
        )
