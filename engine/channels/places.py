"""Named places in a template: filled in as values, so that nothing in them can break out."""

from urllib.parse import quote

from engine.model.channels import PLACE, Outside
from engine.model.ports import Letter, NotCarried


class Places:
    """What stands at ``{mobile}``, ``{text}``, ``{id}`` and ``{secret:NAME}`` for one letter."""

    def __init__(self, letter: Letter, outside: Outside) -> None:
        self._values = {"mobile": ",".join(letter.to), "text": letter.text, "id": letter.id}
        self._secrets = outside.secrets

    def fill(self, template: str) -> str:
        """The template with everything in its place, as it is."""
        return PLACE.sub(lambda match: self._value(match[1]), template)

    def fill_address(self, template: str) -> str:
        """The same for an address: what is filled in is quoted."""
        return PLACE.sub(lambda match: quote(self._value(match[1]), safe=""), template)

    def fill_json(self, value: object) -> object:
        """The same in every text of a JSON value, the names left alone."""
        if isinstance(value, str):
            return self.fill(value)
        if isinstance(value, list):
            return [self.fill_json(one) for one in value]
        if isinstance(value, dict):
            return {name: self.fill_json(one) for name, one in value.items()}
        return value

    def _value(self, name: str) -> str:
        kind, _colon, secret = name.partition(":")
        if kind != "secret":
            return self._values[kind]
        return secret_of(secret, self._secrets)


def secret_of(name: str, secrets: object) -> str:
    """A secret of the server's environment; NotCarried where it is gone."""
    found = secrets.get(name) if hasattr(secrets, "get") else None
    if not isinstance(found, str):
        raise NotCarried(f"服务器的环境变量里没有密钥 BANGFU_SECRET_{name},没有发出。")
    return found
