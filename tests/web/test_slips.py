"""辖区人员密码: a township officer prints the slip, the person chooses her password with it."""

import re
from html import unescape

from tests.web.conftest import Browser, Federation


def test_a_slip_is_printed_and_used_once(browse, federation: Federation) -> None:  # type: ignore[no-untyped-def]
    federation.engine.directory.grant(
        federation.actor("admin"), "p-supervisor", "township_officer", "county"
    )
    helper: Browser = browse("supervisor")
    assert 'href="/passwords"' in helper.text("/inbox")
    page = helper.text("/passwords")
    assert "林小芳" in page
    assert "王建国" not in page  # of her own organisation, not below it
    assert "没有找到人员" in helper.text("/passwords?q=王")
    slip = unescape(helper.post("/passwords/p-officer", {}, page="/passwords").get_data(True))
    for said in ("林小芳", "模拟·纺织厂工会", "officer", "只能用一次"):
        assert said in slip, said
    link = re.search(r"http://localhost(/password/[^<]+)<", slip)
    assert link is not None
    stranger = Browser(federation.app)
    chosen = {"password": "钢盔-2026-新的", "again": "钢盔-2026-新的"}
    assert stranger.post(link[1], {**chosen, "again": "x"}).status_code == 422
    assert stranger.post(link[1], chosen).status_code == 303
    assert stranger.post(link[1], chosen).status_code == 422
    assert Browser(federation.app).sign_in("officer", "钢盔-2026-新的").status_code == 303


def test_others_have_no_such_page(browse) -> None:  # type: ignore[no-untyped-def]
    reviewer: Browser = browse("reviewer")
    assert reviewer.get("/passwords").status_code == 403
    assert "/passwords" not in reviewer.text("/inbox")
    assert reviewer.post("/passwords/p-officer", {}, page="/inbox").status_code == 403
