"""信访维权: a list for each process of grievances, and the roster beside them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.templates import Templates
from tests.web.test_kept_away import Desk, desk_on, signed_in
from tests.web.test_kept_away_petition import TITLE, set_up, taken_down

MENU = 'href="/grievances"'


@pytest.fixture
def desk(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[Desk]:
    with templates.copy(database_kind, set_up, tmp_path) as url, desk_on(url, tmp_path) as one:
        yield one


def text(desk: Desk, who: str, address: str) -> str:
    return signed_in(desk, who).text(address)


def test_each_process_has_a_list_and_whoever_may_begin_it_a_button(desk: Desk) -> None:
    taken_down(desk.engine)
    assert MENU in text(desk, "reception", "/inbox")
    page = text(desk, "reception", "/grievances")
    assert TITLE in page
    assert 'href="/start/petition"' in page
    assert 'href="/grievances?process=petition" aria-current="page"' in page
    assert 'href="/duty"' in page
    assert "reception_day" not in page, "what is not deployed here has no list"
    assert TITLE not in text(desk, "reception", "/grievances?process=petition&state=completed")
    assert 'href="/start/petition"' not in text(desk, "handler", "/grievances")


def test_other_processes_and_whom_it_is_about_find_nothing_there(desk: Desk) -> None:
    empty = text(desk, "accused", "/grievances")
    taken_down(desk.engine)
    assert TITLE not in text(desk, "accused", "/grievances")
    assert text(desk, "accused", "/grievances").count("<tr>") == empty.count("<tr>")
    assert signed_in(desk, "reception").get("/grievances?process=archiving").status_code == 404
    assert MENU not in text(desk, "designer", "/inbox")


def test_what_is_begun_there_stays_under_its_menu(desk: Desk) -> None:
    page = text(desk, "reception", "/grievances")
    begin = page.partition('href="/start/petition')[2].partition('"')[0]
    form = text(desk, "reception", f"/start/petition{begin}")
    assert f'{MENU} aria-current="page"' in form
    assert 'href="/inbox" aria-current' not in form


def test_the_lists_are_called_in_english_on_an_english_page(desk: Desk) -> None:
    taken_down(desk.engine)
    reception = signed_in(desk, "reception")
    reception.client.set_cookie("lang", "en")
    tabs = reception.text("/grievances").partition('aria-current="page">')[2].partition("</nav>")[0]
    assert ">Petition</a>" in reception.text("/grievances")
    assert "信访" not in tabs
