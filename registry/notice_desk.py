"""Questions about public notices.

The public finds what is on the web; who works here finds the notices of her area.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from engine import Actor, Engine
from engine.errors import NotFound
from engine.store.database import Tx
from engine.work.view import TaskView
from registry.notice import PublicNotice, objection_key
from registry.notice_layers import WebNotice, snapshot_place, web_layer
from registry.notice_records import NoticeRecord, draft_sheet, kept_layer, record_of
from registry.notice_shown import Notice, shown_notice
from registry.store import notices, snapshots


class NoticeReading:
    """Notices on an engine that was opened with the register's branch and operations."""

    def __init__(self, engine: Engine, site: str = "") -> None:
        self._engine = engine
        self._vault = engine.environment.vault
        self._site = site

    # Reading -------------------------------------------------------------------------------

    def public_notices(self, after: tuple[str, str] | None, limit: int) -> Sequence[Notice]:
        """Notices on the web, newest first; one more than asked."""
        today = self._today()
        return self._engine.ask(
            lambda tx: [
                replace(one, case_id="")
                for one in self._shown(tx, notices.on_the_web(tx, today, after, limit + 1))
            ]
        )

    def notices(
        self,
        actor: Actor,
        *,
        status: str = "",
        after: tuple[str, str] | None = None,
        limit: int = 200,
    ) -> Sequence[Notice]:
        """Notices of the actor's area, also those only on paper, newest first."""
        return self._engine.ask(
            lambda tx: self._shown(tx, notices.seen_by(tx, actor, status, after, limit))
        )

    def notice(self, actor: Actor | None, notice_id: str) -> Notice:
        """One notice as it was published; the public (None) finds only those on the web.

        Staff find every notice of their area, and what the public finds.
        """

        def read(tx: Tx) -> Notice:
            found, is_seen = self._found(tx, actor, notice_id)
            (shown,) = self._shown(tx, [found])
            shown = replace(shown, web=self._published(tx, found))
            return shown if is_seen else replace(shown, case_id="")

        return self._engine.ask(read)

    def notice_of_case(self, actor: Actor, case_id: str) -> Notice | None:
        """The last notice of a case, where it has one that the actor may see."""

        def read(tx: Tx) -> Notice | None:
            newest = notices.newest_of_case(tx, case_id)
            if newest is None or notices.visible_notice(tx, actor, newest.id) is None:
                return None
            return self._shown(tx, [newest])[0]

        return self._engine.ask(read)

    def standing_notices(self, actor: Actor, case_ids: Sequence[str]) -> Mapping[str, Notice]:
        """By case the notice that stands at this moment, of those the actor may see."""
        found = self._engine.ask(
            lambda tx: self._shown(tx, notices.standing_of_cases(tx, actor, case_ids))
        )
        return {one.case_id: one for one in found}

    def _found(self, tx: Tx, actor: Actor | None, notice_id: str) -> tuple[PublicNotice, bool]:
        seen = None if actor is None else notices.visible_notice(tx, actor, notice_id)
        found = seen or notices.public_notice(tx, notice_id, self._today())
        if found is None:
            raise NotFound("没有找到这项公示,可能公示期已满。请返回公示列表查看。")
        return found, seen is not None

    def _seen(self, tx: Tx, actor: Actor, notice_id: str) -> PublicNotice:
        found = notices.visible_notice(tx, actor, notice_id)
        if found is None:
            raise NotFound("没有找到这项公示。请返回公示列表查看。")
        return found

    def _published(self, tx: Tx, one: PublicNotice) -> WebNotice:
        """What was published, and no new drawing of it; of the first release the row itself."""
        kept = snapshots.one(tx, one.id, one.snapshots, "web") if one.snapshots else None
        if kept is None:
            return web_layer(one)
        place = snapshot_place(one.id, kept.number, kept.layer)
        return WebNotice.from_bytes(self._vault.open(kept.content, place))

    def _shown(self, tx: Tx, found: Sequence[PublicNotice]) -> list[Notice]:
        """Notices in words, each with whether objections are taken at this moment."""
        keys = {one.id: objection_key(one.id, self._vault.lookup_hash) for one in found}
        awaited = notices.awaited(tx, list(keys.values()))
        today = self._today()
        return [shown_notice(one, today, awaited=keys[one.id] in awaited) for one in found]

    # The sheet, and what was kept -----------------------------------------------------------

    def record(self, actor: Actor, notice_id: str) -> NoticeRecord:
        """What was published when, with its hashes, and what the figures count; for staff."""
        return self._engine.ask(
            lambda tx: record_of(tx, self._vault, self._seen(tx, actor, notice_id))
        )

    def sheet(self, actor: Actor, notice_id: str, number: int | None = None) -> bytes:
        """The sheet as it was published, whole name and all; that it was opened is written down.

        Only for who sees the case it came from.
        """
        found = self._engine.ask(lambda tx: self._seen(tx, actor, notice_id))
        self._engine.cases.must_see(actor, found.case_id)
        self._engine.note_access(actor, "notice-sheet-read", notice_id)
        return self._engine.ask(
            lambda tx: kept_layer(tx, self._vault, found, number or found.snapshots, "sheet")
        )

    def web_snapshot(self, actor: Actor, notice_id: str, number: int) -> bytes:
        """What the web showed, byte for byte; for staff."""
        return self._engine.ask(
            lambda tx: kept_layer(tx, self._vault, self._seen(tx, actor, notice_id), number, "web")
        )

    def draft_sheet(self, actor: Actor, view: TaskView) -> bytes:
        """The sheet to be hung, before the step that posts the notice is sent in.

        Sent in on the same day, the notice is published with exactly these bytes.
        """
        self._engine.note_access(actor, "notice-sheet-read", view.task.id)
        return self._engine.ask(
            lambda tx: draft_sheet(tx, self._engine.environment, view, self._site)
        )

    def _today(self) -> date:
        return self._engine.environment.today()
