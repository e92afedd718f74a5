"""How much memory a file may take, and that it is told as what it is."""

import json
import mmap
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.definitions import Known, apart, check_bundle
from engine.definitions.apart import check_forked, question_of
from engine.definitions.folder import read_folder
from engine.model.definitions import Bundle, SourceFile

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
RESERVED = 2 << 30
TOO_LARGE = [{"too_large": True}]

ASK = """
import json, mmap, sys
import engine.definitions.apart as apart
from engine.definitions import draft, gate
from engine.definitions.scenarios import report
from engine.runtime import parser
def takes(megabytes):
    return bytearray(megabytes << 20)
{before}
question = sys.stdin.buffer.read()
answers = []
for apart.MEGABYTES in {limits}:
    try:
        answers.append(json.loads(apart.ask_forked(question, apart.answered, 60)))
    except apart.NoAnswer:
        answers.append("unfinished")
print(json.dumps(answers))
"""


def _asked(
    question: dict[str, object], before: str, limits: tuple[int, ...] = (apart.MEGABYTES,)
) -> list[dict[str, object] | str]:
    """What the children of a process say in which ``before`` was done, one for each limit."""
    told = subprocess.run(
        [sys.executable, "-c", ASK.format(before=before, limits=limits)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    answers = json.loads(told.stdout)
    assert isinstance(answers, list)
    return answers


def _good(bundle_of, known: Known) -> dict[str, object]:  # type: ignore[no-untyped-def]
    return question_of(bundle_of(HERE / "good/shorthand.bpmn"), known)


THREADS = """
import threading
threading.stack_size(64 << 20)
end = threading.Event()
for _ in range(32): threading.Thread(target=end.wait, daemon=True).start()
"""


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(f"room = mmap.mmap(-1, {RESERVED}, prot=mmap.PROT_READ)", id="room"),
        pytest.param(THREADS, id="stacks of threads"),
    ],
)
def test_what_the_parent_has_reserved_is_not_held_against_a_file(  # type: ignore[no-untyped-def]
    before: str, known: Known, bundle_of
) -> None:
    """A process of many threads has gigabytes of addresses that it never uses."""
    honest = "apart.check_bundle = lambda *_: takes(300) and ()"
    hostile = "apart.check_bundle = lambda *_: takes(1100) and ()"
    question = _good(bundle_of, known)
    assert _asked(question, f"{before}\n{honest}") == [{"findings": []}]
    assert _asked(question, f"{before}\n{hostile}") == TOO_LARGE


def test_a_lower_limit_of_whoever_runs_it_holds(known: Known, bundle_of) -> None:  # type: ignore[no-untyped-def]
    """A shell's ``ulimit -v`` can be lowered only; to ask for more would be refused."""
    before = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))\n"
        "apart.check_bundle = lambda *_: takes(700) and ()"
    )
    assert _asked(_good(bundle_of, known), before) == TOO_LARGE


@pytest.mark.parametrize(
    "place",
    [
        "draft._bpmn_file = lambda _: takes(4096)",
        "gate.CHECKS = (*gate.CHECKS, lambda _: iter(lambda: takes(4096), None))",
        "parser._Start.create_task = lambda _: takes(4096)",
        "report.Player.play = lambda _: takes(4096)",
    ],
    ids=["reading", "a check", "trial run", "scenario"],
)
def test_wherever_too_much_is_asked_for_it_is_told_as_that(  # type: ignore[no-untyped-def]
    place: str, known: Known, bundle_of
) -> None:
    """Each of these places guards against failures; this one they let through."""
    given = bundle_of(HERE / "good/straight.bpmn")
    question = question_of(given, known)
    if "Player" in place:
        scenario = SourceFile("straight.toml", b'title = "x"\n[expect]\nopen = true\n')
        question = question_of(Bundle((*given.files, scenario)), known) | {"play": {}}
    assert _asked(question, "")[0] != TOO_LARGE[0]
    assert _asked(question, place) == TOO_LARGE


def test_a_file_that_comes_to_the_limit_bit_by_bit_is_called_nothing_else(known: Known) -> None:
    """Libraries that get no memory say that the file is no XML; here at each step of a check.

    A library that ends the process where it gets none leaves it unfinished.
    """
    largest = max((ROOT / "processes").glob("*/*.bpmn"), key=lambda path: path.stat().st_size)
    bundle = read_folder(ROOT / "processes", ROOT / "forms", largest.stem)
    question = question_of(bundle, known)
    limits = (0, 4, 7, 11, 13, apart.MEGABYTES)
    *short, enough = _asked(question, "", limits)
    assert {"too_large": True} in short
    assert all(answer in ({"too_large": True}, "unfinished") for answer in short)
    assert isinstance(enough, dict)
    assert enough.keys() == {"findings"}


def test_a_process_of_several_threads_is_not_forked(known: Known, bundle_of) -> None:  # type: ignore[no-untyped-def]
    """The answer is the same; here beside reserved room and a thread that lives on."""
    bundle = bundle_of(HERE / "broken/deadlock.bpmn")
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        with mmap.mmap(-1, RESERVED, prot=mmap.PROT_READ):
            assert check_forked(bundle, known) == check_bundle(bundle, known)
    finally:
        end.set()
        thread.join()
