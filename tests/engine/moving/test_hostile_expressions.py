"""Expressions written to exhaust the machine, in a case under way: an incident, and others go on."""

import time

from engine import SYSTEM
from engine.errors import DeploymentRefused
from tests.engine.moving.conftest import Workshop
from tests.unit.hostile.attacks import ATTACKS, PLACES

RUNNING = [
    "a condition",
    "a script",
    "a duration",
    "a date",
    "a timer at a step",
    "a deadline",
    "a correlation key",
    "a cell",
    "a literal expression",
]
CHOSEN = ["loops within loops", "branching recursion", "a doubled text", "the class of the case"]


MUST_STAND = {"a condition", "a duration", "a date", "a deadline", "a correlation key"}
"""Where a value is needed: nothing known there is an incident."""


def test_a_case_stands_still_with_a_sentence_and_the_next_one_goes_on(shop: Workshop) -> None:
    shop.deploy("example_request")
    stood = set()
    for place in RUNNING:
        for attack in CHOSEN:
            if not _deployed(shop, place, attack):
                continue
            begun = time.process_time()
            case_id = shop.begin("p")
            shop.finish("officer", case_id, "A", {"note": "模拟"})
            shop.work()
            assert time.process_time() - begun < 5, (place, attack)
            for told in shop.engine.cases.view(SYSTEM, case_id).incidents:
                assert told.endswith("已填写的内容都已保存。")
                assert len(told) < 1_000
                stood.add(place)
        begun = time.process_time()
        other = shop.applied()
        assert time.process_time() - begun < 5, f"another case was slower: {place}"
        assert shop.waiting(other) == ["review"]
    assert stood >= MUST_STAND


def _deployed(shop: Workshop, place: str, attack: str) -> bool:
    """Whether the gate let it through."""
    try:
        shop.engine.definitions.deploy(SYSTEM, PLACES[place].files(ATTACKS[attack]))
    except DeploymentRefused:
        return False
    return True
