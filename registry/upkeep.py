"""What is done to a file after its approval without a case: errors put right, consent withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound, Stale
from engine.store.audit import add_access
from engine.store.database import Tx
from registry.correction import Correctable, correctable, corrected
from registry.correction_rows import LineTable, line_tables, people_of_household
from registry.deciding import Deciding, decided_again, deciding, review_of, with_review
from registry.filing import file_next
from registry.household import (
    CORRECTED,
    DECIDED_AGAIN,
    RENEWED,
    WITHDRAWN,
    Content,
    File,
    mapping,
    shown_of,
    text,
)
from registry.reading import content_of, must_see
from registry.rights import Act, must
from registry.sections import masked
from registry.store import households

_LONGEST_REASON = 180


@dataclass(frozen=True)
class Correcting:
    """The version that would be put right, what of it may be, which lists may get other lines."""

    version: int
    fields: Sequence[Correctable]
    tables: Sequence[LineTable]
    people: Sequence[str]
    """Whose a new line can be."""


class Upkeep:
    """The group of commands that write versions by hand."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment
        self._vault = engine.environment.vault

    def correctable(self, actor: Actor, file_no: str) -> "Correcting":
        """What of a file may be put right, numbers masked. Raises NotFound, NotPermitted."""

        def read(tx: Tx) -> Correcting:
            file, _union = must_see(tx, actor, file_no)
            must(tx, actor, Act.CORRECT, file)
            content = content_of(tx, self._vault, file_no, file.version)
            return Correcting(
                version=file.version,
                fields=correctable(content, masked),
                tables=line_tables(),
                people=people_of_household(content),
            )

        return self._engine.ask(read)

    def correct(
        self, actor: Actor, file_no: str, seen: int, typed: Mapping[str, str], reason: str
    ) -> int:
        """Put recorded errors right; the number of the new version.

        ``typed`` has new values by path, empty for what stays; of a line that is taken away
        ``removed``; of new lines their values (:mod:`registry.correction_rows`). Raises NotFound,
        NotPermitted, Invalid, Stale when there is a newer version, Conflict when another file
        has that head.
        Where the category leans on what was changed, the file waits for :meth:`decide`.
        """
        said = _reason(reason, "更正的原因和依据", "没有更正,您填写的内容仍在页面上。")

        def write(tx: Tx) -> int:
            file, before = self._held(tx, actor, file_no, Act.CORRECT)
            if file.version != seen:
                raise Stale("档案刚刚有了新版本,没有更正。请核对新版本后再填。")
            today = self._environment.today()
            done = corrected(before, typed, today)
            new = done.content
            self._must_be_free(tx, actor, file, new)
            if done.basis:
                new = with_review(new, file.version + 1, today, actor.person_id, done.basis)
            told = f"{said}(更正:{'、'.join(done.changed)})"
            number = file_next(self._environment, tx, actor, file, CORRECTED, told, new)
            self._note(tx, actor, "household-corrected", file_no, "、".join(done.changed))
            return number

        return self._engine.execute(write)

    def decide(self, actor: Actor, file_no: str, seen: int, category: str, reason: str) -> int:
        """Decide the category again: another, or the same after what it leans on was put right.

        The number of the new version. Raises NotFound, NotPermitted, Invalid, Stale, Conflict for
        who put right herself what the category leans on.
        """
        said = _reason(reason, "更正或维持认定类型的理由", "没有保存,您填写的内容仍在页面上。")

        def write(tx: Tx) -> int:
            file, before = self._held(tx, actor, file_no, Act.DECIDE)
            if file.version != seen:
                raise Stale("档案刚刚有了新版本,没有保存。请核对新版本后再填。")
            waiting = review_of(before)
            if waiting is not None and actor.person_id in waiting.by:
                raise Conflict("认定依据是您更正的,认定类型须由另一位分管领导复核,没有保存。")
            new, told = decided_again(before, category, said)
            number = file_next(self._environment, tx, actor, file, DECIDED_AGAIN, told, new)
            self._note(tx, actor, "household-decided", file_no, told)
            return number

        return self._engine.execute(write)

    def deciding(self, actor: Actor, file_no: str) -> Deciding:
        """What there is to decide again. Raises NotFound, NotPermitted."""

        def read(tx: Tx) -> Deciding:
            file, _union = must_see(tx, actor, file_no)
            must(tx, actor, Act.DECIDE, file)
            return deciding(content_of(tx, self._vault, file_no, file.version), file.version)

        return self._engine.ask(read)

    def withdraw_consent(self, actor: Actor, file_no: str, reason: str) -> None:
        """Mark that consent was withdrawn: nothing new is done, what the law asks for is kept.

        Raises NotFound, NotPermitted, Invalid without a reason, Conflict when it is withdrawn.
        """
        said = _reason(reason, "撤回的方式和日期", "没有登记。")

        def write(tx: Tx) -> None:
            file, before = self._held(tx, actor, file_no, Act.CONSENT)
            consent = dict(mapping(before.get("consent")))
            if text(consent.get("withdrawn_on")):
                raise Conflict(f"授权已于 {text(consent['withdrawn_on'])} 撤回,没有重复登记。")
            consent["withdrawn_on"] = self._environment.today().isoformat()
            consent["withdrawn_reason"] = said
            new = {**before, "consent": consent}
            file_next(self._environment, tx, actor, file, WITHDRAWN, said, new)
            self._note(tx, actor, "consent-withdrawn", file_no, "")

        self._engine.execute(write)

    def renew_consent(self, actor: Actor, file_no: str, reason: str) -> None:
        """The household has signed again. Raises as :meth:`withdraw_consent` does."""
        said = _reason(reason, "重新签署的日期和授权书版本", "没有登记。")

        def write(tx: Tx) -> None:
            file, before = self._held(tx, actor, file_no, Act.CONSENT)
            consent = dict(mapping(before.get("consent")))
            if not text(consent.pop("withdrawn_on", "")):
                raise Conflict("授权没有撤回,不需要重新登记。")
            consent.pop("withdrawn_reason", None)
            consent["renewed_on"] = self._environment.today().isoformat()
            new = {**before, "consent": consent}
            file_next(self._environment, tx, actor, file, RENEWED, said, new)
            self._note(tx, actor, "consent-renewed", file_no, "")

        self._engine.execute(write)

    def _held(self, tx: Tx, actor: Actor, file_no: str, act: Act) -> tuple[File, Content]:
        """The file and what it says, held until the transaction ends."""
        must_see(tx, actor, file_no)
        file = households.numbered(tx, file_no)
        if file is None:
            raise NotFound
        must(tx, actor, act, file)
        return file, content_of(tx, self._vault, file_no, file.version)

    def _must_be_free(self, tx: Tx, actor: Actor, file: File, new: Content) -> None:
        """Nobody else's file has the head's number."""
        head_hash = shown_of(new, self._vault.lookup_hash).head_hash
        other = households.of_head(tx, head_hash)
        if other is None or other.file_no == file.file_no:
            return
        if households.visible_file(tx, actor, other.file_no) is not None:
            raise Conflict(
                f"这个证件号码是档案 {other.file_no} 的户主,没有更正。请先核实是否重复。"
            )
        raise Conflict(
            "这个证件号码已登记在另一户档案中,没有更正。您无权查看该档案,请县总工会核实。"
        )

    def _note(self, tx: Tx, actor: Actor, action: str, file_no: str, detail: str) -> None:
        add_access(tx, self._environment.now(), actor.person_id, action, file_no, detail[:300])


def _reason(said: str, what: str, kept: str) -> str:
    reason = said.strip()
    if not reason or len(reason) > _LONGEST_REASON:
        raise Invalid(f"请写明{what}(不超过 {_LONGEST_REASON} 字)。{kept}")
    return reason
