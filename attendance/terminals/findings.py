"""What the connection doctor's findings mean in words, and what to do: one entry for each code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attendance.terminals.doctor import Answer, State, Step

STEPS: Final[Mapping[Step, str | Promise]] = {
    Step.LEASE: _("Chờ tới lượt"),
    Step.ADDRESS: _("Địa chỉ và đường đi"),
    Step.TCP: _("Cổng TCP"),
    Step.UDP: _("Cổng UDP"),
    Step.PROTOCOL: _("Giao thức ZKTeco"),
    Step.COMM_KEY: _("Khóa kết nối (Comm Key)"),
    Step.IDENTITY: _("Máy nào đang trả lời"),
    Step.CLOCK: _("Đồng hồ"),
    Step.COUNTS: _("Số bản ghi và sức chứa"),
    Step.RECORDS: _("Ba bản ghi cuối"),
}
STATES: Final[Mapping[State, str | Promise]] = {
    State.OK: _("Tốt"),
    State.WARNING: _("Lưu ý"),
    State.FAILED: _("Hỏng"),
    State.SKIPPED: _("Bỏ qua"),
}
#: The page's chip classes.
TONES: Final[Mapping[State, str]] = {
    State.OK: "good",
    State.WARNING: "attention",
    State.FAILED: "bad",
    State.SKIPPED: "",
}


class Words(NamedTuple):
    """`found` is filled with the finding's details; `advice` says what to do, "" where nothing."""

    found: str | Promise
    advice: str | Promise = ""


_LINE: Final = _("Kiểm tra dây mạng và bộ chuyển mạch giữa máy chủ và máy chấm công rồi khám lại.")
_PUSH: Final = _(
    "Máy đời mới chỉ đẩy dữ liệu: trong menu của máy mở Kết nối → Máy chủ đám mây (ADMS), nhập địa"
    " chỉ máy chủ này, rồi duyệt máy ở mục Máy tự đẩy (ADMS). Tạm thời có thể nhập tệp từ USB."
)
_NO_UDP: Final = _(
    "Kiểm tra nguồn điện, dây mạng, địa chỉ IP ghi trong menu Kết nối → Ethernet của máy, và tường"
    " lửa trên đường tới máy."
)

WORDS: Final[Mapping[str, Words]] = {
    # waiting
    "lease_held": Words(_("Không ai khác đang nói chuyện với máy này.")),
    "lease_busy": Words(
        _("Máy đang được tải và chưa xong; máy chấm công chỉ phục vụ một kết nối mỗi lúc."),
        _("Đợi ít phút rồi khám lại. Nếu luôn như vậy, xem tiến trình collector có bị treo không."),
    ),
    "not_asked": Words(_("Chưa hỏi, vì bước trước không thành công.")),
    # name and route
    "address_ok": Words(_("{address}; máy chủ gọi đi từ {source}.")),
    "address_registered": Words(
        _("{address} là máy {known_as} đã khai báo; máy chủ gọi đi từ {source}.")
    ),
    "name_found": Words(
        _("Tên {name} là địa chỉ {address}; máy chủ gọi đi từ {source}."),
        _("Khi khai báo máy hãy nhập địa chỉ {address}, không nhập tên."),
    ),
    "name_unknown": Words(
        _("Không tra được địa chỉ của “{name}”."),
        _("Nhập địa chỉ IP của máy (menu Kết nối → Ethernet), ví dụ 192.168.1.201."),
    ),
    "address_refused": Words(
        _("{address} nằm ngoài dải mạng dành cho máy chấm công; không gọi tới."),
        _(
            "Kiểm tra lại địa chỉ, hoặc thêm dải mạng vào GIAOBAN_TERMINAL_NETWORKS rồi khởi động lại."
        ),
    ),
    "no_route": Words(
        _("Máy chủ không có đường mạng tới {address}."),
        _("Kiểm tra card mạng, VPN hoặc cổng mặc định của máy chủ."),
    ),
    # ports
    "tcp_open": Words(_("Cổng {port} mở, kết nối sau {ms} mili giây.")),
    "tcp_not_wanted": Words(_("Máy được khai báo dùng UDP nên không thử TCP.")),
    "tcp_refused": Words(
        _("Có thiết bị ở {address} nhưng cổng TCP {port} đóng."),
        _(
            "Kiểm tra cổng trong menu Kết nối của máy (thường là 4370), và địa chỉ có đúng máy không."
        ),
    ),
    "tcp_timeout": Words(
        _("Không có gì trả lời ở {address} cổng TCP {port}."),
        _NO_UDP,
    ),
    "tcp_unreachable": Words(
        _("Mạng báo không tới được {address}."),
        _NO_UDP,
    ),
    "udp_answers": Words(
        _("Máy trả lời UDP ở cổng {port}."),
        _("Khai báo giao thức UDP cho máy này (hoặc để tự nhận biết)."),
    ),
    "udp_too": Words(_("Máy cũng trả lời UDP; vẫn nên dùng TCP.")),
    "udp_not_needed": Words(_("Máy không trả lời UDP; không sao, vì TCP dùng được.")),
    "udp_silent": Words(_("UDP cổng {port} cũng không trả lời."), _NO_UDP),
    "udp_refused": Words(
        _("Có thiết bị ở {address} nhưng cổng UDP {port} đóng."),
        _(
            "Kiểm tra cổng trong menu Kết nối của máy (thường là 4370), và địa chỉ có đúng máy không."
        ),
    ),
    # protocol
    "protocol_ok": Words(_("Máy nói giao thức ZKTeco.")),
    "protocol_refused": Words(
        _("Máy từ chối giao thức tải về (mã 6001): phần mềm đời mới của máy chỉ đẩy dữ liệu."),
        _PUSH,
    ),
    "protocol_silent": Words(
        _("Cổng mở nhưng không ai trả lời lời chào."),
        _(
            "Khởi động lại máy chấm công; xem có phần mềm khác đang giữ kết nối với máy không, và"
            " cổng này có đúng của máy chấm công không."
        ),
    ),
    "protocol_closed": Words(
        _("Máy nhận kết nối rồi ngắt ngay."),
        _(
            "Có phần mềm khác (Wise Eye, Ronald Jack, bản cài khác của hệ thống này) đang giữ kết"
            " nối: tắt đi, hoặc khởi động lại máy chấm công."
        ),
    ),
    "protocol_foreign": Words(
        _("Thiết bị ở cổng này trả lời, nhưng không theo giao thức ZKTeco."),
        _("Địa chỉ hoặc cổng là của thiết bị khác (camera, máy in, trang web). Kiểm tra lại."),
    ),
    # comm key
    "key_not_needed": Words(_("Máy không đòi khóa kết nối.")),
    "key_not_asked": Words(
        _("Đã có khóa kết nối nhưng máy không đòi."),
        _("Nên đặt Comm Key trong menu Kết nối của máy: ai biết địa chỉ cũng đọc được máy này."),
    ),
    "key_right": Words(_("Khóa kết nối đúng.")),
    "key_zero": Words(_("Máy hỏi khóa và nhận khóa 0 (chưa đặt).")),
    "key_wrong": Words(
        _("Máy từ chối khóa kết nối đã nhập."),
        _("Xem Comm Key trong menu Kết nối → Cài đặt kết nối của máy rồi nhập lại."),
    ),
    "key_missing": Words(
        _("Máy đòi khóa kết nối mà chưa nhập khóa nào."),
        _("Xem Comm Key trong menu Kết nối → Cài đặt kết nối của máy rồi nhập vào đây."),
    ),
    # identity
    "identity": Words(_("Sê-ri {serial}, {name}, nền {platform}, phần mềm {firmware}.")),
    "serial_registered": Words(
        _("Sê-ri {serial}, {name}: đã khai báo là máy {known_as}."),
        _("Không khai báo lần nữa; nếu máy đổi địa chỉ, sửa địa chỉ của máy {known_as}."),
    ),
    "serial_differs": Words(
        _("Máy trả lời có sê-ri {serial}, không phải {expected} như đã khai báo."),
        _("Kiểm tra địa chỉ IP (hai máy trùng địa chỉ?); nếu đã thay máy, hãy khai báo máy mới."),
    ),
    "serial_untold": Words(
        _("Máy không nói số sê-ri ({name}, phần mềm {firmware}); dùng số đã khai báo."),
    ),
    "serial_unknown": Words(
        _("Máy không nói số sê-ri ({name}, phần mềm {firmware})."),
        _("Khi khai báo máy phải nhập số sê-ri ghi trên nhãn dán sau máy."),
    ),
    # clock
    "clock_right": Words(_("Đồng hồ máy chỉ {shown}, lệch {seconds} giây.")),
    "clock_off": Words(
        _("Đồng hồ máy chỉ {shown}, lệch {seconds} giây."),
        _("Chỉnh giờ ở trang của máy, ngoài giờ cao điểm chấm công."),
    ),
    "clock_reset": Words(
        _("Đồng hồ máy chỉ {shown}: sai hẳn ngày."),
        _(
            "Chỉnh giờ ngay, thay pin nuôi đồng hồ nếu lặp lại. Lượt chấm có ngày sai được cách ly"
            " và chờ nhân sự duyệt giờ đúng."
        ),
    ),
    "clock_unknown": Words(
        _("Máy không cho biết giờ."), _("Xem đồng hồ trên màn hình của máy và chỉnh tay nếu sai.")
    ),
    # counts
    "counts": Words(
        _("{records}/{record_capacity} bản ghi, {users}/{user_capacity} người, {fingers} vân tay.")
    ),
    "counts_full": Words(
        _("{records}/{record_capacity} bản ghi: gần đầy."),
        _("Đối chiếu rồi xóa nhật ký trên máy (trang của máy → Xóa nhật ký an toàn)."),
    ),
    "counts_untold": Words(
        _("Máy không cho biết số bản ghi."),
        _("Vẫn tải được, nhưng hệ thống không chứng minh được đã đủ."),
    ),
    # records
    "records_read": Words(_("Đọc được, kiểu bản ghi {layout} byte.")),
    "records_none": Words(_("Nhật ký trống: chưa có lượt chấm nào trên máy.")),
    "records_untold": Words(
        _("Máy có {users} người nhưng đưa ra 0 bản ghi."),
        _(
            "Nếu chưa ai chấm thì không sao. Nếu đã có người chấm: máy loại này (SpeedFace …) chỉ"
            " đưa nhật ký qua đường đẩy dữ liệu (ADMS), hãy bật ADMS trong menu của máy."
        ),
    ),
    "records_large": Words(
        _("Máy không cho đọc từ giữa nhật ký và nhật ký dài {size} byte nên không đọc thử."),
        _("Không cần làm gì: lần tải sẽ đọc cả nhật ký, thưa hơn."),
    ),
    "records_refused": Words(_("Máy không nhận lệnh đọc nhật ký."), _PUSH),
    "records_broken": Words(_("Đang đọc thì dữ liệu hỏng hoặc máy ngừng gửi."), _LINE),
    "records_garbled": Words(
        _("Đọc được {size} byte nhưng không nhận ra kiểu bản ghi."),
        _("Ghi lại tên máy và phiên bản phần mềm ở bước trên, gửi cho người hỗ trợ."),
    ),
    "records_bad": Words(
        _("Ba bản ghi cuối đều hỏng ({bad}); các bản ghi hỏng sẽ được cách ly khi tải."),
        _("Xem trang Bản ghi cách ly sau lần tải."),
    ),
    # anywhere
    "deadline": Words(_("Máy trả lời quá chậm, hết giờ khám."), _LINE),
    "fell_silent": Words(
        _("Máy đang trả lời thì im lặng."),
        _("Khởi động lại máy chấm công rồi khám lại; nếu vẫn vậy, kiểm tra đường mạng."),
    ),
    "lost": Words(_("Máy ngắt kết nối giữa chừng."), _LINE),
    "damaged": Words(_("Câu trả lời của máy bị hỏng trên đường đi."), _LINE),
    "interrupted": Words(
        _("Cuộc khám bị ngắt giữa chừng (máy chủ khởi động lại)."), _("Hãy khám lại.")
    ),
}


@dataclass(frozen=True)
class Told:
    """One answer in words, as pages and the command show it."""

    title: str
    state: str
    tone: str
    found: str
    advice: str
    lines: list[list[str]]
    seconds: float
    code: str


def told(answer: Answer) -> Told:
    """The answer in the language that is active."""
    finding = answer.finding
    words = WORDS[finding.code]
    details = {key: "?" if value is None else value for key, value in finding.details.items()}
    return Told(
        title=str(STEPS[answer.step]),
        state=str(STATES[finding.state]),
        tone=TONES[finding.state],
        found=str(words.found).format_map(details),
        advice=str(words.advice).format_map(details),
        lines=finding.details.get("lines", []),
        seconds=answer.seconds,
        code=finding.code,
    )


def verdict(answers: list[Answer]) -> str:
    """One sentence about all of it."""
    failed = failures(answers)
    if failed and failed[0].step in (Step.IDENTITY, Step.CLOCK):
        title = str(STEPS[failed[0].step])
        return gettext("Kết nối được, nhưng bước “{step}” hỏng. Xem việc cần làm.").format(
            step=title
        )
    if failed:
        title = str(STEPS[failed[0].step])
        return gettext("Hỏng ở bước “{step}”. Xem việc cần làm ở bước đó.").format(step=title)
    if any(answer.finding.state == State.WARNING for answer in answers):
        return gettext("Kết nối được; có điều cần lưu ý.")
    return gettext("Kết nối tốt: hệ thống tải được máy này.")


def failures(answers: list[Answer]) -> list[Answer]:
    """The steps because of which the terminal cannot be used; TCP is none where UDP answers."""
    by_udp = any(answer.finding.code == "udp_answers" for answer in answers)
    return [
        answer
        for answer in answers
        if answer.finding.state == State.FAILED and not (by_udp and answer.step == Step.TCP)
    ]


def as_data(answer: Answer) -> dict[str, Any]:
    """For the database."""
    return {
        "step": answer.step.value,
        "state": answer.finding.state.value,
        "code": answer.finding.code,
        "details": answer.finding.details,
        "seconds": round(answer.seconds, 3),
    }
