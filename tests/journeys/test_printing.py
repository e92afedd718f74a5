"""A long paper on A4: every page has its number at the foot, and nothing lies under the foot."""

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from engine import SYSTEM
from tests.engine.test_printing import files
from tests.journeys.conftest import Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

LONG = 'title = "长文书"\n' + "".join(
    f'\n[[block]]\nkind = "text"\ntext = "第{number}段。{"情况属实,特此说明。" * 12}"\n'
    for number in range(40)
)


def test_every_page_of_a_long_paper_has_its_number_at_the_foot(
    town: Site, townspeople: Callable[..., Person]
) -> None:
    town.engine.definitions.deploy(SYSTEM, files(LONG, {"apply": "slip"}))
    task = town.start("officer", "example_request", {"subject": "添置安全帽"})
    number = town.engine.tasks.view(town.actor("officer"), task).case.number
    person = townspeople("officer")
    person.go(f"/tasks/{task}/print/slip")

    pdf = PdfReader(io.BytesIO(person.page.pdf(prefer_css_page_size=True)))

    assert len(pdf.pages) > 2
    for page in pdf.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert number in page.extract_text().replace("\n", "")
        assert lowest_paragraph(page) > foot(page, number)


def lowest_paragraph(page) -> float:  # type: ignore[no-untyped-def]
    """How high above the edge the last line of the text stands, in points."""
    return min((y for text, y in lines(page) if "特此说明" in text), default=842.0)


def foot(page, number: str) -> float:  # type: ignore[no-untyped-def]
    """The same of the number at the foot."""
    return max(y for text, y in lines(page) if number[-6:] in text and y < 150)


def lines(page) -> list[tuple[str, float]]:  # type: ignore[no-untyped-def]
    found: list[tuple[str, float]] = []

    def take(text, cm, tm, _font, _size):  # type: ignore[no-untyped-def]
        if text.strip():
            found.append((text, cm[5] + cm[3] * tm[5]))

    page.extract_text(visitor_text=take)
    return found
