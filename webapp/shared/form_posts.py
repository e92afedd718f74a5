"""A posted form as data: text fields, and files that came with it because no script runs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from werkzeug.datastructures import FileStorage, MultiDict

from engine import Actor, Engine
from engine.errors import FieldError, FileTooLarge, FileTypeRefused, Invalid, TooManyTries
from engine.feel import EvaluationContext
from engine.forms import CompiledForm, find_row_action
from engine.model.cases import StoredFile

Stage = Callable[[Actor, str, bytes], StoredFile]
"""Stores a paper for a form that is being filled in."""

_PAGE_FIELDS = frozenset({"csrf_token"})


@dataclass(frozen=True)
class Posted:
    """What came: the data, what was wrong with its files, and which button sent it."""

    data: Mapping[str, object]
    file_errors: tuple[FieldError, ...]
    action: str
    nonce: str
    is_row_button: bool
    paste_faults: tuple[FieldError, ...] = ()


def read_posted(
    engine: Engine,
    actor: Actor,
    form: CompiledForm | None,
    texts: MultiDict[str, str],
    uploads: MultiDict[str, FileStorage],
    stage: Stage | None = None,
) -> Posted:
    """Read a post; its files are stored at once, so that no error of the form loses them.

    ``stage`` stores one, where not as the actor's own.
    """
    if stage is None:
        stage = engine.guests.stage_file if actor.is_guest else engine.files.stage
    fields = {name: list(values) for name, values in texts.lists()}
    errors: list[FieldError] = []
    if form is not None:
        errors = _store_files(engine, partial(stage, actor), form, uploads.lists(), fields)
    row_action = find_row_action(fields)
    data: Mapping[str, object] = {} if form is None else form.read_post(fields)
    faults: tuple[FieldError, ...] = ()
    if form is not None and row_action is not None:
        faults = form.paste_faults(data, row_action)
        data = form.apply_row_action(data, row_action)
    return Posted(
        data,
        tuple(errors),
        texts.get("_action", "draft" if row_action is None else "row"),
        texts.get("_nonce", ""),
        row_action is not None,
        faults,
    )


def with_other_errors(
    form: CompiledForm | None,
    posted: Posted,
    scope: Mapping[str, object],
    context: EvaluationContext,
) -> tuple[FieldError, ...]:
    """What is wrong with the files and with everything else, in form order.

    She is told all of it at once, and of a refused file only that, not that it is missing.
    """
    if form is None:
        return posted.file_errors
    told = {error.pointer for error in posted.file_errors}
    others = form.validate(posted.data, scope, context).errors
    every = [*posted.file_errors, *(error for error in others if error.pointer not in told)]
    places = {asked.path[0]: place for place, asked in enumerate(form.fields.values())}
    return tuple(sorted(every, key=lambda e: places.get(e.pointer.split("/")[1], len(places))))


def _store_files(
    engine: Engine,
    stage: Callable[[str, bytes], StoredFile],
    form: CompiledForm,
    uploads: Iterable[tuple[str, Sequence[FileStorage]]],
    fields: dict[str, list[str]],
) -> list[FieldError]:
    errors = []
    for name, chosen in uploads:
        for upload in chosen:
            if not upload.filename:
                continue
            try:
                content = engine.files.receive(upload.stream)
                stored = stage(upload.filename, content)
            except (FileTooLarge, FileTypeRefused, Invalid, TooManyTries) as refused:
                pointer = "/" + name.replace(".", "/")
                asked = form.fields.get(name)
                label = "" if asked is None else asked.label
                errors.append(FieldError(pointer, "file", refused.message, label))
            else:
                fields.setdefault(name, []).append(stored.id)
    return errors


def texts_to_keep(texts: MultiDict[str, str]) -> tuple[tuple[str, str], ...]:
    """Every field of a post but the page's own, to be posted again after signing in."""
    return tuple(
        (name, value) for name, value in texts.items(multi=True) if name not in _PAGE_FIELDS
    )
