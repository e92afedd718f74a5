"""The papers of a case in the order in which they came, for the viewer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from engine.model.cases import StoredFile
from engine.work.view import Submission
from webapp.forms.shown import shown_size
from webapp.reading.pictures import PICTURES

_PDF = "application/pdf"


@dataclass(frozen=True)
class Paper:
    """One paper. ``kind`` is image, pdf or other: what a browser can show of it."""

    id: str
    name: str
    label: str
    size: str
    kind: str
    href: str
    download: str


def kind_of(file_type: str) -> str:
    """What a browser can show."""
    if file_type in PICTURES:
        return "image"
    return "pdf" if file_type == _PDF else "other"


def papers_of(
    submissions: Sequence[Submission], files: Mapping[str, StoredFile]
) -> tuple[Paper, ...]:
    """Linked papers, each once, under the question that asked for it."""
    labels: dict[str, str] = {}
    for one in submissions:
        for file_id, label in one.form.files(one.data):
            labels.setdefault(file_id, label)
    ordered = [*labels, *(key for key in files if key not in labels)]
    return tuple(
        Paper(
            id=key,
            name=files[key].name,
            label=labels.get(key, "") or files[key].label,
            size=shown_size(files[key].size),
            kind=kind_of(files[key].type),
            href=url_for("reading.paper", file_id=key),
            download=url_for("reading.paper", file_id=key, download=1),
        )
        for key in ordered
        if key in files and files[key].case_id is not None
    )
