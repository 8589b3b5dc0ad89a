"""Templates that people edit are refused with line and reason before they are ever filled in."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document

from reporting.control.template_check import check_template

GOOD = """Kính gửi {{ nguoi_nhan.ten|upper }}
{% for dong in cac_dong %}{% if dong.so > 0 %}- {{ dong["ten"]|default("–") }}: {{ dong.so }}
{% else %}không có{% endif %}{% endfor %}"""


def word(*paragraphs: str) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "template",
    [
        GOOD,
        GOOD.encode(),
        word("Chào {{ ten }}", "{%p for d in ds %}", "{{r d.so }}", "{%p endfor %}"),
        "",
    ],
)
def test_good_template_has_no_fault(template: bytes | str) -> None:
    assert check_template(template) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ x.__class__.__mro__ }}", "gạch dưới"),
        ("{{ x['__globals__'] }}", "gạch dưới"),
        ("{{ x[name] }}", "viết sẵn"),
        ("{{ x|attr('a') }}", "attr"),
        ("{{ x.save() }}", "Call"),
        ("{{ range(10**9)|length }}", "range"),
        ("{{ 'a' * 10**10 }}", "Mul"),
        ("{% include '/etc/passwd' %}", "Include"),
        ("{% import 'x' as y %}", "Import"),
        ("{% set x = 1 %}", "Assign"),
        ("{% macro m() %}{% endmacro %}", "Macro"),
        ("{{ '%s'|format(x) }}", "format"),
        (
            "{% for a in x %}{% for b in x %}{% for c in x %}{% endfor %}{% endfor %}{% endfor %}",
            "tầng",
        ),
        ("{{ x ", "Sai cú pháp"),
        ("{% for a in x %}", "Sai cú pháp"),
    ],
)
def test_forbidden_construct_is_named_with_its_line(text: str, reason: str) -> None:
    for template, line in ((f"một\nhai\n{text}", 3), (word("một", text), 2)):
        faults = check_template(template)
        assert line in {fault.line for fault in faults}
        assert any(reason in fault.reason for fault in faults)


def test_files_that_are_no_word_document_or_a_bomb_are_refused() -> None:
    def packed(**parts: bytes) -> bytes:
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(f"word/{name.replace('_', '.')}", content)
        return out.getvalue()

    entity = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    for content, reason in (
        (b"\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04 broken", "hỏng"),
        (packed(other_xml=b"<x/>"), "không phải tệp Word"),
        (packed(document_xml=b" " * 31_000_000), "quá lớn"),
        (packed(document_xml=entity), "khai báo"),
        (packed(document_xml=b"<x/>", vbaProject_bin=b"x"), "macro"),
        ("x" * 200_001, "dài quá"),
    ):
        (fault,) = check_template(content)
        assert reason in fault.reason
