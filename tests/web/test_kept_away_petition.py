"""Nothing of a petition about union staff reaches whom it is about, nor of its review.

The processes that are delivered, taken through to the review at the city; those whom the petition
names, their superiors and everybody of the area then ask for all there is to ask.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.model.actors import writer_of
from engine.model.clock import FixedClock
from engine.model.ids import new_case_id
from engine.model.organisations import Person
from engine.store.cases import CaseQuestion
from engine.work.accounts import hash_password
from engine.work.public_intake import Letter
from tests.crash.installation import KEY as MASTER_KEY
from tests.crash.installation import PASSWORD
from tests.engine.test_petition import REGISTERED, SERVED, TODAY, archiving, asks_for_review, doer
from tests.support.federation import ORGANISATIONS
from tests.support.templates import Templates
from tests.web.conftest import MONDAY_MORNING, ROOT, Browser
from tests.web.test_kept_away import Desk, Names, desk_on, knock, lines_apart, settings_of, walk
from webapp.opening import opened
from webapp.standard.roles import ROLES

STAFF = {
    "reception": ("receptionist", "xc"),
    "handler": ("county_reviewer", "xc"),
    "accused": ("county_reviewer", "xc"),
    "approver": ("county_approver", "xc"),
    "county_supervisor": ("supervisor", "xc"),
    "chair": ("chair", "u1"),
    "township": ("township_chair", "xc-t"),
    "city_reception": ("receptionist", "zz"),
    "protection": ("city_protection", "zz"),
    "leader": ("city_leader", "zz"),
    "supervisor": ("supervisor", "zz"),
    "admin": ("admin", "zz"),
    "designer": ("designer", "zz"),
}
AWAY = ("accused", "chair", "county_supervisor", "admin", "designer")
"""Whom it names, who is of the union it names, who may look at the area, who runs it all, and who
draws its process."""

TITLE = "模拟一厂工会克扣慰问品"
SAID = {
    **REGISTERED,
    "matter": "staff",
    "matter_title": TITLE,
    "petitioner": "林举报",
    "mobile": "13900000035",
    "accused_person": "accused",
    "accused_unit": "350602001001",
}
ELEMENTS = {"petition": "follow_up", "petition_review": "examine"}
"""The processes, each with a step of its that is over or open."""

NEVER_THERE = {"petition": "漳芗访-2026-000999", "petition_review": "漳州复-2026-000999"}
WORDS = ("克扣慰问品", "林举报")


def set_up(url: str, folder: Path) -> None:
    engine = open_engine(url, key=MASTER_KEY, options=Options(data_dir=folder))
    hashed = hash_password(PASSWORD)
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", unit, simulated=True), hashed)
        for name, (_, unit) in STAFF.items()
    ]
    grants = [(f"p-{name}", role, unit) for name, (role, unit) in STAFF.items()]
    engine.directory.load(ORGANISATIONS, ROLES, people, grants)
    engine.close()
    with opened(settings_of(url, folder), FixedClock(MONDAY_MORNING)) as installation:
        files = archiving()
        for key in (*ELEMENTS, "petition_assigned"):
            files += read_folder(ROOT / "processes", ROOT / "forms", key).files
        installation.engine.definitions.deploy(SYSTEM, files)


@pytest.fixture
def desk(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[Desk]:
    with templates.copy(database_kind, set_up, tmp_path) as url, desk_on(url, tmp_path) as one:
        yield one


LETTER = {
    "matter": "discipline",
    "matter_title": TITLE,
    "request": "慰问品少了一半",
    "urgent_word": "no",
    "named": "yes",
    "your_name": "林举报",
    "mobile": "13900000035",
    "persons": 1,
    "told_person": "审核的模拟accused",
    "told_unit": "模拟一厂工会",
}


def taken_down(engine: Engine) -> str:
    """The petition as the reception takes it down."""
    reception = engine.directory.actor_named("reception")
    return engine.cases.start(reception, Request("petition", "xc", SAID)).case_id


def written(engine: Engine) -> str:
    """The same as a letter from anybody, who does not know the directory."""
    letter = Letter("petition", "xc", LETTER, "a-page-of-hers", "192.0.2.1")
    return engine.public_intake.send(writer_of("browser"), letter).case_id


def petitioned(desk: Desk, begun: Callable[[Engine], str] = taken_down) -> dict[str, Names]:
    """The petition, reviewed above; by the key of the process."""
    engine = desk.engine
    case_id = begun(engine)
    do = doer(engine, case_id)
    do("reception", "screen", way="ours")
    do("reception", "accept", accepted_on=TODAY, notice_way="当面", notice_on=TODAY)
    looked = {"facts": "已核实", "hardship": "no", "mediation": "no", "next_step": "opinion"}
    do("handler", "investigate", **looked)
    said = {"opinion_text": "予以支持", "opinion_basis": "《工会法》"}
    do("handler", "write_opinion", opinion_kind="support", **said)
    do("approver", "sign_opinion", decision="agree", opinion_no="漳工访意〔2026〕4号")
    do("reception", "deliver", **SERVED)
    do("reception", "follow_up", asked_on=TODAY, satisfaction="not")
    asks_for_review(engine, "reception", case_id)
    (link,) = engine.cases.view(SYSTEM, case_id).related
    return {
        key: named(key, one, engine.cases.view(SYSTEM, one).case.number)
        for key, one in zip(ELEMENTS, (case_id, link.id), strict=True)
    }


def named(key: str, case_id: str, number: str) -> Names:
    """What could be known of a case, its first step for one."""
    return Names(
        case_id,
        f"{case_id}-1",
        number,
        title=TITLE,
        words=WORDS,
        key=key,
        element=ELEMENTS[key],
    )


@pytest.mark.parametrize("begun", [taken_down, written])
@pytest.mark.parametrize("username", AWAY)
def test_the_accused_and_everybody_of_the_area_are_told_nothing(
    desk: Desk, username: str, begun: Callable[[Engine], str]
) -> None:
    nothing = new_case_id(MONDAY_MORNING)
    before = {key: walk(desk, username, named(key, nothing, NEVER_THERE[key])) for key in ELEMENTS}
    for key, names in petitioned(desk, begun).items():
        after = walk(desk, username, names)
        apart = {
            a: lines_apart(before[key][a], after[a]) for a in after if before[key][a] != after[a]
        }
        assert apart == {}
        for address, (_status, text) in after.items():
            for word in WORDS:
                assert "?q=" in address or word not in text, address


@pytest.mark.parametrize("username", ["accused", "admin"])
def test_what_they_do_to_it_is_answered_as_for_one_that_is_not_there(
    desk: Desk, username: str
) -> None:
    nothing = new_case_id(MONDAY_MORNING)
    for key, names in petitioned(desk).items():
        nowhere = knock(desk, username, named(key, nothing, NEVER_THERE[key]))
        there = knock(desk, username, names)
        assert {a: lines_apart(nowhere[a], there[a]) for a in there if there[a] != nowhere[a]} == {}


def test_who_works_on_it_finds_it(desk: Desk) -> None:
    names = petitioned(desk)["petition_review"]
    told = walk(desk, "protection", names)
    assert told["/cases/…"][0] == 200
    assert WORDS[0] in told["/cases/…"][1]


def test_the_screening_shows_earlier_petitions_of_the_same_person(desk: Desk) -> None:
    engine = desk.engine
    reception = engine.directory.actor_named("reception")
    first, second = (
        engine.cases.view(
            SYSTEM,
            engine.cases.start(
                reception, Request("petition", "xc", {**REGISTERED, "petitioner": name})
            ).case_id,
        )
        for name in ("林小模", "林晓模")
    )
    browser = Browser(desk.app)
    assert browser.sign_in("reception", PASSWORD).status_code == 303
    page = browser.text(f"/tasks/{second.open_tasks[0].id}")
    assert "同一人以前的办件 1 件" in page
    assert f'href="/cases/{first.case.id}"' in page
    assert first.case.number in page
    doer(engine, second.case.id)("reception", "screen", way="ours")
    (later,) = engine.cases.view(SYSTEM, second.case.id).open_tasks
    assert "同一人以前的办件" not in browser.text(f"/tasks/{later.id}"), (
        "it is asked where it counts"
    )


def test_who_writes_down_what_is_about_her_own_union_is_told_that_it_was_taken(desk: Desk) -> None:
    browser = Browser(desk.app)
    assert browser.sign_in("reception", PASSWORD).status_code == 303
    page = "/start/petition/xc"
    said = {**SAID, "accused_unit": "350602", "_action": "submit", "urgent_word": "no"}
    done = browser.post(page, {name: str(value) for name, value in said.items()}, page=page)
    assert (done.status_code, done.headers["Location"]) == (303, "/inbox")
    told = browser.text("/inbox")
    assert "按规定您须回避" in told
    assert TITLE not in told
    (line,) = desk.engine.cases.list(SYSTEM, CaseQuestion(process_key="petition"))
    assert line.title == TITLE, "once, though she will not find it"
