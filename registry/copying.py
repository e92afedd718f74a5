"""The copy page (抄录): a file in the national form's order, with what has been copied already."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine import Actor, Engine
from engine.errors import Conflict, Invalid
from engine.store.audit import add_access
from engine.store.database import Tx
from engine.work.attributes import normal
from registry.filing import file_next
from registry.household import AWAITING_ENTRY, NUMBERED, Content, File, mapping, text
from registry.national import Block, Entry, blocks
from registry.reading import content_of, must_see
from registry.rights import Act, must
from registry.store import copy_ticks, file_lists, households
from registry.store.file_lists import FileQuestion, Queue

LONGEST_NUMBER = 40
"""Characters of a number of the national system."""


@dataclass(frozen=True)
class CopyField:
    """One field; an empty one has nothing to copy."""

    key: str
    label: str
    value: str
    code: str
    is_copied: bool


@dataclass(frozen=True)
class CopyBlock:
    """A part of the form."""

    title: str
    fields: Sequence[CopyField]


@dataclass(frozen=True)
class CopySheet:
    """A file to be copied, and the next one that waits; empty when there is none.

    ``takes_number``: its national number is written down here, for no case will do it.
    """

    file: File
    union: str
    blocks: Sequence[CopyBlock]
    next_file_no: str
    takes_number: bool = False

    @property
    def to_copy(self) -> int:
        """Fields that say something."""
        return sum(bool(field.value) for block in self.blocks for field in block.fields)

    @property
    def copied(self) -> int:
        """Those that have been copied."""
        return sum(field.is_copied for block in self.blocks for field in block.fields)


class CopyDesk:
    """The group of commands and questions about copying."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._vault = engine.environment.vault

    def sheet(self, actor: Actor, file_no: str) -> CopySheet:
        """A file with whole numbers, which is written down first.

        Raises NotFound, NotPermitted, Conflict when consent was withdrawn.
        """
        self._engine.ask(lambda tx: self._must_copy(tx, actor, file_no))
        self._engine.note_access(actor, "household-clear", file_no, "抄录")

        def read(tx: Tx) -> CopySheet:
            file, union, content = self._must_copy(tx, actor, file_no)
            ticks = copy_ticks.of_file(tx, file_no)
            return CopySheet(
                file=file,
                union=union,
                blocks=[self._block(file_no, block, ticks) for block in blocks(content)],
                next_file_no=self._next(tx, actor, file),
                takes_number=file.shown.status == AWAITING_ENTRY
                and not households.is_in_a_case(tx, file_no),
            )

        return self._engine.ask(read)

    def first(self, actor: Actor) -> str:
        """The file that has waited longest; empty when none waits."""
        question = FileQuestion(queue=Queue.TO_COPY, limit=1)
        found = self._engine.ask(lambda tx: file_lists.files(tx, actor, question))
        return found[0].file.file_no if found else ""

    def tick(self, actor: Actor, file_no: str, copied: Sequence[str], seen: Sequence[str]) -> None:
        """Keep which of the fields that were ``seen`` have been copied, and which not (yet).

        Raises NotFound, NotPermitted, Conflict, Invalid for a field the form does not have.
        """

        def write(tx: Tx) -> None:
            _file, _union, content = self._must_copy(tx, actor, file_no)
            known = {
                entry.key: self._hash(file_no, entry)
                for block in blocks(content)
                for entry in block.entries
            }
            if not {*copied, *seen} <= known.keys():
                raise Invalid("这份档案刚刚有变化,抄录进度没有保存。请刷新页面。")
            now = self._engine.environment.now()
            before = copy_ticks.of_file(tx, file_no)
            new = {key: known[key] for key in copied if before.get(key) != known[key]}
            copy_ticks.put(tx, file_no, new, actor.person_id, now)
            gone = sorted(set(seen) - set(copied))
            copy_ticks.remove(tx, file_no, [key for key in gone if key in before])
            if new:
                add_access(tx, now, actor.person_id, "fields-copied", file_no, f"{len(new)} 项")

        self._engine.execute(write)

    def enter(self, actor: Actor, file_no: str, national_no: str) -> int:
        """Write down the number that the national system gave a file no case will enter.

        A file that was taken over without a number has no step for that. The number of the new
        version. Raises NotFound, NotPermitted, Invalid, Conflict.
        """
        number = normal(national_no)
        if not number or len(number) > LONGEST_NUMBER:
            raise Invalid(f"请填写全国系统给出的编号(不超过 {LONGEST_NUMBER} 个字符),没有登记。")

        def write(tx: Tx) -> int:
            households.hold_national_number(tx, number)
            households.numbered(tx, file_no)
            file, _union, before = self._must_copy(tx, actor, file_no)
            if file.shown.status != AWAITING_ENTRY:
                raise Conflict("这一户不在待录入状态,没有登记。请刷新页面核对。")
            if households.is_in_a_case(tx, file_no):
                raise Conflict("这一户的编号在办件的“录入全国系统”环节登记,这里没有登记。")
            if households.bearer_of(tx, number, file_no) is not None:
                raise Conflict(f"编号 {number} 已登记在另一份档案,没有登记。请核对编号。")
            environment = self._engine.environment
            content = dict(before)
            entered = {"national_no": number, "entered_on": environment.today().isoformat()}
            content["national"] = {**mapping(content.get("national")), **entered}
            version = file_next(environment, tx, actor, file, NUMBERED, number, content)
            now = environment.now()
            add_access(tx, now, actor.person_id, "national-number-entered", file_no, number)
            return version

        return self._engine.execute(write)

    def _must_copy(self, tx: Tx, actor: Actor, file_no: str) -> tuple[File, str, Content]:
        file, union = must_see(tx, actor, file_no)
        must(tx, actor, Act.COPY, file)
        content = content_of(tx, self._vault, file_no, file.version)
        if text(mapping(content.get("consent")).get("withdrawn_on")):
            raise Conflict("这一户已撤回授权,不再抄录。已录入全国系统的内容请按规定处理。")
        return file, union, content

    def _next(self, tx: Tx, actor: Actor, file: File) -> str:
        """Whoever waits after this one; from the beginning when this is the last."""
        place = ("" if file.awaits_since is None else file.awaits_since.isoformat(), file.file_no)
        for after in (place, None):
            question = FileQuestion(queue=Queue.TO_COPY, after=after, limit=1)
            for found in file_lists.files(tx, actor, question):
                if found.file.file_no != file.file_no:
                    return found.file.file_no
        return ""

    def _block(self, file_no: str, block: Block, ticks: dict[str, str]) -> CopyBlock:
        return CopyBlock(
            block.title,
            [
                CopyField(
                    entry.key,
                    entry.label,
                    entry.value,
                    entry.code,
                    bool(entry.value) and ticks.get(entry.key) == self._hash(file_no, entry),
                )
                for entry in block.entries
            ],
        )

    def _hash(self, file_no: str, entry: Entry) -> str:
        """Of the value as it stands in this file: one that changes is to be copied again."""
        return self._vault.lookup_hash(f"copied {file_no} {entry.key} {entry.value}")
