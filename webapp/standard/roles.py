"""The roles of the federation: who may hold them where, and what they see of others' cases.

``sees``: ``area`` the cases of her organisation and everything below it, ``own`` those she has
worked on, ``none`` no case at all. A role can be held above its usual level where one office does
the work for smaller ones, or where the work climbs to when nobody holds it below.
"""

from engine.model.organisations import Role

_GRASSROOTS_UP = ("grassroots", "township", "county")
_TOWNSHIP_UP = ("township", "county", "city")
_COUNTY_UP = ("county", "city")
_EVERYWHERE = ("grassroots", "township", "county", "city")
_CITY = ("city",)

ROLES: tuple[Role, ...] = (
    Role("officer", "基层工会经办人", "Grass-roots file officer", _GRASSROOTS_UP, "area"),
    Role("chair", "基层工会主席", "Grass-roots union chair", _GRASSROOTS_UP, "area"),
    Role("township_officer", "乡镇工会专干", "Township union officer", _TOWNSHIP_UP, "area"),
    Role("township_chair", "乡镇工会主席", "Township union chair", _TOWNSHIP_UP, "area"),
    Role("county_reviewer", "县级帮扶中心审核员", "County reviewer", _COUNTY_UP, "area"),
    Role("county_approver", "县级分管副主席", "County approver", _COUNTY_UP, "area"),
    Role("data_entry", "系统录入员", "Data-entry officer", _COUNTY_UP, "area"),
    Role("cashier", "出纳", "Cashier", _COUNTY_UP, "own"),
    Role("accountant", "会计", "Accountant", _COUNTY_UP, "own"),
    Role("audit_committee", "经审会", "Audit committee", _COUNTY_UP, "area"),
    Role("cadre", "帮扶责任人", "Paired cadre", _EVERYWHERE, "own"),
    Role("city_protection", "市总权益保障部", "City protection department", _CITY, "area"),
    Role("city_leader", "市总分管领导", "City leader", _CITY, "area"),
    Role("receptionist", "信访接待员", "Petition receptionist", _COUNTY_UP, "own"),
    Role("lawyer", "坐班律师", "Duty lawyer", _COUNTY_UP, "own"),
    Role("supervisor", "督办人", "Supervisor", _COUNTY_UP, "area"),
    Role("designer", "流程设计员", "Process designer", _CITY, "none"),
    Role("admin", "系统管理员", "Administrator", _CITY, "none"),
)

NEVER_TOGETHER: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("officer", "county_approver"),  # 建档 and 审批
        ("county_reviewer", "county_approver"),  # 审核 and 审批
        ("accountant", "county_approver"),  # 制单 and 审批
        ("county_approver", "cashier"),  # 审批 and 付款
        ("accountant", "cashier"),  # 制单 and 付款
    )
)
"""What a separation profile never allows one person, whatever a process file says (§1.13)."""
