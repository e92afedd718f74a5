"""A small federation behind the pages: two unions, one county, five people, a real database."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine import SYSTEM, Actor, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.errors import NotFound
from engine.model.clock import FixedClock
from engine.model.organisations import Organisation, Person, Role
from engine.model.tasks import InboxFilter
from engine.work.accounts import hash_password
from tests.support.client import client_of
from tests.support.templates import SetUp, Templates
from webapp.app import create_app
from webapp.settings import Settings
from webapp.shared.notice_port import Notice
from webapp.shared.registry_port import Household, HouseholdPage
from webapp.standard.parameters import standard_parameters

ROOT = Path(__file__).parents[2]
PASSWORD = "a-long-password-2026"
PASSWORD_HASH = hash_password(PASSWORD)
KEY = bytes(range(32))
MONDAY_MORNING = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
FILLED = {
    "applicant_name": "张小红",
    "amount": "1,200.00",
    "needed_by": "2026-12-20",
    "reason": "旧了",
}


class NoHouseholds:
    """A registry of a federation that has no households and no notices yet."""

    def households(self, actor: Actor, **narrowed: object) -> HouseholdPage:
        raise NotFound

    def household(self, actor: Actor, file_no: str) -> Household:
        raise NotFound

    household_clear = household

    @property
    def opening(self) -> "NoHouseholds":
        return self

    of = clear = household

    def public_notices(self, after: tuple[str, str] | None, limit: int) -> Sequence[Notice]:
        return ()

    def notices(self, actor: Actor, **narrowed: object) -> Sequence[Notice]:
        return ()

    def notice(self, actor: Actor | None, notice_id: str) -> Notice:
        raise NotFound("没有找到这份公示。")

    def notice_of_case(self, actor: Actor, case_id: str) -> Notice | None:
        return None

    def standing_notices(self, actor: Actor, case_ids: Sequence[str]) -> Mapping[str, Notice]:
        return {}

    def object_to_notice(self, actor: Actor | None, notice_id: str, **said: object) -> str:
        raise NotFound("没有找到这份公示。")


def _unit(unit_id: str, name: str, level: str, parent: str | None) -> Organisation:
    return Organisation(unit_id, unit_id, name, level, level, parent, parent, simulated=True)


UNITS = (
    _unit("city", "漳州市总工会", "city", None),
    _unit("county", "芗城区总工会", "county", "city"),
    _unit("mill", "模拟·纺织厂工会", "grassroots", "county"),
    _unit("school", "模拟·中学工会", "grassroots", "county"),
)
EVERY_LEVEL = ("grassroots", "township", "county", "city")
ROLES = (
    Role("officer", "基层工会经办人", "Officer", EVERY_LEVEL, "area"),
    Role("county_reviewer", "县级审核员", "Reviewer", EVERY_LEVEL, "area"),
    Role("county_approver", "分管副主席", "Approver", EVERY_LEVEL, "area"),
    Role("data_entry", "录入员", "Data entry", EVERY_LEVEL, "area"),
    Role("township_officer", "乡镇工会专干", "Township officer", EVERY_LEVEL, "area"),
    Role("supervisor", "督办人", "Supervisor", EVERY_LEVEL, "area"),
    Role("chair", "基层工会主席", "Chair", EVERY_LEVEL, "area"),
    Role("township_chair", "乡镇工会主席", "Township chair", EVERY_LEVEL, "area"),
    Role("city_protection", "市总权益保障部", "City protection", EVERY_LEVEL, "area"),
    Role("designer", "流程设计员", "Designer", EVERY_LEVEL, "none"),
    Role("admin", "系统管理员", "Administrator", EVERY_LEVEL, "none"),
)
PEOPLE = {
    "officer": ("林小芳", "mill", ("officer",)),
    "reviewer": ("王建国", "county", ("county_reviewer",)),
    "reviewer2": ("李芳", "county", ("county_reviewer",)),
    "supervisor": ("陈明", "county", ("supervisor",)),
    "admin": ("周敏", "city", ("admin", "designer")),
}


@dataclass
class Federation:
    """The application with its engine and clock, and what tests do with it."""

    app: Flask
    engine: Engine
    clock: FixedClock

    def actor(self, username: str) -> Actor:
        return self.engine.directory.actor_named(username)

    def started(self, subject: str = "添置安全帽") -> str:
        """A case that waits at 填写申请; its id."""
        request = Request("example_request", "mill", {"subject": subject})
        return self.engine.cases.start(self.actor("officer"), request).case_id

    def applied(self, subject: str = "添置安全帽") -> str:
        """A case that waits at 审核; the id of that step."""
        self.started(subject)
        task = self.first_task("officer")
        data = {**FILLED, "amount": 1200}
        self.engine.tasks.complete(self.actor("officer"), task, data)
        return self.first_task("reviewer")

    def first_task(self, username: str) -> str:
        return self.engine.tasks.inbox(self.actor(username), InboxFilter()).lines[-1].id


class Browser:
    """A person at a browser without scripts."""

    def __init__(self, app: Flask) -> None:
        self.client = client_of(app)

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def text(self, address: str) -> str:
        return unescape(self.get(address).get_data(as_text=True))

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/login", {"username": username, "password": password})

    def post(
        self,
        address: str,
        fields: Mapping[str, object],
        page: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Send a form, with the tokens of the page it stands on."""
        html = self.get(page or ("/login" if address == "/login" else address)).get_data(True)
        return self.client.post(
            address,
            data={"csrf_token": token_of(html), **fields},
            headers=dict(headers or {}),
        )


def token_of(html: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    return found[1] if found else ""


def nonce_of(html: str) -> str:
    found = re.search(r'name="_nonce" value="([^"]+)"', html)
    assert found is not None
    return found[1]


@pytest.fixture
def page_copy(
    page_kind: str, templates: Templates, tmp_path: Path
) -> Iterator[Callable[[SetUp], str]]:
    """Gives the URL of a database of that kind as a set-up leaves it."""
    with ExitStack() as copies:
        yield lambda set_up: copies.enter_context(templates.copy(page_kind, set_up, tmp_path))


def set_up(url: str, folder: Path) -> None:
    """The federation of these tests with the example process."""
    engine = _opened(url, folder, FixedClock(MONDAY_MORNING))
    engine.directory.load(
        UNITS,
        ROLES,
        [
            (Person(f"p-{username}", username, name, unit), PASSWORD_HASH)
            for username, (name, unit, _roles) in PEOPLE.items()
        ],
        [
            (f"p-{username}", role, unit)
            for username, (_name, unit, roles) in PEOPLE.items()
            for role in roles
        ],
    )
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    engine.definitions.deploy(SYSTEM, files)
    engine.close()


def _opened(url: str, folder: Path, clock: FixedClock) -> Engine:
    options = Options(data_dir=folder, clock=clock, parameters=standard_parameters())
    return open_engine(url, key=KEY, options=options)


@pytest.fixture
def federation(page_copy: Callable[[SetUp], str], tmp_path: Path) -> Iterator[Federation]:
    clock = FixedClock(MONDAY_MORNING)
    engine = _opened(page_copy(set_up), tmp_path, clock)
    app = create_app(Settings(key=KEY, data_dir=tmp_path), engine, NoHouseholds())
    yield Federation(app, engine, clock)
    engine.close()


@pytest.fixture
def browse(federation: Federation):  # type: ignore[no-untyped-def]
    """Open a browser for somebody, signed in."""

    def open_for(username: str) -> Browser:
        browser = Browser(federation.app)
        if username:
            assert browser.sign_in(username).status_code == 303
        return browser

    return open_for
