"""Coverage-guided fuzzing (docs/decisions/0024): `make fuzz MINUTES=60`.

    python -m tests.fuzz.run                    every target, one after the other
    python -m tests.fuzz.run feel --minutes 10  one of them

What is new to the code is kept in var/fuzz/TARGET and is where the next run begins. An input that
breaks something is written to var/fuzz/found/TARGET-...: mend the code, and keep the input under
tests/fuzz/found/TARGET for tests/fuzz/test_found.py.
"""

import argparse
import random
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "var" / "fuzz"
LARGEST = 40_000
"""Bytes of an input: large files are a matter of limits, which have tests of their own."""
LARGEST_ZIP = 100_000
NAMES = ("feel", "dmn", "bpmn", "form", "answers", "document", "scenario", "workbook")


def main() -> int:
    """Fuzz what was asked, each in a process of its own; 1 where something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run")
    parser.add_argument("target", nargs="?", choices=NAMES)
    parser.add_argument("--minutes", type=float, default=10.0, help="for all of it together")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        _fuzz(asked.target, asked.minutes * 60)
        return 0
    names = [asked.target] if asked.target else list(NAMES)
    failed = [name for name in names if not _apart(name, asked.minutes / len(names))]
    for name in failed:
        print(f"{name}: broke; the inputs are in {KEPT / 'found'}")
    return 1 if failed else 0


def _apart(name: str, minutes: float) -> bool:
    """Fuzz one target until its time is over; libFuzzer ends at the first fault, so begin again."""
    end, runs, faults, features = time.monotonic() + minutes * 60, 0, 0, 0
    begun = time.monotonic()
    while (left := end - time.monotonic()) > 1:
        command = [
            sys.executable,
            "-m",
            "tests.fuzz.run",
            name,
            "--inside",
            "--minutes",
            str(left / 60),
        ]
        told = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False
        )
        counts = re.findall(r"^#(\d+)\s.*?(?:ft: (\d+))?", told.stderr, re.MULTILINE)
        runs += max((int(count) for count, _ in counts), default=0)
        features = max([features, *map(int, re.findall(r"ft: (\d+)", told.stderr))])
        if told.returncode:
            faults += 1
            log = KEPT / "found" / f"{name}-{faults}.log"
            log.write_text(told.stdout[-20_000:] + told.stderr[-20_000:], encoding="utf-8")
            if faults >= 20 or not counts:
                break
    taken = (time.monotonic() - begun) / 60
    print(
        f"{name}: {taken:.1f} minutes, {runs:,} inputs, {features:,} features, {faults} faults",
        flush=True,
    )
    return not faults


def _fuzz(name: str, seconds: float) -> None:
    import atheris

    with atheris.instrument_imports(include=["engine", "registry", "webapp", "openpyxl"]):
        from tests.fuzz.mutation import MUTATORS
        from tests.fuzz.targets import TARGETS
        from tests.fuzz.workbooks import mutate_zip
    target = TARGETS[name]
    mutator = {**MUTATORS, "zip": mutate_zip}[target.shape]

    def changed(content: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        made = mutator(content, chance) if chance.random() < 0.7 else None
        return (made if made is not None else atheris.Mutate(content, most))[:most]

    corpus = KEPT / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    found = KEPT / "found"
    found.mkdir(exist_ok=True)
    options = [
        f"-max_total_time={int(seconds)}",
        f"-max_len={LARGEST_ZIP if target.shape == 'zip' else LARGEST}",
        f"-artifact_prefix={found}/{name}-",
        "-timeout=120",  # of the wall clock; the target itself counts processor time
        "-rss_limit_mb=2048",
        "-len_control=0",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
