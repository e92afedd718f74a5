"""Pictures from a phone for a form on a computer, without signing in on the phone."""

import hmac
import secrets
from datetime import timedelta

from engine.errors import Invalid, NotFound
from engine.model.actors import Actor
from engine.model.cases import StoredFile
from engine.model.phone_uploads import Arrived, PhoneUpload
from engine.store import files as stored_files
from engine.store import phone_uploads as stored
from engine.store.database import Tx
from engine.work import files
from engine.work.environment import Environment

LASTS = timedelta(minutes=15)
MOST_PICTURES = 40
_FORGOTTEN_AFTER = timedelta(days=1)
_LONGEST = 200

GONE = "这个上传页面已失效(15 分钟内有效)。请在电脑上再点一次“手机传图”,用手机重新扫码。"


def token_of(environment: Environment, upload_id: str) -> str:
    """What the phone shows: the page's id with a signature that only we can make."""
    return f"{upload_id}-{environment.vault.lookup_hash(f'phone upload {upload_id}')[:32]}"


def begin(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    place: str,
    asked: tuple[str, str],
    *,
    many: bool,
) -> PhoneUpload:
    """A new page for one field of one form of this person; (field, label)."""
    new = PhoneUpload(
        secrets.token_hex(12),
        actor.person_id,
        place[:_LONGEST],
        asked[0][:_LONGEST],
        asked[1][:_LONGEST],
        many,
        environment.real_now() + LASTS,
    )
    stored.add(tx, new)
    return new


def by_token(environment: Environment, tx: Tx, token: str) -> Arrived:
    """What the phone's page shows; NotFound for a token that nobody gave out, or an old one."""
    upload_id = token.partition("-")[0]
    if not hmac.compare_digest(token_of(environment, upload_id).encode(), token.encode()):
        raise NotFound(GONE)
    found = stored.load(tx, upload_id)
    if found is None:
        raise NotFound(GONE)
    return _arrived(environment, tx, found)


def of_person(environment: Environment, tx: Tx, actor: Actor, upload_id: str) -> Arrived:
    """The same for whoever began it; NotFound for everybody else."""
    found = stored.load(tx, upload_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFound("没有找到这次手机传图。请再点一次“手机传图”。")
    return _arrived(environment, tx, found)


def take(
    environment: Environment,
    tx: Tx,
    token: str,
    described: tuple[str, str],
    kept: tuple[str, int],
) -> StoredFile:
    """Stage a kept file for the person who began the page; (name, type), (hash, size).

    NotFound once the page has ended, Invalid where it has taken all it may.
    """
    page = by_token(environment, tx, token)
    if not page.is_open:
        raise NotFound(GONE)
    if len(page.files) >= (MOST_PICTURES if page.upload.multiple else 1):
        raise Invalid(
            "这里只收一张,已经收到了。要换一张,请在电脑上移除后再点一次“手机传图”。"
            if not page.upload.multiple
            else f"一次最多传 {MOST_PICTURES} 张,已经满了。请在电脑上再点一次“手机传图”。"
        )
    new = files.stage(
        tx, page.upload.person_id, described, kept[0], kept[1], environment.real_now()
    )
    stored.add_picture(tx, page.upload.id, new.id)
    return new


def finish(environment: Environment, tx: Tx, token: str) -> Arrived:
    """The phone has sent everything: the page takes no more."""
    page = by_token(environment, tx, token)
    stored.close(tx, page.upload.id, environment.real_now())
    return by_token(environment, tx, token)


def sweep(environment: Environment, tx: Tx) -> None:
    """Forget old pages."""
    stored.forget(tx, environment.real_now() - _FORGOTTEN_AFTER)


def _arrived(environment: Environment, tx: Tx, upload: PhoneUpload) -> Arrived:
    ids = stored.pictures(tx, upload.id)
    known = stored_files.by_ids(tx, ids)
    found = tuple(known[i] for i in ids if i in known)
    return Arrived(upload, found, upload.is_open(environment.real_now()))
