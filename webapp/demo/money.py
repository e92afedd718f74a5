"""The money of the demonstration (模拟): budget lines, batches on their way, a transfer, the rest.

Rounds of ``content.toml``, done with the commands people have; ``how`` they are told is there.
"""

from collections.abc import Mapping
from typing import Any

import registry
from engine import SYSTEM, Actor, Engine
from registry.store import payees
from webapp.demo.content import Round

_LETTERS = 16


def allocate(engine: Engine, actor: Actor, one: Round) -> None:
    """下达 this year's lines, or those ``years_ahead``: unit, programme, source, yuan."""
    desk = registry.Registry(engine).funds
    ahead = one.told.get("years_ahead", 0)
    year = engine.environment.today().year + ahead
    units = _units(engine)
    for number, (code, programme, source, yuan) in enumerate(one.told["lines"]):
        typed = {
            "kind": "allocate",
            "year": str(year),
            "unit": units[str(code)],
            "programme": programme,
            "source": source,
            "amount": str(yuan),
            "document": one.told["document"].format(year=year),
            "note": one.told["note"],
        }
        desk.allocate(
            actor, _entry("demoline" if ahead == 0 else f"demoline{ahead}", number), typed
        )


def spend(engine: Engine, actor: Actor, one: Round) -> None:
    """Enter other expenditure: code of the unit, subject, source, payee, yuan."""
    book, units = registry.Registry(engine).expenses, _units(engine)
    for number, (code, subject, source, payee, yuan) in enumerate(one.told["entries"]):
        typed = {
            "unit": units[str(code)],
            "subject": subject,
            "source": source,
            "payee": payee,
            "amount": str(yuan),
            "spent_on": engine.environment.today().isoformat(),
            "voucher": f"记-模拟{number + 1:02d}",
            "note": one.told["note"],
        }
        book.enter(actor, _entry("demopaid", number), typed)


def batch(engine: Engine, actor: Actor, one: Round) -> None:
    """Open a batch for households, and bring it as far as the round says.

    ``skip`` and ``most`` say which households of the unit; ``every`` takes all of them.
    """
    told, desk = one.told, registry.Registry(engine).batches
    today = engine.environment.today()
    wanted = (today.year, told["programme"], told["source"])
    line = next(
        found.line
        for found in desk.lines_to_draw_on(actor)
        if (found.line.key.year, found.line.key.programme, found.line.key.source) == wanted
    )
    unit = line.key.organisation_id
    households = engine.ask(lambda tx: payees.every(tx, (unit,)))
    chosen = households[told["skip"] : told["skip"] + told["most"]]
    if not chosen:
        return  # a small demonstration has not so many households on file
    period = told["period"].format(year=today.year, month=f"{today.month:02d}")
    asked = {"line": str(line.id), "period": period, "item": told["item"]}
    number = desk.open(actor, {**asked, "title": told.get("title", "")})
    if told.get("every"):
        desk.add_every(actor, number, str(told["yuan"]), "")
    else:
        for household in chosen:
            desk.add_household(actor, number, household.file_no, str(told["yuan"]))
    if told.get("steps") is not None:
        _do_steps(engine, desk.submit(actor, number), told["steps"])


def transfer(engine: Engine, actor: Actor, one: Round) -> None:
    """Ask for a transfer between two lines of the actor's unit."""
    told, desk = one.told, registry.Registry(engine)
    by_kind = {
        found.line.key.programme: found.line
        for found in desk.batches.lines_to_draw_on(actor)
        if found.line.key.organisation_id == actor.organisation_id
    }
    source, target = by_kind[told["source"]], by_kind[told["target"]]
    typed = {"target": str(target.id), "amount": str(told["yuan"]), "reason": told["reason"]}
    case_id = desk.funds.ask_transfer(actor, _entry("demomove", 0), source.id, typed)
    _do_steps(engine, case_id, told.get("steps", ()))


def _do_steps(engine: Engine, case_id: str, steps: Any) -> None:
    for step in steps:
        (task,) = engine.cases.open_steps(SYSTEM, case_id)
        today = engine.environment.today().isoformat()
        data = {key: str(value).format(today=today) for key, value in step["data"].items()}
        engine.tasks.complete(engine.directory.actor_named(step["by"]), task.id, data)


def _units(engine: Engine) -> Mapping[str, str]:
    """The city and the counties by the six digits of their code."""
    return {
        one.code: one.id
        for one in engine.directory.organisations().values()
        if one.level in ("city", "county")
    }


def _entry(kind: str, number: int) -> str:
    """The same at every try, so that a call that was stopped moves nothing twice."""
    return f"{kind}{number:0{_LETTERS - len(kind)}d}"
