"""What the public site shows beside results: points of sale, and news. All of it invented."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from backend.accounts.models import User
from sales.models import AgentStatus, NewsItem, PointOfSale
from sales.public.news_keeping import keep_news
from scripts.demonstration.agents import Seller
from scripts.demonstration.plan import Plan, local

STREETS: Final = (
    "đường Bình Minh", "phố Hải Âu", "đường Hoa Ban", "phố Sao Biển", "đường Đá Trắng",
    "phố Cánh Buồm", "đường Vịnh Xanh", "phố Thông Reo",
)  # fmt: skip
HOURS: Final = ("6:30–18:00", "7:00–17:45", "7:00–11:30, 13:30–17:45", "")
#: Every fifth agent has not agreed to be listed, every third has a number for the public.
UNLISTED, WITH_PHONE = 5, 3


def create_points(plan: Plan, sellers: Sequence[Seller]) -> None:
    """A point of sale for every agent; numbers of telephones are of a range nobody has."""
    luck = plan.luck("points")
    PointOfSale.objects.bulk_create(
        PointOfSale(
            agent=seller.agent,
            code=f"{seller.agent.code}-1",
            name=seller.agent.name,
            address=f"Số {luck.randint(1, 250)}, {luck.choice(STREETS)}",
            region=seller.agent.region,
            opened_date=seller.agent.opened_date,
            closed_date=seller.agent.closed_date,
            is_listed=seller.agent.status == AgentStatus.ACTIVE and number % UNLISTED != 0,
            opening_hours=luck.choice(HOURS),
            public_phone=f"0203 000 {number:04}" if number % WITH_PHONE == 0 else "",
        )
        for number, seller in enumerate(sellers, 1)
    )


def create_news(plan: Plan, clerk: User) -> None:
    """A few pieces: one in both languages, one still a draft, one that waits for its time."""
    for days, values in _NEWS:
        at = local(plan.today - timedelta(days=max(days or 0, 1)), 9)
        shown: datetime | None = None
        if days is not None:
            shown = local(plan.today - timedelta(days=days), 9)
        keep_news(NewsItem(), {**values, "published_at": shown}, by=clerk, at=at)


#: How many days ago it was published (None: a draft), and what it says.
_NEWS: Final[Sequence[tuple[int | None, dict[str, str]]]] = (
    (
        20,
        {
            "title": "Hạn lĩnh thưởng là 30 ngày kể từ ngày quay",
            "summary": "Vé trúng thưởng nên được giữ phẳng, khô và mang đến lĩnh sớm.",
            "body": (
                "Vé trúng thưởng được lĩnh trong 30 ngày kể từ ngày quay, tại công ty hoặc tại đại lý "
                "được ủy quyền.\n\nVé rách, nát được xem xét khi còn đủ các yếu tố để xác minh. Khi "
                "lĩnh thưởng lớn, xin mang theo giấy tờ tùy thân."
            ),
            "title_en": "Prizes can be claimed for 30 days after the draw",
            "summary_en": "Keep a winning ticket flat and dry, and bring it early.",
            "body_en": (
                "A winning ticket can be claimed within 30 days of its draw, at the company or at an "
                "authorised agent.\n\nTorn tickets are examined while enough of them is left to verify. "
                "For a large prize please bring your identity papers."
            ),
        },
    ),
    (
        6,
        {
            "title": "Dò vé ngay trên trang này",
            "summary": "Gõ số vé, ký hiệu và ngày quay là biết vé trúng giải nào.",
            "body": (
                "Trang Dò vé so vé của bạn với kết quả đã công bố. Kết quả dò chỉ để tham khảo: công ty "
                "đối chiếu vé thật trước khi trả thưởng."
            ),
        },
    ),
    (
        -7,
        {
            "title": "Thông báo lịch nghỉ quay dịp Tết",
            "summary": "Các ngày không quay có trên trang Lịch quay.",
            "body": "Lịch chính thức được đăng khi Hội đồng xổ số kiến thiết miền Bắc thông báo.",
        },
    ),
    (
        None,
        {
            "title": "Bản nháp: gặp mặt đại lý quý tới",
            "summary": "Đang soạn.",
            "body": "Đang soạn.",
        },
    ),
)
