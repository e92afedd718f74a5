"""Ways through the example process: what each person sends, and the number of the next step."""

from dataclasses import dataclass, field

from engine import Engine
from engine.model.actors import Actor
from engine.model.once import Once
from engine.work.complete import Completed
from tests.bench.ground import FILLED, REASON, case_of, start

UNIT = "u1"
RETURNED = {"decision": "return", "return_to": "apply", "comment": "请补充用途说明"}
AGREED = {"decision": "agree"}


@dataclass
class Walk:
    """One case, a step at a time; each completion opens exactly one step."""

    engine: Engine
    step: str
    people: dict[str, Actor] = field(default_factory=dict)

    @classmethod
    def begun(cls, engine: Engine) -> "Walk":
        """A fresh case of a union whose county has everybody the process needs."""
        return cls(engine, start(engine, "officer2", UNIT))

    @property
    def case_id(self) -> str:
        """The case."""
        return case_of(self.step)

    def do(self, who: str, data: dict[str, object]) -> None:
        """Complete the open step under an Idempotency-Key; the next one is open then."""
        if who not in self.people:
            self.people[who] = self.engine.directory.actor_named(who)
        once: Once[Completed] = Once(
            f"key-{self.step}", "complete", "hash", lambda _: REASON.encode()
        )
        self.engine.tasks.complete(self.people[who], self.step, data, once=once)
        case_id, _, number = self.step.partition("-")
        self.step = f"{case_id}-{int(number) + 1}"

    def apply(self) -> None:
        """The officer fills in the form of one kilobyte."""
        self.do("officer2", dict(FILLED))

    def send_back(self) -> None:
        """The reviewer sends it back to be filled in again."""
        self.do("reviewer2", RETURNED)

    def round(self, number: int) -> None:
        """Filled in (even numbers) or sent back (odd ones)."""
        if number % 2:
            self.send_back()
        else:
            self.apply()

    def to_notice(self) -> None:
        """Reviewed; the notice stands on the board and its timer waits."""
        self.do("reviewer2", AGREED)
        self.do("officer2", {"notice_place": "厂区公示栏"})

    def to_end(self) -> None:
        """Approved and recorded."""
        self.do("approver", AGREED)
        self.do("entry", {"record_number": "登记-0001"})
