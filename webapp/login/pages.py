"""Signing in as values."""

from dataclasses import dataclass
from typing import ClassVar

from engine import Engine
from engine.model.organisations import LEVELS, Person
from webapp.demo.federation import DEMO_PASSWORD
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.places import PlaceNames


@dataclass(frozen=True)
class DemoAccount:
    """Somebody of the demonstration, with what she may do."""

    username: str
    name: str
    roles: str
    unit: str


@dataclass(frozen=True)
class SignInPage(Page):
    """Name and password. ``kept`` are the hidden inputs of a form that waits to be taken up."""

    template: ClassVar[str] = "login/sign_in.html"

    message: str
    username: str
    back: str
    kept: tuple[tuple[str, str], ...]
    demo_accounts: tuple[DemoAccount, ...]
    demo_password: str

    @property
    def title(self) -> str:
        """登录."""
        return _("登录")


@dataclass(frozen=True)
class PasswordPage(Page):
    """Choosing a password by a one-use link."""

    template: ClassVar[str] = "login/password.html"

    message: str

    @property
    def title(self) -> str:
        """设置密码."""
        return _("设置密码")


def sign_in_page(
    shell: Shell,
    engine: Engine,
    places: PlaceNames,
    *,
    message: str = "",
    username: str = "",
    back: str = "",
    kept: tuple[tuple[str, str], ...] = (),
) -> SignInPage:
    """The sign-in page; in a demonstration with everybody's account."""
    return SignInPage(
        shell=shell,
        message=message,
        username=username,
        back=back,
        kept=kept,
        demo_accounts=_demo_accounts(engine, places) if shell.is_demo else (),
        demo_password=DEMO_PASSWORD if shell.is_demo else "",
    )


def _demo_accounts(engine: Engine, places: PlaceNames) -> tuple[DemoAccount, ...]:
    roles: dict[str, list[str]] = {}
    for grant in engine.directory.grants():
        roles.setdefault(grant.person_id, []).append(places.role(grant.role))
    units = places.organisations()
    levels = {level: -place for place, level in enumerate(LEVELS)}

    def place(person: Person) -> tuple[int, str, str]:
        unit = units[person.organisation_id]
        return (levels[unit.level], unit.code, person.username)

    return tuple(
        DemoAccount(
            person.username,
            person.name,
            _("、").join(dict.fromkeys(roles.get(person.id, ()))),
            places.organisation(person.organisation_id),
        )
        for person in sorted(engine.directory.people(), key=place)
        if person.active and person.simulated
    )
