"""What fuzzing once broke stays mended; and each target takes its own seeds in time."""

from pathlib import Path

import pytest

from tests.fuzz.run import NAMES
from tests.fuzz.targets import TARGETS

FOUND = sorted(path for path in (Path(__file__).parent / "found").rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_is_mended(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_a_target_takes_what_is_in_order_and_what_is_nothing(name: str) -> None:
    target = TARGETS[name]
    seeds = list(target.seeds())
    assert seeds
    for content in (b"", b"\x00", b"\xff\xfe", "漳州".encode("gbk"), seeds[0], seeds[-1]):
        target(content)
