"""Pictures from a phone belong to whoever began the page, and come only while it is open."""

import pytest

from engine.errors import FileTypeRefused, Invalid, NotFound
from tests.engine.conftest import Office

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_what_the_phone_sends_is_hers_and_listed(office: Office) -> None:
    uploads, officer = office.engine.phone_uploads, office.actor("officer")
    page, token = uploads.begin(officer, "task:t1", ("papers", "身份证"), many=True)

    sent = [uploads.take(token, f"{n}.png", PNG + bytes([n])) for n in range(3)]

    arrived = uploads.arrived(officer, page.id)
    assert [one.id for one in arrived.files] == [one.id for one in sent]
    assert {one.owner for one in arrived.files} == {officer.person_id}
    assert office.engine.files.read(officer, sent[0].id)[1] == PNG + bytes([0])
    with pytest.raises(NotFound):
        office.engine.files.read(office.actor("reviewer"), sent[0].id)


def test_nobody_else_sees_what_came(office: Office) -> None:
    uploads = office.engine.phone_uploads
    page, _token = uploads.begin(office.actor("officer"), "task:t1", ("a", "b"), many=True)

    with pytest.raises(NotFound):
        uploads.arrived(office.actor("reviewer"), page.id)


def test_a_token_cannot_be_made_up(office: Office) -> None:
    uploads = office.engine.phone_uploads
    page, token = uploads.begin(office.actor("officer"), "task:t1", ("a", "b"), many=True)

    for wrong in (
        "",
        page.id,
        f"{page.id}-",
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        "é-é",
    ):
        with pytest.raises(NotFound, match="手机传图"):
            uploads.take(wrong, "a.png", PNG)


def test_after_the_end_nothing_comes(office: Office) -> None:
    uploads, officer = office.engine.phone_uploads, office.actor("officer")
    page, token = uploads.begin(officer, "task:t1", ("a", "b"), many=True)
    uploads.take(token, "a.png", PNG)
    uploads.finish(token)

    with pytest.raises(NotFound, match="已失效"):
        uploads.take(token, "b.png", PNG)
    arrived = uploads.arrived(officer, page.id)
    assert not arrived.is_open
    assert len(arrived.files) == 1


def test_a_field_for_one_takes_one(office: Office) -> None:
    uploads = office.engine.phone_uploads
    _page, token = uploads.begin(office.actor("officer"), "task:t1", ("a", "b"), many=False)
    uploads.take(token, "a.png", PNG)

    with pytest.raises(Invalid, match="只收一张"):
        uploads.take(token, "b.png", PNG)


def test_what_is_no_picture_is_refused_in_words(office: Office) -> None:
    uploads = office.engine.phone_uploads
    _page, token = uploads.begin(office.actor("officer"), "task:t1", ("a", "b"), many=True)

    with pytest.raises(FileTypeRefused, match="不是图片"):
        uploads.take(token, "a.png", b"<script>")


def test_old_pages_are_swept_and_young_ones_stay(office: Office) -> None:
    uploads, officer = office.engine.phone_uploads, office.actor("officer")
    page, token = uploads.begin(officer, "task:t1", ("a", "b"), many=True)
    uploads.take(token, "a.png", PNG)
    office.engine.jobs.sweep()

    assert len(uploads.arrived(officer, page.id).files) == 1
