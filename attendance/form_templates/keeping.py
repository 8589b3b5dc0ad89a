"""The company's own templates: uploaded and tried, put in use, taken out of use again."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import PurePath
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.form_templates.safety import NotAWorkbook, check_harmless
from attendance.forms.filling import filled
from attendance.forms.form_01a import FormDepartment, FormPerson, form_01a
from attendance.forms.form_01b import OvertimeDay, OvertimeDepartment, OvertimePerson, form_01b
from attendance.forms.official import FormHead, OfficialForm
from attendance.forms.template import Fault, TemplateFaulty, required_names
from attendance.models import FormKind, FormTemplate, FormTemplateChoice
from attendance.timesheet.symbols import STANDARD_DAY
from backend.accounts.models import User
from backend.milestones import announce
from backend.problems import Problem


class TemplateUnfit(Problem):
    """What is missing or cannot stand as it does, sentence by sentence."""

    code = "form_template_unfit"


class NotYourCompany(Problem):
    code = "form_template_whole_company_only"
    status = 403
    message = gettext_lazy(
        "Tài khoản này chỉ phụ trách một số phòng ban nên không đổi biểu mẫu của cả công ty được."
    )


_SENTENCES: Final[dict[str, str | Promise]] = {
    "missing": gettext_lazy(
        "Thiếu ô có tên: %(about)s. Trong Excel, chọn ô rồi gõ tên ấy vào hộp tên ở góc trái trên, "
        "nhấn Enter, lưu và tải lên lại."
    ),
    "sheets": gettext_lazy(
        "Các ô có tên nằm trên nhiều trang (%(about)s). Hãy đặt tất cả trên một trang."
    ),
    "order": gettext_lazy("Ô DONG_CONG phải nằm dưới dòng của ô DONG_DAU. Hãy đặt lại hai tên ấy."),
    "size": gettext_lazy(
        "Trang mẫu có %(about)s (số dòng, số cột), quá lớn. Hãy xóa các dòng, cột trống có định dạng."
    ),
    "columns": gettext_lazy(
        "Các cột trùng nhau hoặc nằm trong 31 cột ngày: %(about)s. Hãy chừa đủ 31 cột từ COT_NGAY_1."
    ),
    "heads": gettext_lazy(
        "Các ô sau phải nằm trên dòng DONG_DAU: %(about)s. Hãy chuyển lên đầu trang."
    ),
    "formulas": gettext_lazy(
        "Có công thức dưới dòng DONG_DAU: %(about)s. Số người thay đổi thì công thức ấy sai; hãy xóa, "
        "dòng Cộng do chương trình điền."
    ),
    "merged": gettext_lazy(
        "Ô gộp nằm vắt qua dòng người hoặc dòng Cộng: %(about)s. Hãy bỏ gộp các ô ấy."
    ),
    "reaching": gettext_lazy(
        "Có công thức gọi ra ngoài tệp: %(about)s. Hãy thay bằng giá trị rồi tải lên lại."
    ),
}
#: So many names or cells are told; the rest are found when these are mended.
_TOLD: Final = 40


def upload(content: bytes, *, name: str, kind: FormKind, by: User, at: datetime) -> FormTemplate:
    """Keep a template that was tried and can be filled. It is not used before it is chosen.

    Raises NotYourCompany, TemplateTooLarge, NotAWorkbook, HasMacros, ReachesOutside, TemplateUnfit;
    then nothing is kept.
    """
    _whole_company(by)
    check_harmless(content)
    _try(content, kind)
    return FormTemplate.objects.create(
        kind=kind,
        name=PurePath(name.replace("\\", "/")).name[:200],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        data=content,
        by=by,
        at=at,
    )


def choose(kind: FormKind, template: FormTemplate | None, *, by: User, at: datetime) -> None:
    """Use the template for the form from now on; None: ours. Raises NotYourCompany."""
    _whole_company(by)
    FormTemplateChoice.objects.create(kind=kind, template=template, by=by, at=at)
    announce("form.template_chosen", _("Biểu mẫu %(kind)s đổi mẫu") % {"kind": kind.value})


def in_use(kind: FormKind) -> FormTemplateChoice | None:
    """The newest choice for the form, with its template; None where none was ever made."""
    chosen = FormTemplateChoice.objects.filter(kind=kind).select_related("template", "by")
    return chosen.order_by("-pk").first()


def template_in_use(kind: FormKind) -> bytes | None:
    """The bytes of the company's own template, or None for ours."""
    choice = in_use(kind)
    return bytes(choice.template.data) if choice and choice.template else None


def _try(content: bytes, kind: FormKind) -> None:
    """Fill it as it will be filled, with more and with fewer people than it has lines."""
    try:
        filled(content, sample(kind))
    except TemplateFaulty as faulty:
        raise TemplateUnfit(" ".join(_said(fault) for fault in faulty.faults)) from faulty
    except Exception as error:
        raise NotAWorkbook from error


def _said(fault: Fault) -> str:
    about = ", ".join(fault.about[:_TOLD])
    return str(_SENTENCES[fault.kind]) % {"about": about}


def _whole_company(by: User) -> None:
    if by.departments.exists():
        raise NotYourCompany


def sample(kind: FormKind) -> OfficialForm:
    """A form of invented people: nobody, one, and forty."""
    return _SAMPLES[kind](
        FormHead(
            company="Công ty",
            month=date(2026, 2, 1),
            days=28,
            rest_days=frozenset({1, 7, 8, 14, 15, 21, 22, 28}),
            number=f"{kind.value}-LĐTL",
            legal_line="(Quy chế)",
            made_at=datetime(2026, 3, 1),  # noqa: DTZ001 -- the form's own time has no zone
        )
    )


def names_of(kind: FormKind) -> dict[str, str]:
    """The names that must be in a template of the form, and what stands there."""
    return required_names(sample(kind))


def _timesheet(head: FormHead) -> OfficialForm:
    person = FormPerson("1", "Nguyễn Văn An", "", {2: "+", 3: "+4 P4"}, {2: 480, 3: 240}, {})
    return form_01a(
        head,
        tuple(FormDepartment(f"Phòng {count}", (person,) * count) for count in (0, 1, 40)),
        standard_day_minutes=STANDARD_DAY,
    )


def _overtime(head: FormHead) -> OfficialForm:
    person = OvertimePerson("1", "Nguyễn Văn An", {2: OvertimeDay({"weekday_day": 90}, ())})
    return form_01b(
        head, tuple(OvertimeDepartment(f"Phòng {n}", (person,) * n) for n in (0, 1, 40))
    )


_SAMPLES: Final[dict[FormKind, Callable[[FormHead], OfficialForm]]] = {
    FormKind.TIMESHEET: _timesheet,
    FormKind.OVERTIME: _overtime,
}
