"""Cases that are begun from the page of a household's file: a review, an exit.

Which these are, the deployed processes say (``startsFrom``). Of one process a file has one case
that has decided nothing yet; a second start is refused with the number of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine import Actor, Engine, Request
from engine.errors import Conflict, Invalid
from engine.model.definitions import ProcessInfo
from engine.store import directory
from engine.store.database import Tx
from engine.work.start import Started
from registry.household import File
from registry.reading import must_see
from registry.starts import FROM_A_FILE
from registry.store import file_cases, households
from registry.store.file_cases import ABOUT, Running


@dataclass(frozen=True)
class FileOffer:
    """A process that she may begin for a file, or that runs for it already.

    ``running`` is empty, or the number of the case that has decided nothing yet, with its id.
    """

    process_key: str
    name: str
    running: str = ""
    case_id: str = ""


class FileCases:
    """The group of commands and questions about cases that begin from files."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def offered_for(
        self, actor: Actor, file_numbers: Sequence[str]
    ) -> dict[str, Sequence[FileOffer]]:
        """What may be begun for the files of a list, and what runs, by file number.

        Nothing for one that is out, and of those she does not see.
        """
        infos = self._engine.definitions.all_started_from(FROM_A_FILE)

        def read(tx: Tx) -> dict[str, Sequence[FileOffer]]:
            files = households.visible_among(tx, actor, file_numbers)
            return offers_of(tx, actor, list(files.values()), infos)

        return self._engine.ask(read) if infos and file_numbers else {}

    def start(
        self, actor: Actor, file_no: str, process_key: str, business_key: str | None = None
    ) -> Started:
        """Begin a case of a process about a file.

        Raises NotFound, NotPermitted; Invalid for a process that does not begin from files;
        Conflict where the file is out or such a case has decided nothing yet.
        """
        info = self._info(process_key)

        def about(tx: Tx) -> tuple[File, str]:
            file, union = must_see(tx, actor, file_no)
            _must_be_free(tx, file, info)
            return file, union

        file, union = self._engine.ask(about)
        data = {ABOUT: file_no, "household": file.shown.head_name, "union": union}
        request = Request(
            info.key, file.organisation_id, data, business_key or file_no, origin=FROM_A_FILE
        )

        def also(tx: Tx, started: Started) -> None:
            held = households.numbered(tx, file_no)
            if held is not None:
                _must_be_free(tx, held, info, except_case=started.case_id)

        return self._engine.cases.start(actor, request, also=also)

    def _info(self, process_key: str) -> ProcessInfo:
        for info in self._engine.definitions.all_started_from(FROM_A_FILE):
            if info.key == process_key:
                return info
        raise Invalid("这个流程不能从档案发起,没有发起。请刷新档案页面后重试。")


def _must_be_free(tx: Tx, file: File, info: ProcessInfo, except_case: str = "") -> None:
    if not file.shown.stands:
        raise Conflict(f"这份档案已经退出,不能再办{info.name},没有发起。")
    found = file_cases.running(tx, [file.file_no], [info.key]).get(file.file_no, [])
    others = [one for one in found if one.case_id != except_case]
    if others:
        raise Conflict(
            f"这份档案的{info.name}正在办理(办件 {others[0].number}),没有重复发起。"
            "请打开那一件继续办理。"
        )


def offers_of(
    tx: Tx, actor: Actor, files: Sequence[File], infos: Sequence[ProcessInfo]
) -> dict[str, Sequence[FileOffer]]:
    """What may be begun for each of these files, and what runs; nothing for one that is out."""
    standing = [file for file in files if file.shown.stands]
    running = file_cases.running(
        tx, [one.file_no for one in standing], [info.key for info in infos]
    )
    below = {
        info.key: directory.below(tx, [p for role in info.starters for p in actor.places(role)])
        for info in infos
    }
    found: dict[str, Sequence[FileOffer]] = {}
    for file in standing:
        cases = {one.process_key: one for one in running.get(file.file_no, [])}
        found[file.file_no] = [
            _offer(info, cases.get(info.key))
            for info in infos
            if info.key in cases or file.organisation_id in below[info.key]
        ]
    return found


def _offer(info: ProcessInfo, running: Running | None) -> FileOffer:
    if running is None:
        return FileOffer(info.key, info.name)
    return FileOffer(info.key, info.name, running.number, running.case_id)
