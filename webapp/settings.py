"""What an installation chooses, read once from environment variables into one frozen value.

Nobody else reads the environment. A name beginning with ``BANGFU_`` that is not known here, a
value that cannot be read, or a missing secret stops the start with a sentence.
"""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from engine.model.channels import HOSTS, SECRET, Outside

KEY_BYTES = 32
DEMO_KEY_FILE = "demo.key"
DEMO_PHONE = "0596-0000100"
"""Whom people of the demonstration would ring: nobody has this number."""

_KNOWN = frozenset(
    {
        "BANGFU_CLOCK_SPEED",
        "BANGFU_DATA",
        "BANGFU_DATABASE_URL",
        "BANGFU_DEMO",
        "BANGFU_HELP_PHONE",
        "BANGFU_HTTPS",
        "BANGFU_KEY",
        "BANGFU_MESSAGE_HOSTS",
        "BANGFU_METRICS_TOKEN",
        "BANGFU_PROXIES",
        "BANGFU_PUBLIC_ADDRESS",
        "BANGFU_SITE_NAME",
    }
)
_OF_TESTS = "BANGFU_TEST_"
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"", "0", "false", "no", "off"})
_MOST_PROXIES = 5
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?")
_SHORTEST_TOKEN = 16
_FASTEST = 10_000_000.0


class SettingsRefused(Exception):
    """The settings cannot be used; the sentence says which and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Settings:
    """The settings of one installation.

    ``key`` is the master key of 32 bytes. ``clock_speed``: business seconds a real second, only
    in demo mode. ``proxies``: how many reverse proxies of ours stand before the server, whose
    ``X-Forwarded-*`` headers may be believed. ``is_https``: cookies travel over HTTPS only.
    ``public_address``: where people outside reach the site; empty: as whoever prints it does.
    ``metrics_token``: what readers of ``/metrics`` show; without one this machine alone reads.
    ``outside``: hosts that messages may go to (``BANGFU_MESSAGE_HOSTS``), and the secrets for
    them (``BANGFU_SECRET_*``).
    """

    key: bytes
    data_dir: Path = Path("var")
    database_url: str = ""
    is_demo: bool = False
    clock_speed: float | None = None
    help_phone: str = ""
    site_name: str = "工会帮扶办件系统"
    is_https: bool = False
    proxies: int = 0
    public_address: str = ""
    metrics_token: str = ""
    outside: Outside = field(default_factory=Outside)

    @property
    def url(self) -> str:
        """The database: as chosen, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'bangfu.db').resolve()}"

    @classmethod
    def from_environ(
        cls, environ: Mapping[str, str], unless_said: Mapping[str, str] | None = None
    ) -> "Settings":
        """Read the settings; raises SettingsRefused.

        ``unless_said``: what holds for variables that the environment does not have.
        """
        said = {**(unless_said or {}), **environ}
        given = {name: value.strip() for name, value in said.items() if _is_ours(name)}
        unknown = sorted(name for name in given.keys() - _KNOWN if not name.startswith(SECRET))
        if unknown:
            raise SettingsRefused(
                f"不认识的设置 {'、'.join(unknown)},未启动。可用的有:{'、'.join(sorted(_KNOWN))}。"
            )
        is_demo = _flag(given, "BANGFU_DEMO")
        data_dir = Path(given.get("BANGFU_DATA") or "var")
        defaults = cls(key=b"")
        return cls(
            key=_key(given.get("BANGFU_KEY", ""), data_dir, is_demo=is_demo),
            data_dir=data_dir,
            database_url=given.get("BANGFU_DATABASE_URL", ""),
            is_demo=is_demo,
            clock_speed=_speed(given.get("BANGFU_CLOCK_SPEED", ""), is_demo=is_demo),
            help_phone=given.get("BANGFU_HELP_PHONE", DEMO_PHONE if is_demo else ""),
            site_name=given.get("BANGFU_SITE_NAME") or defaults.site_name,
            is_https=_flag(given, "BANGFU_HTTPS"),
            proxies=_proxies(given.get("BANGFU_PROXIES", "")),
            public_address=_address(given.get("BANGFU_PUBLIC_ADDRESS", "")),
            metrics_token=_token(given.get("BANGFU_METRICS_TOKEN", "")),
            outside=_outside(given),
        )


def _is_ours(name: str) -> bool:
    return name.startswith("BANGFU_") and not name.startswith(_OF_TESTS)


def _flag(given: Mapping[str, str], name: str) -> bool:
    text = given.get(name, "").lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise SettingsRefused(f"设置 {name} 应为 1 或 0,现在是“{text}”,未启动。")


def _speed(text: str, *, is_demo: bool) -> float | None:
    if not text:
        return None
    if not is_demo:
        raise SettingsRefused("BANGFU_CLOCK_SPEED 只能在演示模式(BANGFU_DEMO=1)使用,未启动。")
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= _FASTEST:
        raise SettingsRefused(f"BANGFU_CLOCK_SPEED 应是大于 0 的数,现在是“{text}”,未启动。")
    return speed


def _address(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query):
        raise SettingsRefused(
            f"BANGFU_PUBLIC_ADDRESS 应是申请人打开本系统的网址,例如 https://bangfu.example,"
            f"现在是“{text[:100]}”,未启动。"
        )
    return text.rstrip("/")


def _token(text: str) -> str:
    if text and (len(text) < _SHORTEST_TOKEN or not text.isascii() or not text.isprintable()):
        raise SettingsRefused(
            f"BANGFU_METRICS_TOKEN 至少 {_SHORTEST_TOKEN} 个英文字符,未启动。"
            "请用 head -c 24 /dev/urandom | base64 生成一个。"
        )
    return text


def _outside(given: Mapping[str, str]) -> Outside:
    hosts = [one.strip().lower() for one in given.get(HOSTS, "").split(",") if one.strip()]
    wrong = [one for one in hosts if not _HOST.fullmatch(one)]
    if wrong:
        raise SettingsRefused(
            f"{HOSTS} 应是主机名,几个用逗号分开,例如 sms.example.cn,10.1.2.3:8080,"
            f"现在有“{wrong[0][:60]}”,未启动。"
        )
    secrets_given = {
        name.removeprefix(SECRET): text for name, text in given.items() if name.startswith(SECRET)
    }
    return Outside(frozenset(hosts), secrets_given)


def _proxies(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or int(text[:3]) > _MOST_PROXIES:
        raise SettingsRefused(
            f"BANGFU_PROXIES 应是 0 至 {_MOST_PROXIES} 的整数(前面有几层反向代理),未启动。"
        )
    return int(text)


def _key(text: str, data_dir: Path, *, is_demo: bool) -> bytes:
    if text:
        return _decoded(text)
    if is_demo:
        return _demo_key(data_dir)
    raise SettingsRefused(
        "缺少主密钥 BANGFU_KEY,未启动。请用 head -c 32 /dev/urandom | base64 生成一把,"
        "存在数据库和备份之外,并封存一份打印件;丢失后已存的个人信息无法读出。"
    )


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SettingsRefused("BANGFU_KEY 不是 base64 文本,未启动。请核对是否抄漏。") from error
    if len(key) != KEY_BYTES:
        raise SettingsRefused(
            f"BANGFU_KEY 应是 {KEY_BYTES} 字节的 base64,现在是 {len(key)} 字节,未启动。"
        )
    return key


def _demo_key(data_dir: Path) -> bytes:
    """The demonstration's own key, made at the first start and kept beside its data."""
    path = data_dir / DEMO_KEY_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{DEMO_KEY_FILE}.{secrets.token_hex(4)}")
        with open(new, "wb", opener=_private) as out:
            out.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)))
        try:
            # link() fails where another process was first, so that both use the same key
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return _decoded(path.read_text("ascii"))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
