"""Where too few people work in the demonstration: written designations, separation profiles.

东山县 has no approver, 古雷 has nobody at all: neighbours do their steps because a paper says so.
The zone 常山 has two people and its reviewer also enters; townships with one person let the officer
stand in for the chair. Both have said so in writing.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from engine.model.organisations import Designation, Organisation, SeparationProfile
from webapp.demo.staff import DemoGrant
from webapp.demo.tree import TWO_STAFF_ZONE

FROM = date(2026, 1, 1)
"""Before the first case of the demonstration."""

_ADMIN = "p-zz.admin"
_WRITTEN = (
    ("county_approver", "东山县总工会", "漳浦县总工会", "12", "分管副主席空缺,商漳浦县代为审批"),
    (
        "county_reviewer",
        "古雷港经济开发区总工会",
        "漳浦县总工会",
        "14",
        "开发区总工会没有专职人员,就近由漳浦县审核",
    ),
)


def designations(organisations: Sequence[Organisation]) -> Iterator[Designation]:
    """Who does the steps of those that have nobody."""
    ids = {one.name: one.id for one in organisations}
    for role, unit, handler, number, reason in _WRITTEN:
        document = f"模拟·漳工办〔2026〕{number}号"
        yield Designation(
            0, role, ids[unit], ids[handler], document, FROM, None, reason, set_by=_ADMIN
        )


def profiles(
    organisations: Sequence[Organisation], grants: Sequence[DemoGrant]
) -> Iterator[SeparationProfile]:
    """Who may do two people's steps alone: the zone of two, and townships of one."""
    held: dict[str, set[tuple[str, str]]] = {}
    for grant in grants:
        held.setdefault(grant.organisation_id, set()).add((grant.person_id, grant.role))
    number = 30
    for one in organisations:
        people = {person for person, _ in held.get(one.id, ())}
        if one.name.removesuffix("总工会") == TWO_STAFF_ZONE:
            reason = "开发区总工会只有两名工作人员,审核与录入由同一人办理"
        elif one.level == "township" and len(people) == 1:
            reason = "工会专干一人在岗,代行主席职责"
        else:
            continue
        document = f"模拟·漳工办〔2026〕{number}号"
        yield SeparationProfile(0, one.id, document, reason, FROM, None, _ADMIN)
        number += 1
