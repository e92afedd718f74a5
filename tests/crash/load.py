"""Clients that work on an installation while the test breaks it, and the judgement afterwards."""

import threading
from collections import Counter
from types import TracebackType
from typing import Self

from engine import SYSTEM, Options, open_engine
from engine.model.cases import EventKind
from engine.store.cases import CaseQuestion
from tests.crash.clients import Client, Plan
from tests.crash.installation import DOERS, KEY, PROCESS, ROOT, Installation
from tests.support.waiting import until

CLIENTS = 4


def found_whole(installation: Installation) -> None:
    """Every invariant holds, and the chain of the audit is whole."""
    for words in (("invariants",), ("audit", "verify")):
        verdict = installation.command(*words, "--json")
        assert isinstance(verdict, dict)
        assert verdict["ok"], verdict


class Load:
    """Clients that start and finish cases until the block ends; then each finishes its own.

    ``name``: what the business keys of its cases begin with.
    """

    def __init__(self, installation: Installation, name: str = "case-number") -> None:
        self.installation = installation
        self.name = name
        plan = Plan.of_scenario(ROOT / "processes" / PROCESS, "passes")
        self._lock = threading.Lock()
        self._is_over = False
        self._begun = 0
        self.clients = [Client(installation.ports, plan, DOERS) for _ in range(CLIENTS)]
        self._threads = [threading.Thread(target=c.run, args=(self._next,)) for c in self.clients]

    def _next(self) -> str | None:
        with self._lock:
            if self._is_over:
                return None
            self._begun += 1
            return f"{self.name}-{self._begun:05d}"

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over = True
        for thread in self._threads:
            thread.join()

    @property
    def completed(self) -> int:
        """Steps that were acknowledged so far."""
        return sum(len(client.noted.completed) for client in self.clients)

    def more(self, steps: int) -> None:
        """Wait until so many more steps were done: the fault is to hit work."""
        wanted = self.completed + steps

        def are_done() -> bool:
            faults = [fault for client in self.clients for fault in client.noted.faults]
            assert not faults, faults
            return self.completed >= wanted

        until(are_done, f"{steps} more steps")

    def judge(self, and_also: tuple[str, ...] = ()) -> None:
        """Compare what clients were told with what the database holds; all must be whole.

        ``and_also``: business keys of cases that were asked for without an answer; each is there
        once or not at all.
        """
        noted = [client.noted for client in self.clients]
        assert [fault for one in noted for fault in one.faults] == []
        found_whole(self.installation)
        acknowledged = {key: case for one in noted for key, case in one.cases.items()}
        completed = {task for one in noted for task in one.completed}
        options = Options(data_dir=self.installation.data)
        engine = open_engine(self.installation.url, key=KEY, options=options)
        try:
            stored = engine.cases.list(SYSTEM, CaseQuestion(limit=10_000))
            counted = Counter(c.business_key for c in stored)
            assert all(counted[key] <= 1 for key in and_also), counted
            ours = [c for c in stored if (c.business_key or "").startswith(self.name)]
            assert {c.business_key: c.id for c in ours} == acknowledged
            assert len(ours) == len(acknowledged)
            assert {c.status for c in ours} == {"completed"}
            done = Counter(
                entry.task_id
                for one in ours
                for entry in engine.cases.history(SYSTEM, one.id)
                if entry.kind is EventKind.TASK_COMPLETED
            )
            assert set(done.values()) == {1}
            assert set(done) == completed
        finally:
            engine.close()
