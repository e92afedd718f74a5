"""The English of our own processes: it names nothing unknown, and its pages hold no Chinese."""

import difflib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine.definitions import Known, check_bundle
from engine.definitions.checks import english_words
from engine.definitions.draft import read_draft
from engine.definitions.folder import folder_source, read_folder
from engine.errors import Finding
from engine.forms import CompiledForm, Filler
from engine.model.definitions import Bundle, SourceFile
from engine.model.english import NO_ENGLISH
from engine.runtime import Program, compile_program
from webapp.forms.render import FormView, draw_answers, draw_form
from webapp.shared.language import _, speak

ROOT = Path(__file__).parents[3]
KEYS = sorted(path.stem for path in (ROOT / "processes").glob("*/*.english"))
HAN = re.compile("[\u3400-\u9fff]+")
KEPT = re.compile(r'(?:data-insert|value)="[^"]*"')
"""What is kept is Chinese: the values of choices, what a button inserts into an answer."""

TO_TYPE = {"匿名"}
"""What is to be typed as it stands."""


@pytest.fixture(scope="module", params=KEYS)
def program(request: pytest.FixtureRequest) -> Program:
    return compile_program(folder_source(ROOT / "processes", ROOT / "forms", request.param))


@pytest.fixture(scope="module")
def pages() -> Flask:
    app = Flask(__name__)
    speak(app)
    return app


def drawn(form: CompiledForm, *, filled: bool = False) -> str:
    """Everything of a form as a page has it, conditions aside; ``filled``: with rows of lists."""
    rows = {asked.key: [{}] for asked in form.fields.values() if asked.row_fields and filled}
    view = FormView(form, rows, upload_url="/u", phone_url="/p", translate=_)
    return draw_form(view) + draw_answers(view)


def forms_of(program: Program) -> list[CompiledForm]:
    steps = [
        program.form_of(element, filler) for element in program.elements() for filler in Filler
    ]
    return [*program.forms.values(), *(form for form in steps if form is not None)]


@pytest.mark.parametrize("key", KEYS)
def test_no_english_names_something_unknown_and_none_is_missing(key: str) -> None:
    bundle = read_folder(ROOT / "processes", ROOT / "forms", key)
    draft, unread = read_draft(bundle, Known({}, {}, frozenset(), {}))
    assert [finding.message for finding in (*unread, *english_words.check(draft))] == []


def test_an_english_page_of_any_form_has_no_chinese_in_it(program: Program, pages: Flask) -> None:
    english = {"HTTP_COOKIE": "lang=en"}
    for form in forms_of(program):
        with pages.test_request_context("/", environ_base=english):
            page = KEPT.sub("", drawn(form, filled=True))
        left = sorted(set(HAN.findall(page)) - TO_TYPE)
        assert (form.id, left) == (form.id, [])


def test_a_chinese_page_is_what_it_is_without_english(program: Program, pages: Flask) -> None:
    for form in forms_of(program):
        with pages.test_request_context("/"):
            assert drawn(form) == drawn(replace(form, english=NO_ENGLISH))


def test_every_step_of_a_process_has_an_english_name(program: Program) -> None:
    names = [element.name for element in program.elements() if element.name]
    assert [name for name in names if HAN.search(program.english.of(name))] == []


def with_lines(*added: str) -> tuple[list[Finding], list[str]]:
    """What is said of the English of a process with more lines, and all its lines."""
    bundle = read_folder(ROOT / "processes", ROOT / "forms", "example_request")
    more = "".join(f"\n{line}" for line in added).encode()
    files = tuple(
        SourceFile(file.name, file.content + more) if file.name.endswith(".english") else file
        for file in bundle.files
    )
    found = check_bundle(Bundle(files), Known({}, {}, frozenset(), {}))
    (english,) = [file for file in files if file.name.endswith(".english")]
    said = [one for one in found if one.code.startswith("english")]
    return said, english.content.decode().splitlines()


def test_a_wrong_text_is_found_by_its_line() -> None:
    (found,), lines = with_lines('"没有这句" = "Nobody says this"')
    assert (found.severity, found.code) == ("warning", "english-unknown")
    assert lines[(found.line or 0) - 1].startswith('"没有这句"')


def test_a_glossary_laid_beside_a_process_is_told_of_in_a_few_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A near text is looked for among all of the process: not for each of two thousand."""
    looked: list[str] = []
    near = difflib.get_close_matches

    def counted(word: str, *more: Any, **named: Any) -> list[str]:
        looked.append(word)
        return near(word, *more, **named)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    terms = [f"模拟术语第{n}条" for n in range(2_000)]
    found, lines = with_lines(*(f'"{term}" = "Term"' for term in terms))
    most = english_words.MOST_TOLD
    assert [one.code for one in found] == ["english-unknown"] * (most + 1)
    assert looked == terms[:most]
    assert f"{len(terms) - most} 条" in found[-1].message
    assert f" {len(terms) - most} more texts" in found[-1].message_en
    assert lines[(found[-1].line or 0) - 1].startswith(f'"{terms[most]}"')
