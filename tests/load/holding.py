"""An installation under the mix of a working day, and the judgement afterwards."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import psutil
from sqlalchemy import select
from stdnum.cn import ric

from engine import Engine
from engine.model.cases import EventKind
from engine.store import tables
from tests.bench.client import Asked, Client
from tests.crash.clients import Plan
from tests.crash.installation import PASSWORD, PROCESS, ROOT, Installation
from tests.crash.load import found_whole
from tests.load.arriving import Arrivals, Sent
from tests.load.half_open import half_open
from tests.load.memory import Held, Memory
from tests.load.mix import EXPORTER, READERS, Kind, Mix, SignedIn
from tests.support.federation import STAFF
from tests.support.register import on_file
from tests.support.waiting import WAITED

ALLOWED = frozenset({409, 412, 429})
"""What may be refused when many work on the same: not an error."""

HOUSEHOLDS = 20
FIRST_CASES = 60
PEOPLE = frozenset({*READERS, EXPORTER, "other_officer"})


@dataclass(frozen=True)
class Wanted:
    """How hard and how long; ``at_most`` requests are under way at once."""

    rate: float
    seconds: float
    at_most: int
    webs: int = 1
    workers: int = 1

    @property
    def warm_up(self) -> float:
        """Seconds after which memory must stand: ten minutes, in a short run a third of it."""
        return min(600.0, self.seconds / 3)


@dataclass(frozen=True)
class Outcome:
    """What was sent, what the processes held, how many connections stood half open meanwhile."""

    wanted: Wanted
    sent: Sequence[Sent]
    memory: Mapping[str, Held]
    half_open: int
    begun_again: int

    @property
    def errors(self) -> list[Sent]:
        """All that was neither granted nor refused for a good reason."""
        return [s for s in self.sent if not (200 <= s.status < 400 or s.status in ALLOWED)]

    @property
    def rate(self) -> float:
        """Answers a second, until the last one came."""
        return len(self.sent) / max(one.ended for one in self.sent)

    def of(self, kind: Kind) -> list[Sent]:
        """Those of a kind."""
        return [one for one in self.sent if one.kind is kind]


def furnish(engine: Engine) -> Mapping[str, tuple[str, str]]:
    """Households to be exported; a token and a session of everybody who will work."""
    for number in range(HOUSEHOLDS):
        born = f"35060219900101{number:03d}"
        head = {"name": f"林模拟{number}", "id_number": born + ric.calc_check_digit(born)}
        on_file(engine, head)
    return {who: (_signed_in(engine, who, "api"), _signed_in(engine, who, "web")) for who in PEOPLE}


def _signed_in(engine: Engine, who: str, kind: str) -> str:
    assert who in STAFF
    return engine.accounts.sign_in(who, PASSWORD, "127.0.0.1", kind).token


def hold(
    installation: Installation, tokens: Mapping[str, tuple[str, str]], wanted: Wanted
) -> tuple[Outcome, Mix]:
    """Start it, let people work on it while others hang on half open, and look at its memory."""
    installation.start(webs=wanted.webs, workers=wanted.workers)
    ports = installation.ports
    mix = Mix(_people(ports[0], tokens), Plan.of_scenario(ROOT / "processes" / PROCESS, "passes"))
    client = Client(ports[0], WAITED)
    for kind in (*[Kind.START] * FIRST_CASES, Kind.LIST):
        asked = mix.start() if kind is Kind.START else mix.find()
        answer = client.ask(asked)
        assert answer.status in (200, 201), answer.content
        mix.learn(kind, asked, answer)
    client.close()
    watched = {name: psutil.Process(p.pid) for name, p in installation.processes.items()}
    with ExitStack() as stack:
        idle = stack.enter_context(half_open(ports))
        memory = stack.enter_context(Memory(watched))
        sent = Arrivals(mix, ports, wanted.rate, wanted.at_most).send_for(wanted.seconds)
    held = memory.after(wanted.warm_up)
    return Outcome(wanted, sent, held, len(idle), idle.again), mix


def _people(port: int, tokens: Mapping[str, tuple[str, str]]) -> Mapping[str, SignedIn]:
    """Each with the cookie of a page and what is hidden in its form."""
    people = {}
    client = Client(port, WAITED)
    for who, (token, session) in tokens.items():
        cookies, csrf = f"session={session}", ""
        if who == EXPORTER:
            page = Asked("GET", "/households/export", headers={"Cookie": cookies})
            answer = client.ask(page)
            found = re.search(r'name="csrf_token" value="([^"]+)"', answer.content.decode())
            assert found is not None, answer
            cookies, csrf = "; ".join([cookies, *answer.cookies]), found[1]
        people[who] = SignedIn(token, cookies, csrf)
    client.close()
    return people


def judge(installation: Installation, engine: Engine, mix: Mix) -> None:
    """What was acknowledged is there, once; every invariant holds, the audit is whole."""
    found_whole(installation)
    told = mix.told
    event, case = tables.event, tables.case
    with engine.database.look() as tx:
        keys = dict(iter(tx.execute(select(case.c.business_key, case.c.id))))
        done = select(event.c.task_id).where(event.c.kind == EventKind.TASK_COMPLETED.value)
        completed = Counter(tx.execute(done).scalars())
    assert {key: keys.get(key) for key in told.cases} == told.cases
    assert set(completed.values()) <= {1}
    assert told.completed <= set(completed)
