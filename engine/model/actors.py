"""Who acts: a person with her grants, or the system itself."""

from dataclasses import dataclass

SYSTEM_ID = "system"
_GUEST = "guest-"
_WRITER = "writer-"


@dataclass(frozen=True)
class Grant:
    """A role held at an organisation."""

    role: str
    organisation_id: str
    sees: str = "area"  # area | own | none: what of others' cases the role lets see


@dataclass(frozen=True)
class Actor:
    """A person as she stands at this moment.

    Grants are read anew for each request, so a withdrawn role is gone with the next click
    (reliability.md §4, item 10).
    """

    person_id: str
    username: str
    name: str
    organisation_id: str
    grants: tuple[Grant, ...] = ()

    @property
    def is_guest(self) -> bool:
        """An applicant with the receipt of one case; she has no role and no account."""
        return is_guest_id(self.person_id)

    @property
    def guest_case_id(self) -> str:
        """The one case a guest has to do with; empty for everybody else."""
        return self.person_id.removeprefix(_GUEST) if self.is_guest else ""

    @property
    def is_writer(self) -> bool:
        """Somebody without an account who begins a case on the public page; she has no role."""
        return is_writer_id(self.person_id)

    @property
    def is_system(self) -> bool:
        """The executor of timers and jobs, not a person."""
        return self.person_id == SYSTEM_ID

    def holds(self, role: str) -> bool:
        """Whether she holds the role anywhere."""
        return any(grant.role == role for grant in self.grants)

    def holds_at(self, role: str, organisation_id: str) -> bool:
        """Whether she holds the role at exactly this organisation."""
        return any(
            grant.role == role and grant.organisation_id == organisation_id for grant in self.grants
        )

    def places(self, role: str) -> tuple[str, ...]:
        """The organisations where she holds the role."""
        return tuple(grant.organisation_id for grant in self.grants if grant.role == role)

    @property
    def units(self) -> frozenset[str]:
        """The organisations where she holds any role."""
        return frozenset(grant.organisation_id for grant in self.grants)

    @property
    def area(self) -> tuple[str, ...]:
        """The organisations whose area one of her roles lets her see."""
        return tuple(grant.organisation_id for grant in self.grants if grant.sees == "area")

    @property
    def roles(self) -> frozenset[str]:
        """Every role she holds somewhere."""
        return frozenset(grant.role for grant in self.grants)


SYSTEM = Actor(SYSTEM_ID, "system", "系统", "")
"""The actor of timers, jobs and the sealer."""

PUBLIC = Actor("public", "public", "群众", "")
"""Whoever sends a message without an account, such as an objection; may do nothing else."""

GUEST_NAME = "申请人(凭回执)"


def is_guest_id(person_id: str) -> bool:
    """Whether this is the id of a guest."""
    return person_id.startswith(_GUEST)


def guest_of(case_id: str) -> Actor:
    """The applicant of a case, who shows its receipt."""
    return Actor(f"{_GUEST}{case_id}", "guest", GUEST_NAME, "")


WRITER_NAME = "来信人(网上)"


def is_writer_id(person_id: str) -> bool:
    """Whether this is the id of somebody who wrote on the public page."""
    return person_id.startswith(_WRITER)


def writer_of(mark: str) -> Actor:
    """Who writes on the public page; ``mark`` tells her browser from every other."""
    return Actor(f"{_WRITER}{mark}", "writer", WRITER_NAME, "")


_NAMES = {actor.person_id: actor.name for actor in (SYSTEM, PUBLIC)}


def name_without_account(person_id: str) -> str | None:
    """The name of an actor that is in no directory; None for a person with an account."""
    if is_writer_id(person_id):
        return WRITER_NAME
    return GUEST_NAME if is_guest_id(person_id) else _NAMES.get(person_id)
