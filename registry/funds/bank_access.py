"""Who deals with files for banks: the cashier of the area, never who rostered or granted."""

from engine import Actor
from engine.errors import Conflict, NotFound, NotPermitted
from engine.store.database import Tx
from registry.budget.model import Batch, BatchStatus
from registry.funds.rights import FundAct, may, must, places_of
from registry.store import bank_sendings, payments
from registry.store.bank_sendings import SendingOfList
from registry.store.payments import BatchLine


def seen(tx: Tx, actor: Actor, number: str) -> BatchLine:
    """A batch of her area. Raises NotFound."""
    found = payments.batch_line(tx, actor, places_of(actor, FundAct.SEE), number)
    if found is None:
        raise NotFound("没有找到这一批。请返回批次列表重新打开。")
    return found


def held(tx: Tx, actor: Actor, number: str, undone: str) -> Batch:
    """It, held until the transaction ends, where she may pay it. Raises as :func:`must_pay`."""
    seen(tx, actor, number)
    found = payments.batch(tx, number)
    if found is None:
        raise NotFound("没有找到这一批。请返回批次列表重新打开。")
    must_pay(tx, actor, found, undone)
    return found


def must_pay(tx: Tx, actor: Actor, batch: Batch, undone: str) -> None:
    """Raise NotPermitted, with what was not done, unless she pays and neither rostered nor granted.

    The step of the process keeps them apart; money moves here outside of it.
    """
    must(tx, actor, FundAct.PAY, batch.organisation_id)
    if batch.made_by == actor.person_id:
        raise NotPermitted(f"这一批是您制单的,按规定由别人付款,{undone}")
    if payments.granted_by(tx, batch.number, actor.person_id):
        raise NotPermitted(f"这一批是您审批的,按规定由别人付款,{undone}")


def may_pay(tx: Tx, actor: Actor, batch: Batch) -> bool:
    """Whether :func:`must_pay` lets her."""
    return (
        batch.made_by != actor.person_id
        and may(tx, actor, FundAct.PAY, batch.organisation_id)
        and not payments.granted_by(tx, batch.number, actor.person_id)
    )


def must_be_granted(batch: Batch, refusal: str) -> None:
    """Raise Conflict unless it was granted and is not closed."""
    if batch.status is not BatchStatus.APPROVED:
        raise Conflict(refusal)


def file_of(tx: Tx, number: str, sending_no: str) -> SendingOfList:
    """A file of this batch. Raises NotFound."""
    for one in bank_sendings.of_batch(tx, number):
        if one.sending.number == sending_no:
            return one
    raise NotFound("这一批没有这份银行文件。请返回批次重新打开。")
