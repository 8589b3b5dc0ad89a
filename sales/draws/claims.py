"""Winning tickets are presented here: each once, in its term, with who the winner is where tax may fall
due (phiếu lĩnh thưởng)."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.problems import Problem
from backend.promises import broken_by
from backend.reasons import says_why
from backend.sealing import seal, unseal
from backend.workdays import after_working_days
from sales.draws.ticket_check import Checked, RuleMissing, check_ticket, tax_on
from sales.engine.ticket_lines import WITHDRAWN
from sales.models import (
    ClaimState,
    PrizeClaim,
    RuleKey,
    TicketHolding,
    TicketPlace,
    TicketSeries,
)
from sales.rules import rule_value


class TicketDidNotWin(Problem):
    status = 409
    code = "claim.did_not_win"
    message = _("Vé này không trúng giải nào của kỳ ấy. Hãy xem lại số, ký hiệu và ngày quay.")


class SymbolsUnknown(Problem):
    status = 409
    code = "claim.symbols_unknown"
    message = _(
        "Vé trúng số giải đặc biệt nhưng kết quả công bố chưa có ký hiệu trúng. "
        "Hãy đính chính kết quả theo biên bản rồi lập phiếu."
    )


class ClaimTooLate(Problem):
    status = 409
    code = "claim.too_late"

    def __init__(self, until: date) -> None:
        shown = formats.date_format(until, "SHORT_DATE_FORMAT")
        super().__init__(
            _("Vé đã quá hạn lĩnh thưởng: hạn cuối là {date}.").format(date=shown),
            details={"claim_until": until.isoformat()},
        )


class TicketWithdrawn(Problem):
    status = 409
    code = "claim.ticket_withdrawn"

    def __init__(self, place: TicketPlace) -> None:
        super().__init__(
            _(
                "Theo sổ vé theo sê-ri, vé này không còn ở người mua ({place}) nên không được lĩnh "
                "thưởng. Hãy giữ vé và đối chiếu với biên bản; nếu sổ sai thì sửa sổ trước."
            ).format(place=place.label),
            details={"place": place.value},
        )


class PresentedWhen(Problem):
    code = "claim.presented_when"
    message = _("Ngày xuất trình phải từ ngày quay đến hôm nay.")


class TicketClaimed(Problem):
    """Of another claim nothing is told but that it is there: it may be another region's."""

    status = 409
    code = "claim.exists"
    message = _(
        "Vé này đã có phiếu lĩnh thưởng. Mỗi vé chỉ được lĩnh một lần; hãy tìm phiếu đã lập."
    )


class WinnerMissing(Problem):
    code = "claim.winner_missing"
    message = _(
        "Giải này có thể chịu thuế nên phải ghi họ tên và số giấy tờ của người trúng thưởng."
    )


class ClaimUnknown(Problem):
    status = 404
    code = "claim.unknown"
    message = _("Không có phiếu lĩnh thưởng này trong phạm vi của bạn.")


class ClaimNotOpen(Problem):
    status = 409
    code = "claim.not_open"
    message = _("Phiếu này không còn chờ trả: đã trả hoặc đã hủy. Hãy tải lại trang để xem.")


class ClaimNeedsReason(Problem):
    code = "claim.needs_reason"
    message = _("Phải ghi lý do, ít nhất 5 ký tự.")


@dataclass(frozen=True, slots=True)
class Winner:
    """Who presents the ticket: personal data, kept sealed and shown only on the claim's page."""

    name: str
    id_number: str
    address: str = ""
    phone: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.name.strip() and self.id_number.strip())

    def __repr__(self) -> str:
        """Says nothing: what is printed by chance ends up in logs."""
        return "Winner(…)"


def register_claim(
    *,
    number: str,
    symbol: str,
    day: date,
    presented: date,
    by: User,
    at: datetime,
    winner: Winner | None = None,
    product: str | None = None,
) -> PrizeClaim:
    """Register a winning ticket for payment.

    Raises what `check_ticket` raises, TicketDidNotWin, SymbolsUnknown, PresentedWhen, ClaimTooLate,
    WinnerMissing, TicketWithdrawn, TicketClaimed.
    """
    if not day <= presented <= at.astimezone(VN).date():
        raise PresentedWhen
    checked = check_ticket(number, symbol, day, on=presented, product=product)
    _refuse(checked, presented)
    if _needs_winner(checked, presented) and not (winner and winner.is_known):
        raise WinnerMissing
    return _stored(
        PrizeClaim(
            product_id=checked.prizes.product_id,
            draw=checked.draw,
            number=number,
            symbol=symbol,
            prizes=prizes_of(checked),
            gross_amount=checked.outcome.amount,
            presented_date=presented,
            claim_until=checked.claim_until,
            due_date=_due(presented),
            winner_sealed=_sealed(winner),
            region=by.desk,
            by=by,
            at=at,
        )
    )


def _stored(claim: PrizeClaim) -> PrizeClaim:
    """Raises TicketWithdrawn, TicketClaimed."""
    try:
        with transaction.atomic():
            refuse_withdrawn(claim)
            claim.save(force_insert=True)
    except IntegrityError as error:
        if broken_by(error) == "claim_one_per_ticket":
            raise TicketClaimed from None
        raise
    return claim


def refuse_withdrawn(claim: PrizeClaim) -> None:
    """Refuse a ticket that came back unsold, was destroyed, lost or damaged, where serials are known.

    Nobody moves tickets of its series until the transaction ends. Raises TicketWithdrawn.
    """
    series = TicketSeries.objects.filter(
        draw=claim.draw_id, product=claim.product_id, symbol=claim.symbol
    )
    held = TicketHolding.objects.filter(
        series__in=lock_rows(series), numbers__contains=int(claim.number), place__in=WITHDRAWN
    ).first()
    if held is not None:
        raise TicketWithdrawn(TicketPlace(held.place))


def withdraw_claim(pk: int, *, reason: str, by: User) -> PrizeClaim:
    """Take back a claim that was registered wrongly; the ticket may be claimed again.

    Raises ClaimUnknown, ClaimNotOpen, ClaimNeedsReason.
    """
    if not says_why(reason):
        raise ClaimNeedsReason
    with transaction.atomic():
        claim = open_claim(pk, by=by)
        claim.state, claim.reason = ClaimState.WITHDRAWN, reason.strip()
        claim.save(update_fields=["state", "reason"])
    return claim


def open_claim(pk: int, *, by: User) -> PrizeClaim:
    """The claim, locked until commit. Raises ClaimUnknown, ClaimNotOpen."""
    claim = locked_claim(pk, by=by)
    if claim.state != ClaimState.OPEN:
        raise ClaimNotOpen
    return claim


def locked_claim(pk: int, *, by: User) -> PrizeClaim:
    """The claim in any state, locked until commit. Raises ClaimUnknown."""
    claims = lock_rows(PrizeClaim.objects.visible_to(by).filter(pk=pk))
    if not claims:
        raise ClaimUnknown
    return claims[0]


def winner_of(claim: PrizeClaim) -> Winner | None:
    """Who presented the ticket. Raises CannotUnseal."""
    return Winner(**json.loads(unseal(claim.winner_sealed))) if claim.winner_sealed else None


def prizes_of(checked: Checked) -> list[dict[str, object]]:
    """What the ticket won, as a claim keeps it."""
    return [asdict(won) for won in checked.outcome.prizes]


def _refuse(checked: Checked, presented: date) -> None:
    if checked.outcome.needs_symbols:
        raise SymbolsUnknown
    if not checked.outcome.prizes:
        raise TicketDidNotWin
    if presented > checked.claim_until:
        raise ClaimTooLate(checked.claim_until)


def _needs_winner(checked: Checked, presented: date) -> bool:
    """Where tax falls due, or would by rules that somebody has confirmed."""
    tax = tax_on(checked.outcome.amount, on=presented)
    return tax.amount > 0 or not tax.is_settled


def _due(presented: date) -> date:
    days = rule_value(RuleKey.PRIZE_PAYMENT_DAYS, presented)
    if not days:
        raise RuleMissing
    return after_working_days(presented, days)


def _sealed(winner: Winner | None) -> str:
    if winner is None or not (winner.name.strip() or winner.id_number.strip()):
        return ""
    return seal(json.dumps(asdict(winner), ensure_ascii=False))
