"""A form whose papers must show no number of a person refuses one that does, and says where."""

import json

import pytest

from engine.errors import Invalid
from engine.model.definitions import SourceFile
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.support.papers import JPEG, pdf, word
from tests.unit.runtime.kit import end, io, line, start

ID = "350602199001019907"


@pytest.fixture
def posting(shop: Workshop) -> str:
    asked = {
        "type": "filepicker",
        "id": "Field_photos",
        "key": "photos",
        "label": "公示栏照片",
        "properties": {"multiple": "true", "scan": "no-id-numbers"},
    }
    content = {"id": "photos", "type": "default", "components": [asked]}
    form = SourceFile("photos.form", json.dumps(content).encode())
    body = start() + step("post", io(outputs={"photos": "=photos"}), form="photos") + end()
    shop.put(drawn("board", {"officer": "S E post"}, body + line("S", "post", "E")), form)
    return shop.begin("board")


def test_a_number_in_a_paper_is_refused_with_file_and_place(shop: Workshop, posting: str) -> None:
    officer = shop.actor("officer")
    clean = shop.engine.files.stage(officer, "公示栏.jpg", JPEG)
    dirty = shop.engine.files.stage(officer, "名单.docx", word("名单", f"张模拟 {ID}"))
    with pytest.raises(Invalid) as refused:
        shop.finish("officer", posting, "post", {"photos": [clean.id, dirty.id]})
    (told,) = refused.value.errors
    assert (told.pointer, told.code, told.label) == ("/photos", "scan", "公示栏照片")
    assert "“名单.docx”第 2 段" in told.message
    assert "尾号 9907" in told.message
    assert ID not in told.message
    assert shop.waiting(posting) == ["post"]
    shop.finish("officer", posting, "post", {"photos": [clean.id]})
    assert shop.waiting(posting) == []


def test_a_paper_without_a_number_passes(shop: Workshop, posting: str) -> None:
    kept = shop.engine.files.stage(
        shop.actor("officer"), "公示.pdf", pdf("2026-09-29 to 2026-10-12")
    )
    shop.finish("officer", posting, "post", {"photos": [kept.id]})
    assert shop.waiting(posting) == []
