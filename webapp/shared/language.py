"""Chinese first, English second: every visible string goes through ``_``.

The strings in the code are Chinese; ``translations/en`` holds the English ones as a ``.po`` file,
which is read directly: there is no compiled copy to forget.
"""

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Request, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from engine.sentences import in_english

TRANSLATIONS = Path(__file__).parent.parent / "translations"
LANGUAGES = {"zh_Hans_CN": "中文", "en": "English"}
HTML_LANGUAGES = {"zh_Hans_CN": "zh-CN", "en": "en"}
CHINESE = "zh_Hans_CN"
COOKIE = "lang"
_CHOSEN = "bangfu.language"


def _(text: str, **values: object) -> str:
    """The text in the language of this request, with the values filled in."""
    found = _gettext(text)
    return found % values if values else found


def lazy(text: str) -> object:
    """The same for tables made at import: ``str`` of it gives the text of the moment."""
    return LazyString(_gettext, text)


def counting(text: str) -> str:
    """A text with a number ``n`` for tables made at import; :func:`counted` fills it in."""
    return text


def counted(text: str, n: int) -> str:
    """The text with this number, in the form that the language has for it (1 day, 2 days)."""
    return _ngettext(text, text, n) % {"n": n}


def chosen_language() -> str:
    """The language the person chose on this machine, Chinese without a choice.

    Other programs say it with each request (Accept-Language).
    """
    if not has_request_context():
        return CHINESE
    environ = request.environ
    known: str | None = environ.get(_CHOSEN)
    if known is None:  # looked up once a request: each of hundreds of texts asks for it
        known = environ[_CHOSEN] = _chosen_by(request)
    return known


def _chosen_by(asking: Request) -> str:
    chosen = asking.cookies.get(COOKIE, "")
    if chosen not in LANGUAGES and asking.path.startswith("/api/"):
        best = asking.accept_languages.best_match(["zh", "en"], default="zh")
        chosen = "en" if best == "en" else CHINESE
    return chosen if chosen in LANGUAGES else CHINESE


def spoken(text: str) -> str:
    """What the engine has said in Chinese, in the language of this request."""
    return in_english(text) if is_english() else text


def is_english() -> bool:
    """Whether the page is drawn in English."""
    return chosen_language() == "en"


@lru_cache
def _read(language: str) -> NullTranslations:
    source = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if not source.exists():
        return NullTranslations()
    with source.open("rb") as stream:
        catalog = read_po(stream, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def _gettext(text: str) -> str:
    """Straight from the catalogue: a page has hundreds of texts, and Flask-Babel's way is long."""
    return str(_read(chosen_language()).gettext(text))


def _ngettext(one: str, many: str, n: int) -> str:
    return str(_read(chosen_language()).ngettext(one, many, n))


@pass_eval_context
def _in_template(drawn: EvalContext, text: str, **values: object) -> str:
    """``_`` of the templates, as Jinja's newstyle gettext: the values are escaped."""
    if not drawn.autoescape:
        return _gettext(text) % values
    if values:
        return Markup(_gettext(text)) % values  # noqa: S704 - a text of the catalogue
    return _as_markup(chosen_language(), text)


@lru_cache(maxsize=10_000)
def _as_markup(language: str, text: str) -> Markup:
    return Markup(str(_read(language).gettext(text))) % {}  # noqa: S704 - a text of the catalogue


class _PoDomain(Domain):  # type: ignore[misc]  # flask_babel has no types
    """Texts from our ``.po`` files."""

    def get_translations(self) -> Any:
        """The catalogue of the language of this request."""
        return _read(str(get_locale() or CHINESE))


class _PoBabel(Babel):  # type: ignore[misc]
    """Flask-Babel on these texts."""

    domain_instance = _PoDomain()


def speak(app: Flask) -> None:
    """Let the application speak the languages."""
    _PoBabel().init_app(
        app,
        default_locale=CHINESE,
        default_timezone="Asia/Shanghai",
        locale_selector=chosen_language,
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, _ngettext, newstyle=True
    )
    app.jinja_env.globals["_"] = _in_template  # Jinja's own way to the same is long
