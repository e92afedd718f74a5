"""Answers for each step of ``processes/archiving``, from the data of its scenarios; 模拟."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.store.settings import Parameter
from tests.engine.conftest import ROOT
from tests.engine.moving.conftest import Outputs, Workshop
from webapp.standard.parameters import beginning_values

MONDAY_IN_MARCH = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_DATA = ROOT / "processes/archiving/scenarios/data/households.toml"
PAPER = b"%PDF-1.4 simulated"

DOERS = {
    "apply": "officer",
    "acceptance_check": "officer",
    "supplement": "officer",
    "contact_applicant": "officer",
    "home_visit": "officer",
    "grassroots_review": "chair",
    "township_review": "township",
    "await_report": "reviewer2",
    "county_review": "reviewer",
    "post": "officer2",
    "record_result": "officer2",
    "investigate": "reviewer2",
    "reply": "reviewer2",
    "approve": "approver",
    "refusal_notice": "officer",
    "confirm_withdrawal": "officer",
    "national_entry": "entry",
    "entry_conflict": "reviewer",
    "manual_check": "reviewer2",
    "explain_difference": "reviewer",
    "exclusion_opinion": "chair",
    "exception_decision": "approver",
    "investigate_report": "reviewer2",
    "reply_reporter": "reviewer2",
    "register_gone": "officer",
    "appeal_township": "township",
    "appeal_county": "reviewer3",
    "appeal_city": "protection",
    "duplicate_ruling": "reviewer",
}
PLAIN: Mapping[str, Outputs] = {
    "acceptance_check": {"complete": "yes"},
    "grassroots_review": {"decision": "agree"},
    "township_review": {"decision": "agree"},
    "await_report": {
        "report_no": "核2026-0001",
        "report_date": "2026-03-02",
        "result": "consistent",
    },
    "county_review": {"decision": "agree", "category": "dibao"},
    "post": {
        "places": "厂区大门公示栏",
        "board_shown": "none",
        "no_board_photo": "手机损坏,无法拍照",
    },
    "record_result": {
        "end_note": "公示期满,公示单完好",
        "end_shown": "none",
        "no_end_photo": "手机损坏,无法拍照",
    },
    "investigate": {
        "second_name": "郑模拟",
        "second_post": "县总工会干事",
        "second_phone": "15400000004",
        "objection_result": "dismissed",
        "finding": "收入属实",
    },
    "reply": {
        "replies": [
            {"reply_way": "phone", "replied_on": "2026-03-02", "reply_text": "经查不属实"},
        ],
    },
    "approve": {"decision": "agree"},
    "refusal_notice": {
        "notice_text": "经审核不符合建档条件",
        "delivery_way": "当面",
        "delivered_on": "2026-03-02",
        "received_by": "林模拟",
    },
    "confirm_withdrawal": {"withdrawal_confirmed": True},
    "entry_conflict": {"conflict_result": "retry", "conflict_note": "对方已注销"},
    "manual_check": {
        "checked_on": "2026-03-02",
        "second_name": "郑模拟",
        "second_post": "社区工作者",
        "result": "consistent",
        "differences": "与申报一致",
    },
    "explain_difference": {"difference_decision": "explained", "difference_note": "已说明"},
    "exclusion_opinion": {"exclusion_decision": "refuse", "comment": "情况属实"},
    "exception_decision": {"exception": "granted", "comment": "情况特殊"},
    "investigate_report": {
        "report_second_name": "郑模拟",
        "report_second_post": "县总工会干事",
        "report_second_phone": "15400000004",
        "report_result": "dismissed",
        "report_finding": "车辆为其兄所有",
    },
    "reply_reporter": {
        "reply_way": "电话",
        "report_replied_on": "2026-03-02",
        "reply_text": "经查不属实",
    },
    "register_gone": {"gone_result": "ended", "gone_note": "材料移交"},
    **{
        f"appeal_{place}": {
            "appeal_result": "rejected",
            "appeal_opinion": "经复核",
            "answered_on": "2026-03-02",
        }
        for place in ("township", "county", "city")
    },
    "duplicate_ruling": {"ruling": "clear", "ruling_note": "电话核实"},
}


def _json(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _recorded(name: str) -> dict[str, object]:
    found = _json(tomllib.loads(_DATA.read_text(encoding="utf-8"))[name])
    assert isinstance(found, dict)
    return found


def paper(shop: Workshop, by: str) -> list[str]:
    return [shop.engine.files.stage(shop.actor(by), "申请书.pdf", PAPER).id]


def _names_papers(value: object) -> bool:
    """Whether a scenario only names files there (``file-…``)."""
    return isinstance(value, list) and bool(value) and str(value[0]).startswith("file-")


def answer(shop: Workshop, element: str, **changed: object) -> dict[str, object]:
    """What is filled in at a step, unless something is said to be different."""
    match element:
        case "apply":
            filled = _recorded("family_of_three")
            papers = paper(shop, "officer")
            named = [key for key, value in filled.items() if _names_papers(value)]
            filled.update(dict.fromkeys(named, papers))
        case "home_visit":
            filled = {**_recorded("visit"), "visit_date": "2026-03-02"}
        case "national_entry":
            filled = {**_recorded("national"), "entered_on": "2026-03-02"}
        case "supplement":
            filled = {
                "paper_income": paper(shop, "officer"),
                "supplemented_on": "2026-03-02",
            }
        case "contact_applicant":
            called = {"contacted_on": "2026-03-02", "way": "电话", "said": "在外地住院"}
            filled = {"contact_result": "extend", "contacts": [called]}
        case _:
            filled = dict(PLAIN[element])
    return {**filled, **changed}


def do(shop: Workshop, case_id: str, element: str, **changed: object) -> None:
    shop.finish(DOERS[element], case_id, element, answer(shop, element, **changed))


def set_up(shop: Workshop, *, township: bool = False) -> None:
    """Deploy the process with the one it calls, and the parameters it reads."""
    since = date(2020, 1, 1)
    values = {**beginning_values(), "township review": township, "dibao standard": 500}
    shop.engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in values.items()]
    )
    files = [f for key in KEYS for f in read_folder(ROOT / "processes", ROOT / "forms", key).files]
    shop.engine.definitions.deploy(SYSTEM, files)


KEYS = ("public_notice", "duplicate_check", "means_check", "appeal", "archiving")


def march() -> FixedClock:
    return FixedClock(MONDAY_IN_MARCH)


def begun(shop: Workshop) -> str:
    return shop.begin("archiving", {"applicant_name": "林模拟", "application_kind": "self"})


ROAD = (
    "apply",
    "acceptance_check",
    "home_visit",
    "grassroots_review",
    "await_report",
    "county_review",
    "post",
    "",  # the notice hangs out: only a timer
    "record_result",
    "approve",
    "national_entry",
)
"""Where an application without trouble waits, in its order."""


def led_to(shop: Workshop, element: str) -> str:
    """A case that has gone straight to an element."""
    case_id = begun(shop)
    for passed in ROAD[: ROAD.index("")]:
        if passed == element:
            break
        do(shop, case_id, passed)
    return case_id
