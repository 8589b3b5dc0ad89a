"""The company's own .xlsx of the official forms: uploaded, tried, put in use, filled."""

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from PIL import Image as Picture

from attendance.form_templates.keeping import names_of, sample
from attendance.forms.filling import filled
from attendance.forms.form_01a import FormDepartment, form_01a
from attendance.forms.template_example import example
from attendance.models import FormKind, FormTemplate, FormTemplateChoice
from tests import make
from tests.attendance.recalculating import recalculated
from tests.attendance.test_form_01a import FORMULAS, HEAD, person
from tests.attendance.test_form_01b import ADDRESS as OVERTIME_ADDRESS
from tests.attendance.test_form_01b import month as overtime_month  # noqa: F401 -- a fixture

PAGE = "/cham-cong/bieu-mau/"
FORM = "/cham-cong/bang-cong/mau-01a/?thang=2026-11"
AT = datetime(2026, 12, 1, tzinfo=UTC)

#: A form of the company's own: heads at the top, two lines for people, days from column D on.
PLACES = {
    "DON_VI": "B1",
    "BO_PHAN": "B2",
    "THANG": "D2",
    "NAM": "E2",
    "DONG_DAU": "A6",
    "DONG_CONG": "A8",
    "COT_STT": "A5",
    "COT_HO_TEN": "B5",
    "COT_MA_NV": "C5",
    "COT_NGAY_1": "D5",
    "COT_32": "AI5",
    "COT_33": "AJ5",
    "COT_34": "AK5",
    "COT_35": "AL5",
    "COT_36": "AM5",
    "NEN_NGAY_NGHI": "A3",
}


def drawn(places: dict[str, str] = PLACES, change=None) -> bytes:
    """The company's workbook; `change` may spoil it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Chấm công riêng"
    sheet["A1"], sheet["B1"], sheet["B2"] = "CÔNG TY", "Đơn vị:", "Tổ, phòng:"
    sheet["A3"].fill = PatternFill("solid", fgColor="FFCC00")
    sheet["B6"].font = Font(name="Arial", size=13, color="FF0000FF")
    sheet["AN5"], sheet["AN6"] = "Cộng ngày", "=AJ6+AK6"
    sheet["AJ6"].number_format = "0.00"
    sheet["B8"], sheet["B10"] = "TỔNG", "Trưởng phòng"
    sheet.merge_cells("B10:F10")
    sheet.row_dimensions[6].height = 21
    sheet.column_dimensions["B"].width = 33
    sheet.page_setup.orientation = "landscape"
    sheet.print_title_rows = "4:5"
    sheet.print_area = "A1:AN12"
    sheet.freeze_panes = "D6"
    book.create_sheet("Ghi chú")["A1"] = "Nộp trước ngày 5"
    for name, address in places.items():
        letters, number = address.rstrip("0123456789"), address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        target = f"'Chấm công riêng'!${letters}${number}"
        book.defined_names[name] = DefinedName(name, attr_text=target)
    if change:
        change(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def form(*departments: FormDepartment):
    return form_01a(HEAD, departments, standard_day_minutes=480)


def test_every_department_gets_a_copy_with_its_people_and_the_look_is_kept():
    people = tuple(person(name) for name in ("Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Chi"))
    book = opened(
        filled(drawn(), form(FormDepartment("Kế toán", people), FormDepartment("Kho", people[:1])))
    )
    assert book.sheetnames == ["Kế toán", "Kho", "Ghi chú"]
    sheet = book["Kế toán"]
    assert [sheet[a].value for a in ("A1", "B1", "B2", "D2", "E2")] == [
        "CÔNG TY", "Đơn vị: Công ty Xổ số", "Tổ, phòng: Kế toán", 11, 2026,
    ]  # fmt: skip
    assert [[sheet.cell(row, c).value for c in (1, 2, 3)] for row in (6, 7, 8, 9)] == [
        [1, "Nguyễn Văn An", "7"],
        [2, "Trần Thị Bình", "7"],
        [3, "Lê Văn Chi", "7"],
        [None, "TỔNG", None],
    ]
    assert [sheet.cell(8, 3 + day).value for day in (2, 3, 4, 24)] == ["+", "+4 P4", "V", "L"]
    assert [sheet.cell(8, column).value for column in range(35, 40)] == [0, 1.5, 1.5, 0, 2]
    assert [sheet.cell(9, column).value for column in range(35, 40)] == [0, 4.5, 4.5, 0, 6]
    assert [sheet.cell(row, 40).value for row in (5, 6, 7, 8, 9)] == [
        "Cộng ngày", "=AJ6+AK6", "=AJ7+AK7", "=AJ8+AK8", None,
    ]  # fmt: skip
    for row in (6, 7, 8):
        assert sheet.cell(row, 2).font.name == "Arial"
        assert sheet.row_dimensions[row].height == 21
        assert sheet.cell(row, 36).number_format == "0.00"
        assert sheet.cell(row, 37).number_format == "0.0;-0.0;"
        shaded = {d for d in range(1, 31) if sheet.cell(row, 3 + d).fill.fgColor.rgb == "00FFCC00"}
        assert shaded == HEAD.rest_days
    assert sheet["B11"].value == "Trưởng phòng"
    assert [str(area) for area in sheet.merged_cells.ranges] == ["B11:F11"]
    assert sheet.column_dimensions["B"].width == 33
    assert sheet.column_dimensions["AH"].hidden  # November has no 31st
    assert not sheet.column_dimensions["AG"].hidden
    assert sheet.print_area == "'Kế toán'!$A$1:$AN$13"
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$4:$5", "D6")
    assert sheet.page_setup.orientation == "landscape"
    kho = book["Kho"]
    assert [kho.cell(row, 2).value for row in (6, 7, 9)] == [
        "Nguyễn Văn An",
        "TỔNG",
        "Trưởng phòng",
    ]
    assert book["Ghi chú"]["A1"].value == "Nộp trước ngày 5"
    assert list(book.defined_names) == []


def test_a_logo_stands_on_every_copy():
    def with_logo(book: Workbook) -> None:
        for place in ("H1", "B10"):
            picture = BytesIO()
            Picture.new("RGB", (40, 20), "red").save(picture, "png")
            book.worksheets[0].add_image(Image(picture), place)

    people = tuple(person() for _ in range(5))
    book = opened(
        filled(
            drawn(change=with_logo), form(FormDepartment("A", people), FormDepartment("B", people))
        )
    )
    for sheet in book.worksheets[:2]:
        places = [(p.anchor._from.row + 1, p.anchor._from.col + 1) for p in sheet._images]
        assert places == [(1, 8), (13, 2)]


@pytest.mark.libreoffice
def test_names_stay_texts_in_the_company_s_template_too():
    departments = tuple(FormDepartment(n, (person(n, grade=n, code=n),)) for n in FORMULAS)
    contents = {
        "own": filled(drawn(), form(*departments)),
        "example": filled(example(sample(FormKind.TIMESHEET)), form(*departments)),
    }
    for name, content in contents.items():
        book = opened(content)
        formulas = [c.value for s in book for row in s for c in row if c.data_type == "f"]
        assert formulas == (["=AJ6+AK6"] * len(FORMULAS) if name == "own" else [])
    books = recalculated(contents)
    for name, cells in (("own", ("B6", "C6")), ("example", ("B9", "C9"))):
        for sheet, text in zip(books[name].worksheets, FORMULAS, strict=False):
            clean = text.replace("\x0b", " ").replace("\x00", " ").split()
            assert [str(sheet[cell].value).split() for cell in cells] == [clean, clean]
    sums = [sheet["AN6"].value for sheet in books["own"].worksheets[: len(FORMULAS)]]
    assert sums == [3] * len(FORMULAS)  # 1.5 + 1.5: the company's own formula still counts


@pytest.mark.parametrize("kind", list(FormKind))
def test_the_example_is_accepted_and_has_every_name(kind, page, db):
    client = page("hr")
    content = client.get(f"{PAGE}{kind.value}/vi-du/").content
    assert set(names_of(kind)) <= set(opened(content).defined_names)
    assert sent(client, content, kind=kind.value).status_code == 302
    assert FormTemplate.objects.get().kind == kind


def sent(client, content: bytes, *, name="mau.xlsx", kind="01a"):
    return client.post(PAGE, {"mau": kind, "tep": SimpleUploadedFile(name, content)})


def told(answer) -> str:
    return str(answer.context["problem"])


@pytest.mark.django_db
def test_every_missing_name_is_told_and_what_to_do(page):
    places = {n: a for n, a in PLACES.items() if n not in ("BO_PHAN", "COT_33", "NEN_NGAY_NGHI")}
    answer = sent(page("hr"), drawn(places))
    assert answer.status_code == 400
    said = told(answer)
    assert "Thiếu ô có tên: BO_PHAN, COT_33." in said
    assert "gõ tên ấy vào hộp tên" in said
    assert said.split(" Trong")[0] in answer.content.decode()
    assert not FormTemplate.objects.exists()


def test_a_name_that_leads_nowhere_is_missing(page, db):
    def broken(book: Workbook) -> None:
        book.defined_names["THANG"].attr_text = "#REF!"

    assert "Thiếu ô có tên: THANG." in told(sent(page("hr"), drawn(change=broken)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({"DONG_CONG": "A6"}, "DONG_CONG phải nằm dưới"),
        ({"COT_33": "AH5"}, "nằm trong 31 cột ngày: COT_33"),
        ({"COT_34": "AJ9"}, "trùng nhau hoặc nằm trong 31 cột ngày: COT_34"),
        ({"DON_VI": "B9"}, "phải nằm trên dòng DONG_DAU: DON_VI"),
    ],
)
def test_places_that_cannot_be_are_told(page, places, words):
    assert words in told(sent(page("hr"), drawn(PLACES | places)))
    assert not FormTemplate.objects.exists()


def put(address: str, value: str):
    def change(book: Workbook) -> None:
        book.worksheets[0][address] = value

    return change


def merged(book: Workbook) -> None:
    book.worksheets[0].merge_cells("A4:A6")


def on_two_sheets(book: Workbook) -> None:
    book.defined_names["THANG"].attr_text = "'Ghi chú'!$A$2"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("AJ8", "=SUM(AJ6:AJ7)"), "công thức dưới dòng DONG_DAU: AJ8"),
        (put("A3", '=WEBSERVICE("http://x")'), "gọi ra ngoài tệp: Chấm công riêng!A3"),
        (put("A3", "=cmd|'/C calc'!A0"), "gọi ra ngoài tệp: Chấm công riêng!A3"),
        (put("A3", '=HYPERLINK("http://x")'), "gọi ra ngoài tệp: Chấm công riêng!A3"),
        (put("A3", "=[1]Sheet1!A1"), "gọi ra ngoài tệp: Chấm công riêng!A3"),
        (put("A900", "x"), "quá lớn"),
        (merged, "Ô gộp nằm vắt qua dòng người hoặc dòng Cộng: A4:A6"),
        (on_two_sheets, "nằm trên nhiều trang (Chấm công riêng, Ghi chú)"),
    ],
)
def test_what_would_break_or_reach_outside_is_refused(page, change, words):
    assert words in told(sent(page("hr"), drawn(change=change)))
    assert not FormTemplate.objects.exists()


def with_part(name: str, content: bytes, *, instead: bool = False) -> bytes:
    """A good template with one more part, or with another content of a part."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(drawn())) as good, zipfile.ZipFile(out, "w", 8) as bad:
        for part in good.namelist():
            if not (instead and part == name):
                bad.writestr(part, good.read(part))
        bad.writestr(name, content)
    return out.getvalue()


def part_of_good(name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(drawn())) as good:
        return good.read(name)


LINK = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r9" Type="x" Target="http://x/" TargetMode="&#69;xternal"/></Relationships>'
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 400, "không phải bảng tính"),
        (b"%PDF-1.7", 400, "không phải bảng tính"),
        (drawn()[:3000], 400, "không phải bảng tính"),
        (with_part("xl/vbaProject.bin", b"x"), 400, "macro"),
        (
            with_part(
                "[Content_Types].xml",
                part_of_good("[Content_Types].xml").replace(
                    b"spreadsheetml.sheet.main", b"excel.sheet.macroEnabled.main"
                ),
                instead=True,
            ),
            400,
            "macro",
        ),
        (with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), 400, "liên kết ra ngoài"),
        (with_part("xl/connections.xml", b"<a/>"), 400, "liên kết ra ngoài"),
        (with_part("xl/worksheets/_rels/sheet1.xml.rels", LINK), 400, "liên kết ra ngoài"),
        (with_part("xl/media/zeros.bin", bytes(9 << 20)), 413, "giải nén ra quá lớn"),
        (bytes(3 << 20), 413, "lớn hơn 2 MB"),
        (
            with_part(
                "xl/workbook.xml",
                b'<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>',
                instead=True,
            ),
            400,
            "không phải bảng tính",
        ),
        (with_part("xl/styles.xml", b"<styleSheet><a", instead=True), 400, "không phải bảng tính"),
    ],
)
def test_files_that_are_no_plain_workbook_are_refused(page, content, status, words):
    answer = sent(page("hr"), content)
    assert answer.status_code == status
    assert words in told(answer)
    assert not FormTemplate.objects.exists()


@pytest.mark.django_db
def test_a_version_is_tried_put_in_use_and_taken_out_again(page):
    make.employee("7", "=Nguyễn Văn An")
    client = page("hr")
    first, second = drawn(), drawn(change=put("A1", "CÔNG TY 2"))
    assert sent(client, first, name="C:\\mau\\rieng.xlsx").status_code == 302
    assert sent(client, second).status_code == 302
    one, two = FormTemplate.objects.order_by("pk")
    assert (one.name, one.size, bytes(one.data)) == ("rieng.xlsx", len(first), first)
    assert client.get(f"{PAGE}{one.pk}/tep/").content == first

    assert opened(client.get(FORM).content).worksheets[0]["A3"].value == "BẢNG CHẤM CÔNG"
    tried = opened(client.get(f"{PAGE}{two.pk}/thu/?thang=2026-11").content).worksheets[0]
    assert [tried[a].value for a in ("A1", "B6", "D2")] == ["CÔNG TY 2", "=Nguyễn Văn An", 11]

    assert client.post(f"{PAGE}dung/", {"mau": "01a", "ban": one.pk}).status_code == 302
    own = opened(client.get(FORM).content).worksheets[0]
    assert [own[a].value for a in ("A1", "B6")] == ["CÔNG TY", "=Nguyễn Văn An"]
    html = client.get(PAGE).content.decode()
    assert "Đang dùng: rieng.xlsx" in html
    assert html.count("Quay về mẫu có sẵn") == 1

    assert client.post(f"{PAGE}dung/", {"mau": "01a"}).status_code == 302
    assert opened(client.get(FORM).content).worksheets[0]["A3"].value == "BẢNG CHẤM CÔNG"
    kept = FormTemplateChoice.objects.order_by("pk").values_list("template", "by__username")
    assert list(kept) == [(one.pk, "hr"), (None, "hr")]


def test_the_overtime_form_in_the_company_s_template_keeps_its_details(overtime_month, page):  # noqa: F811
    client = page("hr")
    sent(client, example(sample(FormKind.OVERTIME)), kind="01b")
    client.post(f"{PAGE}dung/", {"mau": "01b", "ban": FormTemplate.objects.get().pk})
    book = opened(client.get(OVERTIME_ADDRESS).content)
    assert book.sheetnames == ["Phòng Kế toán", "Chi tiết làm thêm"]
    sheet = book.worksheets[0]
    assert sheet["A1"].value.startswith("Đơn vị:")
    assert sheet.cell(9, 2 + 3).value == "NT Đ\n17:00–\n0:30"
    assert sheet.cell(9, 2 + 3).alignment.wrap_text
    assert [sheet.cell(11, column).value for column in range(34, 38)] == [7.5, 0, 3.5, 2.5]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked", [{"mau": "01c"}, {"mau": "01b", "ban": "1"}, {"mau": "01a", "ban": "x"}]
)
def test_what_is_not_there_cannot_be_chosen(page, asked):
    client = page("hr")
    sent(client, drawn())
    asked = {"ban": str(FormTemplate.objects.get().pk)} | asked
    assert client.post(f"{PAGE}dung/", asked).status_code == 404
    assert not FormTemplateChoice.objects.exists()


@pytest.mark.django_db
def test_who_has_only_some_departments_changes_no_form(page, person):
    sent(page("hr"), drawn())
    limited = person("hr", username="hr-kd")
    limited.departments.add(make.department("KD"))
    client = page(limited)
    assert sent(client, drawn()).status_code == 403
    client.post(f"{PAGE}dung/", {"mau": "01a", "ban": FormTemplate.objects.get().pk})
    assert not FormTemplateChoice.objects.exists()


@pytest.mark.django_db
def test_templates_and_choices_are_only_added(page):
    client = page("hr")
    sent(client, drawn())
    client.post(f"{PAGE}dung/", {"mau": "01a", "ban": FormTemplate.objects.get().pk})
    for rows in (FormTemplateChoice.objects.all(), FormTemplate.objects.all()):
        for change in (rows.delete, lambda rows=rows: rows.update(kind="01b")):
            with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
                change()


def test_a_template_keeps_its_own_foot_above_the_issue_of_a_controlled_form():
    book = openpyxl.load_workbook(BytesIO(drawn()))
    book.worksheets[0].oddFooter.left.text = "Phòng TCHC"
    memory = BytesIO()
    book.save(memory)
    head = replace(HEAD, controlled="01-BM · Lần ban hành 2")
    plain = form_01a(head, (FormDepartment("Kho", (person(),)),), standard_day_minutes=480)
    foot = opened(filled(memory.getvalue(), plain))["Kho"].oddFooter
    assert foot.left.text is not None
    assert foot.left.text.splitlines() == ["Phòng TCHC", "01-BM · Lần ban hành 2"]
