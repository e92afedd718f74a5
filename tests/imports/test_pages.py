"""Lists from Excel in a browser: the template, the check, the choice, the results."""

import io
import re
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from engine.errors import Invalid
from engine.jobs.executor import Pace
from registry.incoming.batch import HOUSEHOLDS
from tests.imports.sheets import application, content_of, errors_of, filled, household
from tests.registry.test_loading import number
from webapp.imports import routes, working


def text_of(answer):
    return answer.get_data(as_text=True)


def token_in(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def upload(client, kind, content, name="名单.xlsx"):
    token = token_in(text_of(client.get(f"/imports/{kind}")))
    return client.post(
        f"/imports/{kind}",
        data={"csrf_token": token, "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def post(client, page, address, **fields):
    return client.post(address, data={"csrf_token": token_in(page), **fields})


def test_a_reviewer_brings_existing_files_page_by_page(client_of_user, lists, town):
    client = client_of_user("reviewer")
    assert "批量导入" in text_of(client.get("/inbox"))
    assert "已有困难职工档案" in text_of(client.get("/imports"))
    template = client.get(f"/imports/{HOUSEHOLDS}/template.xlsx")
    assert load_workbook(io.BytesIO(template.data)).sheetnames[0] == "户主"
    assert "导入模板.xlsx" in unquote(template.headers["Content-Disposition"])
    kind = lists.kind(town.actor("reviewer"), HOUSEHOLDS)
    lines = [household(0), household(1, 证件号码=int(number(1)[:17] + "0"))]
    answer = upload(client, HOUSEHOLDS, content_of(filled(kind, lines)))
    assert answer.status_code == 303, text_of(answer)
    place = answer.headers["Location"]
    page = text_of(client.get(place))
    assert "1 行有错,其余 1 行已通过,可先导入。" in page
    assert "证件号码已被 Excel 改成 3.50602E+17" in page
    workbook = client.get(f"{place}/errors.xlsx")
    assert list(errors_of(workbook.data, "户主")) == [4]
    refused = post(client, page, f"{place}/run", which="all")
    assert refused.status_code == 303
    again = text_of(client.get(place))
    assert "没有导入任何一行" in again
    assert post(client, again, f"{place}/run", which="good").status_code == 303
    done = text_of(client.get(place))
    assert "已导入 1 行;1 行有错" in done
    file_no = re.search(r'href="/households/([^"]+)"', done)[1]
    assert "导入" in text_of(client.get(f"/households/{file_no}"))
    assert "名单.xlsx" in text_of(client.get("/imports"))


def test_an_officer_starts_cases_and_opens_them_from_the_result(client_of_user, lists, town):
    client = client_of_user("officer")
    kind = lists.kind(town.actor("officer"), "archiving")
    place = upload(
        client, "archiving", content_of(filled(kind, [application(0), application(1)]))
    ).headers["Location"]
    page = text_of(client.get(place))
    assert "2 行全部通过检查,可以导入。" in page
    post(client, page, f"{place}/run")
    done = text_of(client.get(place))
    assert "已导入 2 行。" in done
    case_page = client.get(re.search(r'href="(/cases/[^"]+)"', done)[1])
    assert case_page.status_code == 200


def test_a_large_workbook_is_read_checked_and_loaded_by_the_worker(
    client_of_user, lists, town, monkeypatch
):
    monkeypatch.setattr(working, "READ_AT_ONCE", 0)
    town.engine.errands.teach(working.ERRAND, working.errand_on(town.engine))
    runner = town.engine.errands.runner(Pace())
    client = client_of_user("reviewer")
    kind = lists.kind(town.actor("reviewer"), HOUSEHOLDS)
    lines = [household(0), household(1, 证件号码=int(number(1)[:17] + "0")), household(2)]
    place = upload(client, HOUSEHOLDS, content_of(filled(kind, lines))).headers["Location"]
    page = text_of(client.get(place))
    assert "正在读取" in page
    assert 'hx-trigger="every 1s"' in page
    assert f'<a href="{place}">刷新看进度</a>' in page, "without scripts"
    assert runner.run_once()
    page = text_of(client.get(place))
    assert "1 行有错,其余 2 行已通过,可先导入。" in page
    assert "hx-trigger" not in page
    assert list(errors_of(client.get(f"{place}/errors.xlsx").data, "户主")) == [4]
    monkeypatch.setattr(routes, "_FIRST_SLICE", -1)
    assert post(client, page, f"{place}/run", which="good").status_code == 303
    runner.run_once()
    assert "已导入 2 行;1 行有错" in text_of(client.get(place))
    assert not runner.run_once()


def test_a_large_file_that_cannot_be_read_says_so_on_its_page(
    client_of_user, lists, town, monkeypatch
):
    monkeypatch.setattr(working, "READ_AT_ONCE", 0)
    town.engine.errands.teach(working.ERRAND, working.errand_on(town.engine))
    client = client_of_user("reviewer")
    assert upload(client, HOUSEHOLDS, b"no workbook").status_code == 422
    officer_s = lists.kind(town.actor("officer"), "archiving")
    content = content_of(filled(officer_s, [application(0)]))
    place = upload(client, HOUSEHOLDS, content, "申请.xlsx").headers["Location"]
    assert town.engine.errands.runner(Pace()).run_once()
    page = text_of(client.get(place))
    assert "“申请.xlsx”中没有“户主”工作表,没有导入。" in page
    assert "不能读取" in page
    assert "不能读取" in text_of(client.get("/imports"))


def test_a_list_that_stands_still_says_why_and_goes_on_when_told(
    client_of_user, lists, town, monkeypatch
):
    monkeypatch.setattr(working, "READ_AT_ONCE", 0)

    def refuse(*_):
        raise Invalid("磁盘已满,没有导入。")

    town.engine.errands.teach(working.ERRAND, refuse)
    client = client_of_user("reviewer")
    kind = lists.kind(town.actor("reviewer"), HOUSEHOLDS)
    place = upload(client, HOUSEHOLDS, content_of(filled(kind, [household(0)]))).headers["Location"]
    assert town.engine.errands.runner(Pace()).run_once()
    page = text_of(client.get(place))
    assert "磁盘已满,没有导入。" in page
    assert "hx-trigger" not in page
    town.engine.errands.teach(working.ERRAND, working.errand_on(town.engine))
    assert post(client, page, f"{place}/work").status_code == 303
    assert town.engine.errands.runner(Pace()).run_once()
    assert "1 行全部通过检查,可以导入。" in text_of(client.get(place))


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "", "请先选择要导入的 Excel 文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "旧.xls", "旧版 .xls 文件"),
        ("姓名,号码".encode(), "名单.xlsx", "不是 Excel 工作簿"),
    ],
)
def test_a_file_that_is_none_is_refused_on_the_page(client_of_user, content, name, says):
    answer = upload(client_of_user("reviewer"), HOUSEHOLDS, content, name)
    assert answer.status_code == 422
    assert says in text_of(answer)


def test_whoever_may_bring_nothing_is_told_whom_to_ask(client_of_user, lists, town):
    client = client_of_user("supervisor")
    assert "批量导入" not in text_of(client.get("/inbox"))
    for address in ("/imports", f"/imports/{HOUSEHOLDS}", f"/imports/{HOUSEHOLDS}/template.xlsx"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "请联系县总工会管理员" in text_of(answer) or "只有县级、市级审核员" in text_of(
            answer
        )
    assert client.get("/imports/lists/nothing").status_code == 404
    assert client_of_user("reviewer").get("/imports/archiving").status_code == 403
