"""Write a file's next version without a case: somebody with the right to it does, and says why."""

from engine import Actor
from engine.store.database import Tx
from engine.work.environment import Environment
from registry import indexing
from registry.household import Content, File, Version, packed, sealed_place, shown_of
from registry.people import people_of
from registry.store import households, people
from registry.vocabulary import ACTS

_LONGEST_REASON = 200


def file_next(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    file: File,
    act: str,
    reason: str,
    content: Content,
) -> int:
    """The number of the new version; the caller holds the file's row."""
    now, vault = environment.now(), environment.vault
    changed = file.followed(shown_of(content, vault.lookup_hash), now)
    households.save(tx, changed)
    people.put(tx, file.file_no, people_of(content, vault.lookup_hash))
    indexing.put(tx, vault.lookup_hash, file.file_no, content)
    place = sealed_place(file.file_no, changed.version)
    households.add_version(
        tx,
        Version(
            file_no=file.file_no,
            number=changed.version,
            at=now,
            by_id=actor.person_id,
            act=act,
            reason=f"{ACTS[act]}:{reason}"[:_LONGEST_REASON],
            case_id="",
            content=vault.seal(packed(content), place),
        ),
    )
    return changed.version
