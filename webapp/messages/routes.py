"""The addresses of messages: one's own, and for administrators the channels and the record."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, Invalid, NotFound
from engine.model.channels import FIELDS, Channel, ChannelKind
from engine.work.notifying import Chosen
from webapp.messages.channel_pages import Typed, channel_page, channels_page
from webapp.messages.pages import messages_page
from webapp.messages.record_page import record_page
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_installation

messages = Blueprint("messages", __name__, template_folder="templates")


@messages.get("/messages")
def show() -> ResponseReturnValue:
    """Her own messages."""
    actor = current_actor()
    return render(messages_page(shell("messages", actor), current_engine(), actor))


@messages.post("/messages/read")
def read() -> ResponseReturnValue:
    """Everything is read."""
    current_engine().telling.mark_read(current_actor())
    return redirect(url_for("messages.show"), 303)


@messages.post("/messages/rung/<int(max=999999999999):message_id>")
def rung(message_id: int) -> ResponseReturnValue:
    """The applicant was told by telephone."""
    try:
        current_engine().telling.rung(current_actor(), message_id)
    except NotFound as gone:
        flash(gone.message, "warning")
    return redirect(url_for("messages.show"), 303)


@messages.post("/messages/contact")
def choose() -> ResponseReturnValue:
    """Where she wants to be told."""
    actor, engine = current_actor(), current_engine()
    chosen = Chosen(
        by_sms=request.form.get("by_sms") == "yes",
        by_mail=request.form.get("by_mail") == "yes",
        mobile=_text("mobile")[:20],
        mail=_text("mail")[:200],
    )
    try:
        engine.telling.choose(actor, chosen)
    except Invalid as refused:
        frame = shell("messages", actor)
        return render(messages_page(frame, engine, actor, chosen, refused.message)), 422
    flash(_("接收方式已保存,从下一次提醒开始使用。"), "done")
    return redirect(url_for("messages.show"), 303)


@messages.get("/admin/messages")
def channels() -> ResponseReturnValue:
    """Every channel of the area."""
    actor, units = current_actor(), current_installation().places.organisations()
    return render(channels_page(shell("directory", actor), current_engine(), actor, units))


@messages.get("/admin/messages/new")
def new_channel() -> ResponseReturnValue:
    """The form for a new channel."""
    actor, engine = current_actor(), current_engine()
    engine.telling.channels(actor)  # refuses whoever administers nothing
    return _page(_new(request.args.get("kind", "")))


@messages.get("/admin/messages/<int(max=999999999999):channel_id>")
def show_channel(channel_id: int) -> ResponseReturnValue:
    """One channel."""
    return _page(current_engine().telling.channel(current_actor(), channel_id))


@messages.post("/admin/messages/new")
def add_channel() -> ResponseReturnValue:
    """Set a channel up."""
    return _save(_new(request.form.get("kind", "")))


@messages.post("/admin/messages/<int(max=999999999999):channel_id>")
def change_channel(channel_id: int) -> ResponseReturnValue:
    """Change a channel."""
    return _save(current_engine().telling.channel(current_actor(), channel_id))


@messages.post("/admin/messages/<int(max=999999999999):channel_id>/test")
def test_channel(channel_id: int) -> ResponseReturnValue:
    """Send a test message."""
    actor, engine = current_actor(), current_engine()
    to = _text("to")[:200]
    try:
        engine.telling.test_channel(actor, channel_id, to)
    except Invalid as refused:
        return _page(engine.telling.channel(actor, channel_id), test=(to, refused.message)), 422
    flash(_("测试消息已排队,几秒内发出。请刷新本页,在“最近发送”里看结果。"), "done")
    return redirect(url_for("messages.show_channel", channel_id=channel_id), 303)


@messages.get("/admin/messages/record")
def record() -> ResponseReturnValue:
    """What was sent."""
    actor, units = current_actor(), current_installation().places.organisations()
    frame = shell("directory", actor)
    return render(record_page(frame, current_engine(), actor, units, request.args))


@messages.post("/admin/messages/record/<int(max=999999999999):message_id>/retry")
def retry(message_id: int) -> ResponseReturnValue:
    """Send again what was given up."""
    try:
        current_engine().telling.retry(current_actor(), message_id)
    except Conflict as refused:
        flash(refused.message, "warning")
    else:
        flash(_("已重新排队,工作时间内几秒就会发出。请刷新查看结果。"), "done")
    return redirect(url_for("messages.record", status=request.form.get("status") or None), 303)


def _text(name: str) -> str:
    return request.form.get(name, "").strip()


def _new(kind: str) -> Channel:
    if kind not in set(ChannelKind):
        raise NotFound(_("没有这种渠道。请返回消息通知页重新选择。"))
    return Channel(0, "", ChannelKind(kind), active=True, settings={})


def _page(channel: Channel, typed: Typed | None = None, test: tuple[str, str] = ("", "")) -> str:
    actor, units = current_actor(), current_installation().places.organisations()
    frame = shell("directory", actor)
    return render(channel_page(frame, current_engine(), actor, units, channel, typed, test))


def _save(channel: Channel) -> ResponseReturnValue:
    actor, engine = current_actor(), current_engine()
    values = {name: request.form.get(name, "") for name in FIELDS[channel.kind]}
    place = channel.organisation_id or _text("organisation_id")
    active = request.form.get("active") == "yes"
    try:
        number = engine.telling.save_channel(
            actor, Channel(channel.id, place, channel.kind, active=active, settings=values)
        )
    except Invalid as refused:
        faults = {one.pointer.removeprefix("/"): one.message for one in reversed(refused.errors)}
        typed = Typed(values, place, active, "" if faults else refused.message, faults)
        return _page(channel, typed), 422
    except Conflict as refused:
        return _page(channel, Typed(values, place, active, refused.message)), 409
    flash(_("渠道已保存。请发一条测试消息,确认能收到。"), "done")
    return redirect(url_for("messages.show_channel", channel_id=number), 303)
