"""The pages of 手机传图 as values: one on the computer, one on the phone."""

from dataclasses import dataclass
from typing import ClassVar

from flask import url_for
from markupsafe import Markup

from engine import Engine
from engine.model.cases import StoredFile
from engine.model.phone_uploads import Arrived
from webapp.forms.shown import shown_size
from webapp.shared.addresses import outside
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.qr_codes import qr_code
from webapp.shared.words import clock_time


@dataclass(frozen=True)
class Picture:
    """A file that came."""

    name: str
    size: str


@dataclass(frozen=True)
class CodePage(Page):
    """On the computer, where no script runs: the code to scan, and what has come."""

    template: ClassVar[str] = "phone/code.html"

    id: str
    label: str
    address: str
    code: Markup
    pictures: tuple[Picture, ...]
    is_open: bool
    ends: str
    back_href: str

    @property
    def title(self) -> str:
        """手机传图."""
        return _("手机传图")


@dataclass(frozen=True)
class SendPage(Page):
    """On the phone: where pictures are chosen."""

    template: ClassVar[str] = "phone/send.html"

    token: str
    label: str
    pictures: tuple[Picture, ...]
    is_open: bool
    multiple: bool
    ends: str
    told: str
    problems: tuple[str, ...]

    @property
    def title(self) -> str:
        """手机传图."""
        return _("手机传图")


def address_of(token: str) -> str:
    """What the code says."""
    return outside(url_for("phone.send", token=token))


def code_of(token: str) -> Markup:
    """The code to scan."""
    return qr_code(address_of(token), _("手机传图的二维码"))


def code_page(shell: Shell, engine: Engine, arrived: Arrived) -> CodePage:
    """The page with the code."""
    upload = arrived.upload
    token = engine.phone_uploads.token_of(upload)
    return CodePage(
        shell=shell,
        id=upload.id,
        label=upload.label,
        address=address_of(token),
        code=code_of(token),
        pictures=_pictures(arrived.files),
        is_open=arrived.is_open,
        ends=clock_time(upload.ends_at, upload.ends_at),
        back_href=back_to(upload.place),
    )


def send_page(
    shell: Shell, token: str, arrived: Arrived, told: str = "", problems: tuple[str, ...] = ()
) -> SendPage:
    """The page for the phone."""
    upload = arrived.upload
    return SendPage(
        shell=shell,
        token=token,
        label=upload.label,
        pictures=_pictures(arrived.files),
        is_open=arrived.is_open,
        multiple=upload.multiple,
        ends=clock_time(upload.ends_at, upload.ends_at),
        told=told,
        problems=problems,
    )


def back_to(place: str) -> str:
    """The form that the pictures are for."""
    kind, _colon, identity = place.partition(":")
    if kind == "task":
        return url_for("tasks.show", task_id=identity)
    return url_for("cases.choose_unit", key=identity)


def _pictures(files: tuple[StoredFile, ...]) -> tuple[Picture, ...]:
    return tuple(Picture(one.name, shown_size(one.size)) for one in files)
