"""The frame of a page: who is signed in, which sections her roles open, whom to ring."""

from dataclasses import dataclass

from flask import get_flashed_messages, request, url_for

from engine import Actor
from webapp.shared.language import HTML_LANGUAGES, LANGUAGES, chosen_language, lazy
from webapp.shared.requests import actor_or_none, current_installation, request_id


@dataclass(frozen=True)
class Link:
    """A place to go."""

    label: str
    href: str
    is_current: bool = False


@dataclass(frozen=True)
class Told:
    """A sentence about what has just been done; ``kind`` is done, warning or error."""

    kind: str
    text: str


@dataclass(frozen=True)
class Shell:
    """Everything around the page itself."""

    site_name: str
    language: str
    other_language: Link
    sections: tuple[Link, ...]
    person: str
    unit: str
    help_phone: str
    is_demo: bool
    request_id: str
    searched: str
    told: tuple[Told, ...]
    unread: int = 0

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is."""
        return bool(self.person)


@dataclass(frozen=True)
class _Section:
    """A menu of the top bar.

    ``roles`` open it; ``not_only`` are roles that alone do not, ``never`` find the same elsewhere.
    """

    name: str
    label: object
    endpoint: str
    roles: frozenset[str] = frozenset()
    not_only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def is_open_to(self, actor: Actor) -> bool:
        """Whether the actor's roles show it. What she sees inside is decided there."""
        if self.never & actor.roles:
            return False
        if self.roles:
            return bool(self.roles & actor.roles)
        return not self.not_only or bool(actor.roles - self.not_only)


_OFFICE = frozenset({"designer", "admin"})
_WATCHES = frozenset(
    {
        "supervisor",
        "city_protection",
        "city_leader",
        "county_approver",
        "township_officer",
        "township_chair",
        "audit_committee",
    }
)
_MONEY = frozenset(
    {
        "county_reviewer",
        "county_approver",
        "accountant",
        "cashier",
        "audit_committee",
        "city_protection",
        "city_leader",
        "supervisor",
    }
)
_ON_DUTY = frozenset(
    {
        "receptionist",
        "lawyer",
        "county_reviewer",
        "county_approver",
        "city_protection",
        "city_leader",
    }
)
_SECTIONS = (
    _Section("inbox", lazy("我的待办"), "inbox.show"),
    _Section("done", lazy("已办与关注"), "cases.done"),
    _Section("register", lazy("困难职工档案"), "register.households", not_only=_OFFICE),
    _Section("notices", lazy("公示"), "notices.listing", not_only=_OFFICE),
    _Section("funds", lazy("资金与发放"), "funds.ledger", roles=_MONEY),
    _Section("grievances", lazy("信访维权"), "cases.grievances", roles=_ON_DUTY),
    _Section("supervision", lazy("督办看板"), "supervision.overdue", roles=_WATCHES),
    _Section(
        "passwords",
        lazy("辖区人员密码"),
        "login.helped",
        roles=frozenset({"township_officer"}),
        never=frozenset({"admin"}),
    ),
    _Section(
        "definitions",
        lazy("流程管理"),
        "definitions.listing",
        roles=frozenset({"designer", "admin", "city_protection"}),
    ),
    _Section("directory", lazy("系统设置"), "directory.units", roles=frozenset({"admin"})),
    _Section(
        "parameters",
        lazy("业务参数"),
        "parameters.listing",
        roles=frozenset({"county_reviewer", "designer", "city_protection"}),
        never=frozenset({"admin"}),
    ),
)


def opens(section: str, actor: Actor) -> bool:
    """Whether she has this menu."""
    return any(one.name == section and one.is_open_to(actor) for one in _SECTIONS)


def shell(section: str, actor: Actor | None = None) -> Shell:
    """The frame of a page in a section; without an actor the public's."""
    installation = current_installation()
    settings = installation.settings
    language = chosen_language()
    return Shell(
        site_name=settings.site_name,
        language=HTML_LANGUAGES.get(language, "zh-CN"),
        other_language=_other_language(),
        sections=()
        if actor is None
        else tuple(
            Link(str(one.label), url_for(one.endpoint), one.name == section)
            for one in _SECTIONS
            if one.is_open_to(actor)
        ),
        person="" if actor is None else actor.name,
        unit="" if actor is None else installation.places.organisation(actor.organisation_id),
        help_phone=settings.help_phone
        or ("" if actor is None else installation.places.office_phone(actor.organisation_id)),
        is_demo=settings.is_demo,
        request_id=request_id(),
        searched=request.args.get("q", "") if section == "search" else "",
        told=_told(),
        unread=0 if actor is None else installation.engine.telling.unread(actor),
    )


def _told() -> tuple[Told, ...]:
    messages: list[tuple[str, str]] = get_flashed_messages(with_categories=True)  # type: ignore[assignment]
    return tuple(Told(kind, text) for kind, text in messages)


def shell_of_whoever(section: str) -> Shell:
    """The same for pages that the public reads too."""
    return shell(section, actor_or_none())


def _other_language() -> Link:
    now = chosen_language()
    other = next(code for code in LANGUAGES if code != now)
    return Link(LANGUAGES[other], url_for("language.choose", code=other, back=request.full_path))
