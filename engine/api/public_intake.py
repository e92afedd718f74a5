"""What anybody without an account may begin on the public page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from engine.api.commands import Group
from engine.errors import Conflict, IdempotencyKeyReused
from engine.model.actors import Actor
from engine.model.cases import StoredFile
from engine.model.once import Once, Replayed
from engine.model.organisations import Organisation
from engine.store import files as stored_files
from engine.store.database import Tx
from engine.work import allowances, files, public_intake
from engine.work.public_intake import Desk, Letter, Matter, Sent
from engine.work.start import PreparedStart


class PublicIntake(Group):
    """Letters to the union from people without an account."""

    def matters(self) -> Sequence[Matter]:
        """What anybody may begin."""
        return self._commands.ask(lambda tx: public_intake.matters(self._environment, tx))

    def unions(self, process_key: str) -> Sequence[Organisation]:
        """The unions that take such a matter; NotFound for what nobody may begin."""
        return self._commands.ask(
            lambda tx: public_intake.unions(self._environment, tx, process_key)
        )

    def desk(self, process_key: str, organisation_id: str) -> Desk:
        """The form of a matter at a union; its ``context`` may be used as long as it is drawn."""
        seen = self._commands.ask(
            lambda tx: public_intake.desk(self._environment, tx, process_key, organisation_id)
        )
        context = self._environment.feel_asking(
            self._commands.ask, organisation_id, self._environment.now()
        )
        return replace(seen, context=context)

    def send(self, writer: Actor, letter: Letter) -> Sent:
        """Begin the case, once for each page: sent again, the same is told again.

        Raises NotFound, Invalid, TooManyTries, Busy; Conflict for other words from the same page.
        """
        once: Once[Sent] = Once(
            letter.page, "public-letter", letter.digest, lambda sent: sent.case_id.encode()
        )

        def act(tx: Tx, ready: PreparedStart) -> Sent:
            return public_intake.begin(self._environment, tx, writer, letter, ready)

        try:
            self._commands.replay(writer, once)  # before a number is taken for nothing
            return self._commands.prepare_and_execute(
                lambda tx: public_intake.prepare(
                    self._environment, tx, writer, letter, self._commands.take_numbers
                ),
                act,
                writer,
                once,
            )
        except Replayed as again:
            case_id = again.answer.decode()
        except IdempotencyKeyReused as other:
            raise Conflict(public_intake.SENT_BEFORE) from other
        return self._commands.ask(
            lambda tx: public_intake.told(self._environment, tx, writer, letter, case_id)
        )

    def stage_file(self, writer: Actor, name: str, content: bytes, address: str) -> StoredFile:
        """Store a paper for the letter that is being written; unsent it goes after 24 hours."""
        described = files.checked(name, content)
        environment, now = self._environment, self._environment.real_now()
        self._commands.execute(
            lambda tx: allowances.use(environment, tx, public_intake.PAPERS, address)
        )
        digest = files.keep(environment, content)
        return self._commands.execute(
            lambda tx: files.stage(tx, writer.person_id, described, digest, len(content), now)
        )

    def staged(self, writer: Actor, ids: Collection[str]) -> Mapping[str, StoredFile]:
        """Her papers by id; others are left out."""
        found = self._commands.ask(lambda tx: stored_files.by_ids(tx, ids))
        return {i: one for i, one in found.items() if one.owner == writer.person_id}
