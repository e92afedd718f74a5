"""Pictures from a phone."""

from __future__ import annotations

from engine.api.commands import Group
from engine.model.actors import Actor
from engine.model.cases import StoredFile
from engine.model.phone_uploads import Arrived, PhoneUpload
from engine.work import files, phone_uploads


class PhoneUploads(Group):
    """Pages on which a phone sends pictures for a form, without signing in there."""

    def begin(
        self, actor: Actor, place: str, asked: tuple[str, str], *, many: bool
    ) -> tuple[PhoneUpload, str]:
        """A new page for one field of one form, with the token that opens it."""
        new = self._commands.execute(
            lambda tx: phone_uploads.begin(self._environment, tx, actor, place, asked, many=many)
        )
        return new, phone_uploads.token_of(self._environment, new.id)

    def token_of(self, upload: PhoneUpload) -> str:
        """The token of a page, to draw it once more."""
        return phone_uploads.token_of(self._environment, upload.id)

    def by_token(self, token: str) -> Arrived:
        """What the phone's page shows; NotFound for no or an old token."""
        return self._commands.ask(lambda tx: phone_uploads.by_token(self._environment, tx, token))

    def arrived(self, actor: Actor, upload_id: str) -> Arrived:
        """What has come, for whoever began the page."""
        return self._commands.ask(
            lambda tx: phone_uploads.of_person(self._environment, tx, actor, upload_id)
        )

    def take(self, token: str, name: str, content: bytes) -> StoredFile:
        """Store a picture for the person who began the page."""
        self.by_token(token)  # nothing is written for a token nobody gave out
        described = files.checked(name, content)
        digest = files.keep(self._environment, content)
        return self._commands.execute(
            lambda tx: phone_uploads.take(
                self._environment, tx, token, described, (digest, len(content))
            )
        )

    def finish(self, token: str) -> Arrived:
        """Take no more by this page."""
        return self._commands.execute(lambda tx: phone_uploads.finish(self._environment, tx, token))
