"""What is known of some agents beside their contracts: whom to call, papers, visits, reminders."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from backend.accounts.models import User
from sales.agents.keeping import keep
from sales.imports.importing import keep_file
from sales.models import (
    AgentContact,
    AgentDocument,
    AgentNote,
    CampaignAgent,
    DocumentKind,
    DunningChannel,
    ImportKind,
    NoteKind,
)
from sales.money.dunning import record_notices
from scripts.demonstration.agents import Seller
from scripts.demonstration.names import invented_names
from scripts.demonstration.payments import debtors
from scripts.demonstration.plan import Plan, local

#: Every eighth agent has told whom to call.
CALLED: Final = 8
FOUND: Final = (
    "Biển hiệu đã thay; chủ đại lý muốn lấy thêm vé thứ Bảy.",
    "Hết vé từ 15 giờ; hẹn tăng 10 vé cho kỳ thứ Ba.",
    "Khách vắng vì sửa đường, chủ đại lý xin giảm vé hai tuần.",
)


def keep_files(plan: Plan, sellers: Sequence[Seller], by: User) -> None:
    """Contacts and papers of some agents, and what was found where the campaign went."""
    luck = plan.luck("agent files")
    names = invented_names(luck)
    for number, seller in enumerate(sellers, start=1):
        if number % CALLED == 2:
            agent = seller.agent
            phone = f"0203 001 {number:04}"
            keep(
                AgentContact(
                    agent=agent, name=next(names), position="Chủ đại lý", phone=phone, is_first=True
                )
            )
            keep(
                AgentDocument(
                    agent=agent, kind=DocumentKind.COMMITMENT, number=f"CK-{agent.code}",
                    title="Cam kết không vi phạm điều kiện làm đại lý", issued_date=agent.opened_date,
                    kept_at="Tủ hồ sơ Phòng Kinh doanh",
                )
            )  # fmt: skip
    visited = CampaignAgent.objects.select_related("agent").order_by("agent__code")
    for place, agent in enumerate(one.agent for one in visited):
        day = plan.today - timedelta(days=3 + place)
        keep(
            AgentNote(
                agent=agent, kind=NoteKind.VISIT, date=day, text=FOUND[place % len(FOUND)], by=by,
                at=local(day, 15),
            )
        )  # fmt: skip


def remind_debtors(plan: Plan, sellers: Sequence[Seller], *, by: User, at: datetime) -> None:
    """Those who have stopped paying were called, and one sends what it has as a file to be recorded."""
    codes = sorted(debtors(plan, sellers))
    if not codes:
        return
    record_notices(
        codes, channel=DunningChannel.PHONE, promised=plan.today + timedelta(days=5),
        note="Hẹn trả dần", by=by, at=local(plan.today - timedelta(days=2), 14),
    )  # fmt: skip
    rows = [f"{code};{plan.today:%d/%m/%Y};5.000.000;bank;NT-{code}" for code in codes]
    text = "\n".join(["Mã đại lý;Ngày;Số tiền;Nơi nộp;Số chứng từ", *rows])
    keep_file(
        text.encode("utf-8-sig"), name="nop-tien-tra-no.csv", kind=ImportKind.PAYMENTS,
        sender="Phòng Kế toán – Tài chính", by=by, at=at, wanted_sum=5_000_000 * len(codes),
    )  # fmt: skip
