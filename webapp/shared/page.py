"""A page is one frozen value; its template sees nothing else."""

from dataclasses import dataclass
from typing import ClassVar

from flask import render_template

from webapp.shared.navigation import Shell


@dataclass(frozen=True)
class Page:
    """What every page has: the frame around it. Each also has a ``title`` for heading and tab."""

    template: ClassVar[str] = ""

    shell: Shell


def render(page: Page) -> str:
    """Draw a page."""
    return render_template(page.template, page=page)
