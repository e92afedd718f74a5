"""The gate in a process of its own: the same answers, and an end whatever the file."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import pytest

from engine.definitions import Known, apart, check_bundle
from engine.definitions.apart import check_apart, play_apart, question_of, understood
from engine.definitions.fork_server import ForkServer
from engine.definitions.scenarios import play_bundle
from engine.model.definitions import Bundle, SourceFile
from tests.support.waiting import WAITED, until

HERE = Path(__file__).parent
SOME = ("broken/deadlock.bpmn", "broken/operation-input-missing.bpmn", "good/shorthand.bpmn")


@pytest.mark.parametrize("name", SOME)
def test_it_finds_what_the_gate_finds(name: str, known: Known, bundle_of) -> None:  # type: ignore[no-untyped-def]
    bundle = bundle_of(HERE / name)
    assert check_apart(bundle, known) == check_bundle(bundle, known)


@pytest.mark.parametrize("name", SOME)
def test_a_child_of_a_command_finds_it_too(name: str, known: Known, bundle_of) -> None:  # type: ignore[no-untyped-def]
    """Asked by a process of one thread, which this one is not."""
    bundle = bundle_of(HERE / name)
    script = (
        "import json, sys\nfrom engine.definitions.apart import check_forked, understood\n"
        "print(json.dumps([f.code for f in check_forked(*understood(json.load(sys.stdin)))]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(question_of(bundle, known)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(told.stdout) == [f.code for f in check_bundle(bundle, known)]


@pytest.mark.parametrize("does", ["while True: pass", "os.kill(os.getpid(), 9)", "1 / 0"])
def test_a_child_of_a_command_ends_whatever_it_does(does: str) -> None:
    script = f"""
import os, signal
from engine.definitions.fork_server import NoAnswer, ask_forked
def answer(question):
    {does}
try:
    ask_forked(b"?", answer, 1)
except NoAnswer:
    print("no answer")
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=WAITED, check=True
    )
    assert told.stdout == "no answer\n"


def _with_a_gate_that(does: str, monkeypatch: pytest.MonkeyPatch, patience: float = WAITED) -> None:
    """The same process, whose gate does something else."""
    script = f"""
import socket, sys
import engine.definitions.apart as apart
from engine.definitions.fork_server import serve
apart.SECONDS, apart.PATIENCE = 1, {patience:.0f}
def gate(bundle, known):
    {does}
apart.check_bundle = gate
serve(socket.socket(fileno=int(sys.argv[1])), apart.answered, 9000)
"""
    monkeypatch.setattr(apart, "_server", ForkServer(("-c", script)))
    monkeypatch.setattr(apart, "PATIENCE", WAITED)  # of whoever asks: it also begins the server


@pytest.mark.parametrize(
    ("does", "code"),
    [
        pytest.param("while True: pass", "check-unfinished", id="computes for ever"),
        pytest.param("bytearray(4 * 1024 ** 3)", "check-too-large", id="takes all memory"),
        pytest.param("import os; os.kill(os.getpid(), 9)", "check-unfinished", id="dies"),
    ],
)
def test_what_does_not_end_well_is_ended_and_the_next_is_checked(  # type: ignore[no-untyped-def]
    does: str, code: str, monkeypatch, known: Known, bundle_of
) -> None:
    bundle = bundle_of(HERE / "good/shorthand.bpmn")
    name = bundle.files[0].name
    _with_a_gate_that(
        f"if bundle.files[0].name == 'p.bpmn':\n        {does}\n    return ()", monkeypatch
    )
    (found,) = check_apart(Bundle((SourceFile("p.bpmn", b"<a/>"),)), known)
    assert (found.severity, found.code, found.file) == ("error", code, "p.bpmn")
    assert name != "p.bpmn"
    assert check_apart(bundle, known) == ()
    apart._server.close()


@pytest.mark.parametrize(
    ("processes", "codes"),
    [pytest.param(1, ["check-unfinished"], id="one"), pytest.param(6, [], id="six together")],
)
def test_many_processes_at_once_are_given_the_time_of_many(
    processes: int, codes: list[str], monkeypatch: pytest.MonkeyPatch, known: Known
) -> None:
    busy = "import time\n    while time.process_time() < 4: pass\n    return ()"
    _with_a_gate_that(busy, monkeypatch)
    files = tuple(SourceFile(f"p{n}.bpmn", b"<a/>") for n in range(processes))
    assert [one.code for one in check_apart(Bundle(files), known)] == codes
    apart._server.close()


STUCK = Bundle((SourceFile("p.bpmn", b"<a/>"),))


def test_a_child_that_only_waits_is_ended_by_the_clock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, known: Known
) -> None:
    """It computes nothing, so no limit of processor time ends it; whoever asks has long patience.

    No time is measured: without the limit on the clock nothing would end the child for hours.
    """
    noted = tmp_path / "pid"
    _with_a_gate_that(
        f"import os, pathlib, time; pathlib.Path({str(noted)!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(9000)",
        monkeypatch,
        patience=10,  # long enough to be begun, however busy the machine
    )
    (found,) = check_apart(STUCK, known)
    assert (found.severity, found.code, found.file) == ("error", "check-unfinished", "p.bpmn")
    child = Path("/proc") / noted.read_text()
    until(lambda: not child.exists(), "its end")
    apart._server.close()


def test_others_are_answered_while_one_does_not_come_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    known: Known,
    bundle_of,  # type: ignore[no-untyped-def]
) -> None:
    """The first is held until the others have their answers, so no time can make this pass."""
    begun, answered = tmp_path / "begun", tmp_path / "answered"
    _with_a_gate_that(
        "import pathlib, time\n"
        "    if bundle.files[0].name == 'p.bpmn':\n"
        f"        pathlib.Path({str(begun)!r}).touch()\n"
        f"        while not pathlib.Path({str(answered)!r}).exists(): time.sleep(0.01)\n"
        "    return ()",
        monkeypatch,
    )
    with ThreadPoolExecutor(1) as threads:
        stuck = threads.submit(check_apart, STUCK, known)
        try:
            until(lambda: begun.exists() or stuck.done(), "the one that is stuck")
            good = bundle_of(HERE / "good/shorthand.bpmn")
            assert [check_apart(good, known) for _ in range(3)] == [()] * 3
            assert begun.exists()
            assert not stuck.done()
        finally:
            answered.touch()
        assert stuck.result() == ()
    apart._server.close()


def test_many_ask_at_once_and_a_server_that_was_ended_is_started_again(
    known: Known, bundle_of
) -> None:  # type: ignore[no-untyped-def]
    bundle = bundle_of(HERE / SOME[0])
    expected = check_bundle(bundle, known)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _: check_apart(bundle, known), range(8))) == [expected] * 8
    process = apart._server._process
    assert process is not None
    process.kill()
    process.wait()
    assert check_apart(bundle, known) == expected


def test_the_process_that_stands_ready_ends_with_its_parent(tmp_path: Path) -> None:
    """However that ends: here by kill -9."""
    script = """
import os
import engine.definitions.apart as apart
from engine.definitions import Known
from engine.definitions.fork_server import ForkServer
from engine.model.definitions import Bundle
apart.check_apart(Bundle(()), Known())
print(apart._server._process.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    pid = int(ended.stdout)
    until(lambda: not Path(f"/proc/{pid}").exists(), "its end")


def test_the_child_is_told_all_that_the_parent_knows(known: Known, bundle_of) -> None:  # type: ignore[no-untyped-def]
    """A field that somebody adds to Known and forgets here would be a check that never fires."""
    full = replace(
        known,
        starts=frozenset({"household"}),
        beside=frozenset({"elsewhere"}),
        never_together=frozenset({frozenset({"officer", "reviewer"})}),
    )
    assert all(getattr(full, one.name) for one in fields(Known))
    given = replace(bundle_of(HERE / SOME[1]), called=full.deployed)
    bundle, told = understood(json.loads(json.dumps(question_of(given, full))))
    assert bundle == given
    for one in fields(Known):
        if one.name != "operations":  # known by their shapes
            assert getattr(told, one.name) == getattr(full, one.name)
    for name, operation in full.operations.items():
        shape = told.operations[name]
        assert (shape.inputs, shape.outputs) == (operation.inputs, operation.outputs)
        assert set(shape.required) == set(operation.required)


PLAYED = b'title = "x"\n[expect]\nopen = true\n'


def test_it_plays_what_play_bundle_plays(known: Known, bundle_of) -> None:  # type: ignore[no-untyped-def]
    given = bundle_of(HERE / "good" / "straight.bpmn")
    bundle = Bundle((*given.files, SourceFile("straight.toml", PLAYED)))
    here, apart_from_here = (
        play_bundle(bundle, known, {"n": 1}),
        play_apart(bundle, known, {"n": 1}),
    )
    assert here == apart_from_here
    assert here.records


def test_scenarios_that_never_end_are_ended(monkeypatch, known: Known) -> None:  # type: ignore[no-untyped-def]
    script = """
import socket, sys
import engine.definitions.apart as apart
from engine.definitions.fork_server import serve
apart.SECONDS = 1
def play(*_):
    while True: pass
apart.play_bundle = play
serve(socket.socket(fileno=int(sys.argv[1])), apart.answered, 9000)
"""
    monkeypatch.setattr(apart, "_server", ForkServer(("-c", script)))
    monkeypatch.setattr(apart, "_patience_for", lambda _allowed: WAITED)
    played = play_apart(Bundle((SourceFile("p.toml", PLAYED),)), known, {})
    assert [(f.severity, f.code, f.file) for f in played.findings] == [
        ("error", "scenarios-unfinished", "p.toml")
    ]
    apart._server.close()
