"""Word templates of reports (mẫu Word): checked and tried before anybody may approve them."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from backend.org.models import Company
from backend.problems import Problem
from reporting.builders.docx import BadTemplate, docx
from reporting.control.sample import empty_sample, sample_report
from reporting.control.template_check import FILTERS, Allowance, check_template
from reporting.control.uploads import DOCX, Upload
from reporting.definitions import definition

#: A report's template goes through sections, blocks, rows and cells, one inside another.
REPORTS: Final = Allowance(filters=FILTERS | {"clock", "t"}, nested=True)
_TOLD: Final = 8


class TemplateRefused(Problem):
    """Every fault of a Word template: its paragraph and why."""

    code = "document.template"

    def __init__(self, faults: list[str]) -> None:
        told = "; ".join(faults[:_TOLD])
        more = len(faults) - _TOLD
        rest = _(" và {more} lỗi khác").format(more=more) if more > 0 else ""
        super().__init__(
            _("Mẫu Word chưa dùng được: {told}{rest}. Hãy sửa trong Word rồi tải lên lại.").format(
                told=told, rest=rest
            ),
            details={"faults": faults},
        )


def check_word_template(upload: Upload, *, report: str, at: datetime) -> None:
    """Read the template for what it may not hold, then fill it in twice. Raises TemplateRefused."""
    if upload.content_type != DOCX:
        raise TemplateRefused([_("mẫu của báo cáo phải là tệp Word (.docx)")])
    faults = check_template(upload.content, REPORTS)
    if faults:
        raise TemplateRefused(
            [_("đoạn {line}: {reason}").format(line=f.line, reason=f.reason) for f in faults]
        )
    trial(upload.content, report=report, at=at)


def trial(template: bytes, *, report: str, at: datetime) -> bytes:
    """The report of invented numbers by this template. Raises TemplateRefused, NoSuchReport."""
    company = Company.objects.own()
    sample = sample_report(
        definition(report),
        company=company.name,
        company_owner=company.owner_name,
        at=at,
    )
    try:
        docx(empty_sample(sample), sha256="0" * 64, template=template)
        return docx(sample, sha256="0" * 64, template=template)
    except BadTemplate as fault:
        raise TemplateRefused([str(fault)]) from fault
