"""Steps of a list decided by hundreds: each by itself, beside the web, some in a view at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Actor, Engine
from engine.errors import NotFound
from engine.model.errands import Errand, Outcome, Say
from engine.store.database import Tx
from webapp.together.deciding import Asked, decide

ERRAND = "decide-listed"
_AT_ONCE = 50

Handler = Callable[[Actor, Errand, Say], tuple[Outcome, Callable[[Tx], None]] | None]


@dataclass(frozen=True)
class Place:
    """One step of one list."""

    key: str
    process_key: str
    element_id: str

    @property
    def subject(self) -> str:
        """What an errand about it is called."""
        return f"{self.key}/{self.process_key}/{self.element_id}"


def ask_for(
    engine: Engine,
    actor: Actor,
    place: Place,
    steps: Sequence[tuple[str, int]],
    answers: Mapping[str, object],
    words: tuple[str, str],
) -> str:
    """Have these steps decided with the same answers; the errand's id.

    ``words``: what people call the step and the list. One after the other of a person's: what she
    asks of the same list meanwhile is not begun.
    """
    wanted = {
        "steps": [list(step) for step in steps],
        "answers": dict(answers),
        "words": list(words),
    }
    subject = f"{place.subject}/{actor.person_id}"
    return engine.errands.ask_for(actor, ERRAND, subject, wanted, total=len(steps))


def errand_on(engine: Engine) -> Handler:
    """How it is done: each step is completed as its own page would, and remembers that it was.

    Begun anew after a crash it goes through all of them again; what is done already says so. What
    was refused is told in a file for who asked, and stays in her list.
    """

    def run(actor: Actor, errand: Errand, say: Say) -> tuple[Outcome, Callable[[Tx], None]] | None:
        told: dict[str, Any] = dict(errand.wanted)
        seen = {str(task_id): int(rev) for task_id, rev in told["steps"]}
        ids, refused = list(seen), list[str]()
        for first in range(0, len(ids), _AT_ONCE):
            say(first, len(ids))
            some = ids[first : first + _AT_ONCE]
            refused += _decided(engine, actor, some, Asked(told["answers"], seen, errand.id))
        say(len(ids), len(ids))
        if not refused:
            return None
        head = f"没有办成的 {len(refused)} 户(仍在名单中):"
        content = "\r\n".join((head, *refused)).encode("utf-8-sig")
        return Outcome("没有办成的.txt", content), lambda _tx: None

    return run


def _decided(engine: Engine, actor: Actor, ids: Sequence[str], asked: Asked) -> list[str]:
    """Those that were refused, each with the reason."""
    try:
        found = engine.tasks.together(actor, ids)
    except NotFound:  # one of them is not hers to see any more: the others go on
        if len(ids) == 1:
            return [f"{ids[0]} 已不由您办理。"]
        half = len(ids) // 2
        return [
            *_decided(engine, actor, ids[:half], asked),
            *_decided(engine, actor, ids[half:], asked),
        ]
    done = decide(engine, actor, found, asked)
    return [f"{one.number} {one.title} {one.refusal}" for one in done if one.refusal]
