"""The organisation tree of the demonstration: city, counties, zones, townships, unions.

City, counties and townships are the real ones by the official division data. The development
zones are no divisions of GB/T 2260, so they carry pseudo-codes; a zone approves under the city and
counts in the county it lies in. Grass-roots unions are invented and say so in their names (模拟·).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.errors import Broken
from engine.model.organisations import Organisation
from webapp.demo.divisions import County, Township

CITY_ID = "zz-350600"
SYNTHETIC = "模拟·"


@dataclass(frozen=True)
class _CountyFacts:
    prefix: str  # of the user names of its people
    name_en: str


_COUNTIES = {
    "芗城区": _CountyFacts("xc", "Xiangcheng District"),
    "龙文区": _CountyFacts("lw", "Longwen District"),
    "龙海区": _CountyFacts("lh", "Longhai District"),
    "云霄县": _CountyFacts("yx", "Yunxiao County"),
    "漳浦县": _CountyFacts("zp", "Zhangpu County"),
    "诏安县": _CountyFacts("za", "Zhao'an County"),
    "长泰区": _CountyFacts("ct", "Changtai District"),
    "东山县": _CountyFacts("ds", "Dongshan County"),
    "南靖县": _CountyFacts("nj", "Nanjing County"),
    "平和县": _CountyFacts("ph", "Pinghe County"),
    "华安县": _CountyFacts("ha", "Hua'an County"),
}


@dataclass(frozen=True)
class _Zone:
    """A development zone with a federation of its own.

    ``towns`` approve under the zone and count in their county. ``listed_as`` is its name where
    the division data list the zone itself like a township.
    """

    code: str
    prefix: str
    name: str
    name_en: str
    county: str
    towns: frozenset[str] = frozenset()
    listed_as: str = ""


_ZONES = (
    _Zone(
        "3506Z1",
        "kf",
        "招商局漳州开发区总工会",
        "China Merchants Zhangzhou Development Zone Federation of Trade Unions",
        "龙海区",
        listed_as="招商局漳州开发区",
    ),
    _Zone(
        "3506Z2",
        "ts",
        "漳州台商投资区总工会",
        "Zhangzhou Taiwanese Investment Zone Federation of Trade Unions",
        "龙海区",
        frozenset({"角美镇"}),
    ),
    _Zone(
        "3506Z3",
        "gl",
        "古雷港经济开发区总工会",
        "Gulei Port Economic Development Zone Federation of Trade Unions",
        "漳浦县",
        frozenset({"古雷镇", "沙西镇", "杜浔镇", "霞美镇"}),
    ),
    _Zone(
        "3506Z4",
        "cs",
        "常山华侨经济开发区总工会",
        "Changshan Overseas Chinese Economic Development Zone Federation of Trade Unions",
        "云霄县",
        listed_as="常山华侨经济开发区",
    ),
    _Zone(
        "3506Z5",
        "gx",
        "漳州高新技术产业开发区总工会",
        "Zhangzhou High-tech Industrial Development Zone Federation of Trade Unions",
        "龙海区",
        frozenset({"九湖镇", "颜厝镇", "靖城镇"}),
    ),
)

FULLY_STAFFED = ("芗城区", "诏安县")
"""Counties in which every role is held."""

TWO_STAFF_ZONE = "常山华侨经济开发区"
"""A zone whose federation has two people."""

# how many unions each of the first townships has, then directly under the county: 0
_UNIONS_OF_FULL_COUNTIES = {
    "芗城区": (
        ("纺织厂", 1),
        ("罐头食品厂", 1),
        ("公交公司", 2),
        ("环卫服务公司", 2),
        ("家具厂", 3),
        ("快递网点", 3),
        ("人民医院", 0),
        ("钟表厂", 2),
    ),
    "诏安县": (
        ("青梅食品厂", 1),
        ("水产加工厂", 1),
        ("服装厂", 2),
        ("建筑公司", 2),
        ("制药厂", 3),
        ("外卖配送站", 3),
        ("中医院", 0),
        ("盐场", 2),
    ),
}
_UNION_OF_OTHER_COUNTIES = "建筑公司"


@dataclass(frozen=True)
class Tree:
    """The organisations, parents before children.

    ``prefixes``: of the user names, by the id of the county-level federation.
    """

    organisations: tuple[Organisation, ...]
    prefixes: dict[str, str] = field(default_factory=dict)


def grow_tree(divisions: Sequence[County]) -> Tree:
    """Build the tree; Broken where the division data lack one of the city's counties."""
    counties = {county.name: county for county in divisions}
    missing = [name for name in _COUNTIES if name not in counties]
    if missing:
        raise Broken(f"行政区划数据缺少{'、'.join(missing)}，无法建立演示工会。")
    grower = _Grower()
    grower.city()
    for name, facts in _COUNTIES.items():
        grower.county(counties[name], facts)
    for zone in _ZONES:
        grower.zone(zone, counties[zone.county].code)
    for name in _COUNTIES:
        grower.townships(counties[name])
    for name in _COUNTIES:
        grower.unions_of_county(counties[name])
    grower.unions_of_zones()
    return Tree(tuple(grower.organisations.values()), grower.prefixes)


def short_name(name: str) -> str:
    """芗城区 → 芗城: for the names of units within it."""
    return name.rstrip("区县")


class _Grower:
    def __init__(self) -> None:
        self.organisations: dict[str, Organisation] = {}
        self.prefixes: dict[str, str] = {}
        self._unions: dict[str, int] = {}
        self._offices: dict[str, list[str]] = {}  # townships by the county-level unit above them
        self._zone_of_town = {town: zone for zone in _ZONES for town in zone.towns}
        self._zones_listed = {zone.listed_as for zone in _ZONES if zone.listed_as}

    def city(self) -> None:
        """The city federation."""
        self._add(
            Organisation(
                id=CITY_ID,
                code="350600",
                name="漳州市总工会",
                name_en="Zhangzhou Federation of Trade Unions",
                kind="city",
                level="city",
                approval_parent=None,
                area_parent=None,
                phone=_phone("350600"),
            ),
        )
        self.prefixes[CITY_ID] = "zz"

    def county(self, county: County, facts: _CountyFacts) -> None:
        """The federation of a county or district."""
        self._add(
            Organisation(
                id=_id(county.code),
                code=county.code,
                name=f"{county.name}总工会",
                name_en=f"{facts.name_en} Federation of Trade Unions",
                kind="county",
                level="county",
                approval_parent=CITY_ID,
                area_parent=CITY_ID,
                phone=_phone(county.code),
            ),
        )
        self.prefixes[_id(county.code)] = facts.prefix

    def zone(self, zone: _Zone, county_code: str) -> None:
        """The federation of a development zone, with its two parents."""
        self._add(
            Organisation(
                id=_id(zone.code),
                code=zone.code,
                name=zone.name,
                name_en=zone.name_en,
                kind="zone",
                level="county",
                approval_parent=CITY_ID,
                area_parent=_id(county_code),
                phone=_phone(zone.code),
            ),
        )
        self.prefixes[_id(zone.code)] = zone.prefix

    def townships(self, county: County) -> None:
        """The unions of a county's townships; a town of a zone approves under the zone."""
        for township in county.townships:
            if township.name in self._zones_listed:
                continue
            zone = self._zone_of_town.get(township.name)
            above = _id(county.code if zone is None else zone.code)
            self._add(
                Organisation(
                    id=_id(township.code),
                    code=township.code,
                    name=_township_union(township),
                    kind="township",
                    level="township",
                    approval_parent=above,
                    area_parent=_id(county.code),
                ),
            )
            self._offices.setdefault(above, []).append(_id(township.code))

    def unions_of_county(self, county: County) -> None:
        """The invented grass-roots unions of a county."""
        above, short = _id(county.code), short_name(county.name)
        offices = self._offices.get(above, [])
        for unit, office in _UNIONS_OF_FULL_COUNTIES.get(
            county.name, ((_UNION_OF_OTHER_COUNTIES, 1),)
        ):
            under = offices[office - 1] if 0 < office <= len(offices) else above
            self._union(county.code, f"{short}{unit}", under)
        if county.name == FULLY_STAFFED[0]:
            self._industry_union(county.code, short, "教育", "第三小学")

    def unions_of_zones(self) -> None:
        """Unions of two zones: one has two people for everything, the other has nobody."""
        for zone in _ZONES:
            if zone.listed_as == TWO_STAFF_ZONE:
                office = self._invented_office(zone.code, "常山华侨农场工会联合会", "township")
                self._union(zone.code, "常山果品厂", office)
                self._union(zone.code, "常山玻璃厂", office)
            elif zone.prefix == "gl":
                towns = self._offices.get(_id(zone.code), [])
                in_gulei = [one for one in towns if self.organisations[one].name.startswith("古雷")]
                self._union(zone.code, "古雷石化公司", (in_gulei or [_id(zone.code)])[0])

    def _industry_union(self, code: str, short: str, industry: str, unit: str) -> None:
        """A branch beside the townships: the union of an industry and one unit in it."""
        office = self._invented_office(code, f"{short}{industry}工会", "industry")
        self._union(code, f"{short}{unit}", office)

    def _invented_office(self, code: str, name: str, kind: str) -> str:
        office = f"{_id(code)}-{kind[0]}1"
        self._add(
            Organisation(
                id=office,
                code=f"{code}{kind[0].upper()}1",
                name=f"{SYNTHETIC}{name}",
                kind=kind,
                level="township",
                approval_parent=_id(code),
                area_parent=_id(code),
                simulated=True,
            ),
        )
        return office

    def _union(self, code: str, unit: str, under: str) -> None:
        number = self._unions[code] = self._unions.get(code, 0) + 1
        self._add(
            Organisation(
                id=f"{_id(code)}-u{number:02}",
                code=f"{code}U{number:02}",
                name=f"{SYNTHETIC}{unit}工会",
                kind="grassroots",
                level="grassroots",
                approval_parent=under,
                area_parent=under,
                simulated=True,
            ),
        )

    def _add(self, organisation: Organisation) -> None:
        self.organisations[organisation.id] = organisation


def _phone(code: str) -> str:
    """Whom to ring at a federation, as its notices say: nobody has these numbers."""
    return f"0596-0009{code[-3:].replace('Z', '9')}"


def _id(code: str) -> str:
    return f"zz-{code.lower()}"


def _township_union(township: Township) -> str:
    """A farm, park or forest farm has a union federation, a town or street a general union."""
    is_town = township.name.endswith(("街道", "镇", "乡"))
    return township.name + ("总工会" if is_town else "工会联合会")
