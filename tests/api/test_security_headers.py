"""What a browser is told to refuse, and that no header of a caller bends an answer."""

from engine import Engine
from tests.api.conftest import Api
from tests.crash.installation import PASSWORD
from tests.support.client import client_of
from webapp.app import create_app
from webapp.settings import Settings
from webapp.shared.requests import Installation


def test_every_answer_forbids_what_no_answer_needs(api: Api) -> None:
    for who, path in (("officer", "/me"), ("", "/me"), ("", "/public/notices"), ("", "/nothing")):
        told = api(who, "GET", path).headers
        policy = told["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert told["X-Content-Type-Options"] == "nosniff"
        assert told["X-Frame-Options"] == "DENY"
        assert told["Referrer-Policy"] == "same-origin"
        assert told["Cache-Control"] == "no-store", "people share machines"


def test_https_is_demanded_where_it_is_served(api: Api) -> None:
    assert "Strict-Transport-Security" not in api("", "GET", "/public/notices").headers
    installation = api.app.extensions["bangfu"]
    assert isinstance(installation, Installation)
    app = create_app(_with(installation.settings, is_https=True), api.engine, installation.registry)
    told = client_of(app).get("/api/v1/public/notices", base_url="https://bangfu.example")
    assert "max-age=" in told.headers["Strict-Transport-Security"]


def _with(settings: Settings, **changed: object) -> Settings:
    return Settings(**{**vars(settings), **changed})  # type: ignore[arg-type]


def test_a_forged_host_is_in_no_answer(api: Api) -> None:
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "x"}
    token = {"Authorization": f"Bearer {api.token('officer')}", "Idempotency-Key": "forged-host"}
    body = {"definition_key": "example_request", "jurisdiction": "u1", "data": {"subject": "帽"}}
    made = api.client.post("/api/v1/process-instances", json=body, headers={**forged, **token})
    assert made.status_code == 201, made.text
    assert "evil" not in f"{made.headers}{made.text}"
    with api.app.test_client().get("/inbox", headers=forged) as sent_away:
        assert "evil" not in f"{sent_away.headers}{sent_away.text}"


def test_a_right_that_was_taken_away_is_gone_with_the_next_request(api: Api) -> None:
    """The token stays, the role does not: rights are read anew for each request."""
    engine: Engine = api.engine
    api.started()
    assert api("township", "GET", "/process-instances").get_json()["items"]
    admin = engine.directory.actor_named("admin")
    (grant,) = [g for g in engine.directory.grants() if g.person_id == "p-township"]
    engine.directory.withdraw_grant(admin, grant.id)
    assert api("township", "GET", "/me").get_json()["grants"] == []
    assert api("township", "GET", "/process-instances").get_json()["items"] == []


def test_a_parameter_given_twice_is_refused(api: Api) -> None:
    for path in ("/tasks?limit=1&limit=200", "/tasks?assignee=me&assignee=none"):
        told = api("officer", "GET", path)
        assert (told.status_code, told.get_json()["code"]) == (422, "validation")


def test_signing_out_leaves_nothing_in_the_browser(api: Api) -> None:
    browser = api.app.test_client()
    browser.set_cookie("session", api.new_token("officer"))
    with browser.get("/inbox", follow_redirects=True) as page:
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    with browser.post("/logout", data={"csrf_token": token}) as told:
        assert told.status_code == 303
        assert told.headers["Clear-Site-Data"] == '"cache", "storage"'
    with browser.get("/api/v1/me") as after:
        assert after.status_code == 401


def test_a_cookie_from_before_is_not_the_session_after(api: Api) -> None:
    browser = api.app.test_client()
    browser.set_cookie("session", "chosen-by-somebody-else")
    with browser.get("/login") as page:
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    typed = {"csrf_token": token, "username": "officer", "password": PASSWORD}
    with browser.post("/login", data=typed) as told:
        assert told.status_code == 303
    cookie = browser.get_cookie("session")
    assert cookie is not None
    assert cookie.value != "chosen-by-somebody-else"
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
