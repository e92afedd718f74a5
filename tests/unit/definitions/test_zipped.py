"""A zip of process files is what the files in it are; what is no such zip is told in words."""

import tracemalloc
import zipfile

import pytest

from engine.definitions.folder import MOST_FILES, read_upload
from engine.errors import FileTooLarge, FileTypeRefused, Invalid
from engine.sentences import in_english
from tests.support import zips
from tests.support.zips import zipped

FILES = {"demo/demo.bpmn": b"<a/>", "demo/apply.form": b"{}", "demo/scenarios/a.toml": b"x = 1"}
GOOD = zipped(FILES)
MEBI = 1024 * 1024


def names(*sent: tuple[str, bytes]) -> list[str]:
    return [file.name for file in read_upload(sent).files]


def test_the_files_in_it_are_those_of_an_upload() -> None:
    bundle = read_upload([("流程.ZIP", GOOD), ("rules.dmn", b"<b/>")])
    assert {file.name: file.content for file in bundle.files} == {
        "demo.bpmn": b"<a/>",
        "apply.form": b"{}",
        "demo/scenarios/a.toml": b"x = 1",
        "rules.dmn": b"<b/>",
    }


def test_what_systems_and_people_put_beside_them_is_passed_over() -> None:
    beside = {
        "demo/": b"",
        "demo\\scenarios\\": b"",
        "demo/README.md": b"#",
        "demo/rules_tests.xml": b"<testCases/>",
        "__MACOSX/demo/._demo.bpmn": b"x",
        "demo/.DS_Store": b"x",
        "demo/Thumbs.db": b"x",
        "demo/desktop.ini": b"x",
    }
    sent = names(("demo.zip", zipped({**beside, **FILES})))
    assert sent == ["demo.bpmn", "apply.form", "demo/scenarios/a.toml"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_names_of_windows_are_read_with_their_folders(method: int) -> None:
    windows = {name.replace("/", "\\"): content for name, content in FILES.items()}
    sent = names(("demo.zip", zipped(windows, method)))
    assert sent == ["demo.bpmn", "apply.form", "demo/scenarios/a.toml"]


@pytest.mark.parametrize("pack", [zips.in_gbk, zipped])
def test_chinese_names_are_read_as_windows_or_others_write_them(pack) -> None:  # type: ignore[no-untyped-def]
    sent = names(("建档.zip", pack({"流程/困难职工建档.bpmn": b"<a/>", "流程/申请表.form": b"{}"})))
    assert sent == ["困难职工建档.bpmn", "申请表.form"]


def test_names_of_a_mac_are_in_utf8_though_nothing_says_so() -> None:
    mac = zipped({"___.bpmn": b"<a/>"}).replace(b"___.bpmn", "图.bpmn".encode())
    assert names(("图.zip", mac)) == ["图.bpmn"]


REFUSED = {
    "a password": (zips.encrypted(GOOD), Invalid, "加了密码"),
    "Deflate64": (zips.packed_as(GOOD, 9), Invalid, "压缩方式不能读取"),
    "bzip2": (zipped(FILES, zipfile.ZIP_BZIP2), Invalid, "压缩方式不能读取"),
    "LZMA that is none": (zips.packed_as(GOOD, 14), Invalid, "压缩方式不能读取"),
    "PPMd": (zips.packed_as(GOOD, 98), Invalid, "压缩方式不能读取"),
    "a later version": (zips.of_version(GOOD, 990), Invalid, "压缩方式不能读取"),
    "nothing in it": (zipped({}), Invalid, "没有流程文件"),
    "only notes": (zipped({"README.md": b"#"}), Invalid, "没有流程文件"),
    "no zip": (b"Rar!\x1a\x07\x00", FileTypeRefused, "不是 zip 文件"),
    "no bytes": (b"", FileTypeRefused, "不是 zip 文件"),
    "half of it": (GOOD[: len(GOOD) // 2], FileTypeRefused, "不是 zip 文件"),
    "other bytes": (
        zipped(FILES, zipfile.ZIP_STORED).replace(b"<a/>", b"<b/>"),
        FileTypeRefused,
        "已损坏",
    ),
    "zeros without end": (zipped({"a.bpmn": b"\0" * 20 * MEBI}), FileTooLarge, "解压后过大"),
    "a file above the limit": (
        zipped({"a.bpmn": b"\0" * 6 * MEBI}, zipfile.ZIP_STORED),
        FileTooLarge,
        "“a.bpmn”超过 5 MB",
    ),
    "many entries": (zipped({f"{n}/": b"" for n in range(2_001)}), Invalid, "里有 2,001 个文件"),
    "many files": (
        zipped({f"{n}.form": b"{}" for n in range(MOST_FILES + 1)}),
        Invalid,
        f"最多上传 {MOST_FILES} 个文件",
    ),
    "a way out": (zipped({"../../a.bpmn": b"<a/>"}), Invalid, "“../../a.bpmn”指向文件夹以外"),
    "a way out of Windows": (zipped({"..\\a.bpmn": b"<a/>"}), Invalid, "“../a.bpmn”指向文件夹以外"),
    "an absolute place": (zipped({"/etc/a.bpmn": b"<a/>"}), Invalid, "指向文件夹以外"),
    "a drive": (zipped({"C:\\a.bpmn": b"<a/>"}), Invalid, "指向文件夹以外"),
    "a share": (zipped({"\\\\host\\a.bpmn": b"<a/>"}), Invalid, "指向文件夹以外"),
    "a link": (zips.linked("a.bpmn", "/etc/passwd"), Invalid, "指向文件夹以外"),
    "another file": (zipped({**FILES, "setup.exe": b"MZ"}), FileTypeRefused, "“setup.exe”"),
    "a name Windows hides": (zipped({"a.bpmn.txt": b"<a/>"}), FileTypeRefused, "“a.bpmn.txt”"),
    "a zip in it": (zipped({**FILES, "b.zip": GOOD}), FileTypeRefused, "“b.zip”"),
    "two of a name": (
        zipped({"a/x.form": b"{}", "b/x.form": b"[]"}),
        Invalid,
        "有两个文件都叫“x.form”",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_taken_says_why_and_what_to_do(kind: str) -> None:
    content, error, told = REFUSED[kind]
    with pytest.raises(error) as refused:
        read_upload([("流程.zip", content)])
    assert told in refused.value.message
    assert refused.value.message.endswith("。")
    assert not {"。", "没"} & set(in_english(refused.value.message))


@pytest.mark.parametrize("summed", [1, 2])
def test_a_file_that_says_it_is_small_is_not_unpacked_to_see(summed: int) -> None:
    lying = zips.understated(zipped({**FILES, "a.form": b"{" + b"\0" * 64 * MEBI}), summed)
    tracemalloc.start()
    with pytest.raises(FileTypeRefused, match="已损坏"):
        read_upload([("流程.zip", lying)])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * MEBI


def test_several_zips_unpack_to_no_more_than_one() -> None:
    one = {f"{n}.form": bytes([n]) * 4 * MEBI for n in range(7)}
    other = {f"{n + 10}.form": bytes([n]) * 4 * MEBI for n in range(7)}
    stored = [zipped(files, zipfile.ZIP_STORED) for files in (one, other)]
    with pytest.raises(FileTooLarge, match=r"“b\.zip”解压后过大"):
        read_upload([("a.zip", stored[0]), ("b.zip", stored[1])])
