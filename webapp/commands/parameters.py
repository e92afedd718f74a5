"""``bangfu parameter …``: the dated business parameters."""

from collections.abc import Sequence
from datetime import date

from engine import SYSTEM
from engine.model.parameters import ParameterRule
from engine.store.settings import Parameter
from engine.work.parameters import NewValue
from webapp.commands.speaking import (
    DONE,
    Call,
    CommandRefused,
    Commands,
    say,
    say_json,
)
from webapp.opening import opened


def add_to(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("parameter", "业务参数")
    listing = group.add("list", "列出业务参数和登记过的值", list_parameters)
    listing.add_argument("name", nargs="?", default="", help="只列一个参数(名称如 notice days)")
    listing.add_argument("--json", action="store_true", help="输出 JSON")
    setting = group.add("set", "登记一个新值,不影响在办件", set_parameter)
    setting.add_argument("name", help="参数名称,如 notice days")
    setting.add_argument("value", help="新值,如 7、830.00、true")
    setting.add_argument("--reason", required=True, help="修改理由,长期保留")
    setting.add_argument("--from", dest="since", default="", metavar="日期", help="默认今天")
    setting.add_argument("--org", default="", metavar="ID", help="只用于这个县(市、区)")
    setting.add_argument("--document", default="", help="文号或依据")


def list_parameters(call: Call) -> int:
    """Every parameter with its values, or one of them."""
    wanted = call.words.name
    with opened(call.settings()) as installation:
        settings = installation.engine.settings
        rules = [rule for rule in settings.rules.values() if wanted in ("", rule.name)]
        rows = settings.parameters()
    if wanted and not rules:
        raise CommandRefused(f"没有名为“{wanted}”的业务参数。见 bangfu parameter list。")
    if call.words.json:
        say_json([_as_json(rule, rows) for rule in rules])
        return DONE
    for rule in rules:
        say(f"{rule.name}\t{rule.title}\t{rule.law or rule.source}")
        for row in rows:
            if row.name == rule.name:
                place = row.organisation_id or "全市"
                said = f"  {row.valid_from}\t{place}\t{row.value}\t{row.reason}"
                say(said.rstrip())
    return DONE


def _as_json(rule: ParameterRule, rows: Sequence[Parameter]) -> dict[str, object]:
    return {
        "name": rule.name,
        "title": rule.title,
        "kind": rule.kind.value,
        "unit": rule.unit,
        "basis": rule.basis,
        "law": rule.law,
        "low": None if rule.low is None else float(rule.low),
        "high": None if rule.high is None else float(rule.high),
        "per_county": rule.per_county,
        "per_township": rule.per_township,
        "locked": rule.is_locked,
        "values": [
            {
                "from": row.valid_from.isoformat(),
                "organisation": row.organisation_id,
                "value": row.value,
                "reason": row.reason,
                "document": row.source,
                "set_by": row.set_by,
            }
            for row in rows
            if row.name == rule.name
        ],
    }


def set_parameter(call: Call) -> int:
    """Record a dated value; running cases keep theirs."""
    words = call.words
    with opened(call.settings()) as installation:
        engine = installation.engine
        rule = engine.settings.rules.get(words.name)
        if rule is None:
            raise CommandRefused(
                f"没有名为“{words.name}”的业务参数,未保存。见 bangfu parameter list。"
            )
        if words.org and words.org not in engine.directory.organisations():
            raise CommandRefused(f"没有编号为“{words.org}”的单位,未保存。见 bangfu org list。")
        since = _day(words.since) or engine.environment.today()
        value = rule.read(words.value)
        new = NewValue(rule.name, words.org or None, since, value, words.reason, words.document)
        engine.settings.set_value(SYSTEM, new)
    say(f"已登记“{rule.title}”自 {since} 起为 {value},在办件不变。")
    return DONE


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandRefused(f"日期“{text}”看不懂,请写成 2026-11-16 这样,未保存。") from None
