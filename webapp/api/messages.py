"""What comes in from outside."""

from flask import Response

from webapp.api import bodies
from webapp.api.answers import answer, kept, replaying
from webapp.api.blueprint import api
from webapp.shared.requests import api_actor, current_engine


@api.post("/messages")
@replaying
def message() -> Response:
    """Deliver a message to the cases that wait for it."""
    actor, _ = api_actor()
    key = bodies.idempotency_key(required=True)
    body = bodies.open_json_object({"name": str, "correlation": dict}, {"payload": dict})
    correlation, payload = body["correlation"], body.get("payload")
    matched = current_engine().messages.send(
        actor,
        str(body["name"]),
        correlation if isinstance(correlation, dict) else {},
        payload if isinstance(payload, dict) else {},
        bodies.once(key, "message", lambda n: kept({"matched": n}, 202, {})),
    )
    return answer({"matched": matched}, 202)
