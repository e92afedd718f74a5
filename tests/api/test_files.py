"""Papers over the API: what they are is found by looking into them; who reads them, by the case."""

import pytest

from tests.api.conftest import Api, new_key, same_but_number
from tests.support import zips
from tests.support.papers import word

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
MEGABYTE = 1024 * 1024


def staged(api: Api, name: str = "申请书.pdf", content: bytes = PDF, **headers: str):  # type: ignore[no-untyped-def]
    return api.upload("officer", "/files", [("file", name, content)], **headers)


def test_a_staged_file_is_described_by_its_content(api: Api) -> None:
    made = staged(api, "照片.pdf", PNG)
    assert made.status_code == 201, made.text
    told = made.get_json()
    assert (told["name"], told["type"], told["size"]) == ("照片.pdf", "image/png", len(PNG))
    assert len(told["sha256"]) == 64


def test_a_download_is_kept_from_running_in_the_browser(api: Api) -> None:
    name = '"; filename*=evil.html\r\nX-Evil: 1.pdf'
    made = staged(api, name).get_json()
    got = api("officer", "GET", f"/files/{made['id']}")
    assert got.data == PDF
    assert got.mimetype == "application/pdf"
    assert got.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert not {'"', "\r", "\n"} & set(got.headers["Content-Disposition"])
    assert "X-Evil" not in got.headers
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("身份证.jpg", b"MZ\x90\x00\x03" + bytes(200)),
        ("page.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("script.pdf", b"#!/bin/sh\nrm -rf /\n"),
        ("archive.docx", b"PK\x03\x04 not an archive"),
        ("locked.docx", zips.encrypted(word("申请书"))),
        ("packed.docx", zips.packed_as(word("申请书"), 98)),
        ("later.docx", zips.of_version(word("申请书"), 990)),
        ("half.docx", word("申请书")[:-30]),
    ],
)
def test_what_only_calls_itself_a_paper_is_415(api: Api, name: str, content: bytes) -> None:
    told = staged(api, name, content)
    assert (told.status_code, told.get_json()["code"]) == (415, "file-type-refused")
    case, _ = api.started()
    told = api.upload("officer", f"/process-instances/{case}/files", [("file", name, content)])
    assert told.status_code == 415


def test_an_empty_or_missing_file_is_422(api: Api) -> None:
    assert staged(api, content=b"").status_code == 422
    assert api.upload("officer", "/files", [("other", "a.pdf", PDF)]).status_code == 422
    assert api("officer", "POST", "/files", {"file": "text"}).status_code == 422
    told = api.send("officer", "POST", "/files", data=b"x", content_type="multipart/form-data")
    assert told.status_code == 422


@pytest.mark.parametrize("size", [21, 50, 65])
def test_a_file_beyond_the_limit_is_413_in_a_sentence(api: Api, size: int) -> None:
    told = staged(api, "扫描.pdf", PDF + bytes(size * MEGABYTE))
    assert told.status_code == 413
    assert told.mimetype == "application/problem+json"
    assert "20 MB" in told.get_json()["detail"]


def test_a_staged_file_is_its_owner_s_alone(api: Api) -> None:
    one = staged(api).get_json()["id"]
    for who in ("officer2", "supervisor", "far_officer"):
        hidden, absent = api(who, "GET", f"/files/{one}"), api(who, "GET", "/files/nothing")
        assert hidden.status_code == 404
        assert same_but_number(hidden, absent)


def test_a_case_s_file_is_read_by_who_may_see_the_case(api: Api) -> None:
    case, _ = api.started()
    path = f"/process-instances/{case}/files"
    made = api.upload("officer", path, [("file", "证明.pdf", PDF)], label="收入证明")
    assert made.status_code == 201, made.text
    one = made.get_json()["id"]
    assert api("supervisor", "GET", f"/files/{one}").data == PDF
    hidden, absent = (
        api("far_officer", "GET", f"/files/{one}"),
        api("far_officer", "GET", "/files/x"),
    )
    assert hidden.status_code == 404
    assert same_but_number(hidden, absent)
    theirs = api.upload("far_officer", path, [("file", "a.pdf", PDF)])
    nothing = api.upload("far_officer", "/process-instances/x/files", [("file", "a.pdf", PDF)])
    assert theirs.status_code == 404
    assert same_but_number(theirs, nothing)
    history = api("officer", "GET", f"/process-instances/{case}/history").get_json()["items"]
    assert history[-1]["kind"] == "file_added"


def test_an_upload_sent_again_is_one_file(api: Api) -> None:
    key = new_key()
    first, again = staged(api, Idempotency_Key=key), staged(api, Idempotency_Key=key)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = staged(api, content=PDF + b"x", Idempotency_Key=key)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")
    assert staged(api, Idempotency_Key="short").status_code == 400


def test_the_same_file_under_another_label_is_another_request(api: Api) -> None:
    case, _ = api.started()
    path, key = f"/process-instances/{case}/files", new_key()
    sent = [("file", "a.pdf", PDF)]
    first = api.upload("officer", path, sent, label="甲", Idempotency_Key=key)
    other = api.upload("officer", path, sent, label="乙", Idempotency_Key=key)
    assert (first.status_code, other.status_code) == (201, 422)
    assert api.upload("officer", path, sent, label="a\x00b").status_code == 422


def test_a_paper_goes_with_the_step_it_was_staged_for(api: Api) -> None:
    _, task = api.started()
    one = staged(api).get_json()["id"]
    assert api.finish("officer", task, paper=one).status_code == 200
    assert api("supervisor", "GET", f"/files/{one}").data == PDF


def test_another_person_s_staged_file_cannot_be_made_one_s_own(api: Api) -> None:
    _, task = api.started()
    one = staged(api).get_json()["id"]
    told = api.finish("officer2", task, paper=one)
    assert told.status_code == 422
    assert api("officer2", "GET", f"/files/{one}").status_code == 404
