"""``make load``: the mix of a working day at a fixed rate, on each database, for half an hour.

The rate is half of what completions over HTTP reach on this machine right before, unless
``--rate`` says another. The report goes to ``build/load.json``; the exit code is 1 where the load
was not held.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

from tests.bench.ground import ground
from tests.bench.http import Crowd, complete_http
from tests.crash.installation import ROOT, Installation
from tests.load.holding import Wanted, furnish, hold, judge
from tests.load.report import faults, table, told
from tests.support.postgres import PostgresMissing

REPORT = ROOT / "build" / "load.json"
AN_HOUR_A_SECOND = 3600
"""Business time: notices run out and deadlines pass while it lasts, so the worker has its work."""

DATABASES = ("sqlite", "postgres")
PROCESSES = 2
"""Web servers, and as many workers: on either database, as when completions are measured."""

AT_MOST = 64
ROUNDS, EACH, CLIENTS = 3, 100, 4
MINUTES = 30.0


def reached(db: str, rounds: int = ROUNDS, each: int = EACH) -> float:
    """Completions over HTTP a second, of as many servers and four clients."""
    crowd = Crowd(PROCESSES, CLIENTS)
    with ground(db) as measured_on:
        row = complete_http(measured_on, "complete_http", rounds, each, crowd).row()
    found = row["per_second"]
    assert isinstance(found, float)
    return found


def held(db: str, minutes: float, rate: float | None) -> tuple[dict[str, object], list[str]]:
    """The report of one database, and what was not as it should be."""
    at_once = reached(db) if rate is None else None
    asked = rate if at_once is None else at_once / 2
    assert asked is not None
    wanted = Wanted(asked, minutes * 60, AT_MOST, webs=PROCESSES, workers=PROCESSES)
    print(f"{db}: {asked:.1f} requests a second for {minutes:g} minutes", flush=True)
    with ground(db) as place:
        installation = Installation(place.url, place.data, AN_HOUR_A_SECOND)
        try:
            outcome, mix = hold(installation, furnish(place.engine), wanted)
            found = faults(outcome)
            try:
                judge(installation, place.engine, mix)
            except AssertionError as wrong:
                found.append(f"not whole: {wrong}")
            if outcome.errors:
                found.append(installation.logs())
        finally:
            installation.stop()
    print(table(outcome), *found, sep="\n", flush=True)
    report = {
        "db": db,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "complete_http_per_second": at_once,
        **told(outcome),
        "faults": found,
        "load_average": os.getloadavg(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    return report, found


def main() -> int:
    """Run it; 1 where something was not as it should be."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--minutes", type=float, default=MINUTES, help="on each database")
    words.add_argument("--rate", type=float, help="requests a second")
    words.add_argument("--db", choices=DATABASES, help="only this one")
    words.add_argument("--report", type=Path, default=REPORT)
    asked = words.parse_args()
    reports, faulty = [], False
    for db in [asked.db] if asked.db else DATABASES:
        try:
            report, found = held(db, asked.minutes, asked.rate)
        except PostgresMissing as missing:
            report, found = {"db": db, "faults": [str(missing)]}, [str(missing)]
            print(missing)
        reports.append(report)
        faulty = faulty or bool(found)
        asked.report.parent.mkdir(exist_ok=True)
        text = json.dumps(reports, ensure_ascii=False, indent=1)
        asked.report.write_text(f"{text}\n", encoding="utf-8")
    print(f"Written to {asked.report}.")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
