"""Carriers: the gateway, the robot and the mail server behind one port.

Called by the worker only, never inside a transaction.
"""

from collections.abc import Mapping

from engine.channels.gateway import Gateway
from engine.channels.mail import MailServer
from engine.channels.robot import Robot
from engine.model.channels import ChannelKind, Outside
from engine.model.ports import Carrier

__all__ = ["carrier_of"]


def carrier_of(kind: ChannelKind, settings: Mapping[str, str], outside: Outside) -> Carrier:
    """The carrier that an organisation has set up."""
    match kind:
        case ChannelKind.SMS:
            return Gateway(settings, outside)
        case ChannelKind.ROBOT:
            return Robot(settings, outside)
        case ChannelKind.MAIL:
            return MailServer(settings, outside)
