"""What an applicant added with her receipt, for who handles the case."""

from dataclasses import dataclass

from flask import url_for

from engine import Actor, Engine
from engine.model.public_words import GUEST_PAPERS
from engine.runtime import Program
from engine.work.guest_additions import Addition
from webapp.shared.words import moment


@dataclass(frozen=True)
class ShownAddition:
    """What was added at once; each paper with its address."""

    at: str
    words: str
    papers: tuple[tuple[str, str], ...]


def shown_additions(
    engine: Engine, actor: Actor, case_id: str, program: Program
) -> tuple[ShownAddition, ...]:
    """The newest first; nothing is asked where the process takes none."""
    if program.info.properties.get(GUEST_PAPERS, "").strip() != "true":
        return ()
    return tuple(map(_shown, engine.receipts.additions(actor, case_id)))


def _shown(one: Addition) -> ShownAddition:
    papers = ((paper.name, url_for("reading.paper", file_id=paper.id)) for paper in one.papers)
    return ShownAddition(moment(one.at), one.words, tuple(papers))
