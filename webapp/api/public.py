"""What everybody may read without an account."""

from flask import Response

from webapp.api import bodies
from webapp.api.answers import answer
from webapp.api.blueprint import api
from webapp.shared.requests import current_registry


@api.get("/public/notices")
def public_notices() -> Response:
    """What the law lets the public see."""
    after, limit = bodies.cursor((str, str)), bodies.page_size()
    found = current_registry().public_notices(
        (str(after[0]), str(after[1])) if after else None, limit
    )
    items: list[dict[str, object]] = [n.as_json() for n in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return answer(bodies.page(items, None if last is None else [last.sort_key, last.id]))
