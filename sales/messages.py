"""What a fault means, in words for the person who sent the lines."""

from django.utils import formats
from django.utils.translation import gettext_lazy as _

from sales.engine.bodies import Fault
from sales.engine.ticket_lines import PRINTER
from sales.models import TicketPlace

#: Values that name places of tickets.
_PLACES = {"from", "to", "place"}
MESSAGES = {
    "body.not_json": _("Nội dung gửi lên không phải JSON hợp lệ (UTF-8)."),
    "body.not_lines": _('Nội dung phải là {{"lines": [...]}}.'),
    "body.no_lines": _("Không có dòng nào để ghi."),
    "body.too_many_lines": _("Mỗi lần gửi tối đa {most} dòng, lần này có {sent} dòng."),
    "line.not_an_object": _("Dòng này không phải là một đối tượng JSON."),
    "line.required": _("Thiếu trường này."),
    "line.unknown_field": _("Không có trường tên này; hãy kiểm tra cách viết."),
    "line.not_a_date": _("Ngày phải viết dạng năm-tháng-ngày, ví dụ 2026-11-24."),
    "line.not_a_code": _("Mã phải là chuỗi từ 1 đến 20 ký tự."),
    "line.not_a_text": _("Phải là chuỗi tối đa 200 ký tự, không xuống dòng."),
    "line.not_an_entry": _("Phải là số của một bút toán đã ghi."),
    "line.not_a_whole_number": _("Số vé phải là số nguyên, không có dấu nháy hay phần thập phân."),
    "line.too_many": _("Số vé vượt quá {most} vé, là số vé in cho một kỳ."),
    "line.refused_with_others": _("Dòng này không ghi được cùng các dòng còn lại; hãy gửi riêng."),
    "line.duplicate": _("Trùng đại lý, loại vé và kỳ quay với dòng {first}; hãy gộp làm một."),
    "line.empty": _("Dòng không có vé giao cũng không có vé trả."),
    "line.negative": _("Số vé không được âm; muốn sửa hãy gửi bút toán điều chỉnh (corrects)."),
    "agent.unknown": _("Không có đại lý mã {agent} trong địa bàn của bạn."),
    "agent.not_started": _("Đại lý {agent} bắt đầu hoạt động từ {date}."),
    "agent.ended": _("Đại lý {agent} đã chấm dứt hợp đồng, ngày cuối là {date}."),
    "agent.suspended": _("Đại lý {agent} đang tạm ngừng, chỉ được trả vé."),
    "agent.over_limit": _(
        "Đại lý {agent} sẽ nợ {debt} đồng, vượt hạn mức {limit} đồng là {over} đồng. Hãy thu bớt nợ, "
        "bổ sung tài sản bảo đảm, hoặc nhờ lãnh đạo cho vượt có thời hạn."
    ),
    "money.collateral_needed": _(
        "Đại lý {agent} còn nợ {debt} đồng; trả lại ký quỹ thì hạn mức chỉ còn {limit} đồng. Hãy thu bớt "
        "nợ, bổ sung tài sản bảo đảm, hoặc nhờ lãnh đạo cho vượt có thời hạn."
    ),
    "product.unknown": _("Không có loại vé mã {product}."),
    "product.not_on_sale": _("Loại vé {product} không bán vào kỳ ngày {date}."),
    "draw.none": _("Ngày {date} không có kỳ quay trong lịch."),
    "draw.closed": _(
        "Kỳ quay ngày {date} đã chốt bán; muốn sửa hãy gửi bút toán điều chỉnh (corrects) có lý do."
    ),
    "draw.void": _("Kỳ quay ngày {date} đã bị hủy."),
    "sold.mismatch": _("Số bán gửi lên là {sold}, nhưng giao trừ trả bằng {difference}."),
    "returned.over_issued": _(
        "Tổng vé trả của kỳ này sẽ là {returned}, nhiều hơn tổng vé giao là {issued}."
    ),
    "returned.negative": _("Điều chỉnh này làm tổng vé trả của kỳ thành {returned}, là số âm."),
    "issued.too_many": _("Tổng vé giao của kỳ này sẽ là {issued}, vượt quá số vé in {most}."),
    "money.not_an_event": _("Loại phải là payment, prize, collateral, interest hoặc adjustment."),
    "money.not_an_amount": _("Số tiền phải là số nguyên đồng, không có dấu nháy hay phần lẻ."),
    "money.not_a_place": _("Nơi nhận phải là cash, bank hoặc offset."),
    "money.not_a_rate": _("Tỷ lệ phải là số phần vạn từ 0 đến 10000."),
    "money.not_a_reference": _("Số chứng từ tối đa 100 ký tự, không xuống dòng."),
    "money.not_positive": _("Số tiền phải lớn hơn 0 (ký quỹ trả lại và điều chỉnh giảm thì âm)."),
    "money.needs_reason": _("Điều chỉnh công nợ phải ghi lý do."),
    "money.fee_only_of_prizes": _("Chỉ trả thưởng hộ mới có phí."),
    "money.fee_over_cap": _("Phí trả thưởng hộ tối đa {most} phần vạn."),
    "money.pays_no_prizes": _(
        "Hợp đồng của đại lý {agent} ngày ấy không cho trả thưởng hộ. Hãy sửa hợp đồng nếu đã ủy quyền."
    ),
    "money.in_the_future": _("Ngày {date} chưa tới."),
    "money.needs_reference": _("Thiếu số chứng từ (phiếu thu, ủy nhiệm chi, quyết định)."),
    "money.reference_used": _("Số chứng từ {reference} đã ghi cho đại lý này."),
    "advice.none_for_agent": _(
        "Chưa có khuyến nghị cho đại lý {agent}; hãy lập khuyến nghị trước."
    ),
    "advice.decided_before": _(
        "Đại lý {agent} đã được quyết định cho kỳ này; muốn thêm hãy ghi giao vé."
    ),
    "advice.needs_reason": _(
        "Số vé của đại lý {agent} khác khuyến nghị nên phải ghi lý do, ít nhất 5 ký tự."
    ),
    "result.not_27": _("Phải có đủ {wanted} số theo thứ tự trên biên bản; lần này có {sent}."),
    "result.wrong_digits": _('Phải là {digits} chữ số (giữ số 0 ở đầu); đang ghi "{sent}".'),
    "result.no_symbols": _("Thiếu ký hiệu trúng giải đặc biệt."),
    "result.not_a_symbol": _(
        'Ký hiệu "{symbol}" chỉ được gồm chữ không dấu và số, tối đa 6 ký tự.'
    ),
    "result.not_a_series_count": _("Số sê-ri phải từ 1 đến {most}."),
    "result.more_symbols_than_series": _(
        "Có {symbols} ký hiệu trúng nhưng chỉ phát hành {series} sê-ri."
    ),
    "site.unknown": _("Không có địa điểm mã {site}."),
    "ticket.not_a_symbol": _("Ký hiệu sê-ri gồm 1 đến 6 chữ không dấu viết hoa và số."),
    "ticket.not_a_number": _("Số vé phải là số nguyên từ 0 đến 999999."),
    "ticket.not_a_place": _(
        "Nơi phải là printer, warehouse, branch:MÃ, agent:MÃ, returned, destroyed, lost hoặc damaged."
    ),
    "ticket.no_such_way": _("Vé không đi thẳng từ {from} đến {to}; hãy xem các bước được phép."),
    "ticket.reversed": _("Số cuối phải từ số đầu trở đi."),
    "ticket.needs_minutes": _("Vé mất, hỏng hoặc tiêu hủy phải ghi số biên bản."),
    "ticket.of_the_company": _(
        "Tài khoản của một địa bàn chỉ giao, nhận vé của đại lý trong địa bàn; "
        "hãy nhờ người phụ trách cả công ty."
    ),
    "ticket.needs_reason": _("Bước ngược chiều này phải ghi lý do."),
    "ticket.not_in_series": _(
        "Một sê-ri vé truyền thống có 100.000 vé, số từ 00000 đến 99999. Hãy xem lại số cuối."
    ),
    "ticket.not_printed": _("Vé {first} đến {last} chưa nhập từ nhà in."),
    "ticket.elsewhere": _("Vé {first} đến {last} đang ở nơi khác: {place}."),
    "ticket.claimed": _(
        "Vé {number} đã có phiếu lĩnh thưởng nên không thể là vé trả, vé mất hay vé hỏng. "
        "Hãy xem lại vé, hoặc hủy phiếu ấy trước."
    ),
    "ticket.more_than_counted": _(
        "Theo sê-ri đại lý nhận {issued} và trả {returned} vé, "
        "nhiều hơn sổ đã ghi là {counted_issued} và {counted_returned}."
    ),
    "return.too_late": _(
        "Kỳ {date} đã khóa nhận vé trả lúc {until} ngày {day}; vé trả trễ không được nhận theo quy định "
        "của công ty. Vé đã nhận trước giờ ấy thì xác nhận bảng kê của nó; số đã ghi sai thì gửi bút "
        "toán điều chỉnh (corrects)."
    ),
    "return.nothing": _("Bảng kê phải có ít nhất một vé."),
    "return.not_a_count": _("Số vé phải là số nguyên từ 0 đến {most}."),
    "return.too_many": _("Mỗi loại vé tối đa {most} dải số."),
    "return.not_a_stretch": _("“{text}” không phải dải số; hãy ghi dạng 8KX 00450-00499."),
    "return.serials_missing": _("Loại vé này chưa kê dải số, trong khi loại khác đã kê."),
    "return.serials_differ": _("Các dải số có {listed} vé, khác số đếm {counted}."),
    "return.not_on_sheet": _(
        "Bảng kê này không đếm vé loại {product}; hãy đếm lại hoặc bỏ loại ấy."
    ),
    "return.over_counted": _("Xác nhận {accepted} vé trong khi đếm được {counted}."),
    "return.recount_serials": _(
        "Bảng kê có dải số nên phải xác nhận đủ {counted} vé; nhận ít hơn thì kiểm đếm lại dải số."
    ),
    "return.less_needs_reason": _("Xác nhận ít hơn số đếm {counted} phải ghi lý do."),
    "issue.not_a_document": _("Văn bản phải có, tối đa 100 ký tự, không xuống dòng."),
    "issue.duplicate": _("Trùng kỳ và loại vé với dòng {first}; hãy gộp làm một."),
    "issue.no_draw": _(
        "Ngày {date} không có kỳ nào chưa quay; chỉ kỳ sắp quay mới lập kế hoạch được."
    ),
    "issue.received_late": _("Ngày nhận từ nhà in phải trước hoặc trong ngày quay {date}."),
    "issue.below_printed": _("Kỳ này đã nhận {printed} vé từ nhà in, kế hoạch không ít hơn được."),
    "issue.over_cap": _("Mỗi kỳ phát hành tối đa {most} vé theo quy định đang có hiệu lực."),
    "file.empty": _("Tệp không có ô nào có dữ liệu."),
    "file.too_large": _("Tệp lớn hơn {most} MB. Hãy chia thành nhiều tệp."),
    "file.locked": _(
        "Tệp được bảo vệ bằng mật khẩu nên không đọc được. Hãy mở bằng Excel, bỏ mật khẩu (Tệp > Thông "
        "tin > Bảo vệ sổ làm việc > Mã hóa bằng mật khẩu: xóa ô mật khẩu), lưu lại rồi gửi."
    ),
    "file.macros": _("Tệp có macro. Hãy lưu lại dạng .xlsx (không macro) rồi gửi."),
    "file.bomb": _("Tệp bất thường: mở ra quá lớn. Hãy lưu lại từ Excel dạng .xlsx rồi gửi."),
    "file.broken": _("Không đọc được tệp. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi gửi."),
    "file.unknown_kind": _(
        "Chỉ nhận tệp .xlsx, .xls hoặc .csv. Hãy lưu lại bảng dạng .xlsx rồi gửi."
    ),
    "file.other_workbook": _("Chưa nhận tệp .ods và .xlsb. Hãy lưu lại dạng .xlsx rồi gửi."),
    "file.markup": _(
        "Tệp là trang web (HTML, XML) mang tên bảng tính. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi gửi."
    ),
    "file.only_hidden": _("Mọi trang có dữ liệu đều đang ẩn. Hãy bỏ ẩn trang cần nhập rồi gửi."),
    "file.not_utf8": _(
        "Không đọc được bảng mã của tệp CSV. Hãy lưu lại dạng “CSV UTF-8” hoặc .xlsx rồi gửi."
    ),
    "file.too_many_rows": _(
        "Trang tính kéo quá dòng {most}. Hãy xóa các dòng trống ở cuối (Delete), hoặc chia tệp."
    ),
    "file.too_many_columns": _("Trang tính kéo quá cột thứ {most}. Hãy xóa các cột thừa."),
    "import.no_column": _("Chưa biết cột nào là trường này. Hãy chọn cột, hoặc ghi giá trị chung."),
    "import.required": _(
        "Thiếu giá trị. Hãy điền ô này; ô đang gộp với ô trên thì bỏ gộp, công thức báo lỗi (#N/A) thì "
        "thay bằng giá trị."
    ),
    "import.no_lines": _("Không có dòng dữ liệu nào dưới dòng tiêu đề."),
    "import.not_date": _("“{text}” không phải ngày; ví dụ đúng: 25/11/2026."),
    "import.not_count": _("“{text}” không phải số vé nguyên; ví dụ đúng: 1200 hoặc 1.200."),
    "import.not_amount": _("“{text}” không phải số tiền nguyên đồng; ví dụ đúng: 1.234.567."),
    "import.not_limit": _("“{text}” không phải số tiền nguyên không âm; ví dụ đúng: 50.000.000."),
    "import.not_percent": _("“{text}” không phải tỷ lệ từ 0 đến 100 %."),
    "import.not_into": _("“{text}” phải là tiền mặt, ngân hàng hoặc bù trừ."),
    "import.not_kind": _("“{text}” phải là cá nhân hoặc tổ chức."),
    "import.not_planned": _("“{text}” không phải số vé nguyên không âm; ví dụ đúng: 1.200."),
    "import.not_year": _("“{text}” không phải năm; ví dụ đúng: 2027."),
    "import.not_month": _("“{text}” không phải tháng; ví dụ đúng: 11 hoặc Tháng 11."),
    "import.not_code": _("Mã “{text}” dài hơn 20 ký tự hoặc có ký tự lạ. Hãy gõ lại mã."),
    "import.not_text": _("“{text}…” dài hơn 100 ký tự hoặc có ký tự lạ. Hãy rút ngắn."),
    "import.agent_twice": _("Mã này đã có ở dòng {first}."),
    "import.agent_exists": _("Đại lý mã {agent} đã có."),
    "import.region_unknown": _(
        "Không có địa bàn mã {region} đang có hiệu lực trong phạm vi của bạn."
    ),
    "import.other_year": _(
        "Năm {year} khác năm {first} của các dòng trên. Mỗi tệp là kế hoạch một năm."
    ),
    "import.month_closed": _(
        "Tháng {month} đã khóa sổ. Hãy ghi ngày của tháng đang mở, hoặc nhờ mở lại sổ có lý do."
    ),
    "plan.month": _("Tháng “{value}” phải là số từ 1 đến 12."),
    "plan.tickets": _("Số vé “{value}” phải là số nguyên không âm."),
    "plan.product": _("Không có loại vé mã “{value}”."),
    "plan.region": _("Không có địa bàn mã “{value}” còn hiệu lực cuối năm ấy."),
    "plan.agent": _("Không có đại lý mã “{value}”."),
    "plan.both": _("Ghi địa bàn hoặc đại lý, không ghi cả hai ({value})."),
    "plan.duplicate": _("Trùng tháng, loại vé, địa bàn, đại lý với dòng {first}."),
    "correction.unknown": _("Không có bút toán số {entry} để điều chỉnh."),
    "correction.of_another": _("Bút toán {entry} thuộc đại lý, loại vé hoặc kỳ quay khác."),
    "correction.needs_reason": _("Điều chỉnh phải ghi lý do."),
}


def message(code: str, values: dict[str, object]) -> str:
    """The sentence in the language of the request; dates and counts written its way."""
    told = {**values, **{name: _place(str(values[name])) for name in values.keys() & _PLACES}}
    return str(MESSAGES[code]).format(
        **{name: formats.localize(value) for name, value in told.items()}
    )


def _place(name: str) -> str:
    """A place of tickets as people call it; "agent:AN" is agent AN."""
    kind, _colon, code = name.partition(":")
    label = _("nhà in") if kind == PRINTER else TicketPlace(kind).label
    return f"{label} {code}".strip()


def described(fault: Fault) -> dict[str, object]:
    """The fault as the API shows it."""
    return {
        "row": fault.row,
        "field": fault.field,
        "code": fault.code,
        "message": message(fault.code, dict(fault.values)),
    }
