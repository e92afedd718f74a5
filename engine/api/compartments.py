"""Compartments of a case: how they stand, asking to read one, letting somebody in."""

from __future__ import annotations

from collections.abc import Collection

from engine.api.commands import Commands, Group
from engine.model.actors import Actor
from engine.work import letting_in
from engine.work.letting_in import Said

READ = "compartment-read"


class Compartments(Group):
    """What of a case only some who see it may read."""

    def of(self, actor: Actor, case_id: str) -> letting_in.Compartments:
        """How they stand to the actor."""
        return self._commands.ask(
            lambda tx: letting_in.compartments(self._environment, tx, actor, case_id)
        )

    def ask_for(self, actor: Actor, case_id: str, compartment: str, reason: str) -> int:
        """Ask to read one, with a reason; the number of what was asked."""
        return self._commands.execute(
            lambda tx: letting_in.ask(self._environment, tx, actor, case_id, compartment, reason)
        )

    def answer(self, actor: Actor, case_id: str, number: int, said: Said) -> None:
        """Let somebody in for some days, or refuse, with a reason."""
        self._commands.execute(
            lambda tx: letting_in.answer(self._environment, tx, actor, case_id, number, said)
        )


def note_look(
    commands: Commands, actor: Actor, case_id: str, compartments: Collection[str]
) -> None:
    """Write down that somebody read what is kept from others."""
    if compartments and not actor.is_system:
        commands.note_access(actor, READ, case_id, "、".join(sorted(compartments)))
