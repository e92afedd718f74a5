"""Ids sort, read back and refuse what they cannot be."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import NotFound
from engine.model import ids

NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def as_uuid(text):
    number = 0
    for character in text:
        number = number * 32 + ALPHABET.index(character)
    return uuid.UUID(int=number)


def test_a_case_id_is_a_uuid_of_version_7_in_26_characters():
    made = ids.new_case_id(NOW)
    assert len(made) == 26
    read = as_uuid(made)
    assert read.version == 7
    assert read.variant == uuid.RFC_4122
    assert read.int >> 80 == int(NOW.timestamp() * 1000)


def test_case_ids_sort_by_the_instant_they_were_made():
    made = [ids.new_case_id(NOW + timedelta(milliseconds=n)) for n in range(50)]
    assert made == sorted(made)


def test_no_two_ids_of_one_instant_are_alike():
    assert len({ids.new_case_id(NOW) for _ in range(2000)}) == 2000
    assert len({ids.new_id() for _ in range(2000)}) == 2000


def test_the_case_of_a_business_clock_at_the_end_of_time_still_has_an_id():
    assert ids.case_id(ids.new_case_id(datetime(9000, 1, 1, tzinfo=UTC)))


def test_a_task_id_leads_back_to_its_case():
    case = ids.new_case_id(NOW)
    task = ids.task_id(case, 12)
    assert task == f"{case}-12"
    assert ids.split_task_id(task) == (case, 12)
    assert ids.case_id(case) == case


def test_a_definition_id_leads_back_to_key_and_version():
    assert ids.definition_id("example_request", 3) == "example_request:3"
    assert ids.split_definition_id("example_request:3") == ("example_request", 3)
    assert ids.split_definition_id("建档:1") == ("建档", 1)


@pytest.mark.parametrize(
    "text", ["", "x", "8" * 26, "0" * 25, "0" * 25 + "u", "0" * 25 + "A", "../x"]
)
def test_what_cannot_be_a_case_id_is_not_found(text):
    with pytest.raises(NotFound):
        ids.case_id(text)


@pytest.mark.parametrize("number", ["", "0", "01", "-1", "1x", "１", "1\n"])
def test_what_cannot_be_a_task_id_is_not_found(number):
    with pytest.raises(NotFound):
        ids.split_task_id(f"{ids.new_case_id(NOW)}-{number}")


@pytest.mark.parametrize(
    "text", ["", "key", "key:", "key:0", "key:v1", ":1", "a b:1", "a/b:1", "a:1:2"]
)
def test_what_cannot_be_a_definition_id_is_not_found(text):
    with pytest.raises(NotFound):
        ids.split_definition_id(text)


def test_tasks_and_versions_are_numbered_from_one():
    with pytest.raises(ValueError, match="from 1"):
        ids.task_id("0" * 26, 0)
    with pytest.raises(ValueError, match="from 1"):
        ids.definition_id("key", 0)
