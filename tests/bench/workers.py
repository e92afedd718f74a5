"""The main road in several processes at once, each with an engine of its own on one database.

The limit is as many processes that send the recorded statements. ``python -m tests.bench.workers``
is one of them: it reads ``ours`` or ``bare``, where its work is, then numbers, a JSON list a line,
and answers each line with the seconds of each operation and the processor time it took.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.store.database import Database
from tests.bench.complete import Model, completing, model_of
from tests.bench.ground import Ground, ground_again
from tests.bench.limits import BareConnection, Script
from tests.bench.rows import Done, Measured, in_turns, timed
from tests.crash.installation import ROOT


def complete_by(ground: Ground, work: str, rounds: int, each: int, processes: int) -> Measured:
    """Completions in process, by so many processes."""
    do = completing(ground)
    model = model_of(ground, do)
    number = rounds * each
    steps = ground.started(number + processes)
    fresh, *_ = ground.started(1)
    copies = ground.copies_of(fresh, number)
    with (
        TemporaryDirectory(dir=ground.data) as folder,
        team("ours", ground, Path(folder, "ours.json"), steps, processes) as ours,
        team("bare", ground, Path(folder, "bare.json"), copies, processes, model) as bare,
    ):
        ours.run(range(number, number + processes))  # each has compiled everything once
        found = in_turns(rounds, each, ours.run, bare.run, lambda: ours.cpu)
    return Measured(work, ground.db, found, model.script.statements, model.script.commits)


class Team:
    """Processes that work at the same time, each on its share."""

    def __init__(self, processes: Sequence[subprocess.Popen[str]]) -> None:
        self._processes = processes
        self.cpu = 0.0

    def run(self, part: range) -> Done:
        """Let all do their shares of these numbers."""
        begun = time.perf_counter()
        for place, process in enumerate(self._processes):
            assert process.stdin is not None
            process.stdin.write(json.dumps(list(part)[place :: len(self._processes)]) + "\n")
            process.stdin.flush()
        answers = [json.loads(_line(process)) for process in self._processes]
        lasted = time.perf_counter() - begun
        self.cpu += sum(answer["cpu"] for answer in answers)
        return tuple(s for answer in answers for s in answer["seconds"]), lasted


@contextmanager
def team(
    kind: str,
    ground: Ground,
    file: Path,
    about: Sequence[str],
    processes: int,
    model: Model | None = None,
) -> Iterator[Team]:
    """So many processes, ready; ``about``: the steps, or the cases of the bare work."""
    told = None if model is None else [model.case_id, model.script.to_json()]
    file.write_text(json.dumps({"about": list(about), "script": told}), encoding="utf-8")
    words = [sys.executable, "-m", "tests.bench.workers", kind, ground.url, str(ground.data)]
    started = [
        subprocess.Popen(
            [*words, str(file)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    try:
        for process in started:
            assert _line(process).strip() == "ready"
        yield Team(started)
    finally:
        for process in started:
            process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def main(kind: str, url: str, data: str, file: str) -> None:
    """Be one of the processes."""
    known = json.loads(Path(file).read_text(encoding="utf-8"))
    if kind == "ours":
        with ground_again(url, Path(data)) as on:
            do = completing(on)
            _serve(lambda number: do(known["about"][number]))
        return
    case_id, text = known["script"]
    script, bare = Script.from_json(text), BareConnection(Database(url))
    scripts = [script.about(case_id, other) for other in known["about"]]
    _serve(lambda number: bare.run(scripts[number % len(scripts)]))
    bare.close()


def _serve(do: Callable[[int], object]) -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        cpu = time.process_time()
        seconds = [timed(do, number) for number in json.loads(line)]
        print(json.dumps({"seconds": seconds, "cpu": time.process_time() - cpu}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
