"""Nothing of a complaint reaches whom it is about: every page, every address, every number.

A complaint about an officer of one union is recorded at another. Everybody who must not know of
it asks for everything there is to ask, before it is there and after, with its ids and numbers; what
they are answered must be the same to the letter.
"""

import difflib
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import insert
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine import SYSTEM, Engine, Request
from engine.model.clock import FixedClock
from engine.model.ids import new_case_id
from engine.model.tasks import InboxFilter
from engine.store import messages
from engine.store.database import Tx
from engine.store.messages import CASE, NewMessage
from engine.store.tables import job
from tests.crash.installation import KEY as MASTER_KEY
from tests.crash.installation import PASSWORD, prepare
from tests.engine.moving.conftest import form
from tests.support.grievances import KEY, grievance, with_identity
from tests.support.templates import Templates
from tests.web.conftest import MONDAY_MORNING, Browser, token_of
from webapp.app import create_app
from webapp.opening import opened
from webapp.settings import Settings
from webapp.standard.indicators import TOPICS

AWAY = ("officer", "chair", "township", "supervisor", "admin", "city")
"""Whom it is about, her colleague, their superiors, the administrator, the area's supervisor."""

SAID = {"matter": "staff", "accused": "officer", "unit": "u1", "about": "克扣慰问品一事"}
PAPER = b"%PDF-1.7\n% a page\n%%EOF\n"
NOT_ASKED = {"static", "api.audit", "api.audit_verify"}
"""The chain grows by every look; what it says to whom is tested with the engine."""
_OTHER_EACH_TIME = re.compile(
    r'("request_id":")[^"]*|(name="(?:csrf_token|_nonce)" value=")[^"]*|(nonce-)[\w-]+|(csrf-token" content=")[^"]*'
)


@dataclass
class Names:
    """What could be known of a case; ``file_id`` is a paper of it."""

    case_id: str
    task_id: str
    number: str
    file_id: str = "f" * 26
    title: str = "反映 克扣慰问品一事"
    words: tuple[str, ...] = field(default=("克扣慰问品",))
    key: str = KEY
    element: str = "look"

    def taken_out_of(self, text: str) -> str:
        for known in (self.task_id, self.case_id, self.file_id, self.number):
            text = text.replace(known, "…")
        return re.sub(rf"(?<!\d){self.number[-6:]}", "…", text)


@dataclass
class Desk:
    """An installation with its register, and a complaint desk."""

    app: Flask
    engine: Engine


def settings_of(url: str, folder: Path) -> Settings:
    return Settings(key=MASTER_KEY, data_dir=folder, database_url=url, is_demo=True)


def set_up(url: str, folder: Path) -> None:
    """The federation with a complaint desk; somebody of the city may look into what the county
    must not."""
    prepare(url, folder, "example_request")
    with opened(settings_of(url, folder), FixedClock(MONDAY_MORNING)) as installation:
        engine = installation.engine
        files = (*grievance(excludedSuperiors="township,county"), form("blank", "note"))
        engine.definitions.deploy(SYSTEM, files)
        admin = engine.directory.actor_named("admin")
        engine.directory.grant(admin, "p-designer", "county_reviewer", "zz")


@contextmanager
def desk_on(url: str, folder: Path) -> Iterator[Desk]:
    """The site on a database that is ready, on a Monday morning."""
    settings = settings_of(url, folder)
    with opened(settings, FixedClock(MONDAY_MORNING)) as installation:
        app = create_app(settings, installation.engine, installation.registry)
        yield Desk(app, installation.engine)


@pytest.fixture
def desk(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[Desk]:
    with templates.copy(database_kind, set_up, tmp_path) as url, desk_on(url, tmp_path) as one:
        yield one


def complained(desk: Desk) -> Names:
    """The complaint, recorded."""
    teller = desk.engine.directory.actor_named("other_officer")
    case_id = desk.engine.cases.start(teller, Request(KEY, "u2", {})).case_id
    (record,) = desk.engine.tasks.inbox(teller, InboxFilter()).lines
    desk.engine.tasks.complete(teller, record.id, SAID)
    (look,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
    assert look.handling_id == "zz", "all of the county are kept away"
    paper = desk.engine.files.attach(teller, case_id, "举报信.pdf", PAPER, "举报信")
    return Names(case_id, look.id, look.case_number, paper.id)


def addresses(app: Flask, names: Names) -> Iterator[str]:
    """Every address there is, with what could be known of the case filled in."""
    for rule in app.url_map.iter_rules():
        asked = rule.endpoint not in NOT_ASKED and rule.rule != "/metrics"
        if asked and rule.methods and "GET" in rule.methods:
            yield filled(rule, names)
    for text in (names.number, names.number[-6:], names.title, *names.words):
        for page in ("/cases", "/inbox", "/households", "/done"):
            yield f"{page}?q={text}"
        yield f"/api/v1/search?q={text}"
    yield f"/together?task={names.task_id}"
    yield f"/supervision/orders/new?task={names.task_id}"
    yield f"/cases?process={names.key}"
    yield f"/api/v1/tasks?process_instance_id={names.case_id}"
    yield f"/api/v1/process-instances?definition_key={names.key}"
    for page in ("overdue", "overdue.xlsx", "due", "month", "month/steps", "by-unit", "unstaffed"):
        for narrowed in (f"step={names.key}.{names.element}", "unit=zz", "person=p-designer"):
            yield f"/supervision/{page}?{narrowed}"
    if names.key in TOPICS:
        for span in ("", "&since=2026-11-09&until=2026-11-09", "&below=xc"):
            yield f"/supervision/indicators?{span}"
            for figure in TOPICS[names.key].numbers():
                yield f"/supervision/indicators/cases?process={names.key}&figure={figure}{span}"
    yield f"/cases?step={names.element}"
    yield f"/cases?unit=u2&process={names.key}&state=active"


ANY = {
    "token": "of-nothing",
    "version": "1",
    "year": "2026",
    "kind": "households",
    "name": "notice%20days",
    "filename": "src/report.css",
    **dict.fromkeys(
        (
            "batch_no",
            "channel_id",
            "designation_id",
            "document_id",
            "duty_id",
            "errand_id",
            "expense_id",
            "file_no",
            "grant_id",
            "line_id",
            "list_id",
            "message_id",
            "migration_id",
            "notice_id",
            "payment_id",
            "plan_id",
            "profile_id",
            "record_id",
            "sending",
            "upload_id",
        ),
        "1",
    ),
}
"""What stands in addresses and leads to no case. A new name must be told here, or in Names: the walk
does not guess that it leads nowhere."""


def filled(rule: Rule, names: Names) -> str:
    known: Mapping[str, str] = {
        **ANY,
        "case_id": names.case_id,
        "task_id": names.task_id,
        "file_id": names.file_id,
        "incident_id": names.case_id,
        "key": names.key,
        "process_key": names.key,
        "organisation_id": "u2",
        "unit_id": "u2",
        "person_id": "p-other_officer",
        "element_id": names.element,
        "number": "1" if "int" in rule.rule else names.number,
        "definition_id": f"{names.key}:1",
        "code": "zh",
    }
    return re.sub(r"<(?:[^:<>]+(?:\([^)]*\))?:)?(\w+)>", lambda found: known[found[1]], rule.rule)


def told(answer: TestResponse, names: Names) -> str:
    """What an answer says, without what is other each time and the names that were asked for."""
    if "spreadsheet" in answer.mimetype:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        cells = [[list(row) for row in sheet.values] for sheet in book.worksheets]
        return names.taken_out_of(str(cells))
    text = unescape(answer.get_data().decode("utf-8", "replace"))
    text = text.replace(answer.headers.get("X-Request-Id") or "(none)", "…")
    return names.taken_out_of(_OTHER_EACH_TIME.sub("", text))


def walk(desk: Desk, username: str, names: Names) -> dict[str, tuple[int, str]]:
    """What somebody is answered, page by page."""
    browser = Browser(desk.app)
    assert browser.sign_in(username, PASSWORD).status_code == 303
    made = browser.client.post(
        "/api/v1/tokens", json={"username": username, "password": PASSWORD}
    ).get_json()["token"]
    found = {}
    for address in addresses(desk.app, names):
        headers = {"Authorization": f"Bearer {made}"} if address.startswith("/api/") else {}
        answer = browser.client.get(address, headers=headers)
        found[names.taken_out_of(address)] = (answer.status_code, told(answer, names))
    return found


HEADS = ("ETag", "Last-Modified", "Location", "Content-Disposition", "Content-Type", "Allow")
FORM = {
    "reason": "核对需要,请予登记",
    "note": "已核",
    "person": "p-reviewer",
    "compartment": "identity",
    "answer": "yes",
    "label": "材料",
    "_action": "submit",
    "_rev": "1",
}
"""What forms ask for, so that nobody is refused for leaving it out."""


def knock(desk: Desk, username: str, names: Names) -> dict[str, tuple[int, str]]:
    """What somebody is answered who does whatever can be done to a case whose names she knows."""
    browser = Browser(desk.app)
    assert browser.sign_in(username, PASSWORD).status_code == 303
    made = browser.client.post(
        "/api/v1/tokens", json={"username": username, "password": PASSWORD}
    ).get_json()["token"]
    csrf = token_of(browser.get("/inbox").get_data(as_text=True))
    found = {}
    for method, address, fields in doings(desk.app, names):
        if address.startswith("/api/"):
            answer = browser.client.open(
                address,
                method=method,
                headers={
                    "Authorization": f"Bearer {made}",
                    "If-Match": '"1"',
                    "Idempotency-Key": f"{username}-{len(found)}-{names.case_id}",
                },
                **(
                    {"data": {"file": (io.BytesIO(PAPER), "a.pdf")}}
                    if address.endswith("/files")
                    else {
                        "json": {"reason": "开错了这一件", "data": {}, "case_ids": [names.case_id]}
                        | fields
                    }
                ),
            )
        else:
            answer = browser.client.open(
                address,
                method=method,
                data={
                    "csrf_token": csrf,
                    **FORM,
                    **fields,
                    "file": (io.BytesIO(PAPER), "a.pdf"),
                },
            )
        heads = [names.taken_out_of(str(answer.headers.get(name))) for name in HEADS]
        found[f"{method} {names.taken_out_of(address)} {sorted(fields)}"] = (
            answer.status_code,
            "\n".join((*heads, told(answer, names))),
        )
    return found


OF_A_CASE = frozenset({"case_id", "task_id", "file_id", "incident_id"})


def doings(app: Flask, names: Names) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Whatever changes something of a case, a step or a paper, by its address or by what is sent."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            if rule.arguments & OF_A_CASE:
                yield method, filled(rule, names), {}
    yield "POST", "/supervision/remind", {"task": names.task_id, "way": "copy"}
    yield "POST", "/together", {"_task": names.task_id}
    yield "POST", f"/lists/{names.key}/{names.key}/{names.element}", {"_task": names.task_id}
    yield "POST", "/start/supervision_order/u2", {"about": names.task_id}
    yield "POST", "/api/v1/messages", {"name": "ended", "correlation": names.case_id}
    yield "POST", "/earlier", {"number": "13900000035"}


def lines_apart(one: tuple[int, str], other: tuple[int, str]) -> list[str]:
    """What two answers say differently."""
    lines = difflib.ndiff(one[1].splitlines(), other[1].splitlines())
    return [f"{one[0]} {other[0]}", *(line for line in lines if line[0] in "+-")]


@pytest.mark.parametrize("username", AWAY)
def test_nobody_who_is_kept_away_is_told_anything(desk: Desk, username: str) -> None:
    nothing = new_case_id(MONDAY_MORNING)
    before = walk(desk, username, Names(nothing, f"{nothing}-2", "漳芗-2026-000999"))
    names = complained(desk)
    after = walk(desk, username, names)
    assert before.keys() == after.keys()
    assert {a: lines_apart(before[a], after[a]) for a in before if before[a] != after[a]} == {}
    for address, (_status, text) in after.items():
        for word in names.words:
            assert "?q=" in address or word not in text, address


@pytest.mark.parametrize("username", AWAY)
def test_what_is_done_to_it_is_answered_as_for_a_case_that_is_not_there(
    desk: Desk, username: str
) -> None:
    names = complained(desk)
    before = history(desk, names.case_id)
    there = knock(desk, username, names)
    nothing = new_case_id(MONDAY_MORNING)
    absent = Names(nothing, f"{nothing}-2", "漳芗-2026-000999", "e" * 26)
    nowhere = knock(desk, username, absent)
    assert there.keys() == nowhere.keys()
    apart = {
        one: lines_apart(nowhere[one], there[one]) for one in there if there[one] != nowhere[one]
    }
    assert apart == {}
    assert history(desk, names.case_id) == before, "and nothing of it was done"
    assert len(there) > 20


def test_who_may_do_it_is_answered_otherwise(desk: Desk) -> None:
    names = complained(desk)
    nothing = new_case_id(MONDAY_MORNING)
    nowhere = knock(desk, "designer", Names(nothing, f"{nothing}-2", "漳芗-2026-000999", "e" * 26))
    there = knock(desk, "designer", names)
    different = {one for one in there if there[one] != nowhere[one]}
    assert {"POST /tasks/…/claim []", "POST /api/v1/tasks/…/claim []", "POST /cases/…/papers []"} <= different  # fmt: skip


def test_no_digest_and_no_message_speaks_of_it(desk: Desk) -> None:
    telling, days = desk.engine.telling, (date(2026, 11, 9), date(2026, 11, 10))
    told: list[dict[str, list[tuple[str, object]]]] = []
    for day in days:
        telling.tell(day)
        told.append(
            {
                one: [
                    (message.text, message.facts)
                    for message in telling.of_person(desk.engine.directory.actor_named(one))
                    if message.day == day
                ]
                for one in (*AWAY, "designer")
            }
        )
        complained(desk)
    assert {who: told[0][who] for who in AWAY} == {who: told[1][who] for who in AWAY}
    assert told[1]["designer"] != told[0]["designer"]


def history(desk: Desk, case_id: str) -> list[object]:
    return list(desk.engine.cases.history(SYSTEM, case_id))


def test_an_address_nobody_has_told_the_walk_of_is_noticed(desk: Desk) -> None:
    for rule in desk.app.url_map.iter_rules():
        filled(rule, Names("1", "1", "1"))
    with pytest.raises(KeyError, match="secret_id"):
        filled(Rule("/secrets/<secret_id>"), Names("1", "1", "1"))


def test_the_figures_for_machines_are_the_same_with_and_without_it(desk: Desk) -> None:
    """Whoever runs the machine reads them, and may be whom it is about (/metrics)."""
    before = desk.engine.operating.figures()
    names = complained(desk)
    told = desk.engine.cases.view(SYSTEM, names.case_id).case
    assert told.excludes
    goes_wrong(desk, names.case_id)
    assert desk.engine.operating.figures() == before
    desk.engine.tasks.claim(desk.engine.directory.actor_named("designer"), names.task_id)
    assert desk.engine.operating.figures() == before
    teller = desk.engine.directory.actor_named("other_officer")
    other = desk.engine.cases.start(teller, Request(KEY, "u2", {})).case_id
    goes_wrong(desk, other)
    after = desk.engine.operating.figures()
    assert (after.failed_jobs, after.waiting_messages) == (1, 1)
    assert sum(one.steps for one in after.inboxes) == 1


def goes_wrong(desk: Desk, case_id: str) -> None:
    """A job of the case has failed for good, one is late, and a message about it waits."""
    long_ago, kinds = "2026-11-01T00:00:00.000000Z", (("failed", "retry"), ("waiting", "timer"))
    jobs = [
        {
            "case_id": case_id,
            "token": f"{case_id}-{kind}",
            "kind": kind,
            "process_key": KEY,
            "element_id": "look",
            "due_at": long_ago,
            "status": status,
            "attempts": 3,
            "fence": 0,
            "created_at": long_ago,
        }
        for status, kind in kinds
    ]
    new = NewMessage(
        f"m-{case_id}", CASE, "sms", "u2", date(2026, 11, 9), "请联系", case_id=case_id
    )

    def write(tx: Tx) -> None:
        tx.execute(insert(job), jobs)
        messages.add(tx, [new], MONDAY_MORNING)

    desk.engine.execute(write)


def test_the_walk_finds_what_there_is_to_find(desk: Desk) -> None:
    nothing = new_case_id(MONDAY_MORNING)
    before = walk(desk, "designer", Names(nothing, f"{nothing}-2", "漳芗-2026-000999"))
    after = walk(desk, "designer", complained(desk))
    different = {address for address in before if before[address] != after.get(address)}
    assert {"/inbox", "/cases", "/cases/…", "/tasks/…", "/api/v1/tasks"} <= different


def test_what_is_sealed_is_asked_for_and_let_in_on_the_page_of_the_case(desk: Desk) -> None:
    kept = with_identity(confidentiality='=if matter = "staff" then "confidential" else "ordinary"')
    desk.engine.definitions.deploy(SYSTEM, (*kept, form("blank", "note")))
    teller = desk.engine.directory.actor_named("other_officer")
    case_id = desk.engine.cases.start(teller, Request(KEY, "u2", {})).case_id
    (record,) = desk.engine.tasks.inbox(teller, InboxFilter()).lines
    said = {"matter": "staff", "about": "食堂伙食", "complainant": "陈模拟工"}
    desk.engine.tasks.complete(teller, record.id, said)
    page = f"/cases/{case_id}"

    city, reviewer = signed_in(desk, "city"), signed_in(desk, "reviewer")
    assert "陈模拟工" not in city.text(page)
    assert "已密封" in city.text(page)
    assert "申请查看:反映人" in city.text(page)
    asked = {"compartment": "identity", "reason": "需要核对反映人是否本单位职工"}
    assert city.post(f"{page}/sealed", asked, page=page).status_code == 303

    assert "陈模拟工" in reviewer.text(page)
    assert "需要核对反映人是否本单位职工" in reviewer.text(page)
    (number,) = re.findall(rf"{page}/sealed/(\d+)", reviewer.text(page))
    answered = {"answer": "yes", "reason": "核对身份确有需要,同意"}
    done = reviewer.post(f"{page}/sealed/{number}", answered, page=page)
    assert done.status_code == 303
    assert "陈模拟工" in city.text(page)
    assert "申请查看" not in signed_in(desk, "other_officer").text(page)


def signed_in(desk: Desk, username: str) -> Browser:
    browser = Browser(desk.app)
    assert browser.sign_in(username, PASSWORD).status_code == 303
    return browser
