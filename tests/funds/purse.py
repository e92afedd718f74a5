"""Money of a small federation, and what people and processes do with it."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import registry
from engine import SYSTEM, Actor, Engine
from engine.model.clock import FixedClock
from engine.model.identity_numbers import resident_id_check_character
from engine.model.organisations import Role
from registry.budget.model import BudgetLine
from registry.store import funds
from registry.store.funds import Narrowing
from tests.registry.bench import Bench
from tests.support.register import on_file

MONEY_ROLES = (
    Role("accountant", "会计", "accountant", ("county", "city"), "own"),
    Role("cashier", "出纳", "cashier", ("county", "city"), "own"),
    Role("city_leader", "市总分管领导", "city leader", ("city",), "area"),
    Role("audit_committee", "经审人员", "audit committee", ("county", "city"), "area"),
)
MONEY_STAFF = {
    "accountant": ("accountant", "xc"),
    "cashier": ("cashier", "xc"),
    "far_accountant": ("accountant", "lw"),
    "city_accountant": ("accountant", "zz"),
    "city_cashier": ("cashier", "zz"),
    "leader": ("city_leader", "zz"),
    "audit": ("audit_committee", "zz"),
}
ALLOCATED = {
    "kind": "allocate",
    "year": "2026",
    "unit": "xc",
    "programme": "festival",
    "source": "own",
    "amount": "10,000.00",
    "document": "漳工财〔2026〕1号",
    "note": "年初下达",
}
PAYMENT: dict[str, object] = {
    "programme": "festival",
    "amount": 1000,
    "period": "2026春节",
    "item": "money",
    "payee_kind": "village",
    "payee_id": "模拟村",
    "payee_name": "模拟村",
}


def id_number(number: int) -> str:
    """Of a person nobody is: with a sequence number of centenarians."""
    first17 = f"350602199001{number // 1000 % 28 + 1:02d}{number % 1000:03d}"
    return first17 + resident_id_check_character(first17)


@dataclass
class Purse:
    """An engine with money."""

    engine: Engine
    register: registry.Registry
    clock: FixedClock
    _entries: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def bench(self) -> Bench:
        return Bench(self.engine, self.clock)

    def actor(self, name: str) -> Actor:
        return self.engine.directory.actor_named(name)

    def entry(self) -> str:
        return f"{next(self._entries):016d}"

    def allocate(self, by: str = "accountant", **changed: str) -> BudgetLine:
        typed = {**ALLOCATED, **changed}
        return self.register.funds.allocate(self.actor(by), self.entry(), typed)

    def line(self, line_id: int) -> BudgetLine:
        return self.engine.ask(lambda tx: funds.numbered(tx, None, [line_id]))[line_id].line

    def sums(self, line_id: int) -> tuple[int, int, int, int, int]:
        """下达, 占用, 已批, 已付, 结余 in whole yuan."""
        one = self.line(line_id)
        fen = (one.allocated, one.reserved, one.committed, one.paid, one.available)
        assert all(amount % 100 == 0 for amount in fen)
        return tuple(amount // 100 for amount in fen)  # type: ignore[return-value]

    def household(self, number: int, at: str = "u1", **content: object) -> str:
        head = {"name": f"林模拟{number}", "id_number": id_number(number), "mobile": ""}
        return on_file(self.engine, head, at, **{"members": [], **content})

    def draft(self, on: BudgetLine, by: str = "accountant", **typed: str) -> str:
        asked = {"line": str(on.id), "period": "2026春节", "item": "money", **typed}
        return self.register.batches.open(self.actor(by), asked)

    def do(self, by: str, case_id: str, element: str, data: Mapping[str, object]) -> None:
        (step,) = self.engine.cases.view(SYSTEM, case_id).open_tasks
        assert step.element_id == element
        self.engine.tasks.complete(self.actor(by), step.id, data)

    def all_lines(self) -> list[BudgetLine]:
        found = self.engine.ask(lambda tx: funds.lines(tx, None, Narrowing()))
        return [one.line for one in found]

    def must_hold(self) -> None:
        """Every promise of the engine and of the register."""
        found = [*self.engine.audit.invariants(), *registry.invariants(self.engine)]
        assert [(one.id, one.broken) for one in found if not one.ok] == []
