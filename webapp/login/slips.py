"""密码条: whom a township officer may help who has forgotten her password, and the paper."""

from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.errors import NotPermitted
from engine.work.slips import HELPER
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page


@dataclass(frozen=True)
class HelpedPerson:
    """Somebody of a union below."""

    id: str
    name: str
    username: str
    unit: str
    phone: str


@dataclass(frozen=True)
class HelpedPage(Page):
    """The people of the unions below, with a button each."""

    template: ClassVar[str] = "login/helped.html"

    people: tuple[HelpedPerson, ...]
    searched: str
    total: int

    @property
    def title(self) -> str:
        """辖区人员密码."""
        return _("辖区人员密码")


@dataclass(frozen=True)
class HelpedSlipPage(Page):
    """The printed slip with the one-use link."""

    template: ClassVar[str] = "login/slip.html"

    name: str
    username: str
    unit: str
    link: str

    @property
    def title(self) -> str:
        """密码条."""
        return _("密码条")


def must_help(actor: Actor) -> None:
    """Only township officers have people of their own to help."""
    if not actor.holds(HELPER):
        raise NotPermitted(
            "只有乡镇工会专干可以为辖区人员开具密码条。如需帮助,请联系市总工会管理员。"
        )


def helped_page(shell: Shell, engine: Engine, actor: Actor, searched: str) -> HelpedPage:
    """Her people, by name, user name or unit."""
    units = engine.directory.organisations()
    people = [
        HelpedPerson(one.id, one.name, one.username, units[one.organisation_id].name, one.phone)
        for one in engine.accounts.helped_people(actor)
    ]
    found = [
        one
        for one in people
        if searched in one.name or searched in one.username or searched in one.unit
    ]
    return HelpedPage(shell, tuple(found), searched, len(people))


def helped_slip_page(shell: Shell, engine: Engine, person_id: str, token: str) -> HelpedSlipPage:
    """The slip to print and hand over."""
    one = next(p for p in engine.directory.people() if p.id == person_id)
    unit = engine.directory.organisations()[one.organisation_id].name
    link = url_for("login.choose_password", token=token, _external=True)
    return HelpedSlipPage(shell, one.name, one.username, unit, link)
