"""Signing in and out, and what people without an account may do."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from engine.api.commands import Commands, Group
from engine.errors import Busy, NotSignedIn
from engine.model.actors import Actor
from engine.model.organisations import Person
from engine.store import accounts as stored_accounts
from engine.work import (
    accounts,
    allowances,
    slips,
)
from engine.work.accounts import Attempt, SignIn
from engine.work.allowances import Allowance

log = logging.getLogger("bangfu.accounts")


class Accounts(Group):
    """Signing in and out."""

    def __init__(self, commands: Commands) -> None:
        super().__init__(commands)
        self._noting: set[str] = set()
        """Tokens that a request is writing down as in use."""

    def sign_in(self, username: str, password: str, address: str, kind: str) -> SignIn:
        """A session (``web``) or token (``api``); the same refusal for any wrong pair.

        Raises NotSignedIn, TooManyTries.
        """
        attempt = Attempt(username.strip(), password, address, kind)
        environment = self._environment
        with self._commands.database.look() as tx:
            accounts.slow_down(environment, tx, attempt)
            person_id = accounts.verify(tx, attempt)
        if person_id is None:
            self._commands.execute(lambda tx: accounts.note_failure(environment, tx, attempt))
            raise NotSignedIn("用户名或密码不对,请核对后再试。")
        return self._commands.execute(
            lambda tx: accounts.open_session(environment, tx, attempt, person_id)
        )

    def use_allowance(self, allowance: Allowance, address: str) -> None:
        """Count what somebody without an account does; TooManyTries when it is too much."""
        self._commands.execute(lambda tx: allowances.use(self._environment, tx, allowance, address))

    def actor_for(self, token: str) -> Actor:
        """The person of a session or token; NotSignedIn when it is unknown or over."""
        with self._commands.database.look() as tx:
            actor, write_seen = accounts.actor_for(self._environment, tx, token)
        if write_seen and token not in self._noting:
            self._note_seen(token)
        return actor

    def _note_seen(self, token: str) -> None:
        """Once a minute, by one of the requests of a browser: the others would stand behind it.

        Nobody is turned away because it could not be written: the next request does it.
        """
        now = self._environment.real_now()
        self._noting.add(token)
        try:
            self._commands.execute(lambda tx: stored_accounts.seen(tx, token, now))
        except Busy:
            log.warning("a session in use could not be noted: the database is busy")
        finally:
            self._noting.discard(token)

    def sign_out(self, token: str) -> None:
        """Forget a session or token."""
        self._commands.execute(lambda tx: stored_accounts.close_session(tx, token))

    def reset_password(self, actor: Actor, person_id: str) -> str:
        """A one-use link's token for somebody who forgot her password."""
        return self._commands.execute(
            lambda tx: slips.reset_password(self._environment, tx, actor, person_id)
        )

    def helped_people(self, actor: Actor) -> Sequence[Person]:
        """The people below her own organisation for whom a township officer prints a slip."""
        return self._commands.ask(lambda tx: slips.helped_people(self._environment, tx, actor))

    def use_link(self, token: str, password: str) -> str:
        """Choose a password by a one-use link; the person's id."""
        accounts.check_password_rules(password)
        hashed = accounts.hash_password(password)
        return self._commands.execute(
            lambda tx: accounts.use_link(self._environment, tx, token, hashed)
        )
