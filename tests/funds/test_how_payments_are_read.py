"""However many payments there ever were, what is read is what is asked for: by an index."""

import re
from collections.abc import Callable

from sqlalchemy import event, text

from engine import SYSTEM
from engine.store.database import Tx
from registry.store import campaigns, payments, same_people
from registry.store.campaigns import Eyes, ListKey
from tests.funds.purse import Purse, id_number


def plan_of(purse: Purse, read: Callable[[Tx], object]) -> list[str]:
    """How the database goes about the statements that this sends, as it says itself."""
    sent: list[tuple[str, object]] = []

    def note(_c: object, _u: object, statement: str, values: object, *_rest: object) -> None:
        sent.append((statement, values))

    def explained(tx: Tx) -> list[str]:
        if tx.dialect.name == "postgresql":  # else it would rather read a table that is empty
            tx.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(purse.engine.database.engine, "before_cursor_execute", note)
        try:
            read(tx)
        finally:
            event.remove(purse.engine.database.engine, "before_cursor_execute", note)
        ask = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
        return [
            str(row[-1]).strip()
            for statement, values in sent
            for row in tx.exec_driver_sql(f"{ask} {statement}", values)  # type: ignore[arg-type]
        ]

    return purse.engine.execute(explained)


def how_payments_are_found(plan: list[str], table: str = "payment") -> list[str]:
    """Of each place where payments are read: by which columns, or everything."""
    found = []
    for line, after in zip(plan, [*plan[1:], ""], strict=True):
        if re.match(rf"(SCAN|SEARCH) {table}\b", line):
            known = re.search(r"\((.*)\)$", line) if line.startswith("SEARCH") else None
            found.append(known[1] if known else "everything")
        elif re.search(rf" on {table}( {table}_\d+)?  ", line):
            is_narrowed = after.startswith(("Index Cond", "Recheck Cond"))
            found.append(after if is_narrowed else "everything")
    return found


def test_what_payees_were_given_is_found_by_who_they_are(purse: Purse) -> None:
    keys = {("household", "档-1"), ("household", "档-2"), ("person", "甲")}
    found = how_payments_are_found(
        plan_of(purse, lambda tx: payments.given_in_year(tx, 2026, keys))
    )
    assert len(found) == len({kind for kind, _ in keys})
    assert all(column in one for one in found for column in ("payee_kind", "payee_key")), found


def test_what_the_same_people_were_given_otherwise_is_found_by_who_they_are(purse: Purse) -> None:
    file_no = purse.household(1)
    purse.bench.run("household.close", {"file_no": file_no, "reason": "own_wish"})
    her = {purse.engine.environment.vault.lookup_hash(id_number(1))}
    reads: tuple[Callable[[Tx], object], ...] = (
        lambda tx: same_people.given_to_members(tx, 2026, {file_no}, "xc"),
        lambda tx: same_people.given_to_former_households(tx, 2026, her, "xc"),
    )
    for read in reads:
        (found,) = how_payments_are_found(plan_of(purse, read))
        assert all(column in found for column in ("payee_kind", "payee_key")), found


def test_a_list_of_batches_adds_up_the_payments_of_those_it_shows(purse: Purse) -> None:
    accountant = purse.actor("accountant")
    found = how_payments_are_found(
        plan_of(purse, lambda tx: payments.batch_lines(tx, accountant, ("xc",), (), 50))
    )
    assert found
    assert all("batch_no" in one for one in found), found


def test_steps_and_payments_of_a_list_are_found_case_by_case(purse: Purse) -> None:
    of = ListKey("list", "festival", "2027春节", "money")
    plan = plan_of(purse, lambda tx: campaigns.figures(tx, Eyes(SYSTEM, None), of))
    found, steps = how_payments_are_found(plan), how_payments_are_found(plan, "task")
    assert found
    assert steps
    assert all("payee_kind" in one and "payee_key" in one for one in found), found
    assert all("case_id" in one for one in steps), steps
