"""A household's volume on paper (纸质档案): its number, where it stands, which papers lie in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import Actor, Engine
from engine.errors import Invalid, Stale
from engine.store.audit import add_access
from engine.store.database import Tx
from registry.reading import must_see
from registry.rights import Act, may, must
from registry.store import papers
from registry.store.papers import PaperVolume
from registry.vocabulary import PAPERS

_LONGEST = {"volume_no": 60, "box_no": 40, "place": 120, "note": 300}
_LABELS = {"volume_no": "档号", "box_no": "盒号", "place": "存放地点", "note": "备注"}
_MOST_SHEETS = 999


@dataclass(frozen=True)
class PaperLine:
    """One kind of paper: how many sheets lie in the volume; 0 for none."""

    code: str
    name: str
    sheets: int


@dataclass(frozen=True)
class PaperChange:
    """One change of the volume's entry, told in words."""

    number: int
    at: datetime
    by_name: str
    told: Sequence[str]


@dataclass(frozen=True)
class PaperArchive:
    """The volume as it is entered now; ``number`` is 0 before anything was entered."""

    number: int
    volume_no: str
    box_no: str
    place: str
    note: str
    lines: Sequence[PaperLine]
    trace: Sequence[PaperChange]
    may_enter: bool

    @property
    def sheets(self) -> int:
        """All of them."""
        return sum(line.sheets for line in self.lines)


class PaperShelf:
    """The group of commands and questions about paper."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_file(self, actor: Actor, file_no: str) -> PaperArchive:
        """The volume of one file; NotFound outside the actor's area."""

        def read(tx: Tx) -> PaperArchive:
            file, _union = must_see(tx, actor, file_no)
            every = papers.of_file(tx, file_no)
            now = every[0][0] if every else PaperVolume(file_no)
            return PaperArchive(
                number=now.number,
                volume_no=now.volume_no,
                box_no=now.box_no,
                place=now.place,
                note=now.note,
                lines=[
                    PaperLine(code, name, now.received.get(code, 0))
                    for code, name in PAPERS.items()
                ],
                trace=_trace(every),
                may_enter=may(tx, actor, Act.PAPERS, file),
            )

        return self._engine.ask(read)

    def enter(self, actor: Actor, file_no: str, seen: int, typed: Mapping[str, str]) -> None:
        """Write what the volume is now; ``seen`` is the number the form was made from.

        ``typed`` has the four texts and ``sheets.CODE``. Raises NotFound, NotPermitted, Invalid,
        Stale when somebody else was faster.
        """
        new = _checked(file_no, typed)

        def write(tx: Tx) -> None:
            file, _union = must_see(tx, actor, file_no)
            must(tx, actor, Act.PAPERS, file)
            every = papers.of_file(tx, file_no)
            number = every[0][0].number if every else 0
            if number != seen:
                raise Stale("纸质档案刚刚由同事改过,没有保存。请刷新页面,核对后再填。")
            if every and every[0][0].says_the_same_as(new):
                return
            now = self._engine.environment.now()
            papers.add(tx, new.numbered(number + 1, now, actor.person_id))
            add_access(tx, now, actor.person_id, "paper-volume", file_no, str(number + 1))

        self._engine.execute(write)


def _checked(file_no: str, typed: Mapping[str, str]) -> PaperVolume:
    faults = []
    texts = {name: typed.get(name, "").strip() for name in _LONGEST}
    for name, longest in _LONGEST.items():
        if len(texts[name]) > longest:
            faults.append(f"“{_LABELS[name]}”不超过 {longest} 字。")
    received: dict[str, int] = {}
    for code, name in PAPERS.items():
        said = typed.get(f"sheets.{code}", "").strip()
        if not said:
            continue
        if not said.isascii() or not said.isdigit() or int(said) > _MOST_SHEETS:
            faults.append(f"“{name}”的份数应是 0 至 {_MOST_SHEETS} 的整数。")
        elif int(said):
            received[code] = int(said)
    if faults:
        raise Invalid("".join([*faults, "没有保存,您填写的内容仍在页面上。"]))
    return PaperVolume(
        file_no,
        volume_no=texts["volume_no"],
        box_no=texts["box_no"],
        place=texts["place"],
        note=texts["note"],
        received=received,
    )


def _trace(every: Sequence[tuple[PaperVolume, str]]) -> list[PaperChange]:
    """What each entry changed, newest first."""
    befores = [volume for volume, _ in every[1:]]
    return [
        PaperChange(volume.number, volume.at, by, _told(before, volume))
        for (volume, by), before in zip(
            every, [*befores, PaperVolume(volume_no="", file_no="")], strict=False
        )
        if volume.at is not None
    ]


def _told(before: PaperVolume, after: PaperVolume) -> list[str]:
    told = [
        f"{label}:{getattr(before, name) or '—'} → {getattr(after, name) or '—'}"
        for name, label in _LABELS.items()
        if getattr(before, name) != getattr(after, name)
    ]
    for code, name in PAPERS.items():
        old, new = before.received.get(code, 0), after.received.get(code, 0)
        if old != new:
            told.append(f"{name}:{old} 份 → {new} 份")
    return told
