"""Files: staged, linked, read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import IO

from engine.api.commands import Group
from engine.model.actors import Actor
from engine.model.cases import StoredFile
from engine.model.once import Once
from engine.store import files as stored_files
from engine.store.database import Tx
from engine.work import (
    files,
)


class Files(Group):
    """Papers."""

    def receive(self, stream: IO[bytes]) -> bytes:
        """The content of an upload; FileTooLarge beyond the limit, without reading on."""
        return files.receive(stream)

    def stage(
        self, actor: Actor, name: str, content: bytes, once: Once[StoredFile] | None = None
    ) -> StoredFile:
        """Store a file for a form that is being filled; unlinked it goes after 24 hours."""
        described = files.checked(name, content)
        digest = files.keep(self._environment, content)
        now = self._environment.real_now()  # a fast demonstration clock must not tidy it away
        return self._commands.prepare_and_execute(
            lambda _tx: None,
            lambda tx, _: files.stage(tx, actor.person_id, described, digest, len(content), now),
            actor,
            once,
        )

    def stage_several(
        self, actor: Actor, named: Sequence[tuple[str, bytes]]
    ) -> Sequence[StoredFile]:
        """The same for several (name, content) in one transaction, in their order."""
        kept = [
            (files.checked(name, content), files.keep(self._environment, content), len(content))
            for name, content in named
        ]
        now = self._environment.real_now()
        return self._commands.execute(
            lambda tx: files.stage_several(tx, actor.person_id, kept, now)
        )

    def must_be_allowed(self, name: str, content: bytes) -> None:
        """FileTypeRefused or Invalid for content that no case takes; writes nothing."""
        files.checked(name, content)

    def staged(self, actor: Actor, ids: Collection[str]) -> Mapping[str, StoredFile]:
        """Files the actor has sent, by id; others are left out."""
        found = self._commands.ask(lambda tx: stored_files.by_ids(tx, ids))
        return {i: one for i, one in found.items() if one.owner == actor.person_id}

    def copy(self, actor: Actor, file_id: str) -> StoredFile:
        """The same file once more, for another case: staged for the actor. NotFound if not hers."""

        def again(tx: Tx) -> StoredFile:
            found = files.of_actor(tx, actor, file_id)
            return files.stage(
                tx,
                actor.person_id,
                (found.name, found.type),
                found.sha256,
                found.size,
                self._environment.real_now(),
            )

        return self._commands.execute(again)

    def attach(
        self,
        actor: Actor,
        case_id: str,
        name: str,
        content: bytes,
        label: str = "",
        once: Once[StoredFile] | None = None,
    ) -> StoredFile:
        """Add a file to a case."""
        clean, kind = files.checked(name, content)
        digest = files.keep(self._environment, content)
        return self._commands.prepare_and_execute(
            lambda _tx: None,
            lambda tx, _: files.attach(
                self._environment, tx, actor, case_id, (clean, kind, label), (digest, len(content))
            ),
            actor,
            once,
        )

    def read(self, actor: Actor, file_id: str) -> tuple[StoredFile, bytes]:
        """A file's content, for who may see its case."""
        return self._commands.ask(lambda tx: files.read(self._environment, tx, actor, file_id))
