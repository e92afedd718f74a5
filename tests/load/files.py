"""Household files that petitions begin where a family is found in hardship, run to their end (模拟).

The union of the place applies for the family (主动发现, domain.md §3.1): papers, home visit, review,
notice, approval, entry. Every third family wants no file and says so.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from tests.funds.purse import id_number
from tests.load.stage import Case, Plot, made_up_name
from tests.support.papers import JPEG

_ROOT = Path(__file__).parents[2]
_HOUSEHOLDS = tomllib.loads(
    (_ROOT / "processes/archiving/scenarios/data/households.toml").read_text(encoding="utf-8")
)

_FIRST_RELATIVE = 20_000
_MONTHS = 12
_WANTS_NONE = 2

ROLES = {
    **dict.fromkeys(
        (
            *("apply", "acceptance_check", "home_visit", "post", "record_result"),
            "confirm_withdrawal",
        ),
        "officer",
    ),
    "grassroots_review": "chair",
    **dict.fromkeys(("await_report", "county_review"), "reviewer_above"),
    "approve": "approver_above",
    "national_entry": "entry_above",
}


def hardship(case: Case, nth: int, who: Mapping[str, object]) -> Plot:
    """What becomes of a file that a petition has begun."""
    yield 4
    if nth % 3 == _WANTS_NONE:
        yield from _declined(case)
    else:
        yield from _archived(case, nth, who)


def _declined(case: Case) -> Plot:
    said = {"way": "当面", "reason": "家里有人找到了工作,不申请(模拟)"}
    case.say("登记撤回", said, by=case.place.officer)
    yield 1
    case.do("confirm_withdrawal", withdrawal_confirmed=True)


def _archived(case: Case, nth: int, who: Mapping[str, object]) -> Plot:
    case.do("apply", _application(case, nth, who))
    yield 2
    case.do("acceptance_check", complete="yes")
    yield 3
    visit = {**_HOUSEHOLDS["visit"], "visit_date": case.today}
    case.do("home_visit", visit)
    yield 2
    case.do("grassroots_review", decision="agree")
    yield 3
    report = {"report_no": f"核模{nth:04d}", "report_date": case.today, "result": "consistent"}
    case.do("await_report", report)
    yield 2
    why = "入户核实后按困难程度认定(模拟)"
    case.do("county_review", decision="agree", category="dibao", category_reason=why)
    yield 1
    photo = case.paper(case.place.officer, "公示栏.jpg", JPEG)
    shown = {"places": "厂区大门公示栏", "board_shown": "photo", "board_photo": photo}
    case.do("post", {**shown, "board_clean": True})
    while not case.waits("record_result"):
        yield 1
    over = {"end_note": "公示期满", "end_shown": "none", "no_end_photo": "公示栏已拆除,无法拍照"}
    case.do("record_result", over)
    yield 2
    case.do("approve", decision="agree")
    yield 2
    case.do("national_entry", national_no=f"MN{nth:010d}", entered_on=case.today)


def _application(case: Case, nth: int, who: Mapping[str, object]) -> Mapping[str, object]:
    """Of three people on one wage: 450 yuan a head and month."""
    first, second = _FIRST_RELATIVE + nth, _FIRST_RELATIVE + 500 + nth
    family = [
        {**row, "id_number": id_number(number), "name": made_up_name(number)}
        for row, number in zip(
            _HOUSEHOLDS["family_of_three"]["members"], (first, second), strict=True
        )
    ]
    number = str(who["id_number"])
    asked = {
        **_HOUSEHOLDS["family_of_three"],
        "application_kind": "found",
        "applicant_name": who["petitioner"],
        "id_number": number,
        "mobile": who["mobile"],
        "address": f"漳州市模拟路 {nth + 1} 号 {100 + nth} 室",
        "sex": "男" if int(number[16]) % 2 else "女",
        "birth_date": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        "members": family,
        "income_lines": [
            {"month": month, "person": who["petitioner"], "income_kind": "wage", "amount": 1350}
            for month in _months(date.fromisoformat(case.today))
        ],
    }
    papers = {
        name: case.paper(case.place.officer, f"{name}.pdf")
        for name, said in asked.items()
        if str(said).startswith("['file-")
    }
    return {**asked, **papers}


def _months(today: date) -> Sequence[str]:
    """The twelve before this one."""
    at = today.year * 12 + today.month - 1
    return [f"{(at - n) // 12}-{(at - n) % 12 + 1:02d}" for n in range(_MONTHS, 0, -1)]
