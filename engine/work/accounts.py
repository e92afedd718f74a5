"""Signing in: personal accounts, argon2id, guessing slowed (design.md D13)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from engine.errors import Invalid, NotSignedIn, TooManyTries
from engine.model.actors import Actor
from engine.store import accounts, audit, directory
from engine.store.database import Tx
from engine.work.environment import Environment

IDLE = timedelta(minutes=60)
"""A web session dies after an hour without a click."""

LIFETIMES = {"web": timedelta(hours=12), "api": timedelta(hours=12)}
LINK_LIFETIME = timedelta(days=7)
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1000
_WINDOW = timedelta(minutes=15)
_TRIES_PER_NAME_AND_ADDRESS = 10
_TRIES_PER_ADDRESS = 100
_SEEN_EVERY = timedelta(minutes=1)
_COMMON = frozenset(
    {
        "12345678",
        "123456789",
        "1234567890",
        "password",
        "11111111",
        "88888888",
        "66666666",
        "00000000",
        "87654321",
        "qwertyui",
        "qwer1234",
        "1q2w3e4r",
        "abc12345",
        "a1234567",
        "asdf1234",
        "password1",
        "iloveyou",
        "admin123",
        "zhanghao",
        "zhangzhou",
        "gonghui123",
    }
)

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Verified for unknown names, so that they take as long as a wrong password."""
    return _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class SignIn:
    """A new session or API token."""

    token: str
    person_id: str
    expires_at: datetime


@dataclass(frozen=True)
class Attempt:
    """One try to sign in."""

    username: str
    password: str
    address: str
    kind: str


def hash_password(password: str) -> str:
    """argon2id; takes tens of milliseconds on purpose, so never inside a transaction."""
    return _hasher.hash(password)


def check_password_rules(password: str) -> None:
    """Invalid for a password that is too short or among the most common."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"密码至少 {SHORTEST_PASSWORD} 位,未修改。请换一个长一点的。")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("密码过长,未修改。")
    if password.lower() in _COMMON or len(set(password)) == 1:
        raise Invalid("这个密码太常见,容易被猜到,未修改。请换一个。")


def slow_down(environment: Environment, tx: Tx, attempt: Attempt) -> None:
    """Refuse when this address guessed too often lately.

    Counted per name *and* address, so that a stranger cannot lock a person out.
    """
    since = environment.real_now() - _WINDOW
    name = environment.vault.lookup_hash(f"{attempt.username}\n{attempt.address}")
    by_name, by_address = accounts.attempts_since(tx, name, attempt.address, since)
    if by_name >= _TRIES_PER_NAME_AND_ADDRESS or by_address >= _TRIES_PER_ADDRESS:
        raise TooManyTries(
            "密码输错次数过多,请 15 分钟后再试。忘记密码请找乡镇工会专干或县总工会管理员重置。",
            int(_WINDOW.total_seconds()),
        )


def verify(tx: Tx, attempt: Attempt) -> str | None:
    """The person's id when name and password fit; takes as long when they do not."""
    found = directory.person_by_username(tx, attempt.username)
    person, stored = found if found is not None else (None, None)
    try:
        _hasher.verify(stored or _nobody(), attempt.password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    if person is None or stored is None or not person.active:
        return None
    return person.id


def note_failure(environment: Environment, tx: Tx, attempt: Attempt) -> None:
    """Count a failed try."""
    now = environment.real_now()
    name = environment.vault.lookup_hash(f"{attempt.username}\n{attempt.address}")
    accounts.add_attempt(tx, name, attempt.address, now)
    audit.add_access(tx, environment.now(), None, "sign-in-refused", name[:16])


def open_session(environment: Environment, tx: Tx, attempt: Attempt, person_id: str) -> SignIn:
    """A fresh token for a verified person; never one that was known before."""
    now = environment.real_now()
    token = secrets.token_urlsafe(32)
    expires = now + LIFETIMES[attempt.kind]
    accounts.open_session(tx, token, attempt.kind, person_id, now, expires)
    name = environment.vault.lookup_hash(f"{attempt.username}\n{attempt.address}")
    accounts.clear_attempts(tx, name, attempt.address)
    audit.add_access(tx, environment.now(), person_id, "sign-in", attempt.kind)
    return SignIn(token, person_id, expires)


def actor_for(environment: Environment, tx: Tx, token: str) -> tuple[Actor, bool]:
    """The person of a token as she stands now, and whether "seen" should be written again."""
    found = accounts.signed_in(tx, token, environment.today())
    now = environment.real_now()
    if found is None or found[0].expires_at <= now:
        raise NotSignedIn("登录已超时,请重新登录。您填写的内容已存为草稿,登录后会自动打开。")
    session, actor = found
    if session.kind == "web" and session.seen_at + IDLE <= now:
        raise NotSignedIn("登录已超时,请重新登录。您填写的内容已存为草稿,登录后会自动打开。")
    if actor is None:
        raise NotSignedIn("这个账号已停用。如有疑问请联系县总工会管理员。")
    return actor, session.seen_at + _SEEN_EVERY <= now


def make_link(environment: Environment, tx: Tx, person_id: str) -> str:
    """A one-use link's token, for the printed slip (product.md §1.1)."""
    token = secrets.token_urlsafe(24)
    now = environment.real_now()
    accounts.add_link(tx, token, person_id, now + LINK_LIFETIME, now)
    return token


def use_link(environment: Environment, tx: Tx, token: str, password_hash: str) -> str:
    """Set the password a person chose by a link; her id."""
    person_id = accounts.use_link(tx, token, environment.real_now())
    if person_id is None:
        raise NotSignedIn("这个链接已用过或已过期。请找管理员重新开具密码条。")
    directory.set_password(tx, person_id, password_hash)
    accounts.close_sessions_of(tx, person_id)
    audit.add_access(tx, environment.now(), person_id, "password-set", person_id)
    return person_id
