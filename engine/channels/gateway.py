"""Any SMS gateway with an HTTP interface: a template of its request, a test of its answer."""

from collections.abc import Mapping
from urllib.parse import urlencode

import orjson

from engine.channels.calling import Answer, call, excerpt
from engine.channels.places import Places
from engine.model.channels import BodyKind, Outside, form_lines, header_lines
from engine.model.ports import Letter, NotCarried

_TYPES = {
    BodyKind.JSON: "application/json; charset=utf-8",
    BodyKind.FORM: "application/x-www-form-urlencoded; charset=utf-8",
}


class Gateway:
    """Sends one text message a call."""

    def __init__(self, settings: Mapping[str, str], outside: Outside) -> None:
        self._settings = settings
        self._outside = outside

    def carry(self, letter: Letter) -> None:
        """Hand the message over; NotCarried unless the answer says that it was taken."""
        places = Places(letter, self._outside)
        kind = BodyKind(self._settings["body_kind"])
        headers = {"User-Agent": "bangfu", "X-Message-Id": letter.id}
        if kind in _TYPES:
            headers["Content-Type"] = _TYPES[kind]
        headers.update((n, places.fill(v)) for n, v in header_lines(self._settings["headers"]))
        answer = call(
            "GET" if kind is BodyKind.QUERY else "POST",
            places.fill_address(self._settings["url"]),
            headers,
            _body(kind, self._settings["body"], places),
            self._outside,
        )
        if not answer.is_fine or not self._says_success(answer):
            raise NotCarried(
                f"短信网关没有收下(HTTP {answer.status}):{excerpt(answer, self._outside)}"
            )

    def _says_success(self, answer: Answer) -> bool:
        wanted = self._settings["success_field"]
        return not wanted or value_at(answer.text, wanted) == self._settings["success_value"]


def _body(kind: BodyKind, template: str, places: Places) -> bytes | None:
    match kind:
        case BodyKind.JSON:
            return orjson.dumps(places.fill_json(orjson.loads(template or "{}")))
        case BodyKind.FORM:
            return urlencode([(n, places.fill(v)) for n, v in form_lines(template)]).encode()
        case BodyKind.QUERY:
            return None


def value_at(text: str, path: str) -> str | None:
    """What a JSON answer holds at ``data.status`` or ``results.0.code``, as text."""
    try:
        found: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    for name in path.split("."):
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    if found is None or isinstance(found, (dict, list)):
        return None
    return str(found).lower() if isinstance(found, bool) else str(found)
