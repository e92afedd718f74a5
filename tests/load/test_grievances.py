"""A little of two years of grievances comes out as all of it does. No time is asserted."""

from decimal import Decimal
from pathlib import Path

from tests.load import aid, petitions, wages
from tests.load.grievances import COUNTIES, ZONE, Run, run


def test_the_whole_is_what_was_published() -> None:
    whole = list(petitions.plans(Decimal(1), COUNTIES, ZONE))
    assert (len(whole), sum(one.persons for one in whole)) == (672, 941)
    sizes = sorted(one.persons for one in whole)
    assert sizes == [*[1] * 560, *[2] * 80, *[5] * 25, 10, 12, 13, 14, 15, 16, 16]
    helped = [one for one in aid.plans(Decimal(1), COUNTIES) if one.way.is_helped]
    assert len(helped) == 829
    assert sum(one.fee for one in helped) == 2_224_700
    assert sum(one.recovered for one in helped) == 19_019_900
    paid = [one.way for one in wages.plans(Decimal(1), COUNTIES) if one.way.yuan]
    assert sum(one.people for one in paid) == wages.PERSONS
    assert sum(one.people * one.yuan for one in paid) == wages.YUAN


def test_a_hundredth_of_two_years_of_grievances_comes_out_by_law(
    database_url: str, tmp_path: Path
) -> None:
    share = Decimal("0.01")
    found = run(database_url, tmp_path, share)
    asked = list(petitions.plans(share, COUNTIES, ZONE))
    said = found.petitions
    assert (said.received, said.persons) == (len(asked), sum(one.persons for one in asked))
    assert said.closed == said.received
    assert said.due_closed == said.due == said.accepted
    ways = {one.way.name for one in asked}
    assert said.due_closed_in_time == said.due - sum(one.way.name == "late" for one in asked)
    assert said.repeated == sum(one.way.name in {"pending", "ended"} for one in asked)
    assert ways == set(petitions.PLOTS)
    some = list(aid.plans(share, COUNTIES))
    helped = [one for one in some if one.way.is_helped]
    assert (found.legal_aid.applied, found.legal_aid.helped) == (len(some), len(helped))
    assert found.legal_aid.fees_saved == sum(one.fee for one in helped)
    assert found.legal_aid.recovered == sum(one.recovered for one in helped)
    assert found.subsidies == sum(one.subsidy for one in some if one.is_subsidised)
    owing = [one.way for one in wages.plans(share, COUNTIES)]
    assert found.wages.cases == len(owing)
    assert found.wages.persons == sum(one.people for one in owing)
    assert found.wages.claimed == sum(one.claimed for one in owing)
    assert found.wages.paid_persons == sum(one.people for one in owing if one.yuan)
    assert found.wages.recovered == sum(one.people * one.yuan for one in owing)
    _must_be_on_the_page(found, sum(one.way.name == "withdrawn" for one in asked))
    assert [str(one) for one in found.differences] == []


def _must_be_on_the_page(found: Run, withdrawn: int) -> None:
    """维权指标 counts the same; what was taken back is not among what was to be handled."""
    page, said = found.on_the_page, found.petitions
    assert page["petition", "received"] == said.received
    assert page["petition", "accepted"] == said.accepted - withdrawn
    assert page["petition", "resolved"] == page["petition", "due"] == said.due - withdrawn
    assert page["petition", "in-time"] == said.due_closed_in_time - withdrawn
    assert (page["petition", "answered"], page["petition", "pleased"]) == (
        said.asked,
        said.satisfied,
    )
    assert page["petition", "repeated"] == said.repeated
    assert page["legal_aid", "saved"] == found.legal_aid.fees_saved
    assert page["legal_aid", "recovered"] == found.legal_aid.recovered
    assert page["wage_arrears", "claimed"] == found.wages.claimed
    assert page["wage_arrears", "recovered"] == found.wages.recovered
    assert page["wage_arrears", "people"] == found.wages.persons
    assert page["wage_arrears", "paid"] == found.wages.paid_persons
