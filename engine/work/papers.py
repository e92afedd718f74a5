"""The papers a case needs, with what was handed in for them, and ticks of what was checked."""

from collections.abc import Iterable, Mapping, Sequence

from engine.errors import NotFound
from engine.feel import EvaluationContext
from engine.forms.paths import MISSING, get_at, set_at
from engine.model.actors import Actor
from engine.model.papers import GivenPaper, RequiredPaper
from engine.runtime import Program
from engine.store import audit, files, paper_checks
from engine.store.database import Tx
from engine.work.access import task_to_fill
from engine.work.confidence import Confidence
from engine.work.environment import Environment
from engine.work.opened import open_case
from engine.work.submissions import Submission


def required_papers(
    program: Program, submissions: Sequence[Submission], context: EvaluationContext
) -> tuple[RequiredPaper, ...]:
    """What the process's decision asks for, as far as the finished steps say.

    Empty where no form asks for papers by kind, and before anybody was asked for one.
    """
    needed = program.papers_needed
    if needed is None or not any(_asks_for_papers(one) for one in submissions):
        return ()
    first = _first_given(submissions)
    return tuple(
        RequiredPaper(
            paper.code,
            paper.text,
            paper.where,
            paper.is_optional,
            tuple(first[file_id] for file_id in paper.files if file_id in first),
        )
        for paper in needed.papers(answers_so_far(submissions), context)
    )


def answers_so_far(submissions: Iterable[Submission]) -> Mapping[str, object]:
    """The answers that hold after these steps: a later form takes the place of an earlier."""
    answers: dict[str, object] = {}
    for one in submissions:
        for asked in one.form.fields.values():
            value = get_at(one.data, asked.path)
            if value is not MISSING:
                set_at(answers, asked.path, value)
            elif asked.is_asked and not asked.keep and not one.is_withheld:
                set_at(answers, asked.path, None)
    return answers


def tick_paper(
    environment: Environment, tx: Tx, actor: Actor, task_id: str, file_id: str, *, checked: bool
) -> None:
    """Tick a paper off as checked in a step, or take the tick back.

    Whoever may fill the step in now; NotFound for a file that she cannot read in this case.
    """
    loaded = task_to_fill(tx, actor, task_id)
    found = files.load(tx, file_id)
    confidence = Confidence(environment, tx, actor, open_case(environment, tx, loaded.case))
    if found is None or found.case_id != loaded.case.id or file_id in confidence.withheld_files():
        raise NotFound("没有找到这份材料,没有记下“已核”。请刷新页面后再试。")
    now = environment.now()
    if checked:
        paper_checks.tick(tx, task_id, file_id, actor.person_id, now)
    else:
        paper_checks.untick(tx, task_id, file_id)
    audit.add_access(
        tx, now, actor.person_id, "paper-checked" if checked else "paper-unchecked", file_id
    )


def _asks_for_papers(one: Submission) -> bool:
    fields = (f for asked in one.form.fields.values() for f in (asked, *asked.row_fields))
    return any(asked.papers for asked in fields)


def _first_given(submissions: Iterable[Submission]) -> dict[str, GivenPaper]:
    """Each file with the step in which it first came."""
    found: dict[str, GivenPaper] = {}
    for one in submissions:
        for file_id, _label in one.form.files(one.data):
            step = one.element_name or one.form.title
            found.setdefault(file_id, GivenPaper(file_id, one.by_name, one.at, step))
    return found
