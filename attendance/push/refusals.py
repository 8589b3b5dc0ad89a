"""Why a terminal that pushes is not heard. `told` is all it learns, `message` is for the page."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from attendance.zk import adms
from backend.problems import Problem


class PushRefused(Problem):
    """A terminal was not heard."""

    code = "push_refused"
    status = 403
    told: ClassVar[bytes] = b"ERROR: refused"


class BadSerial(PushRefused):
    code = "bad_serial"
    status = 400
    told = b"ERROR: no serial number"
    message = _("Yêu cầu không có số sê-ri hợp lệ.")


class UnknownTerminal(PushRefused):
    code = "unknown_terminal"
    told = adms.UNKNOWN
    message = _("Số sê-ri chưa được duyệt; máy nằm trong danh sách chờ duyệt.")


class SwitchedOff(PushRefused):
    code = "switched_off"
    told = b"ERROR: switched off"
    message = _("Máy hoặc kênh đẩy của máy đang tắt. Bật lại nếu máy còn dùng.")


class OutsideNetworks(PushRefused):
    code = "outside_networks"
    told = b"ERROR: address not allowed"
    message = _("Máy gọi từ địa chỉ ngoài dải mạng đã khai báo. Kiểm tra địa chỉ IP của máy.")


class WrongKey(PushRefused):
    """`told` has the terminal introduce itself anew, which shows its key again."""

    code = "wrong_key"
    status = 401
    told = adms.UNKNOWN
    message = _("Máy chưa đưa ra đúng khóa đẩy. Xem lại khóa trong menu máy chủ đám mây của máy.")


class TooLarge(PushRefused):
    code = "too_large"
    status = 413
    told: ClassVar[bytes] = b"ERROR: too large"
    message = _("Máy gửi một lần quá nhiều dữ liệu (quá 4 MB).")


class CutOff(PushRefused):
    """Fewer bytes came than were announced, or nobody said how many would."""

    code = "cut_off"
    status = 400
    told = b"ERROR: incomplete"
    message = _("Dữ liệu tới nơi bị cụt hoặc không báo độ dài; máy sẽ gửi lại.")


class Unreadable(PushRefused):
    code = "unreadable"
    status = 400
    told = b"ERROR: unreadable"
    message = _("Máy gửi dữ liệu không đọc được (nén, mã hóa hoặc không đúng loại bảng).")


class UnknownTable(PushRefused):
    """Answering OK would lose what it holds."""

    code = "unknown_table"
    status = 400
    told = b"ERROR: unknown table"
    message = _(
        "Máy gửi loại dữ liệu hệ thống không nhận (thường là máy kiểm soát cửa). Hãy đặt máy ở chế"
        " độ chấm công, hoặc lấy dữ liệu bằng cách khác."
    )


def meaning_of(code: str) -> str:
    """What the page says about a link's last refusal."""
    kinds: list[type[PushRefused]] = [PushRefused]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    return next((str(kind.message) for kind in kinds if kind.code == code), code)
