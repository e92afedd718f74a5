"""The text of a PDF, page by page; on its own, because its library takes long to read."""

import io
import itertools
import logging
from collections.abc import Iterator

import pypdf

logging.getLogger("pypdf").setLevel(logging.ERROR)  # its complaints name what the file holds


def pages(content: bytes, most: int) -> Iterator[str]:
    """What stands on each of the first pages; nothing of a file that is no PDF."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        for page in itertools.islice(reader.pages, most):
            yield page.extract_text()
    except pypdf.errors.PyPdfError:
        return
