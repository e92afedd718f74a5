"""The register's words agree with the forms, and its pure rules with what they promise."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from registry import vocabulary
from registry.household import packed, shown_of, unpacked
from registry.notice import holds_number, without_numbers
from registry.sections import masked, sections, whole
from tests.registry.town import ROOT

CODES = {
    "application_kind": vocabulary.APPLICATION_KINDS,
    "worker_kind": vocabulary.WORKER_KINDS,
    "single_parent": vocabulary.YES_NO,
    "living_together": vocabulary.YES_NO,
    "counted": vocabulary.YES_NO,
    "has_dibao": vocabulary.YES_NO,
    "cause_main": vocabulary.CAUSES,
    "causes_more": vocabulary.CAUSES,
    "income_kind": vocabulary.INCOME_KINDS,
    "expense_kind": vocabulary.EXPENSE_KINDS,
    "consent_publication": vocabulary.PUBLICATION,
    "category": vocabulary.CATEGORIES,
}


def _components(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield part
        yield from _components(part.get("components", []))


def test_every_choice_of_the_forms_has_its_words_here() -> None:
    seen = set()
    for path in sorted((ROOT / "forms/archiving").glob("*.form")):
        form = json.loads(path.read_text(encoding="utf-8"))
        for part in _components(form["components"]):
            codes = CODES.get(part.get("key", ""))
            if codes is None:
                continue
            for choice in part.get("values", []):
                seen.add(part["key"])
                # The form may explain a choice in brackets.
                assert choice["label"].startswith(vocabulary.words(codes, choice["value"]))
    assert seen == CODES.keys()


def test_a_file_without_answers_shows_no_empty_parts() -> None:
    assert sections({}, masked) == ()
    (only,) = sections({"head": {"name": "林模拟", "mobile": None, "sex": ""}}, whole)
    assert [(fact.label, fact.text) for fact in only.facts] == [("姓名", "林模拟")]


def test_what_lists_show_is_derived_from_the_content_alone() -> None:
    head = {"name": "林模拟", "id_number": "35060219900101990x", "mobile": "154-0000 0002"}
    members = [{"counted": "yes"}, {"counted": "no"}]
    shown = shown_of({"head": head, "members": members, "category": "deep"}, lambda text: text)
    assert (shown.head_hash, shown.head_last4) == ("35060219900101990X", "990X")
    assert (shown.mobile_hash, shown.size, shown.status) == ("15400000002", 2, "awaiting_entry")
    with pytest.raises(Invalid, match="户主"):
        shown_of({"head": {"name": "林模拟"}}, lambda text: text)


def test_equal_contents_are_packed_alike_and_come_back() -> None:
    one = {"b": Decimal("1.50"), "a": Decimal(2)}
    assert packed(one) == packed(dict(reversed(one.items()))) == b'{"a":2,"b":1.5}'
    assert unpacked(packed(one)) == {"a": 2, "b": 1.5}


@given(st.text(), st.from_regex(r"[0-9]{11,20}", fullmatch=True), st.text())
def test_no_number_of_a_person_survives(before: str, number: str, after: str) -> None:
    shown = without_numbers(f"{before}{number}{after}")
    assert number not in shown
    assert not holds_number(shown)


@pytest.mark.parametrize("number", ["0596-2012345", "154 0000 0002", "35060219900101990X"])
def test_a_number_is_known_however_it_is_written(number: str) -> None:
    assert without_numbers(f"电话{number}。") == "电话****。"


@pytest.mark.parametrize(
    "words", ["2026-11-09 至 2026-11-16", "3 号楼 12 室", "六楼 608", "", "公示栏"]
)
def test_other_words_stay_as_they_are(words: str) -> None:
    assert without_numbers(words) == words
