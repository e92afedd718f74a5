"""The robot of a WeCom or DingTalk group: one text, those named by mobile are mentioned."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import quote_plus

import orjson

from engine.channels.calling import call, excerpt
from engine.channels.gateway import value_at
from engine.channels.places import Places, secret_of
from engine.model.channels import Outside
from engine.model.ports import Letter, NotCarried

_TAKEN = "0"


class Robot:
    """Posts one message to its group."""

    def __init__(self, settings: Mapping[str, str], outside: Outside) -> None:
        self._settings = settings
        self._outside = outside

    def carry(self, letter: Letter) -> None:
        """Hand the message over; NotCarried unless the robot says ``errcode`` 0."""
        url = Places(letter, self._outside).fill_address(self._settings["url"])
        if self._settings["sign_secret"]:
            url += _signature(secret_of(self._settings["sign_secret"], self._outside.secrets))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "bangfu",
            "X-Message-Id": letter.id,
        }
        body = orjson.dumps(_message(self._settings["brand"], letter))
        answer = call("POST", url, headers, body, self._outside)
        if not answer.is_fine or value_at(answer.text, "errcode") != _TAKEN:
            raise NotCarried(
                f"群机器人没有收下(HTTP {answer.status}):{excerpt(answer, self._outside)}"
            )


def _message(brand: str, letter: Letter) -> Mapping[str, object]:
    if brand == "dingtalk":
        return {
            "msgtype": "text",
            "msgUuid": letter.id,
            "text": {"content": letter.text},
            "at": {"atMobiles": list(letter.to), "isAtAll": False},
        }
    return {
        "msgtype": "text",
        "text": {"content": letter.text, "mentioned_mobile_list": list(letter.to)},
    }


def _signature(secret: str) -> str:
    """DingTalk's 加签: the machine's own time in milliseconds, signed."""
    stamp = str(round(time.time() * 1000))
    signed = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return f"&timestamp={stamp}&sign={quote_plus(base64.b64encode(signed))}"
