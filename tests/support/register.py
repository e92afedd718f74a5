"""Households that are on file, and people signed in to look at them, without playing a case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

import registry
from engine import SYSTEM, Engine
from engine.work import accounts
from engine.work.accounts import Attempt
from tests.support.client import client_of
from webapp.app import create_app
from webapp.settings import Settings

HEAD: dict[str, object] = {
    "name": "林模拟",
    "sex": "男",
    "id_kind": "居民身份证",
    "id_number": "350602199001019907",
    "birth_date": "1990-01-01",
    "worker_kind": "worker",
    "identity": "在岗",
    "employer": "模拟一厂",
    "mobile": "15400000002",
    "marital": "已婚",
    "single_parent": "no",
    "hukou": "非农业",
    "address": "漳州市芗城区模拟路1号",
    "health": "良好",
}
SPOUSE: dict[str, object] = {
    "relation": "配偶",
    "name": "陈模拟",
    "id_number": "350624199211059964",
    "occupation": "失(无)业",
    "health": "良好",
    "living_together": "yes",
    "counted": "yes",
}
CONTENT: dict[str, object] = {
    "head": HEAD,
    "members": [SPOUSE],
    "income_lines": [
        {"month": f"2025-{month:02}", "person": "林模拟", "income_kind": "wage", "amount": 800}
        for month in range(1, 13)
    ],
    "expense_lines": [{"expense_kind": "medical", "period": "2025", "amount": 1200}],
    "assets": {"housing": "租房", "dwellings": 0, "savings": 2000},
    "hardship": {"cause_main": "6", "causes_more": ["9"], "needs": ["医疗救助"], "has_dibao": "no"},
    "consent": {"given": True, "version": "2026-01", "publication": "web"},
    "category": "marginal",
    "archive_level": "区县级",
    "proposal": {"household_size": 2, "standard": 500, "income_own": 9600, "gap": -100},
}


def on_file(
    engine: Engine, head: Mapping[str, object] | None = None, at: str = "u1", **content: object
) -> str:
    """A household that was on file before; the number of its file."""
    content = {**CONTENT, **content, "head": {**HEAD, **(head or {})}}
    archived_on = content.pop("archived_on", date(2025, 3, 3))
    changed_on = content.pop("changed_on", None)
    assert isinstance(archived_on, date)
    one = registry.ExistingHousehold(at, content, archived_on, changed_on)  # type: ignore[arg-type]
    (loaded,) = registry.Registry(engine).load_files(SYSTEM, [one], "模拟台账")
    return loaded.file_no


@dataclass
class Visitor:
    """Somebody at a browser without scripts, signed in."""

    app: Flask
    engine: Engine
    name: str

    def __post_init__(self) -> None:
        self.client = client_of(self.app)
        attempt = Attempt(self.name, "", "127.0.0.1", "web")
        person_id = self.engine.directory.actor_named(self.name).person_id
        environment = self.engine.environment
        opened = self.engine.execute(
            lambda tx: accounts.open_session(environment, tx, attempt, person_id)
        )
        self.client.set_cookie("session", opened.token)

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def text(self, address: str) -> str:
        answer = self.get(address)
        assert answer.status_code == 200, address
        return unescape(answer.get_data(as_text=True))

    def post(self, address: str, fields: Mapping[str, object], page: str) -> TestResponse:
        """Send a form of this page, with what is hidden in it."""
        html = self.get(page).get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', html)
        assert found is not None
        return self.client.post(address, data={"csrf_token": found[1], **fields})


def site_of(engine: Engine, folder: Path) -> Flask:
    """The pages of an engine."""
    settings = Settings(key=bytes(range(32)), data_dir=folder)
    return create_app(settings, engine, registry.Registry(engine))
