"""What can go wrong with a terminal. Each class answers: try again, or tell a person?

`remedy` is the sentence the terminal board shows under the reason.
"""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.problems import Problem


class ZkError(Problem):
    """An anticipated fault of one terminal; the others go on.

    `needs_person` is true where trying again without a change by a person is pointless.
    """

    code = "terminal_error"
    status = 502
    needs_person: ClassVar[bool] = False
    remedy: ClassVar[str | Promise] = ""


class Unreachable(ZkError):
    code = "unreachable"
    message = _("Không kết nối được tới máy chấm công.")
    remedy = _("Kiểm tra nguồn điện, dây mạng, địa chỉ IP và cổng của máy.")


class Silent(ZkError):
    """Connected (or sent by UDP), but no answer came in time."""

    code = "silent"
    message = _("Máy nhận kết nối nhưng không trả lời.")
    remedy = _("Khởi động lại máy chấm công; kiểm tra cổng và giao thức TCP/UDP đã khai báo.")


class ConnectionLost(ZkError):
    """The terminal closed or reset the connection before it had said everything."""

    code = "connection_lost"
    message = _("Máy ngắt kết nối khi đang gửi dữ liệu; chưa lưu gì của lần tải này.")
    remedy = _("Hệ thống sẽ tự tải lại. Nếu lặp lại nhiều lần, hãy kiểm tra đường mạng tới máy.")


class DeadlinePassed(ZkError):
    """The whole contact took longer than its limit, however lively the terminal seemed."""

    code = "deadline_passed"
    message = _("Quá thời hạn của một lần tải; chưa lưu gì của lần tải này.")
    remedy = _("Hệ thống sẽ tự tải lại. Nếu lặp lại nhiều lần, hãy kiểm tra tốc độ đường mạng.")


class BrokenOff(DeadlinePassed):
    """The time was over in the middle of the log: what had come is stored, the next poll goes on."""

    code = "broken_off"
    message = _("Nhật ký dài nên chưa tải hết trong một lần; phần đã tải được lưu, sẽ tải tiếp.")
    remedy = _("Không cần làm gì; nếu nhiều lần vẫn chưa hết, hãy kiểm tra tốc độ đường mạng.")


class AuthRefused(ZkError):
    code = "auth_refused"
    needs_person = True
    message = _("Máy từ chối khóa kết nối (Comm Key).")
    remedy = _("Xem Comm Key trong menu Kết nối của máy rồi nhập lại cho máy này.")


class ProtocolViolation(ZkError):
    """The terminal said something the protocol does not allow; nothing of it is believed."""

    code = "protocol_violation"
    message = _("Máy trả lời không đúng giao thức; chưa lưu gì của lần tải này.")
    remedy = _("Kiểm tra địa chỉ và cổng có đúng là của máy chấm công ZKTeco không.")


class DamagedData(ProtocolViolation):
    """Checksums or lengths stayed wrong after repeated reading."""

    code = "damaged_data"
    message = _("Dữ liệu tới nơi bị hỏng dù đã đọc lại nhiều lần; chưa lưu gì của lần tải này.")
    remedy = _("Kiểm tra dây mạng và bộ chuyển mạch; nên dùng TCP thay cho UDP.")


class LayoutUnknown(ProtocolViolation):
    """No known record layout makes sense of the log."""

    code = "layout_unknown"
    needs_person = True
    message = _("Không nhận ra kiểu bản ghi của máy này; chưa lưu gì của lần tải này.")
    remedy = _("Ghi lại tên máy và phiên bản phần mềm của máy, gửi cho người hỗ trợ.")


class Unsupported(ZkError):
    """The terminal does not know the command."""

    code = "unsupported"
    needs_person = True
    message = _("Máy không hỗ trợ lệnh tải dữ liệu này.")
    remedy = _("Máy đời mới có thể chỉ đẩy dữ liệu (ADMS); hãy dùng tệp xuất từ máy để nhập tạm.")


class WrongTerminal(ZkError):
    """Another terminal answers at this address: its serial number is not the registered one."""

    code = "wrong_terminal"
    needs_person = True
    message = _("Máy ở địa chỉ này có số sê-ri {found}, không phải {expected}; không lưu gì.")
    remedy = _("Kiểm tra địa chỉ IP; nếu đã thay máy, hãy khai báo máy mới.")

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(
            str(type(self).message).format(expected=expected, found=found),
            details={"expected": expected, "found": found},
        )


class SerialUnknown(ZkError):
    """Neither the register nor the terminal tells a serial number, so punches have no identity."""

    code = "serial_unknown"
    needs_person = True
    message = _("Không biết số sê-ri của máy nên chưa lưu được lượt chấm công.")
    remedy = _("Nhập số sê-ri ghi trên nhãn dán sau máy.")


class SerialTaken(ZkError):
    """The terminal at this address is in the register already, under another code."""

    code = "serial_taken"
    needs_person = True
    message = _("Máy ở địa chỉ này (số sê-ri {serial}) đã khai báo với mã {other}; không lưu gì.")
    remedy = _("Nếu máy đã đổi địa chỉ IP, hãy sửa địa chỉ của mã cũ và tắt mã mới.")

    def __init__(self, *, serial: str, other: str) -> None:
        super().__init__(
            str(type(self).message).format(serial=serial, other=other),
            details={"serial": serial, "other": other},
        )


class CollectorDied(ZkError):
    """The process that held the terminal ended or froze before it had stored anything."""

    code = "collector_died"
    message = _("Tiến trình tải dừng giữa chừng; chưa lưu gì của lần tải này.")
    remedy = _("Hệ thống đã tự tải lại, không cần làm gì.")


class InternalError(ZkError):
    code = "internal_error"
    message = _("Lỗi của chương trình khi tải máy này; chưa lưu gì của lần tải này.")
    remedy = _("Báo cho người quản trị: chi tiết nằm trong nhật ký của tiến trình collector.")
