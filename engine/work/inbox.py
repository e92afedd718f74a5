"""The list a person works through: longest overdue first, counts exact."""

import base64
import binascii
from dataclasses import replace

import orjson

from engine.errors import Invalid
from engine.model.actors import Actor
from engine.model.clock import ZONE
from engine.model.tasks import InboxFilter, InboxPage, TaskLine
from engine.store import inbox as stored
from engine.store.database import Tx
from engine.store.inbox_day import InboxDay
from engine.store.instants import NEVER, to_text
from engine.work.attributes import normal
from engine.work.environment import Environment
from engine.work.newest import Newest

SOON_WORKING_DAYS = 2


def inbox(
    environment: Environment, tx: Tx, actor: Actor, narrowed: InboxFilter, newest: Newest
) -> InboxPage:
    """One page of the actor's open steps, with exact counts."""
    narrowed = _with_gathered(narrowed, newest)
    day = _day(environment, tx, actor)
    number = _looked_up(environment, narrowed)
    after = cursor_after(narrowed.cursor)
    counts = stored.counts(tx, actor, narrowed, day, number)
    lines = stored.lines(tx, actor, narrowed, day, number, after, len(counts.by_organisation))
    page = lines[: narrowed.limit]
    return InboxPage(
        lines=tuple(page),
        counts=counts,
        next_cursor=cursor_of(page[-1]) if len(lines) > narrowed.limit else None,
    )


def next_after(
    environment: Environment, tx: Tx, actor: Actor, narrowed: InboxFilter, done: str
) -> str | None:
    """The step to open after one was finished: the first of the list that is not that one."""
    number = _looked_up(environment, narrowed)
    two = replace(_with_gathered(narrowed, environment.newest_versions(tx)), limit=1)
    lines = stored.lines(tx, actor, two, _day(environment, tx, actor), number, None)
    return next((line.id for line in lines if line.id != done), None)


def _with_gathered(narrowed: InboxFilter, newest: Newest) -> InboxFilter:
    """Steps of a process that was chosen are rows; so is whatever a text finds."""
    if narrowed.text:
        return narrowed
    return replace(narrowed, gathered=newest.gathered - {narrowed.process_key})


def _looked_up(environment: Environment, narrowed: InboxFilter) -> str:
    """The searched text as identity, card and telephone numbers are looked up."""
    text = narrowed.text.strip()
    return environment.vault.lookup_hash(normal(text)) if text else ""


def _day(environment: Environment, tx: Tx, actor: Actor) -> InboxDay:
    now = environment.now()
    today = now.astimezone(ZONE).date()
    soon = environment.calendars.get(tx).working_day_after(today, SOON_WORKING_DAYS)[0]
    return InboxDay(now, today, soon, stored.sole_places(tx, actor, today))


def cursor_of(line: TaskLine) -> str:
    """Where the next page begins; opaque, and stable while rows come and go."""
    due = NEVER if line.due_at is None else to_text(line.due_at)
    return encode_cursor([due, line.id])


def cursor_after(cursor: str) -> tuple[str, str] | None:
    """The place a cursor names; Invalid for one that is not ours."""
    if not cursor:
        return None
    parts = decode_cursor(cursor)
    if len(parts) != len(("due", "id")):
        raise Invalid("页码标记(cursor)无效,请从第一页重新打开列表。")
    return str(parts[0]), str(parts[1])


def encode_cursor(parts: list[object]) -> str:
    """Values of a sort key as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[object]:
    """The values of a sort key; Invalid for a text that is not ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, binascii.Error) as error:
        raise Invalid("页码标记(cursor)无效,请从第一页重新打开列表。") from error
    if not isinstance(parts, list) or not all(isinstance(p, str | int) for p in parts):
        raise Invalid("页码标记(cursor)无效,请从第一页重新打开列表。")
    return parts
