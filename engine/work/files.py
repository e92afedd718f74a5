"""Papers: staged while a form is filled, linked when it is completed (design.md D19)."""

import contextlib
import hashlib
import io
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from engine.errors import FileTooLarge, FileTypeRefused, Invalid, NotFound
from engine.model.actors import Actor
from engine.model.cases import EventKind, StoredFile
from engine.model.sniffing import sniff
from engine.store import files
from engine.store.database import Tx
from engine.work.access import visible_case
from engine.work.confidence import Confidence
from engine.work.environment import Environment
from engine.work.history import Cause, write_history
from engine.work.opened import open_case

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes. A phone's photograph has a fifth of it (product.md §4, sentence 5)."""

LONGEST_NAME = 200
STAGED_FOR = timedelta(hours=24)
_CHUNK = 1024 * 1024
_ID = re.compile(r"[0-9a-f]{26}")


def receive(stream: IO[bytes]) -> bytes:
    """The whole content, never more than allowed in memory; FileTooLarge otherwise."""
    buffer = io.BytesIO()
    while chunk := stream.read(_CHUNK):
        buffer.write(chunk)
        if buffer.tell() > LARGEST_FILE:
            raise FileTooLarge(
                "文件超过 20 MB,未能上传。请用“手机传图”自动压缩后再传,或分成几个文件;"
                "其他附件和填写内容不受影响。"
            )
    return buffer.getvalue()


def keep(environment: Environment, content: bytes) -> str:
    """Write content below the data folder, sealed; its SHA-256. Durable before any row names it."""
    digest = hashlib.sha256(content).hexdigest()
    target = path_of(environment.data_dir, digest)
    if target.exists():
        with contextlib.suppress(FileNotFoundError):  # tidied away just now: written again
            os.utime(target)  # the tidying leaves alone what is new
            return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{digest}.{secrets.token_hex(6)}.part")
    with temporary.open("wb") as out:
        out.write(environment.vault.seal_file(content, digest))
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def strays(environment: Environment, tx: Tx, older_than: timedelta) -> list[Path]:
    """Content that no row names, written longer ago than this: an upload that was never finished.

    What is newer may belong to an upload under way, whose row is still to come.
    """
    folder, before = environment.data_dir / "files", environment.real_now() - older_than
    old = [path for path in sorted(folder.glob("??/*")) if _written_at(path) < before]
    stored = files.all_hashes(tx) if old else set()
    return [path for path in old if path.name not in stored]


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except FileNotFoundError:  # another worker was faster
        return datetime.max.replace(tzinfo=UTC)


def path_of(data_dir: Path, digest: str) -> Path:
    """Where the content of a hash lies."""
    return data_dir / "files" / digest[:2] / digest


def checked(name: str, content: bytes) -> tuple[str, str]:
    """(name, type) of an upload: the content decides, not the name it came with."""
    clean = Path(name.replace("\\", "/")).name.strip().replace("\x00", "")[-LONGEST_NAME:]
    if not content:
        raise Invalid("文件是空的,未能上传。请重新选择文件。")
    found = sniff(content)
    if found is None:
        raise FileTypeRefused(
            f"“{clean}”不是图片、PDF 或办公文档,未能上传(以文件内容为准,改扩展名无效)。"
            "请上传 JPG、PNG、PDF、Word 或 Excel 文件;其他附件和填写内容不受影响。"
        )
    return clean or "附件", found


def stage(
    tx: Tx, owner: str, described: tuple[str, str], digest: str, size: int, now: datetime
) -> StoredFile:
    """Write the row of a kept file that belongs to no case yet, but to this person."""
    return stage_several(tx, owner, [(described, digest, size)], now)[0]


def stage_several(
    tx: Tx, owner: str, kept: Sequence[tuple[tuple[str, str], str, int]], now: datetime
) -> list[StoredFile]:
    """The same for several: each its (name, type), its hash and its size."""
    new = [
        StoredFile(
            id=secrets.token_hex(13),
            case_id=None,
            owner=owner,
            name=name,
            label="",
            type=kind,
            size=size,
            sha256=digest,
            staged_at=now,
            linked_at=None,
        )
        for (name, kind), digest, size in kept
    ]
    files.add_several(tx, new)
    return new


def attach(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    case_id: str,
    described: tuple[str, str, str],
    kept: tuple[str, int],
) -> StoredFile:
    """Add a kept file to a case the actor may see; (name, type, label), (hash, size)."""
    case = visible_case(tx, actor, case_id)
    now = environment.now()
    opened = open_case(environment, tx, case)
    new = StoredFile(
        id=secrets.token_hex(13),
        case_id=case_id,
        owner=actor.person_id,
        name=described[0],
        label=described[2][:LONGEST_NAME],
        type=described[1],
        size=kept[1],
        sha256=kept[0],
        staged_at=now,
        linked_at=now,
    )
    files.add(tx, new)
    cause = Cause(actor, now)
    cause.note(EventKind.FILE_ADDED, {"file": new.id, "name": new.name})
    write_history(tx, case, opened.vault, cause)
    return new


def read(environment: Environment, tx: Tx, actor: Actor, file_id: str) -> tuple[StoredFile, bytes]:
    """A file's content: of a case the actor may see, or staged by herself."""
    found = files.load(tx, file_id)
    if found is None:
        raise NotFound
    if found.case_id is None:
        if found.owner != actor.person_id:
            raise NotFound
    else:
        case = visible_case(tx, actor, found.case_id)
        confidence = Confidence(environment, tx, actor, open_case(environment, tx, case))
        if found.id in confidence.withheld_files():
            raise NotFound
    return found, content_of(environment, found)


def content_of(environment: Environment, found: StoredFile) -> bytes:
    """The content of a file, whoever asks."""
    sealed = path_of(environment.data_dir, found.sha256).read_bytes()
    return environment.vault.open_file(sealed, found.sha256)


def of_actor(tx: Tx, actor: Actor, file_id: str) -> StoredFile:
    """A file that the actor has sent; NotFound for any other."""
    found = files.load(tx, file_id)
    if found is None or found.owner != actor.person_id:
        raise NotFound
    return found


def named_in(data: object) -> set[str]:
    """What may be ids of files in what was typed, wherever in it."""
    if isinstance(data, str):
        return {data} if _ID.fullmatch(data) else set()
    if isinstance(data, Mapping):
        data = list(data.values())
    if isinstance(data, list | tuple):
        return {one for value in data for one in named_in(value)}
    return set()


def sweep(tx: Tx, real_now: datetime) -> None:
    """Forget files that nobody linked within a day and no draft holds; their content is a stray."""
    files.forget_unlinked(tx, real_now - STAGED_FOR)
