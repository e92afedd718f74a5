"""By what numbers the person of a case that is kept close is found all the same.

What lies in a compartment of a confidential or sealed case can be searched no more
(:func:`engine.store.cases.drop_attributes`). Her other cases must still find each other, for
whoever may know who she is: of such numbers a hash of the hash is kept apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.model.actors import Actor
from engine.model.confidentiality import SEALED_ROLE
from engine.store import case_facts, definitions, same_person
from engine.store.bulk import CannotGather
from engine.store.case_facts import CaseFact, FactQuestion
from engine.store.database import Tx
from engine.store.ready import GATHERED
from engine.work.environment import Environment


def kept_hash(environment: Environment, key_hash: str) -> str:
    """What stands in ``kept_number`` for a number that would have this hash as an attribute."""
    return environment.vault.lookup_hash(f"kept person\n{key_hash}")


def keep_numbers(environment: Environment, tx: Tx, case_id: str, hashes: Mapping[str, str]) -> None:
    """Keep the numbers of a case that are searchable no more, by attribute."""
    if not hashes:
        return
    if tx.info.get(GATHERED) is not None:
        raise CannotGather
    same_person.keep(
        tx, case_id, {name: kept_hash(environment, one) for name, one in hashes.items()}
    )


def facts_of(
    environment: Environment, tx: Tx, actor: Actor, question: FactQuestion
) -> tuple[bool, Sequence[CaseFact]]:
    """The facts of the cases she may see; whether she looks after kept ones of the process."""
    facts = case_facts.visible(tx, actor, question)
    row = definitions.latest(tx, question.process_key)
    info = None if row is None else environment.programs.get(tx, row.id).info
    role = "" if info is None else info.properties.get(SEALED_ROLE, "").strip()
    if not role or not actor.places(role):
        return False, facts
    return True, _with_kept_numbers(environment, tx, actor, facts)


def _with_kept_numbers(
    environment: Environment, tx: Tx, actor: Actor, facts: Sequence[CaseFact]
) -> Sequence[CaseFact]:
    """With the numbers of cases that are kept close, where she holds the role for these above them.

    Of a number that one of the others has too it is the same hash: they can be compared.
    """
    kept = same_person.kept_of(tx, actor, [one.id for one in facts])
    if not kept:
        return facts
    open_ones = {
        kept_hash(environment, said.key_hash): said.key_hash
        for one in facts
        for said in one.attributes.values()
        if said.key_hash
    }
    return [
        replace(
            one, kept_numbers={name: open_ones.get(it, it) for name, it in kept.get(one.id, ())}
        )
        for one in facts
    ]
