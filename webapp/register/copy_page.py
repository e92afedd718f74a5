"""The copy page as a value: fields of the national form, one click copies one."""

from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor
from registry.copying import CopySheet
from webapp.register.upkeep_pages import Refused
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.register_menu import MenuLink, register_menu
from webapp.shared.registry_port import RegistryPort


@dataclass(frozen=True)
class CopyRow:
    """One field. ``code`` is the number of the value in the national list."""

    key: str
    label: str
    value: str
    code: str
    is_copied: bool


@dataclass(frozen=True)
class CopyGroup:
    """A part of the form."""

    title: str
    rows: tuple[CopyRow, ...]


@dataclass(frozen=True)
class CopyPage(Page):
    """One file to copy."""

    template: ClassVar[str] = "register/copy.html"

    menu: tuple[MenuLink, ...]
    file_no: str
    head_name: str
    unit: str
    href: str
    next_href: str
    groups: tuple[CopyGroup, ...]
    to_copy: int
    copied: int
    takes_number: bool
    refused: Refused

    @property
    def title(self) -> str:
        """抄录 · 姓名."""
        return f"{_('抄录')} · {self.head_name}"


def copy_page(
    shell: Shell, registry: RegistryPort, actor: Actor, sheet: CopySheet, refused: Refused
) -> CopyPage:
    """The page of one file."""
    file_no = sheet.file.file_no
    return CopyPage(
        shell=shell,
        menu=register_menu(registry, actor, "copy"),
        file_no=file_no,
        head_name=sheet.file.shown.head_name,
        unit=sheet.union,
        href=url_for("register.household", file_no=file_no),
        next_href=url_for("register.copy", file_no=sheet.next_file_no)
        if sheet.next_file_no
        else "",
        groups=tuple(
            CopyGroup(
                block.title,
                tuple(
                    CopyRow(one.key, one.label, one.value, one.code, one.is_copied)
                    for one in block.fields
                ),
            )
            for block in sheet.blocks
        ),
        to_copy=sheet.to_copy,
        copied=sheet.copied,
        takes_number=sheet.takes_number,
        refused=refused,
    )
