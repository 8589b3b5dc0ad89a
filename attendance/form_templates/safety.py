"""Whether an uploaded .xlsx is a small workbook that does nothing but hold cells."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.office_files import WORKBOOK, Harmful, Reason, check_office
from backend.problems import Problem

MAX_BYTES: Final = 2 * 1024 * 1024
#: Unpacked: about 100,000 cells, a hundred times a form.
_MAX_UNPACKED: Final = 8 * 1024 * 1024


class TemplateTooLarge(Problem):
    code = "form_template_too_large"
    status = 413
    message = _(
        "Tệp mẫu lớn hơn 2 MB, hoặc giải nén ra quá lớn. Hãy bỏ hình và các trang không cần."
    )


class NotAWorkbook(Problem):
    code = "form_template_not_a_workbook"
    message = _(
        "Tệp này không phải bảng tính Excel .xlsx. Hãy mở bằng Excel và lưu lại dạng .xlsx."
    )


class HasMacros(Problem):
    code = "form_template_has_macros"
    message = _(
        "Tệp mẫu có macro hoặc nút lệnh. Hãy lưu lại dạng “Excel Workbook (.xlsx)” rồi tải lên."
    )


class ReachesOutside(Problem):
    code = "form_template_reaches_outside"
    message = _(
        "Tệp mẫu có liên kết ra ngoài (%(where)s). Hãy vào Data → Edit Links để ngắt liên kết, bỏ các "
        "siêu liên kết và nguồn dữ liệu, rồi tải lại."
    )

    def __init__(self, where: str) -> None:
        super().__init__(self.message % {"where": where})


def check_harmless(content: bytes) -> None:
    """Look into the file without unpacking more than is allowed.

    Raises TemplateTooLarge, NotAWorkbook, HasMacros, ReachesOutside.
    """
    try:
        check_office(content, main=WORKBOOK, most=MAX_BYTES, most_unpacked=_MAX_UNPACKED)
    except Harmful as found:
        if found.reason is Reason.OUTSIDE:
            raise ReachesOutside(found.where) from found
        raise _PROBLEMS[found.reason] from found


_PROBLEMS: Final[dict[Reason, type[Problem]]] = {
    Reason.TOO_LARGE: TemplateTooLarge,
    Reason.NOT_ONE: NotAWorkbook,
    Reason.MACROS: HasMacros,
}
