"""The reports a lottery company is known to owe, to begin the register with.

From secondary sources and from memory: none is confirmed, and each company checks its own. Filing days of
tax returns after NĐ 252/2026 art. 10; where no day was found, thirty or ninety days stand until corrected.
"""

from datetime import date
from typing import Any, Final

from backend.org.models import Department
from reporting.models import Frequency, Obligation

_UNKNOWN: Final = "chưa tìm thấy văn bản; hỏi bộ phận pháp chế"

KNOWN: Final[tuple[dict[str, Any], ...]] = (
    {
        "code": "thue-gtgt-ttdb",
        "name": "Tờ khai thuế GTGT và thuế TTĐB",
        "authority": "Thuế tỉnh",
        "legal_basis": "NĐ 252/2026/NĐ-CP, Điều 10: ngày 20 tháng sau",
        "frequency": Frequency.MONTH,
        "due_days": 20,
    },
    {
        "code": "thue-tncn-quy",
        "name": "Tờ khai thuế TNCN khấu trừ của đại lý (01/XSBHĐC)",
        "authority": "Thuế tỉnh",
        "legal_basis": "TT 89/2026/TT-BTC, phụ lục I; NĐ 252/2026/NĐ-CP, Điều 10",
        "frequency": Frequency.QUARTER,
        "due_month_end": 1,
    },
    {
        "code": "thue-tncn-nam",
        "name": "Bảng kê thuế TNCN của đại lý trong năm (01/BK-XSBHĐC)",
        "authority": "Thuế tỉnh",
        "legal_basis": "TT 18/2026/TT-BTC, TT 89/2026/TT-BTC phụ lục I: kèm tờ khai 01/XSBHĐC của kỳ cuối năm",
        "frequency": Frequency.YEAR,
        "due_month_end": 1,
    },
    {
        "code": "kinh-doanh-quy",
        "name": "Báo cáo tình hình kinh doanh xổ số quý",
        "authority": "Sở Tài chính, UBND tỉnh, Bộ Tài chính",
        "legal_basis": f"TT 75/2013/TT-BTC (VBHN 13/VBHN-BTC), phụ lục; hạn nộp {_UNKNOWN}",
        "frequency": Frequency.QUARTER,
        "due_days": 30,
    },
    {
        "code": "kinh-doanh-nam",
        "name": "Báo cáo tình hình kinh doanh xổ số năm",
        "authority": "Sở Tài chính, UBND tỉnh, Bộ Tài chính",
        "legal_basis": f"TT 75/2013/TT-BTC (VBHN 13/VBHN-BTC), phụ lục; hạn nộp {_UNKNOWN}",
        "frequency": Frequency.YEAR,
        "due_days": 90,
    },
    {
        "code": "giam-sat-chu-so-huu",
        "name": "Báo cáo giám sát tài chính gửi chủ sở hữu",
        "authority": "UBND tỉnh",
        "legal_basis": f"Giám sát của chủ sở hữu, hai kỳ một năm; {_UNKNOWN}",
        "frequency": Frequency.HALF_YEAR,
        "due_days": 30,
    },
    {
        "code": "cong-bo-thong-tin",
        "name": "Công bố thông tin doanh nghiệp nhà nước",
        "authority": "Cổng thông tin của công ty và của UBND tỉnh",
        "legal_basis": f"NĐ 47/2021/NĐ-CP; hạn nộp {_UNKNOWN}",
        "frequency": Frequency.YEAR,
        "due_days": 90,
    },
)


def load_known(*, unit: Department, starts_on: date) -> int:
    """Enter those that are not there yet, for one unit to begin with. Returns how many."""
    there = set(Obligation.objects.values_list("code", flat=True))
    fresh = [each for each in KNOWN if each["code"] not in there]
    for each in fresh:
        Obligation.objects.create(unit=unit, starts_on=starts_on, **each)
    return len(fresh)
