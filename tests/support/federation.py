"""A small federation for tests: one city, two counties, a township, three unions; 模拟."""

from engine.api import Engine
from engine.model.organisations import Organisation, Person, Role

ORGANISATIONS = (
    Organisation("zz", "3506", "漳州模拟市总工会", "city", "city", None, None),
    Organisation("xc", "350602", "芗城模拟区总工会", "county", "county", "zz", "zz"),
    Organisation("lw", "350603", "龙文模拟区总工会", "county", "county", "zz", "zz"),
    Organisation("xc-t", "350602001", "模拟街道总工会", "township", "township", "xc", "xc"),
    Organisation("u1", "350602001001", "模拟一厂工会", "grassroots", "grassroots", "xc-t", "xc-t"),
    Organisation("u2", "350602001002", "模拟二厂工会", "grassroots", "grassroots", "xc-t", "xc-t"),
    Organisation("lw-u", "350603001001", "模拟三厂工会", "grassroots", "grassroots", "lw", "lw"),
)
ROLES = (
    Role("officer", "经办人", "officer", ("grassroots",), "own"),
    Role("chair", "基层主席", "chair", ("grassroots",), "own"),
    Role("township_chair", "乡镇主席", "township chair", ("township",), "area"),
    Role("township_officer", "乡镇专干", "township officer", ("township",), "area"),
    Role("city_protection", "市权益保障部", "city protection", ("city",), "area"),
    Role("county_reviewer", "县级审核员", "county reviewer", ("county", "city"), "area"),
    Role("county_approver", "县级审批人", "county approver", ("county",), "area"),
    Role("data_entry", "录入员", "data entry", ("county",), "area"),
    Role("supervisor", "督办人", "supervisor", ("county", "city"), "area"),
    Role("designer", "流程设计员", "designer", ("city",), "none"),
    Role("admin", "系统管理员", "administrator", ("city", "county"), "none"),
)
STAFF = {
    "officer": ("officer", "u1"),
    "officer2": ("officer", "u1"),
    "other_officer": ("officer", "u2"),
    "far_officer": ("officer", "lw-u"),
    "chair": ("chair", "u1"),
    "township": ("township_chair", "xc-t"),
    "township_officer": ("township_officer", "xc-t"),
    "protection": ("city_protection", "zz"),
    "reviewer": ("county_reviewer", "xc"),
    "reviewer2": ("county_reviewer", "xc"),
    "reviewer3": ("county_reviewer", "xc"),
    "far_reviewer": ("county_reviewer", "lw"),
    "approver": ("county_approver", "xc"),
    "entry": ("data_entry", "xc"),
    "supervisor": ("supervisor", "xc"),
    "city": ("supervisor", "zz"),
    "designer": ("designer", "zz"),
    "admin": ("admin", "zz"),
}
"""User name: role and organisation."""


def staffed(engine: Engine) -> Engine:
    """Fill an empty directory with the federation above; nobody has a password."""
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", place, simulated=True), None)
        for name, (_, place) in STAFF.items()
    ]
    grants = [(f"p-{name}", role, place) for name, (role, place) in STAFF.items()]
    engine.directory.load(ORGANISATIONS, ROLES, people, grants)
    return engine
