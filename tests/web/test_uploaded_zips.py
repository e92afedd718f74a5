"""Process files in a zip, through the page: taken as they are, or refused in words."""

import io
import re
from base64 import b64encode

import pytest

from engine.definitions.folder import folder_scenarios, read_folder
from tests.support import zips
from tests.support.zips import zipped
from tests.web.conftest import ROOT

KEY = "example_request"
MEBI = 1024 * 1024


def example() -> dict[str, bytes]:
    """The example's folder with another name of a step, as somebody has packed it."""
    files = read_folder(ROOT / "processes", ROOT / "forms", KEY).files
    scenarios = folder_scenarios(ROOT / "processes", KEY)
    packed = {f"{KEY}/{one.name}": one.content for one in files}
    packed |= {one.name: one.content for one in scenarios}
    renamed = {
        name: content.replace("提出请求".encode(), "请求".encode())
        for name, content in packed.items()
    }
    return {f"{KEY}/README.md": b"# notes", **renamed}


def sent(browser, content, act="deploy", name="流程.zip"):
    return browser.post("/deploy", {"files": (io.BytesIO(content), name), "act": act})


def versions(federation) -> int:
    return len(federation.engine.definitions.versions(KEY))


@pytest.mark.parametrize("pack", [zipped, zips.in_gbk])
def test_a_folder_that_was_packed_is_checked_and_deployed(federation, browse, pack):
    browser = browse("admin")
    checked = sent(browser, pack(example()), "check").get_data(True)
    assert "部署刚才检查过的文件" in checked
    kept = re.search(r'name="checked" value="([^"]+)"', checked)[1]
    assert versions(federation) == 1
    deployed = browser.post("/deploy", {"checked": kept, "act": "deploy"}).get_data(True)
    assert "第 2 版" in deployed
    assert "<dt>通过</dt><dd>7/7</dd>" in deployed
    assert versions(federation) == 2


BAD = {
    "a password": (lambda: zips.encrypted(zipped(example())), 422, "加了密码"),
    "another packing": (lambda: zips.packed_as(zipped(example()), 98), 422, "压缩方式不能读取"),
    "a later version": (lambda: zips.of_version(zipped(example()), 990), 422, "压缩方式不能读取"),
    "nothing": (lambda: zipped({}), 422, "里没有流程文件"),
    "no zip": (lambda: b"Rar!\x1a\x07\x00", 415, "不是 zip 文件"),
    "half": (lambda: zipped(example())[:2_000], 415, "不是 zip 文件"),
    "a bomb": (lambda: zipped({"a.bpmn": b"\0" * 30 * MEBI}), 413, "解压后过大"),
    "too many": (lambda: zipped({f"{n}.form": b"{}" for n in range(201)}), 422, "最多上传 200 个"),
    "a way out": (lambda: zipped({"../../a.bpmn": b"<a/>"}), 422, "指向文件夹以外"),
    "a way out of Windows": (lambda: zipped({"..\\..\\a.bpmn": b"<a/>"}), 422, "指向文件夹以外"),
    "an absolute place": (lambda: zipped({"/etc/a.bpmn": b"<a/>"}), 422, "指向文件夹以外"),
    "a link": (lambda: zips.linked("a.bpmn", "/etc/passwd"), 422, "指向文件夹以外"),
    "a name in GBK": (lambda: zips.in_gbk({"流程/安装 程序.exe": b"MZ"}), 415, "“安装 程序.exe”"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_zip_that_cannot_be_taken_is_refused_in_words_and_changes_nothing(
    federation, browse, kind
):
    made, status, told = BAD[kind]
    browser, content = browse("admin"), made()
    for act in ("check", "deploy"):
        refused = sent(browser, content, act)
        html = refused.get_data(True)
        assert refused.status_code == status
        assert told in html
        assert 'type="file"' in html, "it can be chosen anew on the same page"
    # In the place of what a check has kept it is no better.
    kept = b64encode(content).decode()
    refused = browser.post("/deploy", {"checked": kept, "act": "deploy"})
    assert refused.status_code in {413, 415, 422}
    assert versions(federation) == 1


def test_what_a_page_has_kept_is_bounded_before_it_is_unpacked(federation, browse):
    zeros = zipped({f"{n}.form": b"\0" * 4 * MEBI for n in range(100)})
    kept = b64encode(zeros).decode()
    refused = browse("admin").post("/deploy", {"checked": kept, "act": "deploy"})
    assert refused.status_code == 422
    assert "请重新选择文件,再检查一次" in refused.get_data(True)


def test_nothing_of_who_is_no_designer_is_read(federation, browse):
    bad = zips.encrypted(zipped(example()))
    refused = sent(browse("officer"), bad)
    assert refused.status_code == 403
    assert "加了密码" not in refused.get_data(True)


def test_an_english_page_says_it_in_english(federation, browse):
    browser = browse("admin")
    browser.client.set_cookie("lang", "en")
    html = sent(browser, zips.encrypted(zipped(example()))).get_data(True)
    assert "needs a password and was not taken" in html
