"""The pages of 督办单 and 催办."""

import re
from datetime import timedelta

import pytest

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.model.tasks import InboxFilter
from tests.web.conftest import ROOT, nonce_of


@pytest.fixture
def late(federation):
    """Two late steps of the county and one of the mill; their ids by unit."""
    files = read_folder(ROOT / "processes", ROOT / "forms", "supervision_order").files
    federation.engine.definitions.deploy(SYSTEM, files)
    federation.applied("甲")
    federation.applied("乙")
    inbox = federation.engine.tasks.inbox(federation.actor("reviewer"), InboxFilter())
    county = [line.id for line in inbox.lines]
    federation.started("丙")
    mill = federation.first_task("officer")
    federation.clock.advance(timedelta(days=60))
    return {"county": county, "mill": [mill]}


def test_steps_of_two_units_are_offered_as_two_orders(late, browse):
    supervisor = browse("supervisor")
    board = supervisor.text("/supervision")
    assert board.count('name="task"') == 3
    assert "生成督办单" in board

    chosen = "&".join(f"task={one}" for one in [*late["county"], *late["mill"]])
    page = supervisor.text(f"/supervision/orders/new?{chosen}")

    assert "分属 2 个单位" in page
    assert page.count("/start/supervision_order/") == 2


def test_an_order_is_begun_from_the_board_and_stands_in_the_list(late, browse):
    supervisor = browse("supervisor")
    chosen = "&".join(f"task={one}" for one in late["county"])
    to = supervisor.get(f"/supervision/orders/new?{chosen}").location
    start = supervisor.text(to)
    assert "生成督办单" in start
    assert start.count("due-overdue") == 2
    assert "模拟" not in re.search(r"所涉超期环节.*?</table>", start, re.DOTALL)[0]

    said = {"order_reason": "超期", "order_demand": "", "_action": "submit"}
    again = supervisor.post(to, {**said, "_nonce": nonce_of(start)})
    assert again.status_code == 422
    said["order_demand"] = "请答复"
    done = supervisor.post(to, {**said, "_nonce": nonce_of(supervisor.text(to))})

    assert done.status_code == 303
    case = supervisor.text(done.location)
    assert "漳芗督-" in case
    assert "所涉超期环节 <" in case
    orders = supervisor.text("/supervision/orders")
    assert "漳芗督-" in orders
    assert "答复督办单" in orders
    assert "漳芗督-" in supervisor.text(f"/tasks/{late['county'][0]}")
    assert "没有督办单" in supervisor.text("/supervision/orders?show=late")
    # It is not begun from 新建申请.
    assert "督办单" not in supervisor.text("/start")
    inbox = supervisor.text("/inbox")
    assert "新建申请" not in inbox
    assert "批量导入" not in inbox
    assert "我的草稿" in inbox


def test_nobody_else_makes_orders(late, browse):
    reviewer = browse("reviewer")

    assert "生成督办单" not in reviewer.text("/supervision")
    address = f"/supervision/orders/new?task={late['county'][0]}"
    assert reviewer.get(address).status_code == 403
    assert browse("supervisor").get("/supervision/orders/new").status_code == 422


def test_a_reminder_shows_on_the_board_and_on_the_step(late, browse):
    supervisor = browse("supervisor")
    page = "/supervision/units"

    supervisor.post("/supervision/reminders", {"task": late["mill"], "way": "电话"}, page=page)

    assert "已登记催办 1 个环节" in supervisor.text(page)
    assert "催办 1 次" in supervisor.text("/supervision")
    assert "催办 1 次" in browse("officer").text(f"/tasks/{late['mill'][0]}")
    refused = supervisor.post("/supervision/reminders", {"way": "电话"}, page=page)
    assert refused.status_code == 422


def test_an_english_list_of_orders_says_where_they_are_in_english(late, browse):
    supervisor = browse("supervisor")
    chosen = "&".join(f"task={one}" for one in late["county"])
    to = supervisor.get(f"/supervision/orders/new?{chosen}").location
    said = {"order_reason": "超期", "order_demand": "请答复", "_action": "submit"}
    supervisor.post(to, {**said, "_nonce": nonce_of(supervisor.text(to))})
    supervisor.client.set_cookie("lang", "en")

    orders = supervisor.text("/supervision/orders")

    assert orders.count("Answer the order") == 2
    assert "答复督办单" not in re.sub(r'href="[^"]*"', "", orders)


def test_who_uses_a_parameter_is_told_in_english(late, browse):
    reviewer = browse("reviewer")
    reviewer.client.set_cookie("lang", "en")
    page = reviewer.text("/admin/parameters/supervision answer limit")
    assert ">Supervision order</a>" in page
    assert "督办单" not in page
